"""How many faults a violation takes: each property is looked at with none, one, and any number of them.

Nothing counts faults where any number may happen, and the models stay finite: what is exhausted then is proved for any
number. The tables in ``docs/models/`` are those of the last run: ``HOPCHECK_GOLDEN=write`` writes them anew.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from hopcheck.engine.check import run_explorer, verdict_of
from hopcheck.engine.libvirt.models import BITMAPS, COOKIES, PROTOCOL, STORAGE, Source
from hopcheck.engine.results import ignore
from hopcheck.engine.searching import Searching
from hopcheck.model.domain.cookies.settings import Faults as LostCookies
from hopcheck.model.domain.protocol.settings import Count
from hopcheck.model.domain.settings import described
from hopcheck.model.domain.storage.settings import Faults as StorageFaults
from hopcheck.properties import Kind, Outcome

DOCS = Path(__file__).parents[2] / "docs/models"
ASKED = (Kind.ALWAYS, Kind.STEP, Kind.CAN_ALWAYS_REACH)
ANY = "any number"
BEGIN, END = "<!-- faults: from a run -->\n", "<!-- faults: end -->\n"

SOURCES: dict[str, tuple[Source, Callable[[Any, str], Any]]] = {
    "protocol": (PROTOCOL, lambda settings, count: replace(settings, faults=Count("unbounded" if count == ANY else count))),
    "cookies": (
        COOKIES,
        lambda settings, count: replace(settings, faults=LostCookies("unbounded" if count == ANY else count)),
    ),
    "storage": (
        STORAGE,
        lambda settings, count: replace(settings, faults=StorageFaults("unbounded" if count == ANY else count)),
    ),
    "bitmaps": (
        BITMAPS,
        lambda settings, count: replace(settings, unbounded=count == ANY, faults=0 if count == ANY else int(count)),
    ),
}
"""Each model, and how its settings are given a number of faults."""

MORE_THAN_ONE = {("protocol", "1.3.2 p2p", "DEFINED_SOMEWHERE")}
"""What one fault does not show and any number does. Nothing else depends on how many there may be."""


def verdicts(source: Source, settings: Any) -> dict[str, Outcome]:
    """What the search says of every property of the settings; whatever it looked at it has exhausted."""
    system = source.model().system(settings)
    asked = [each for each in source.catalog().properties(settings, system) if each.kind in ASKED]
    explored = run_explorer(system, asked, searching=Searching(), listener=ignore, title=system.name)
    assert explored.complete
    return {str(each.name): verdict_of(system, each, explored).outcome for each in asked}


@cache
def needed(model: str) -> dict[tuple[str, str], str | None]:
    """For each variant of the main job and each property the least number of faults that violates it; None: no number."""
    source, with_faults = SOURCES[model]
    found: dict[tuple[str, str], str | None] = {}
    for name, settings in source.catalog().variants():
        at = {count: verdicts(source, with_faults(settings, count)) for count in ("0", "1", ANY)}
        if any(at["1"].get(prop) is not outcome for prop, outcome in at[ANY].items()):
            at["2"] = verdicts(source, with_faults(settings, "2"))
        for prop, outcome in at[ANY].items():
            violating = [count for count in ("0", "1", "2", ANY) if at.get(count, {}).get(prop) is Outcome.UNSAFE]
            assert bool(violating) is (outcome is Outcome.UNSAFE), "any number includes every number"
            found[name, prop] = violating[0] if violating else None
    return found


@pytest.mark.parametrize("model", SOURCES)
def test_what_one_fault_does_not_show_is_listed(model: str) -> None:
    beyond = {(model, name, prop) for (name, prop), count in needed(model).items() if count not in (None, "0", "1")}
    assert beyond == {each for each in MORE_THAN_ONE if each[0] == model}
    assert all(needed(model)[name, prop] == "2" for _, name, prop in beyond)


@pytest.mark.parametrize("model", SOURCES)
def test_the_page_of_the_model_tells_how_many_faults_a_violation_takes(model: str) -> None:
    page = DOCS / f"{model}.md"
    text = page.read_text(encoding="utf-8")
    table = BEGIN + "".join(f"{line}\n" for line in _table(model)) + END
    if os.environ.get("HOPCHECK_GOLDEN") == "write":
        text = re.sub(f"{re.escape(BEGIN)}.*?{re.escape(END)}", lambda _: table, text, flags=re.DOTALL)
        page.write_text(text, encoding="utf-8")
    assert table in text


@pytest.mark.parametrize("model", ["storage", "bitmaps"])
def test_the_page_names_each_fault_that_is_off_unless_it_is_set(model: str) -> None:
    text = (DOCS / f"{model}.md").read_text(encoding="utf-8")
    settings = described(SOURCES[model][0].model().Settings)
    kinds = [each.name for each in settings if each.default == "false" and each.name.endswith("dies")]
    assert kinds
    assert all(f"`{name}`" in text for name in kinds)


def _table(model: str) -> Iterator[str]:
    source, _ = SOURCES[model]
    present = [name for name, _ in source.catalog().variants() if name not in source.others]
    yield "| property | in present releases | in all variants of the main job |"
    yield "|---|---|---|"
    for prop in dict.fromkeys(prop for _, prop in needed(model)):
        every = {name: count for (name, each), count in needed(model).items() if each == prop}
        yield f"| {prop} | {_least(every, present)} | {_least(every, list(every))} |"


def _least(counts: dict[str, str | None], variants: list[str]) -> str:
    """The least number with which some of the variants violates it."""
    asked = [counts[name] for name in variants if name in counts]
    if not asked:
        return "not asked"
    violating = [count for count in asked if count is not None]
    return min(violating) if violating else "holds with any number"
