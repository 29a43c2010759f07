"""Random systems: what the provers say is what exhausting the reference interpreter says."""

import random
from collections.abc import Callable, Mapping
from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, assume, given, settings

from hopcheck.model.errors import ModelError
from hopcheck.model.language import (
    Bool,
    Lookup,
    Parameter,
    Range,
    State,
    System,
    SystemBuilder,
    Trace,
    after,
    all_of,
    becomes,
    holds,
    initial_states,
    reachable,
    replay,
    successors,
    table,
)
from hopcheck.properties import Exhausted, Property, Verdict, agree, prove, sound, undecided
from hopcheck.properties.bounded import bounded, of_length
from hopcheck.properties.engine import Engine, run_engines
from hopcheck.properties.following import violates
from hopcheck.properties.goal import goal_of
from hopcheck.properties.induction import induction
from hopcheck.properties.k_induction import k_induction
from hopcheck.properties.kinds import Kind
from hopcheck.properties.smt.encoding import Encoding, fit
from hopcheck.properties.smt.numbers import INTEGERS
from hopcheck.properties.spacer import spacer

from .random_models import conditions, systems

Draw = Callable[[st.SearchStrategy[Any]], Any]
SECONDS = 60.0  # far beyond what any of these takes: no verdict here may depend on the machine's speed


def maze(seed: int) -> tuple[System, Property]:
    """A walk through places by a random table, a key that opens doors, and a place that is far away or cut off.

    From the last place the table may not say where to go: whether it is reached decides whether the model is sound.
    (Drawn by numbers and not by a strategy of strategies, which prefers the simplest maze.)
    """
    chance = random.Random(seed)
    size = chance.randint(4, 8)
    known = size - chance.randint(0, 1)
    onward = [min(place + 1, size - 1) for place in range(known)]
    target = [chance.choice([onward[place]] * 3 + [0, place // 2]) for place in range(known) for _ in ("right", "left")]
    doors = [chance.random() < 0.2 for _ in range(known)]
    way = table("way", [Range(0, known - 1), Bool], Range(0, size - 1), target)
    locked = table("locked", [Range(0, known - 1)], Bool, doors)
    builder = SystemBuilder(f"maze {seed}")
    place = builder.variable("place", Range(0, size - 1), initial=0)
    key = builder.variable("key", Bool, initial=False)
    builder.variable("lamp", Bool)
    left = Parameter("left", Bool)
    builder.action("walk", left, guard=key | ~Lookup(locked, place), updates=[becomes(place, Lookup(way, place, left))])
    builder.action("take", guard=place == chance.randrange(size), updates=[becomes(key, True)])
    far = (place == chance.randrange(1, size)) & (key == chance.choice([True, False]))
    kind, expr = chance.choice(
        [
            (Kind.ALWAYS, ~far),
            (Kind.REACHABLE, far),
            (Kind.STEP, far.implies(after(place) != 0)),
            (Kind.NEVER_STUCK, far),
            (Kind.SOUND, far),
        ]
    )
    return builder.build(), Property("asked", kind, expr, "Something.", undecided("it is random"))


@st.composite
def tangles(draw: Draw) -> tuple[System, Property]:
    """A system, now and then with errors of the model, and something asked of it."""
    system = draw(systems(errors=draw(st.integers(0, 3)) == 0))
    kinds = [each for each in Kind if each is not Kind.CAN_ALWAYS_REACH]
    kind = draw(st.sampled_from([*kinds, Kind.ALWAYS, Kind.STEP]))
    if kind is Kind.SOUND:
        return system, sound()
    leaves = [each.expr for each in system.variables]
    expr = draw(conditions([*leaves, *(after(each) for each in leaves if kind is Kind.STEP)]))
    if draw(st.booleans()):
        # What holds in few states is met late, or nowhere.
        rare = [each == each.type.decode(draw(st.integers(each.type.lo, each.type.hi or 0))) for each in leaves[:3]]
        expr = ~all_of(rare) if kind in (Kind.ALWAYS, Kind.STEP) else all_of(rare)
    return system, Property("asked", kind, expr, "Something.", undecided("it is random"))


questions = st.one_of(st.integers(0, 10**9).map(maze), st.integers(0, 10**9).map(maze), tangles())


def bad(system: System, prop: Property, state: State) -> int | None:
    """The further steps to a violation that starts in this state (for ``reachable``, a witness)."""
    if prop.kind is Kind.STEP:
        broken = any(not holds(system, prop.expr, state, each.target) for each in successors(system, state))
        return 1 if broken else None
    return 0 if violates(system, prop, Trace(state, ())) else None


def reference(system: System, prop: Property) -> Exhausted | None:
    """The answer of the interpreter; None where it meets an error of the model before."""
    found: int | None = None
    depth = 0
    try:
        list(initial_states(system))
    except ModelError:
        return None
    try:
        for depth, level in enumerate(reachable(system)):
            if prop.kind is Kind.SOUND or found is not None:
                continue
            further = [each for each in (bad(system, prop, state) for state in level) if each is not None]
            if further:
                found = depth + further[0]
    except ModelError:
        return Exhausted(False, depth) if prop.kind is Kind.SOUND else None
    return Exhausted((found is None) is not (prop.kind is Kind.REACHABLE), found)


def engines(system: System, prop: Property) -> Mapping[str, Engine]:
    goal = goal_of(system, prop)
    finite, integral = Encoding(goal, fit(goal)), Encoding(goal, INTEGERS)
    return {
        "induction": induction(finite),
        "induction over integers": induction(integral),
        "k-induction": k_induction(finite, last=3),
        "bounded search": bounded(finite, steps=15),
        "Spacer": spacer(integral),
    }


def check(system: System, prop: Property, expected: Exhausted, verdict: Verdict) -> None:
    agree(expected, verdict)
    if verdict.trace is not None:
        replay(system, verdict.trace)
        assert len(verdict.trace) == expected.length
        assert verdict.shortest


relaxed = settings(
    max_examples=24,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)


@relaxed
@given(questions)
def test_every_engine_agrees_with_exhaustion(question: tuple[System, Property]) -> None:
    system, prop = question
    expected = reference(system, prop)
    assume(expected is not None)
    assert expected is not None
    asked = dict(engines(system, prop))
    if expected.length is not None and prop.kind is not Kind.SOUND:
        goal = goal_of(system, prop)
        asked["bounded search of that length"] = of_length(Encoding(goal, fit(goal)), steps=expected.length - goal.last)
    verdicts = {each.name: each.value for each in run_engines(asked, seconds=SECONDS)}
    for verdict in verdicts.values():
        check(system, prop, expected, verdict)
    assert verdicts["Spacer"].known


@settings(relaxed, max_examples=10)
@given(questions)
def test_proving_together_on_a_slice_agrees_with_exhaustion(question: tuple[System, Property]) -> None:
    system, prop = question
    expected = reference(system, prop)
    assume(expected is not None)
    assert expected is not None
    verdict = prove(system, prop, seconds=SECONDS)
    assert verdict.known
    check(system, prop, expected, verdict)
