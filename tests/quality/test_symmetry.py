"""A search up to the order of interchangeable components has the verdicts and distances of one that counts them all."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hopcheck.explorer import Exploration, explore
from hopcheck.model.domain.fleet import fleet, invariants
from hopcheck.model.errors import ModelError
from hopcheck.model.language import Bool, Enum, Expr, Range, System, SystemBuilder, all_of, any_of, becomes, replay


def questions(system: System, vms: int) -> dict[str, dict[str, Expr]]:
    failed = [(system[f"phase{n}"] == "failed") & (system[f"dst{n}"] == "running") for n in range(vms)]
    return {
        "always": {**invariants(system), "never all failed": ~all_of(failed)},
        "reachable": {"one failed": any_of(failed)},
        "never_stuck": {"never": ~all_of(failed) & all_of(failed)},
        "can_always_reach": {"rest": all_of(system[f"phase{n}"] == "idle" for n in range(vms))},
    }


def same(system: System, whole: Exploration, part: Exploration) -> None:
    """Everything but the numbers of states, transitions and what is counted of them is the same."""
    assert (part.complete, part.depth, part.values) == (whole.complete, whole.depth, whole.values)
    assert part.states <= whole.states
    for name, answer in whole.answers.items():
        found = part.answers[name]
        assert found.verdict is answer.verdict, name
        assert (found.trace is None) == (answer.trace is None)
        if found.trace is not None and answer.trace is not None:
            assert len(found.trace) == len(answer.trace)
            replay(system, found.trace)


@pytest.mark.parametrize(("vms", "states"), [(2, 8_348), (3, 100_400), (4, 827_900)])
def test_a_fleet_has_the_known_orbits(vms: int, states: int) -> None:
    system = fleet(vms)
    part = explore(system, **questions(system, vms), symmetry=True)
    assert part.states == states
    if vms < 4:
        same(system, explore(system, **questions(system, vms)), part)


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_the_number_of_threads_does_not_matter(workers: int) -> None:
    system = fleet(3)
    found = explore(system, **questions(system, 3), symmetry=True, workers=workers)
    expected = explore(system, **questions(system, 3), symmetry=True, workers=1)
    fields = ("states", "transitions", "level_states", "level_edges", "fired", "values", "answers")
    assert all(getattr(found, name) == getattr(expected, name) for name in fields)


@st.composite
def rings(draw: st.DrawFn) -> tuple[System, dict[str, Any]]:
    """Like components that take steps alone, by a shared number, or in pairs; and questions that treat them alike."""
    system = SystemBuilder("ring")
    count, states = draw(st.integers(2, 4)), draw(st.integers(2, 4))
    kind = Enum(*(f"s{n}" for n in range(states)))
    parts = [(system.variable(f"at{n}", kind, initial="s0"), system.variable(f"on{n}", Bool)) for n in range(count)]
    shared = system.variable("shared", Range(0, 3), initial=0)
    for number in range(draw(st.integers(1, 5))):
        here, there = (draw(st.sampled_from(kind.members)) for _ in range(2))
        low, up, flips = draw(st.integers(0, 3)), draw(st.booleans()), draw(st.booleans())
        for which, (at, on) in enumerate(parts):
            updates = [becomes(at, there)]
            if up:
                updates.append(becomes(shared, 3 - shared))
            if flips:
                updates.append(becomes(on, ~on))
            labels = {"n": which}
            system.action(f"a{number}", guard=(at == here) & (shared >= low), updates=updates, labels=labels)
    if draw(st.booleans()):
        for one, two in itertools.permutations(range(count), 2):
            guard = (parts[one][0] == "s1") & parts[two][1]
            updates = [becomes(parts[two][1], False), becomes(parts[one][0], "s0")]
            system.action("meet", guard=guard, updates=updates, labels={"one": one, "two": two})
    system.symmetric(parts)
    named = {
        "always": {"not all": ~all_of((at == kind.members[-1]) & on for at, on in parts)},
        "reachable": {"both": any_of(p & (q == "s1") for (_, p), (q, _) in itertools.permutations(parts, 2))},
        "can_always_reach": {"home": all_of(at == "s0" for at, _ in parts)},
    }
    return system.build(), named


@settings(max_examples=60)
@given(rings())
def test_random_rings(drawn: tuple[System, dict[str, Any]]) -> None:
    system, named = drawn
    same(system, explore(system, **named, backend="interpreter"), explore(system, **named, symmetry=True))


def unlike(what: str) -> tuple[System, dict[str, Any]]:
    """Two switches that are declared interchangeable, and are not in this respect."""
    system = SystemBuilder("switches")
    a, b = (system.variable(name, Bool, initial=None) for name in "ab")
    if what == "initial":
        system.initially(a)
    for one, labels in ((a, {"which": 0}), (b, {"which": 1})):
        if what != "action" or one is a:
            system.action("flip", updates=[becomes(one, ~one)], labels=labels)
    system.symmetric([(a,), (b,)])
    return system.build(), {"always": {"a": a | ~a, "p": a | b if what != "property" else a | ~b}}


@pytest.mark.parametrize(
    ("what", "message"),
    [("initial", "the initial condition changes"), ("action", "has no counterpart"), ("property", "the property p changes")],
)
def test_a_declaration_that_is_not_true_is_refused(what: str, message: str) -> None:
    system, named = unlike(what)
    with pytest.raises(ModelError, match=message):
        explore(system, **named, symmetry=True)


def test_a_true_declaration_is_not_refused() -> None:
    system, named = unlike("")
    named["always"].pop("a")
    assert explore(system, **named, symmetry=True).states == 3
