"""The rules of judgement: what a build did before a property existed, and which defaults are neutral."""

from __future__ import annotations

import pytest
from msgspec import structs

from hopcheck.model.domain.device_config.cells import Cell, Standing
from hopcheck.model.domain.device_config.history import History
from hopcheck.model.domain.device_config.neutral import is_neutral
from hopcheck.model.domain.device_config.study import Study
from hopcheck.model.facts.values import UNSET, Form, Known

from .history_facts import DEVICE, PROP, history, studied


def _cells(made: Study, machine: str, prop: str = PROP) -> list[Cell]:
    return list(History(made.at, DEVICE, prop).cells(machine))


def _values(made: Study, machine: str, prop: str = PROP) -> list[str]:
    return [str(cell) for cell in _cells(made, machine, prop)]


def test_an_entry_keeps_the_value_and_the_oldest_array_wins() -> None:
    facts = history(
        {"5.0": 1, "5.1": 2, "5.2": 4},
        {"5.1": {"5.0": [(DEVICE, "1")]}, "5.2": {"5.0": [(DEVICE, "1")], "5.1": [(DEVICE, "2")]}},
    )
    made = studied(facts)
    assert _values(made, "virt-5.0") == ["1", "1", "1"]
    assert _values(made, "virt-5.1") == ["(off)", "2", "2"]
    assert {member.type for members in made.rows.members.values() for member in members} == {"tape"}


def test_what_a_build_did_before_the_property_is_what_later_entries_say() -> None:
    facts = history({"5.0": "-", "5.1": 8}, {"5.1": {"5.0": [(DEVICE, "1")]}})
    cells = _cells(studied(facts), "virt-5.0")
    assert [cell.value for cell in cells] == ["1", "1"]
    assert cells[0].standing is Standing.DECLARED


def test_a_change_shipped_before_its_property_is_seen() -> None:
    """As 8.0 did: the property and the entry for 7.2 came in 8.1."""
    facts = history({"7.2": "-", "8.0": "-", "8.1": True}, {"8.1": {"7.2": [(DEVICE, "off")]}}, kind="BOOL", prop="mask")
    made = studied(facts)
    assert _values(made, "virt-7.2", "mask") == ["off", "on", "off"]
    assert _values(made, "virt-8.0", "mask") == ["(off)", "on", "on"]


def test_a_family_that_a_build_forgot_is_told_by_the_machine_type_that_was_added_late() -> None:
    """As the m68k board in 6.1: the build has the family and adds no machine type; the next one adds it in its name."""
    facts = history({"6.0": "-", "6.1": "-", "6.2": 3}, {"6.2": {"6.0": [(DEVICE, "1")], "6.1": [(DEVICE, "2")]}})
    forgetful = facts.builds[1]
    machines = {"virt-6.0": forgetful.machines["virt-6.0"]}
    builds = (facts.builds[0], structs.replace(forgetful, machines=machines), facts.builds[2])
    assert _values(studied(structs.replace(facts, builds=builds)), "virt-6.0") == ["1", "2", "1"]


def test_a_repaired_entry_outranks_the_release_that_forgot_it() -> None:
    """As for guest_uso4: the property came in 8.2 without an entry for 8.1, which 9.1 added."""
    facts = history(
        {"8.1": "-", "8.2": True, "9.1": True},
        {"8.2": {}, "9.1": {"8.1": [(DEVICE, "off")]}},
        kind="BOOL",
        prop="uso",
    )
    assert _values(studied(facts), "virt-8.1", "uso") == ["off", "on", "off"]


def test_one_lost_entry_does_not_rewrite_the_past() -> None:
    entries = {"5.1": {"5.0": [(DEVICE, "1")]}, "5.2": {"5.0": [(DEVICE, "1")]}, "6.0": {}}
    facts = history({"5.0": "-", "5.1": 8, "5.2": 8, "6.0": 8}, entries)
    assert _values(studied(facts), "virt-5.0") == ["1", "1", "1", "8"]


def test_a_new_property_with_a_neutral_default_changes_nothing() -> None:
    made = studied(history({"5.0": "-", "5.1": False}, kind="BOOL", prop="x-new"))
    assert [cell.standing for cell in _cells(made, "virt-5.0", "x-new")] == [Standing.NEUTRAL, Standing.STATED]
    assert made.rows.gaps == ()


def test_a_new_property_with_another_default_is_listed_for_review_once() -> None:
    made = studied(history({"5.0": "-", "5.1": True, "5.2": True}, kind="BOOL", prop="x-new"))
    assert _cells(made, "virt-5.0", "x-new")[0].standing is Standing.REVIEW
    review = [gap for gap in made.rows.gaps if gap.standing is Standing.REVIEW]
    assert [gap.type for gap in review] == ["disk", "tape"]


def test_a_removed_property_leaves_its_last_default() -> None:
    facts = history({"5.0": 1, "5.1": 2, "5.2": "-"}, {"5.1": {"5.0": [(DEVICE, "1")]}})
    made = studied(facts)
    assert _values(made, "virt-5.0") == ["1", "1", "2"]
    assert _cells(made, "virt-5.0")[2].standing is Standing.KEPT


def test_a_number_and_a_switch_are_read_as_the_newest_declaration_reads_them() -> None:
    facts = history({"5.0": False, "5.1": False}, kind="BOOL", prop="wake")
    assert studied(facts).rows.members == {}


@pytest.mark.parametrize(
    ("prop", "kind", "default", "neutral"),
    [
        ("aer", "BIT", Known("off"), True),
        ("edid", "BIT", Known("on"), False),
        ("x-writeable-slt-bug", "BOOL", Known("off"), False),
        ("legacy-cache", "BOOL", Known("off"), False),
        ("notify", "BOOL", Known("off"), True),
        ("serial", "STRING", UNSET, True),
        ("vectors", "UINT32", Known("0"), True),
        ("vectors", "UINT32", Known("4294967295"), False),
        ("speed", "INT32", Known("SPEED", Form.SYMBOL), False),
        ("mode", "ON_OFF_AUTO", Known("auto"), False),
        ("mode", "ON_OFF_AUTO", Known("off"), True),
    ],
)
def test_neutral(prop: str, kind: str, default: Known, neutral: bool) -> None:
    assert is_neutral(prop, kind, default) is neutral
