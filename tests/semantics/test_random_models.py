"""Random systems: the compiled search finds what the interpreter finds, whatever its forms, sets, threads and memory."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hopcheck.explorer import Exploration, Verdict, explore
from hopcheck.explorer.compiled import Compiled
from hopcheck.explorer.lowering import footprint
from hopcheck.explorer.lowering.lower import Forms
from hopcheck.model.errors import ModelError
from hopcheck.model.language import Expr, System, reachable, replay

from ..unit.explorer.counting import SMALL, counting_systems  # noqa: TID252 (folders of tests are no package)
from ..unit.explorer.searching import GROWING, compiled, on_tiny_levels, short_of_memory, with_buckets  # noqa: TID252
from .random_models import asked, systems

FORMS = {
    "as usual": Forms(),
    "tables": Forms(weigh=False),
    "tables, several words": Forms(weigh=False, word_bits=3),
    "small tables": Forms(table_bits=3, weigh=False, word_bits=5),
    "rows and program": Forms(table_bits=-1),
    "rows and program, several words": Forms(table_bits=-1, word_bits=2),
    "program only": Forms(table_bits=-1, rows=False),
    "no index": Forms(weigh=False, index=False),
    "no index, several words": Forms(table_bits=3, word_bits=3, index=False),
}
WORKERS = (1, 2, 4)

UNLIKE = {"seconds", "lowering_seconds", "visited_bytes", "bytes", "backend"}
"""What may differ between two searches for the same."""

RELAXED: dict[str, Any] = {"deadline": None, "suppress_health_check": list(HealthCheck)}

Named = Mapping[str, Mapping[str, Expr]]
Prepare = Callable[[Compiled, int, pytest.MonkeyPatch], object]


def outcome(run: Callable[[], Exploration]) -> Any:
    """Everything a search returns but times and sizes; or the text of the model error it raises."""
    try:
        exploration = run()
    except ModelError as error:
        return str(error)
    return {
        each.name: getattr(exploration, each.name) for each in dataclasses.fields(exploration) if each.name not in UNLIKE
    }


def scarce(*, spills: bool) -> Prepare:
    return lambda search, initial, patch: short_of_memory(search, initial, patch, spills=spills)


def full(search: Compiled, initial: int, patch: pytest.MonkeyPatch) -> None:
    """A table that may not grow; the log spills, and once the table is full the disk decides what is new."""
    with_buckets(search, 25, patch, full=True)
    short_of_memory(search, initial, patch, spills=False)


SETS: dict[str, tuple[str, Prepare]] = {
    "bitmap": ("tables", lambda search, initial, patch: None),
    "pointers": ("no index, several words", lambda search, initial, patch: None),
    **{
        name: ("tables", lambda search, initial, patch, bits=bits: with_buckets(search, bits, patch))  # type: ignore[misc]
        for name, bits in GROWING.items()
    },
}
MEMORIES: dict[str, tuple[str, Prepare]] = {
    "a log in a file": ("tables, several words", scarce(spills=True)),
    "a bitmap, then the disk": ("tables", scarce(spills=False)),
    "pointers, then the disk": ("no index", scarce(spills=False)),
    "a full table, then the disk": ("tables", full),
    "a program, then the disk": ("rows and program", scarce(spills=False)),
}


def outcomes(
    system: System, named: Named, conditions: Mapping[str, tuple[str, Prepare]], options: Mapping[str, Any], initial: int
) -> Iterator[tuple[str, Any]]:
    """What searches find with each number of threads under each of these conditions."""
    for name, (form, prepare) in conditions.items():
        for workers in WORKERS:
            with pytest.MonkeyPatch.context() as patch:
                on_tiny_levels(patch)

                def run(
                    form: str = form, prepare: Prepare = prepare, workers: int = workers, patch: pytest.MonkeyPatch = patch
                ) -> Exploration:
                    search = compiled(system, named, workers=workers, forms=FORMS[form], **options)
                    prepare(search, initial, patch)
                    return search.run()

                yield f"{name}, {workers} workers", outcome(run)


def compare(system: System, named: Named, **options: Any) -> None:
    """Every form, every visited set with any number of threads, and scarce memory, against the interpreter."""
    expected = outcome(lambda: explore(system, **named, **options, backend="interpreter"))  # type: ignore[arg-type]
    for name, forms in FORMS.items():
        run = compiled(system, named, forms=forms, **options).run
        assert outcome(run) == expected, name
    try:
        initial = len(next(reachable(system), ()))
    except ModelError:  # the initial condition is wrong, as every form has just said: nothing is ever stored
        return
    for name, found in outcomes(system, named, SETS, options, initial):
        assert found == expected, name
    # Whether a goal can always be reached is left open where the graph does not fit into memory.
    fewer = {kind: each for kind, each in named.items() if kind != "can_always_reach"}
    expected = outcome(lambda: explore(system, **fewer, **options, backend="interpreter"))  # type: ignore[arg-type]
    for name, found in outcomes(system, fewer, MEMORIES, options, initial):
        assert found == expected, name


@settings(max_examples=40, **RELAXED)
@given(st.data())
def test_all_searches_agree(data: st.DataObject) -> None:
    system = data.draw(systems())
    compare(system, data.draw(asked(system)), stop_at_first=data.draw(st.booleans()))


@settings(max_examples=60, **RELAXED)
@given(st.data())
def test_they_agree_where_nothing_goes_wrong(data: st.DataObject) -> None:
    system = data.draw(systems(errors=False))
    compare(system, data.draw(asked(system, errors=False)))


@settings(max_examples=30, **RELAXED)
@given(st.data())
def test_they_agree_group_by_group(data: st.DataObject) -> None:
    system = data.draw(systems(errors=False, grouped=True))
    compare(system, data.draw(asked(system, errors=False)), group_by=system["row"] + 1)


@settings(max_examples=40, **RELAXED)
@given(st.data())
def test_they_agree_on_components_that_count(data: st.DataObject) -> None:
    system = data.draw(counting_systems())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(footprint, "SMALL", SMALL)
        compare(system, data.draw(asked(system, errors=False)))


@settings(max_examples=60, **RELAXED)
@given(st.data())
def test_the_levels_are_those_of_the_reference(data: st.DataObject) -> None:
    system = data.draw(systems(errors=False))
    levels = [len(level) for level in reachable(system)]
    found = explore(system, backend="kernel")
    assert list(found.level_states) == levels
    assert found.complete
    assert found.states == sum(levels)
    assert found.transitions == sum(found.level_edges) == sum(found.fired.values()) == sum(found.instances.values())


@settings(max_examples=60, **RELAXED)
@given(st.data())
def test_every_trace_can_be_replayed(data: st.DataObject) -> None:
    system = data.draw(systems(errors=False))
    named = data.draw(asked(system, errors=False))
    found = explore(system, **named, backend="kernel")
    for answer in found.answers.values():
        assert (answer.trace is not None) == (answer.verdict in (Verdict.VIOLATED, Verdict.WITNESS))
        if answer.trace is not None:
            replay(system, answer.trace)
