"""Dirty bitmaps: the verdicts under any settings, releases and presets, and the published cases."""

from __future__ import annotations

import dataclasses
import enum
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import Phase, given
from hypothesis import settings as running
from hypothesis import strategies as st

from hopcheck.engine.check import AS_USUAL, check, run_explorer, seen
from hopcheck.engine.libvirt.bitmaps import Fate, fates
from hopcheck.engine.results import ignore
from hopcheck.model.domain.bitmaps import Settings, system
from hopcheck.model.domain.bitmaps.graph import Node, look_up
from hopcheck.model.domain.bitmaps.settings import (
    Form,
    Layout,
    Manager,
    Mode,
    YesNo,
)
from hopcheck.model.domain.bitmaps.world import worlds
from hopcheck.model.domain.settings import Release, described, settings_from
from hopcheck.model.errors import InputError
from hopcheck.properties.catalog.bitmaps import properties, variants
from hopcheck.properties.kinds import Kind
from hopcheck.properties.prove import prove
from hopcheck.properties.vacuity import vacuities
from hopcheck.properties.verdict import Judgement, Method, Outcome

from .bitmap_fate import PLAIN, PRESENT, case_file, set_, the_fate
from .libvirt_history.bitmaps import CASES, shortest

# verdicts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "settings"), variants(), ids=[name for name, _ in variants()])
def test_both_engines_give_the_expected_verdicts(name: str, settings: Settings) -> None:
    built = system(settings)
    results = check(built, properties(settings, built), variant=name, prove_seconds=60, workers=2)
    assert [each.prop.name for each in results if each.judgement is not Judgement.EXPECTED] == []
    asked = [each for each in results if each.prop.kind not in (Kind.CAN_ALWAYS_REACH, Kind.SOUND)]
    assert [each.prop.name for each in asked if each.second is None or not each.second.known] == []


def test_nothing_is_vacuous() -> None:
    named, facts = [], []
    for _, settings in variants():
        built = system(settings)
        named = list(properties(settings, built))
        facts.append(seen(built, named, run_explorer(built, named, searching=AS_USUAL, listener=ignore, title="")))
    assert [str(each) for each in vacuities(named, facts)] == []


def choices_of(name: str, type_: type) -> st.SearchStrategy[Any]:
    if type_ is bool:
        return st.booleans()
    if issubclass(type_, enum.StrEnum):
        return st.sampled_from(list(type_))
    if type_ is Release:
        releases = (
            ["6.9", "7.1", "7.6", "11.3"] if name.startswith("libvirt") else ["4.2", "5.1", "5.2", "6.0", "9.2", "10.0"]
        )
        return st.sampled_from([Release(each) for each in releases])
    return st.integers(0, 2)


@st.composite
def any_settings(draw: st.DrawFn) -> Settings:
    """Any settings at all, with few enough worlds; those that contradict each other give way to simple ones."""
    types = {each.name: type(each.default) for each in dataclasses.fields(Settings)}
    open_ = draw(
        st.sets(st.sampled_from(["layout", "entry", "size", "state", "neighbour", "existing", "device"]), max_size=2)
    )
    values: dict[str, Any] = {}
    for name, type_ in types.items():
        strategy = choices_of(name, type_)
        pinned = issubclass(type_, enum.StrEnum) and "any" in set(type_) and name not in open_
        values[name] = draw(strategy.filter(lambda value: value != "any") if pinned else strategy)
    return settings_of(values) or replace(set_(**PLAIN), layout=values["layout"], size=values["size"], mode=values["mode"])


def settings_of(values: dict[str, Any]) -> Settings | None:
    """The settings with these values; None where they contradict each other."""
    try:
        made = Settings(**values)
        list(worlds(made))
    except InputError:
        return None
    return made


