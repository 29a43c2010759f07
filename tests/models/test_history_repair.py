"""Published QEMU compatibility bugs: without the entry that was needed, the repair is that entry and nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hopcheck.engine.changes.between import Told, changed
from hopcheck.engine.repairing.repair import repair
from hopcheck.engine.repairing.result import Ending, RepairResult
from hopcheck.model.domain.device_config.cause import PlacedEntry
from hopcheck.model.domain.device_config.edits import Edits, edited
from hopcheck.model.facts.load import bundled
from hopcheck.model.facts.schema import Build, CompatArray, Facts

from .history_case import DEVICE, array, case_facts

DOCUMENT = json.loads((Path(__file__).parent / "data" / "qemu-history.json").read_text(encoding="utf-8"))
CASES = [
    pytest.param(case, id=case["id"])
    for case in DOCUMENT["cases"]
    if case.get("needed_entry") and "ideal" in case.get("model", {})
]


def _before_and_since(case: dict[str, Any], encoding: str) -> tuple[Facts, Build, list[tuple[str, str]]]:
    """The releases before the one that has all the entries, this one, and (array, value) of its entries."""
    facts = case_facts(case, encoding, DOCUMENT["release_order"])
    stated = case["model"][encoding]["releases"]
    entries = [_applied(build.name, stated[build.name].get("entries", [])) for build in facts.builds]
    since = next(place for place, each in enumerate(entries) if len(each) == max(map(len, entries)))
    return Facts(facts.schema, facts.builds[:since]), facts.builds[since], entries[since]


def _applied(release: str, entries: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those entries of a release whose arrays are for older machine types."""
    order = DOCUMENT["release_order"]
    return [(array(label), str(value)) for label, value in entries if order.index(label) < order.index(release)]


def _repair(known: Facts, after: Build, base: str = "") -> RepairResult:
    facts = Facts(known.schema, (*known.builds, after))
    made = changed(known, facts, base or known.builds[-1].name, after.name, Told("case"))
    return repair(made, prove_seconds=0)


@pytest.mark.parametrize("case", CASES)
def test_the_needed_entry_is_written_back(case: dict[str, Any]) -> None:
    known, since, entries = _before_and_since(case, "ideal")
    entries_there = (PlacedEntry(key, each) for key, made in since.compat_arrays.items() for each in made.entries)
    bare = edited(since, Edits(removed=tuple(entries_there)))
    result = _repair(known, bare)
    assert result.ending is Ending.REPAIRED
    assert [(p.array, p.entry.driver, p.entry.value) for p in result.edits.added] == [(k, DEVICE, v) for k, v in entries]
    assert result.edits.removed == ()


@pytest.mark.parametrize("case", CASES)
def test_with_the_entry_there_is_nothing_to_repair(case: dict[str, Any]) -> None:
    known, since, _ = _before_and_since(case, "ideal")
    result = _repair(known, since)
    assert (result.ending, len(result.edits)) == (Ending.NOTHING, 0)


@pytest.mark.parametrize("case", CASES)
def test_an_entry_on_a_driver_that_does_not_exist_gives_way(case: dict[str, Any]) -> None:
    known, since, entries = _before_and_since(case, "ideal")
    wrong: dict[str, CompatArray] = {}
    for key, made in since.compat_arrays.items():
        spoilt = tuple(msgspec.structs.replace(entry, driver="no-such-device") for entry in made.entries)
        wrong[key] = CompatArray(spoilt, made.file)
    result = _repair(known, msgspec.structs.replace(since, compat_arrays=wrong))
    assert result.ending is Ending.REPAIRED
    assert [(p.array, p.entry.driver, p.entry.value) for p in result.edits.added] == [(k, DEVICE, v) for k, v in entries]
    assert {p.entry.driver for p in result.edits.removed} == {"no-such-device"}


LATE = [
    param
    for param in CASES
    if (case := param.values[0])["model"].get("as_shipped", {}) != case["model"]["ideal"] and case["id"] != "s390-css-9.1"
]


@pytest.mark.parametrize("case", LATE)
def test_an_entry_that_comes_too_late_leaves_a_choice_of_evils(case: dict[str, Any]) -> None:
    """The fix as it was shipped: the releases between have another value, and no entry can please both sides."""
    known, since, _ = _before_and_since(case, "as_shipped")
    result = _repair(known, since)
    assert result.ending is Ending.NONE
    assert result.exit_code == 1
    assert len(result.edits) == 0
    (torn,) = {each.sides for each in result.torn}
    broken = {name for side in torn for name in side.breaks}
    assert {build.name for build in known.builds} == broken
    assert all(side.breaks for side in torn)


def test_entries_of_the_newest_tree_are_written_back_as_they_were() -> None:
    """Entries of cases that were right from the start, as far as the newest bundled tree has them, taken away at once."""
    known = bundled()
    base = known.build("11.0pre")
    handled = [case for case in DOCUMENT["cases"] if case["class"] == "default-change (handled)"]
    wanted = {tuple(entry) for case in handled[::2] for entry in case["needed_entry"]}
    gone = tuple(
        PlacedEntry(key, entry, made.file)
        for key, made in base.compat_arrays.items()
        for entry in made.entries
        if (key, entry.driver, entry.property, entry.value) in wanted
    )
    assert len(gone) > 4
    after = edited(msgspec.structs.replace(base, name="11.2", version="11.2"), Edits(removed=gone))
    result = _repair(known, after, base.name)
    assert result.ending is Ending.REPAIRED
    assert {str(each) for each in result.edits.added} == {str(each) for each in gone}
    assert result.edits.removed == ()
