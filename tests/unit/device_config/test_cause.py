"""Causes: each way in which compat entries go wrong is called by its name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
import pytest

from hopcheck.model.domain.device_config.cause import Cause
from hopcheck.model.domain.device_config.edits import with_build
from hopcheck.model.domain.device_config.finding import Finding, findings
from hopcheck.model.domain.device_config.labels import label_of
from hopcheck.model.facts.schema import CompatArray, Facts, Machine

from .history_facts import DEVICE, SIBLING, history, studied

Entries = Mapping[str, Mapping[str, Sequence[tuple[str, str]]]]


def _findings(facts: Facts) -> list[Finding]:
    made = studied(facts)
    return [each for each in findings(made.at, made.rows, made.rows.members) if each.device == DEVICE]


DEFAULTS = {"5.0": 1, "5.1": 1, "5.2": 4, "6.0": 4}
KEPT = {"5.2": {"5.1": [(DEVICE, "1"), (SIBLING, "1")]}, "6.0": {"5.1": [(DEVICE, "1"), (SIBLING, "1")]}}


def test_right_entries_leave_no_finding() -> None:
    assert _findings(history(DEFAULTS, KEPT)) == []


@pytest.mark.parametrize(
    ("entries", "cause", "since", "open_"),
    [
        ({}, Cause.NO_ENTRY, "5.2", True),
        ({"6.0": KEPT["6.0"]}, Cause.LATE_ENTRY, "5.2", False),
        ({r: {"5.0": [(DEVICE, "1"), (SIBLING, "1")]} for r in ("5.2", "6.0")}, Cause.OLDER_ARRAY, "5.2", True),
        ({r: {"5.1": [("disc", "1"), (SIBLING, "1")]} for r in ("5.2", "6.0")}, Cause.DEAD_DRIVER, "5.2", True),
        ({r: {"5.1": [(SIBLING, "1")]} for r in ("5.2", "6.0")}, Cause.SIBLING_MISSED, "5.2", True),
        ({"5.2": KEPT["5.2"], "6.0": {}}, Cause.ENTRY_DROPPED, "6.0", True),
        (
            {"5.2": KEPT["5.2"], "6.0": {"5.1": [(DEVICE, "2"), (SIBLING, "1")]}},
            Cause.ENTRY_CHANGED,
            "6.0",
            True,
        ),
    ],
)
def test_causes(entries: Entries, cause: Cause, since: str, open_: bool) -> None:
    found = _findings(history(DEFAULTS, entries))
    assert [each.cause for each in found] == [cause]
    assert found[0].id == f"disk.queues: {cause} @ {since}"
    assert found[0].open is open_


def test_an_entry_in_a_newer_array_hits_a_machine_type_that_it_should_not() -> None:
    wrong = {"5.2": KEPT["5.2"], "6.0": {"5.2": [(DEVICE, "1"), (SIBLING, "1")]}}
    found = _findings(history(DEFAULTS, wrong))
    assert [(each.cause, each.machines) for each in found] == [(Cause.WRONG_ARRAY, ("virt-5.2",))]


def test_one_dead_entry_for_several_types_is_one_finding_at_what_they_share() -> None:
    facts = history(DEFAULTS, {"5.2": {"5.1": [("storge", "1")]}, "6.0": {"5.1": [("storage", "1")]}})
    made = studied(facts)
    found = findings(made.at, made.rows, made.rows.members)
    assert [each.id for each in found] == ["storage.queues: dead driver @ 5.2"]
    assert set(found[0].types) == {"disk", "tape"}
    assert found[0].why.fixed == 3


def test_an_entry_where_nothing_changed() -> None:
    found = _findings(history({"5.0": 1, "5.1": 1}, {"5.1": {"5.0": [(DEVICE, "7")]}}))
    assert [(each.cause, each.why.needed) for each in found] == [(Cause.EXTRA_ENTRY, None)]


def test_a_driver_without_the_property_is_the_wrong_one() -> None:
    facts = history(DEFAULTS, {r: {"5.1": [("storage", "1")]} for r in ("5.2", "6.0")})
    assert _findings(facts) == []  # an ancestor matches every subtype
    wrong = history(DEFAULTS, {r: {"5.1": [("device", "1")]} for r in ("5.2", "6.0")})
    assert _findings(wrong) == []


def test_a_removed_property_is_missed_by_old_machine_types() -> None:
    found = _findings(history({"5.0": 1, "5.1": 2, "5.2": "-"}, {"5.1": {"5.0": [(DEVICE, "1")]}}))
    assert [(each.cause, each.why.since) for each in found] == [(Cause.PROPERTY_REMOVED, 2)]


def test_the_missing_entry_is_named() -> None:
    why = _findings(history(DEFAULTS))[0].why
    assert str(why.needed) == "hw_compat_5_1: { disk, queues, 1 }"
    assert (why.old.value, why.new.value) == ("1", "4")


def test_the_missing_entry_is_in_an_array_that_the_machine_type_applies() -> None:
    facts = history({"5.0": 1, "5.1": 4})
    newest = facts.build("5.1")
    arrays = {"hw_compat_5_0_1": CompatArray(()), "hw_compat_5_0": CompatArray(())}
    machines = {**newest.machines, "virt-5.0": Machine(("hw_compat_5_0",))}
    facts = with_build(facts, msgspec.structs.replace(newest, compat_arrays=arrays, machines=machines))
    assert str(_findings(facts)[0].why.needed) == "hw_compat_5_0: { disk, queues, 1 }"


@pytest.mark.parametrize(
    ("array", "label"),
    [
        ("hw_compat_5_1", "5.1"),
        ("pc_compat_10_0", "10.0"),
        ("spapr_machine_5_0_class_options:compat", "5.0"),
        ("arm_virt_compat", ""),
    ],
)
def test_label(array: str, label: str) -> None:
    assert label_of(array) == label
