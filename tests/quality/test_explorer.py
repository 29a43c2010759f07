"""Shortest, deterministic, and indifferent to how a model is written down."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hopcheck.explorer import Exploration, explore
from hopcheck.explorer.lowering.lower import Forms
from hopcheck.explorer.store.log import Log
from hopcheck.explorer.store.team import Team
from hopcheck.explorer.store.visited import Buckets, VisitedSet
from hopcheck.model.domain.fleet import fleet, invariants
from hopcheck.model.language import Expr, Op, State, System, Variable, becomes, holds, reachable, replay
from hopcheck.model.language.expr import after, variable
from hopcheck.model.language.walk import substitute

from ..semantics.random_models import asked, conditions, systems  # noqa: TID252 (no package)
from ..unit.explorer.searching import GROWING, compiled, on_tiny_levels, short_of_memory, with_buckets  # noqa: TID252

RELAXED = {"deadline": None, "suppress_health_check": list(HealthCheck)}


@settings(max_examples=50, **RELAXED)  # type: ignore[arg-type]
@given(st.data())
def test_no_trace_could_be_shorter(data: st.DataObject) -> None:
    system = data.draw(systems(errors=False))
    goal = data.draw(conditions([each.expr for each in system.variables if each.name], 1).filter(lambda e: e.total))
    found = explore(system, reachable={"goal": goal}, backend="kernel")
    for distance, level in enumerate(reachable(system)):
        there = [state for state in level if holds(system, goal, state)]
        if there:
            trace = found.answers["goal"].trace
            assert trace is not None
            replay(system, trace)
            assert len(trace) == distance
            assert trace.last == min(there)
            return
    assert found.answers["goal"].trace is None


def rewritten(system: System, names: dict[str, str], order: list[int]) -> System:
    """The same system with its variables renamed and declared in another order."""

    def renamed(leaf: Expr) -> Expr | None:
        return variable(names[str(leaf.payload)], leaf.type) if leaf.op is Op.VAR else None

    variables = [dataclasses.replace(each, name=names[each.name]) for each in system.variables]
    actions = [
        dataclasses.replace(
            each,
            guard=substitute(each.guard, renamed),
            updates=tuple(becomes(substitute(u.variable, renamed), substitute(u.value, renamed)) for u in each.updates),
        )
        for each in system.actions
    ]
    shuffled: list[Variable] = [variables[position] for position in order]
    return System(system.name, tuple(shuffled), substitute(system.initially, renamed), tuple(actions))


def counts(found: Exploration) -> tuple[Any, ...]:
    return (found.level_states, found.level_edges, found.fired, found.instances)


@settings(max_examples=40, **RELAXED)  # type: ignore[arg-type]
@given(st.data())
def test_names_and_order_of_variables_do_not_matter(data: st.DataObject) -> None:
    system = data.draw(systems(errors=False))
    goal = data.draw(conditions([each.expr for each in system.variables], 1).filter(lambda e: e.total))
    order = data.draw(st.permutations(range(len(system.variables))))
    names = {each.name: f"{'zyxwvu'[position]}_{each.name}" for position, each in enumerate(system.variables)}
    other = rewritten(system, names, list(order))
    moved = substitute(goal, lambda e: variable(names[str(e.payload)], e.type) if e.op is Op.VAR else None)
    first = explore(system, always={"goal": goal}, backend="kernel")
    second = explore(other, always={"goal": moved}, backend="kernel")
    assert counts(first) == counts(second)
    one, two = first.answers["goal"], second.answers["goal"]
    assert one.verdict == two.verdict
    assert [len(each.trace) for each in (one,) if each.trace is not None] == [
        len(each.trace) for each in (two,) if each.trace is not None
    ]
    assert {names[name]: values for name, values in first.values.items()} == second.values


def stable(found: Exploration) -> str:
    """Everything but times, as text."""
    return repr(dataclasses.replace(found, seconds=0.0, lowering_seconds=0.0))


def fleet_questions(system: System) -> dict[str, dict[str, Expr]]:
    failed = (system["phase0"] == "failed") & (system["phase1"] == "failed")
    return {
        "always": {**invariants(system), "not both failed": ~failed},
        "step": {"upgrades stay": system["new0"].implies(after(system["new0"]))},
        "reachable": {"moved": (system["host0"] == 1) & (system["host1"] == 1)},
        "can_always_reach": {"idle": system["phase0"] == "idle", "old": ~system["new0"]},
    }


def test_reruns_are_equal_to_the_byte() -> None:
    system = fleet(2)
    named = fleet_questions(system)
    assert stable(explore(system, **named, backend="kernel")) == stable(explore(fleet(2), **named, backend="kernel"))


def like(found: Exploration, other: Exploration) -> Exploration:
    """The exploration, but that its sizes are those of the other one."""
    return dataclasses.replace(found, visited_bytes=other.visited_bytes, bytes=other.bytes)


LAYOUTS = {
    "several words": Forms(word_bits=20),
    "a word a slot": Forms(word_bits=3),
    "tables and program": Forms(table_bits=8, weigh=False),
    "rows and program": Forms(table_bits=-1),
    "no index": Forms(index=False),
}


@pytest.mark.parametrize("form", LAYOUTS)
def test_the_layout_does_not_matter(form: str) -> None:
    system = fleet(2)
    named = fleet_questions(system)
    plain = compiled(system, named).run()
    assert stable(like(compiled(system, named, forms=LAYOUTS[form]).run(), plain)) == stable(plain)


SHAPES = {
    "bitmap": ("Bitmap",),
    "pointers": ("Pointers",),
    "lanes of 64 bits, then 32": ("int64", "uint32"),
    "lanes of 32 bits, then 16": ("uint32", "uint16"),
    "lanes of 16 bits, then a bitmap": ("uint16", "Bitmap"),
}


def shape_of(visited: VisitedSet) -> str:
    return str(visited.lanes.dtype) if isinstance(visited, Buckets) else type(visited).__name__


@pytest.mark.parametrize("workers", [1, 2, 4])
@pytest.mark.parametrize("form", SHAPES)
def test_neither_the_visited_set_nor_the_workers_matter(form: str, workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    system = fleet(2)
    named = fleet_questions(system)
    plain = compiled(system, named).run()
    on_tiny_levels(monkeypatch)
    search = compiled(system, named, workers=workers, forms=Forms(index=form != "pointers"))
    if form in GROWING:
        with_buckets(search, GROWING[form], monkeypatch)
    taken = [shape_of(search.found.set)]
    grown = Buckets.grown

    def noting(self: Buckets, log: Log, team: Team) -> VisitedSet:
        taken.append(shape_of(made := grown(self, log, team)))
        return made

    monkeypatch.setattr(Buckets, "grown", noting)
    assert stable(like(search.run(), plain)) == stable(plain)
    assert tuple(dict.fromkeys(taken))[:2] == SHAPES[form]


@pytest.mark.parametrize("workers", [1, 2, 4])
@pytest.mark.parametrize("form", ["bitmap", "full table", "pointers", "file"])
def test_memory_does_not_matter(form: str, workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    system = fleet(2)
    named = {kind: each for kind, each in fleet_questions(system).items() if kind != "can_always_reach"}
    plain = compiled(system, named).run()
    on_tiny_levels(monkeypatch)
    search = compiled(system, named, workers=workers, forms=Forms(index=form != "pointers"))
    if form == "full table":
        with_buckets(search, 25, monkeypatch, full=True)
    short_of_memory(search, 300, monkeypatch, spills=form == "file")
    assert stable(like(search.run(), plain)) == stable(plain)
    assert (search.found.overflow is None) is (form == "file")
    assert (search.found.log.first > 0) is (form != "pointers")


@settings(max_examples=40, **RELAXED)  # type: ignore[arg-type]
@given(st.data())
def test_further_questions_change_nothing(data: st.DataObject) -> None:
    system = data.draw(systems(errors=False))
    named = data.draw(asked(system, errors=False))
    assert counts(explore(system, backend="kernel")) == counts(explore(system, **named, backend="kernel"))


def test_states_of_a_trace_are_distinct() -> None:
    system = fleet(2)
    for answer in explore(system, **fleet_questions(system), backend="kernel").answers.values():
        if answer.trace is not None:
            states: tuple[State, ...] = answer.trace.states
            assert len(set(states)) == len(states)