# Shrinking would search for hours what the settings themselves say.
@running(max_examples=60, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(any_settings())
def test_the_search_finds_what_the_rules_foresee(settings: Settings) -> None:
    built = system(settings)
    results = check(built, properties(settings, built), prove_seconds=0)
    wrong = [
        (each.prop.name, each.verdict.outcome, each.expected) for each in results if each.judgement is not Judgement.EXPECTED
    ]
    assert wrong == []


WITHOUT_COUNT = {
    **{name: replace(settings, unbounded=True) for name, settings in variants()},
    "full map": set_(policy="full-map", entry="any", where="root", layout="same", unbounded="yes", device="none"),
}


@pytest.mark.parametrize("name", WITHOUT_COUNT)
def test_invariants_that_hold_are_proved_by_induction_for_any_number_of_faults(name: str) -> None:
    settings = WITHOUT_COUNT[name]
    built = system(settings)
    for prop in properties(settings, built):
        if prop.kind in (Kind.ALWAYS, Kind.STEP) and prop.expected.outcome is Outcome.SAFE:
            verdict = prove(built, prop, methods=[Method.INDUCTION], seconds=60)
            assert verdict.outcome is Outcome.SAFE, prop.name


@pytest.mark.parametrize(("name", "settings"), variants(), ids=[name for name, _ in variants()])
def test_one_fault_shows_what_any_number_shows(name: str, settings: Settings) -> None:
    def found(faults: Settings) -> dict[str, tuple[Outcome, int | None]]:
        built = system(faults)
        results = check(built, properties(faults, built), prove_seconds=0)
        verdicts = {each.prop.name: each.verdict for each in results}
        return {key: (each.outcome, each.trace and len(each.trace)) for key, each in verdicts.items()}

    assert found(replace(settings, faults=1, unbounded=False)) == found(replace(settings, unbounded=True)), name


# releases, presets, input ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("release", "lost"), [("5.0", False), ("5.1", True), ("11.1", True)])
def test_since_5_1_a_receiver_goes_on_without_bitmaps(release: str, lost: bool) -> None:
    settings = set_(**{**PRESENT, "layout": "no-such-name", "qemu_dst": release})
    assert (shortest(settings, "NO_SILENT_BITMAP_LOSS") is not None) is lost
    assert the_fate(settings) is (Fate.LOST if lost else Fate.ERROR_IN_LOAD)


@pytest.mark.parametrize(("release", "kept"), [("9.2", False), ("10.0", True)])
def test_since_10_0_a_failure_at_the_switch_over_takes_the_mark_away(release: str, kept: bool) -> None:
    settings = set_(**{**PRESENT, "qemu_src": release, "size": "smaller", "faults": "0"})
    assert (shortest(settings, "ROLLBACK_RESTORES_BITMAPS") is None) is kept


@pytest.mark.parametrize("form", [each for each in Form if each is not Form.VALID])
def test_a_mapping_that_is_none_is_rejected(form: Form) -> None:
    settings = set_(**PLAIN, policy="mapping", form=form)
    assert the_fate(settings) is Fate.REJECTED
    assert shortest(replace(settings, faults=1), "ROLLBACK_RESTORES_BITMAPS") is None


@pytest.mark.parametrize(("release", "fate"), [("5.1", Fate.REJECTED), ("5.2", Fate.RIGHT)])
def test_the_mapping_came_with_5_2(release: str, fate: Fate) -> None:
    assert the_fate(set_(**PLAIN, policy="mapping", qemu_src=release)) is fate
    assert the_fate(set_(**PLAIN, policy="mapping", qemu_dst=release)) is fate


@pytest.mark.parametrize("preset", ["7.0", "9.0", "11.3"])
def test_libvirts_presets_can_be_checked(preset: str) -> None:
    settings = set_(manager="libvirt", storage="non-shared-inc", libvirt=preset, libvirt_dst=preset)
    built = system(settings)
    results = check(built, properties(settings, built), prove_seconds=0)
    assert all(each.judgement is Judgement.EXPECTED for each in results)


@pytest.mark.parametrize(
    ("given_", "text"),
    [
        ({"where": "non-root", "device": "named"}, "write device=none"),
        ({"qemu_src": "2.11"}, "write 2.12 or later"),
        ({"qemu_dst": "1.0"}, "qemu_dst is 1.0"),
        ({"manager": "libvirt", "policy": "snow"}, "libvirt never used"),
        ({"manager": "libvirt", "neighbour": "unknown"}, "write neighbour=none"),
        ({"policy": "mapping", "entry": "node-wide"}, "has no entry node-wide"),
        ({"state": "inconsistent", "persistent": "no"}, "write persistent=yes"),
        ({"policy": "default2"}, "policy cannot be 'default2'"),
        ({"lay": "same"}, "there is no setting 'lay'"),
        ({"faults": "10"}, "a whole number from 0 to 9"),
    ],
)
def test_bad_settings_are_refused_with_a_hint(given_: dict[str, str], text: str) -> None:
    with pytest.raises(InputError, match=text):
        fates(settings_from(Settings, given_))


def test_every_setting_has_a_meaning() -> None:
    assert all(each.meaning.endswith(".") for each in described(Settings))


# history, text, look-up ----------------------------------------------------------------------------------------------


def test_every_published_case_about_bitmaps_is_encoded() -> None:
    assert {each["id"] for each in case_file()["cases"] if each["area"] == "bitmaps"} == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_the_published_case(name: str) -> None:
    CASES[name]()


def test_a_name_is_a_device_first_and_a_node_then() -> None:
    node, device = Node("x", "disk0"), Node("y", "disk1", "x")
    assert look_up([node, device], "x") == device
    assert look_up([node], "x") == node
    assert look_up([node, device], "") is None
    assert look_up([node, device], "z") is None


def test_a_link_lost_after_an_unknown_name_leaves_the_bitmap_dropped() -> None:
    settings = set_(**{**PRESENT, "mode": "postcopy", "layout": "no-such-name"})
    assert shortest(settings, "BOOKKEEPING") is None
    assert shortest(settings, "GUEST_SURVIVES") is None
    assert shortest(replace(settings, qemu_dst=Release("5.0"), layout=Layout.SAME), "GUEST_SURVIVES") is not None


def test_settings_are_what_the_words_say() -> None:
    assert Settings().manager is Manager.QMP
    assert set_(manager="libvirt").mapped
    assert not Settings().mapped
    assert set_(mode="postcopy").mode is Mode.POSTCOPY
    assert set_(persistent="any").persistent is YesNo.ANY
