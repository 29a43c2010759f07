"""A fleet of some of the builds: the same cells, fewer places."""

from __future__ import annotations

import pytest

from hopcheck.model.domain.device_config.draft import in_development, is_draft
from hopcheck.model.domain.device_config.finding import findings
from hopcheck.model.domain.device_config.mismatch import Breaks, Kind
from hopcheck.model.domain.device_config.projection import Fleet, project
from hopcheck.model.domain.device_config.shape import OFF
from hopcheck.model.domain.device_config.study import Study

from .history_facts import PROP, history, studied

RELEASES = ("5.0", "5.1", "5.2", "6.0")

NO_ENTRY = {"5.0": 1, "5.1": 1, "5.2": 2, "6.0": 2}
"""The default changes in 5.2, and no entry keeps the old value."""


def _ids(made: Study) -> list[str]:
    return [found.id for found in findings(made.at, made.rows, made.rows.members)]


def test_a_fleet_of_all_builds_is_the_study() -> None:
    made = studied(history(NO_ENTRY))
    whole = project(made, Fleet(RELEASES))
    assert whole.rows.members == made.rows.members
    assert _ids(whole) == _ids(made) != []


def test_two_builds_see_what_differs_between_them() -> None:
    made = studied(history(NO_ENTRY))
    two = project(made, Fleet(("5.1", "6.0")))
    assert two.at.names == ("5.1", "6.0")
    (shape,) = {shape for shape in two.rows.members if shape.kind is Kind.LOAD_ERROR}
    assert (shape.values, shape.breaks) == ((0, 1), Breaks.BOTH)
    assert any(name.endswith("no entry @ 6.0") for name in _ids(two))


def test_builds_that_agree_have_nothing_to_say() -> None:
    made = studied(history(NO_ENTRY))
    assert project(made, Fleet(("5.0", "5.1"))).explored == ()


def test_an_older_value_stays_older_where_the_builds_between_are_left_out() -> None:
    made = studied(history({"5.0": 1, "5.1": 2, "5.2": 1, "6.0": 3}))
    two = project(made, Fleet(("5.1", "5.2"), machines=lambda name: name == "virt-5.0"))
    # On a machine type that 5.0 knows, 2 came after 1, whichever of the two builds is the newer one.
    assert {shape.values for shape in two.rows.members} == {(1, 0)}


def test_a_build_without_the_property_is_judged_by_builds_outside_the_fleet() -> None:
    entries = {"5.2": {"5.1": [("disk", "1")]}, "6.0": {"5.1": [("disk", "1")], "5.2": []}}
    made = studied(history({"5.0": "-", "5.1": "-", "5.2": 4, "6.0": 4}, entries))
    alone = project(made, Fleet(("5.0", "6.0")))
    # What 5.0 did is said by the entry of 5.2, so the machine type has the same value on both.
    assert not any("disk" in member.type for members in alone.rows.members.values() for member in members)


def test_machine_types_and_device_properties_are_left_out() -> None:
    made = studied(history(NO_ENTRY))
    some = project(made, Fleet(RELEASES, machines=lambda name: name == "virt-5.0"))
    assert {machine for members in some.rows.members.values() for each in members for machine in each.machines} == {
        "virt-5.0"
    }
    none = project(made, Fleet(RELEASES, properties=lambda subject: subject.prop != PROP))
    assert none.rows.members == {}


@pytest.mark.parametrize(
    ("version", "machine", "draft"),
    [
        ("9.1.50", "virt-9.2", True),
        ("9.1.50", "virt-9.1", False),
        ("9.2.93", "pc-q35-10.0", True),
        ("9.2.4", "pc-q35-9.2", False),
        ("11.0pre", "pc-q35-11.0", True),
        ("11.0pre", "pc-q35-10.2", False),
        ("9.2.50", "microvm", False),
    ],
)
def test_drafts(version: str, machine: str, draft: bool) -> None:
    assert is_draft(version, machine) is draft
    assert in_development(version) or not draft


def test_a_draft_is_no_place_for_a_guest() -> None:
    made = studied(history({"5.0": 1, "5.0.50": 1, "5.0.90": 2}))
    # virt-5.0.50 is of the 5.0 line; a machine type of the next release would not be released yet.
    whole = project(made, Fleet(("5.0", "5.0.50", "5.0.90")))
    assert whole.rows.members
    later = studied(history({"5.0.50": 1, "5.1": 2}))
    seen = project(later, Fleet(("5.0.50", "5.1")))
    assert all(OFF not in shape.values for shape in seen.rows.members)
