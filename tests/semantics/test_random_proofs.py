"""Random systems: what the provers say is what exhausting the reference interpreter says."""

from collections.abc import Callable, Mapping
from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, assume, given, settings

from hopcheck.model.errors import ModelError
from hopcheck.model.language import (
    Bool,
    Enum,
    Expr,
    If,
    Lookup,
    Op,
    Parameter,
    Range,
    State,
    System,
    SystemBuilder,
    after,
    becomes,
    holds,
    reachable,
    replay,
    successors,
    table,
)
from hopcheck.model.language.expr import equal, variable
from hopcheck.model.language.trace import Trace
from hopcheck.model.language.types import BoolType, RangeType, Type
from hopcheck.model.language.walk import substitute
from hopcheck.properties import Exhausted, Method, Outcome, Property, Verdict, agree, prove, undecided
from hopcheck.properties.bounded import bounded
from hopcheck.properties.engine import Engine, run_engines
from hopcheck.properties.following import follow, violates
from hopcheck.properties.goal import goal_of
from hopcheck.properties.induction import induction
from hopcheck.properties.k_induction import k_induction
from hopcheck.properties.kinds import Kind
from hopcheck.properties.smt.encoding import Encoding, fit
from hopcheck.properties.smt.numbers import INTEGERS
from hopcheck.properties.spacer import spacer

Draw = Callable[[st.SearchStrategy[Any]], Any]
TYPES: tuple[Type, ...] = (Bool, Enum("a", "b", "c"), Range(-1, 2), Range(0, 3))
STEPS = table("steps", [Range(0, 2)], Range(-3, 3), [2, 0, 1])
SECONDS = 60.0  # far beyond what any of these takes: no verdict here may depend on the machine's speed


def number(draw: Draw, leaves: list[Expr], depth: int) -> Expr:
    """A number over the leaves."""
    found = [each for each in leaves if isinstance(each.type, RangeType)]
    if not found:
        return equal(leaves[0], leaves[0]).args[0] if False else variable("clock", Range(0, 3))
    match draw(st.integers(0, 5 if depth else 1)):
        case 0:
            return draw(st.sampled_from(found))
        case 1:
            return draw(st.sampled_from(found)) + draw(st.integers(-1, 2))
        case 2:
            return number(draw, leaves, depth - 1) + number(draw, leaves, depth - 1)
        case 3:
            return number(draw, leaves, depth - 1) * number(draw, leaves, depth - 1)
        case 4:
            return Lookup(STEPS, draw(st.sampled_from(found)))
        case _:
            return If(truth(draw, leaves, depth - 1), number(draw, leaves, depth - 1), draw(st.integers(0, 2)))


def truth(draw: Draw, leaves: list[Expr], depth: int) -> Expr:
    """A condition over the leaves."""
    match draw(st.integers(0, 5 if depth else 1)):
        case 0 | 1:
            leaf = draw(st.sampled_from(leaves))
            return leaf == value(draw, leaf.type)
        case 2:
            return truth(draw, leaves, depth - 1) & truth(draw, leaves, depth - 1)
        case 3:
            return truth(draw, leaves, depth - 1) | truth(draw, leaves, depth - 1)
        case 4:
            return ~truth(draw, leaves, depth - 1)
        case _:
            return number(draw, leaves, depth - 1) <= number(draw, leaves, depth - 1)


def value(draw: Draw, type_: Type) -> object:
    assert type_.hi is not None
    return type_.decode(draw(st.integers(type_.lo, type_.hi)))


def new_value(draw: Draw, target: Expr, leaves: list[Expr]) -> object:
    """What a variable becomes: mostly inside its type, sometimes an error of the model."""
    if draw(st.booleans()):
        return value(draw, target.type)
    same = [each for each in leaves if each.type == target.type]
    if isinstance(target.type, BoolType):
        return truth(draw, leaves, 1)
    if isinstance(target.type, RangeType):
        made = number(draw, leaves, 1)
        inside = (made >= target.type.lo) & (made <= target.type.hi)
        return made if draw(st.integers(0, 3)) == 0 else If(inside, made, target)
    return draw(st.sampled_from(same))


