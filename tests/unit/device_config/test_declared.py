"""What is declared by hand: legacy values of builds without a property, and behaviour that no property shows."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from hopcheck.model.domain.device_config.behaviours import Behaviour, bundled_behaviours
from hopcheck.model.domain.device_config.cells import Standing
from hopcheck.model.domain.device_config.finding import findings
from hopcheck.model.domain.device_config.history import History, stations
from hopcheck.model.domain.device_config.island import islands
from hopcheck.model.domain.device_config.legacy import Legacy, LegacyValue, bundled_legacy
from hopcheck.model.domain.device_config.mismatch import Breaks, Kind, Mismatch
from hopcheck.model.domain.device_config.shape import OFF, Shape
from hopcheck.model.domain.device_config.study import study
from hopcheck.model.facts.schema import SCHEMA, Facts, Property, QomType
from hopcheck.model.facts.versions import version_key
from hopcheck.model.facts.views import make_views

from .history_facts import DEVICE, history


def test_a_declared_value_outranks_the_entries() -> None:
    """As for a property that came late, with its entry in an array that is labelled too old."""
    facts = history({"5.0": "-", "5.1": "-", "5.2": True}, {"5.2": {"5.0": [(DEVICE, "off")]}}, kind="BOOL", prop="p")
    at = stations(facts, make_views(facts))
    assert [str(cell) for cell in History(at, DEVICE, "p").cells("virt-5.0")] == ["off", "on", "off"]
    told = replace(at, legacy=Legacy({(DEVICE, "p"): (LegacyValue("false", frozenset({"5.1"}), "", "a test"),)}))
    cells = History(told, DEVICE, "p").cells("virt-5.0")
    assert [str(cell) for cell in cells] == ["off", "off", "off"]
    assert (cells[1].standing, cells[1].reason) == (Standing.DECLARED, "a test")


def test_legacy_values_are_found_at_the_nearest_type_and_by_age() -> None:
    before = LegacyValue("1", frozenset(), "7.0", "a test")
    legacy = Legacy({("storage", "p"): (before,)})
    assert legacy.of((DEVICE, "storage"), "p", "6.2") is before
    assert legacy.of((DEVICE, "storage"), "p", "7.0") is None
    assert legacy.of((DEVICE, "device"), "p", "6.2") is None


def test_everything_declared_has_evidence() -> None:
    assert all(each.evidence for values in bundled_legacy().by_device.values() for each in values)
    assert all(behaviour.mismatch.evidence for behaviour in bundled_behaviours())


def _behaviour(**values: str) -> Behaviour:
    return Behaviour(
        "disk",
        "state",
        {name.replace("_", "."): value for name, value in values.items()},
        ("small", "large"),
        Mismatch(Kind.CARRIED, Breaks.NEITHER, "a test"),
        frozenset({"5.2"}),
        ("virt",),
        "5.0",
        "5.1",
    )


def test_a_behaviour_becomes_rows_of_the_machine_types_it_names() -> None:
    behaviour = _behaviour(**{"5_0": "small", "5_1": "large", "5_2": "small"})
    facts = history({"4.2": 1, "5.0": 1, "5.1": 1, "5.2": 1})
    made = study(facts, behaviours=(behaviour,))
    members = {m.machines: shape for shape, ms in made.rows.members.items() for m in ms}
    assert members[("virt-5.0",)] == Shape((OFF, 0, 1, 0), Kind.CARRIED, Breaks.NEITHER, (1, 1, 1, 0))
    assert ("virt-4.2",) not in members
    assert ("virt-5.2",) not in members


def test_an_island_is_left_by_no_chain() -> None:
    refuses = Shape((0, 1, 0), Kind.LOAD_ERROR, Breaks.BOTH)
    assert islands(refuses) == (1,)
    upwards = Shape((0, 1, 2), Kind.LOAD_ERROR, Breaks.NEWER_TO_OLDER)
    assert islands(upwards) == ()
    carried = Shape((0, 1, 0), Kind.CARRIED, Breaks.NEITHER, (1, 1, 0))
    assert islands(carried) == ()  # down to the first build, a reset there, and up again
    assert islands(Shape((1, 0), Kind.CARRIED, Breaks.NEITHER, (1, 0))) == (0,)


def _renamed(facts: Facts, release: str, **changes: object) -> Facts:
    """The disk is called drive from a release on."""
    builds = []
    for build in facts.builds:
        if version_key(build.version) >= version_key(release):
            types = dict(build.types)
            types["drive"] = msgspec.structs.replace(types.pop(DEVICE), **changes)
            build = msgspec.structs.replace(build, types=types)
        builds.append(build)
    return Facts(facts.schema, tuple(builds))


def _names(facts: Facts) -> list[str]:
    made = study(facts, behaviours=())
    return [each.id for each in findings(made.at, made.rows, made.rows.members)]


USERS = {"5.0": 1, "5.1": 1, "5.2": 1}


def test_a_renamed_type_is_a_finding() -> None:
    facts = _plugged(history(USERS))
    assert _names(facts) == []
    assert _names(_renamed(facts, "5.2")) == ["disk.QOM type: type renamed @ 5.2"]


def test_a_renamed_cpu_type_is_doubtful_for_users_name_models() -> None:
    builds = []
    for build in _renamed(history(USERS), "5.2").builds:
        types = {**build.types, "cpu": QomType("device"), "storage": QomType("cpu", "hw/core/storage.c")}
        builds.append(msgspec.structs.replace(build, types=types))
    made = study(Facts(SCHEMA, tuple(builds)), behaviours=())
    assert _names(made.facts) == []
    doubtful = {(each.member.subject.name, each.member.cells[-1].value) for each in made.rows.doubtful}
    assert ("disk.QOM type", "drive") in doubtful


def test_a_type_that_only_looks_alike_is_not_the_same_renamed() -> None:
    facts = _plugged(history(USERS))
    assert _names(_renamed(facts, "5.2", props={"speed": Property("UINT16", 1)})) == []
    assert _names(_renamed(facts, "5.2", parent="storage-ng")) == []


def _plugged(facts: Facts) -> Facts:
    """The same with devices on a bus that users plug them into."""
    plug = {"pci-device": QomType("device"), "storage": QomType("pci-device", "hw/core/storage.c")}
    return Facts(
        facts.schema, tuple(msgspec.structs.replace(build, types={**build.types, **plug}) for build in facts.builds)
    )
