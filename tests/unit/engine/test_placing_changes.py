"""Where a change's base and the changed build stand among the known builds, and which of them are places for guests."""

from __future__ import annotations

import msgspec
import pytest

from hopcheck.engine.changed import Changed
from hopcheck.engine.changes.between import Told, between
from hopcheck.model.facts.schema import SCHEMA, Build, BuildKind, Facts, Machine, QomType, Unresolved


def _build(version: str, kind: BuildKind = BuildKind.TREE, *machines: str) -> Build:
    return Build(
        name=version,
        version=version,
        kind=kind,
        origin="made up",
        compat_arrays={},
        machines={name: Machine(()) for name in machines or ("virt-9.0",)},
        types={"device": QomType(None)},
    )


KNOWN = Facts(
    SCHEMA,
    (_build("9.0"), _build("9.1"), _build("9.1.3", BuildKind.BINARY), _build("9.2"), _build("10.0pre"), _build("10.0")),
)


def _stations(made: Changed) -> tuple[list[str], list[str]]:
    return [each.name for each in made.known.stations()], [each.name for each in made.facts.stations()]


def _between(version: str, *machines: str) -> Changed:
    tree = _build(version, BuildKind.TREE, *machines)
    return between(KNOWN, tree, msgspec.structs.replace(tree, origin="changed"), Told("x.patch"))


def test_a_release_takes_the_place_of_the_known_one_and_stays() -> None:
    made = _between("9.1")
    assert (made.base, made.build) == ("9.1", "9.1+change")
    without, with_ = _stations(made)
    assert without == ["9.0", "9.1", "9.1.3", "9.2", "10.0pre", "10.0"]
    assert with_ == ["9.0", "9.1", "9.1+change", "9.1.3", "9.2", "10.0pre", "10.0"]
    assert made.before.origin == "made up"
    assert made.after.origin == "changed"


def test_a_tree_that_lacks_machine_types_is_another_one() -> None:
    made = _between("9.1", "virt-8.2")
    assert made.base == "9.1 (tree)"
    assert _stations(made)[1][:4] == ["9.0", "9.1", "9.1 (tree)", "9.1 (tree)+change"]


def test_a_binary_of_that_version_stays() -> None:
    made = _between("9.1.3")
    assert made.base == "9.1.3 (tree)"
    assert _stations(made)[1][:5] == ["9.0", "9.1", "9.1.3", "9.1.3 (tree)", "9.1.3 (tree)+change"]


@pytest.mark.parametrize("version", ["9.2pre", "9.1.50"])
def test_a_tree_in_development_is_no_place_for_guests_once_it_is_changed(version: str) -> None:
    made = _between(version)
    without, with_ = _stations(made)
    assert made.base == version
    assert version in without
    assert version not in with_
    place = with_.index(f"{version}+change")
    assert with_[place + 1] == "9.2"


def test_a_backport_stands_behind_its_release_and_before_the_next() -> None:
    made = _between("9.1.4")
    assert _stations(made)[1] == ["9.0", "9.1", "9.1.3", "9.1.4", "9.1.4+change", "9.2", "10.0pre", "10.0"]


def test_only_what_the_change_makes_unreadable_is_told() -> None:
    before = msgspec.structs.replace(_build("9.1"), unresolved=(Unresolved("hw/a.c:3", "p", "no value"),))
    after = msgspec.structs.replace(
        before, unresolved=(Unresolved("hw/a.c:9", "p", "no value"), Unresolved("hw/b.c:1", "q", "no value"))
    )
    made = between(KNOWN, before, after, Told("x.patch"))
    assert [(each.what, each.place) for each in made.unread] == [("q cannot be read: no value", "hw/b.c:1")]