@st.composite
def systems(draw: Draw) -> System:
    """A small system: now and then with parameters, errors of the model, and several initial states."""
    builder = SystemBuilder("random")
    leaves = [builder.variable("clock", Range(0, 3), initial=0)]
    for index in range(draw(st.integers(1, 3))):
        type_ = draw(st.sampled_from(TYPES))
        initial = None if draw(st.integers(0, 3)) == 0 else value(draw, type_)
        leaves.append(builder.variable(f"v{index}", type_, initial=initial))
    if draw(st.integers(0, 3)) == 0:
        builder.initially(truth(draw, leaves, 1))
    for index in range(draw(st.integers(1, 4))):
        parameters = [Parameter("p", draw(st.sampled_from(TYPES)))] if draw(st.booleans()) else []
        seen = [*leaves, *parameters]
        changed = draw(st.lists(st.sampled_from(leaves), min_size=1, max_size=2, unique_by=id))
        updates = [becomes(each, new_value(draw, each, seen)) for each in changed]
        builder.action(f"a{index}", *parameters, guard=truth(draw, seen, 2), updates=updates)
    return builder.build()


@st.composite
def questions(draw: Draw) -> tuple[System, Property]:
    """A system and something asked of it; what the language refuses is not drawn."""
    try:
        system = draw(systems())
        leaves = [each.expr for each in system.variables]
        kind = draw(st.sampled_from([Kind.ALWAYS, Kind.ALWAYS, Kind.REACHABLE, Kind.STEP, Kind.NEVER_STUCK, Kind.SOUND]))
        expr = truth(draw, leaves + [after(each) for each in leaves if kind is Kind.STEP], 2)
    except ModelError:
        assume(False)
        raise
    return system, Property("asked", kind, expr, "Something.", undecided("it is random"))


def bad(system: System, prop: Property, state: State) -> int | None:
    """The further steps to a violation that starts in this state (for ``reachable``, a witness)."""
    if prop.kind is Kind.STEP:
        broken = any(not holds(system, prop.expr, state, each.target) for each in successors(system, state))
        return 1 if broken else None
    return 0 if violates(system, prop, Trace(state, ())) else None


def reference(system: System, prop: Property) -> Exhausted | None:
    """The answer of the interpreter; None where it meets an error of the model before."""
    found: int | None = None
    try:
        for depth, level in enumerate(reachable(system)):
            if prop.kind is Kind.SOUND or found is not None:
                continue
            further = [each for each in (bad(system, prop, state) for state in level) if each is not None]
            if further:
                found = depth + further[0]
    except ModelError:
        return Exhausted(False, None) if prop.kind is Kind.SOUND else None
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
    if prop.kind is Kind.SOUND:
        assert not verdict.known or (verdict.outcome is Outcome.SAFE) == expected.holds
    else:
        agree(expected, verdict)
    if verdict.trace is not None:
        follow(system, verdict.trace)
        if prop.kind is not Kind.SOUND:
            replay(system, verdict.trace)
            assert len(verdict.trace) == expected.length
            assert verdict.shortest


relaxed = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)


@relaxed
@given(questions())
def test_every_engine_agrees_with_exhaustion(question: tuple[System, Property]) -> None:
    system, prop = question
    try:
        expected = reference(system, prop)
    except ModelError:
        expected = None
    assume(expected is not None)
    assert expected is not None
    verdicts = {each.name: each.value for each in run_engines(engines(system, prop), seconds=SECONDS)}
    for verdict in verdicts.values():
        check(system, prop, expected, verdict)
    assert verdicts["Spacer"].known


@settings(relaxed, max_examples=20)
@given(questions())
def test_proving_together_on_a_slice_agrees_with_exhaustion(question: tuple[System, Property]) -> None:
    system, prop = question
    expected = reference(system, prop)
    assume(expected is not None)
    assert expected is not None
    verdict = prove(system, prop, seconds=SECONDS)
    assert verdict.known
    check(system, prop, expected, verdict)
