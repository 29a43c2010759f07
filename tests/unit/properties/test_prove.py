"""Deciding properties of every kind, on slices, with traces of the whole system."""

import pytest

from hopcheck.model.errors import ModelError
from hopcheck.model.language import (
    Bool,
    Enum,
    Lookup,
    Parameter,
    Range,
    System,
    SystemBuilder,
    after,
    becomes,
    replay,
    slice_for,
    table,
)
from hopcheck.properties import (
    Method,
    Outcome,
    Property,
    Verdict,
    always,
    antecedent_witness,
    can_always_reach,
    confirm,
    fails,
    holds,
    never_stuck,
    prove,
    reachable,
    sound,
    step,
    tautology,
)

GOOD, POOR = holds("it does"), fails("it does not")
HOST = Enum("old", "new")


def house() -> System:
    """A guest that hops, and a clock beside it that has nothing to do with it."""
    builder = SystemBuilder("house")
    host = builder.variable("host", HOST, initial="old")
    hops = builder.variable("hops", Range(0, 3), initial=0)
    clock = builder.variable("clock", Range(0, 9), initial=[3, 4])
    target = Parameter("target", HOST)
    ticks = Parameter("ticks", Range(1, 2))
    updates = [becomes(host, target), becomes(hops, hops + 1), becomes(clock, clock + ticks)]
    builder.action("hop", target, ticks, guard=(host != target) & (hops < 2), updates=updates)
    builder.action("tick", guard=clock < 5, updates=[becomes(clock, clock + 1)])
    return builder.build()


HOUSE = house()
H, N, C = (each.expr for each in HOUSE.variables)


def decide(system: System, prop: Property, **more: object) -> Verdict:
    verdict = prove(system, prop, seconds=60, **more)  # type: ignore[arg-type]
    if verdict.trace is not None:
        replay(system, verdict.trace)
    return verdict


@pytest.mark.parametrize("slicing", [True, False])
@pytest.mark.parametrize(
    ("prop", "length"),
    [
        (always("few", N < 3, "-", expected=GOOD), None),
        (always("fewer", N < 2, "-", expected=POOR), 2),
        (always("there and back", ~((H == "old") & (N > 0)), "-", expected=POOR), 2),
        (always("not at once", H == "old", "-", expected=POOR), 1),
        (always("never started", N != 0, "-", expected=POOR), 0),
        (step("one by one", (after(N) == N) | (after(N) == N + 1), "-", expected=GOOD), None),
        (step("always on", after(N) == N + 1, "-", expected=POOR), 1),
        (step("stays", (N == 1).implies(after(H) == H), "-", expected=POOR), 2),
        (step("time goes on", after(C) > C, "-", expected=GOOD), None),
    ],
    ids=lambda each: each.name if isinstance(each, Property) else "",
)
def test_invariants_and_steps(prop: Property, length: int | None, slicing: bool) -> None:
    verdict = decide(HOUSE, prop, slicing=slicing)
    assert verdict.known
    assert (verdict.outcome is Outcome.UNSAFE) is (length is not None)
    if length is not None:
        assert verdict.trace is not None
        assert len(verdict.trace) == length
        assert verdict.shortest
        assert len(verdict.trace.initial) == 3


def test_steps_that_change_nothing_visible_count() -> None:
    always_on = step("always on", after(N) == N + 1, "-", expected=POOR)
    verdict = decide(HOUSE, always_on)
    assert verdict.trace is not None
    assert verdict.trace.steps[-1].action == "tick"


def test_witnesses() -> None:
    found = decide(HOUSE, reachable("twice", N == 2, "-", expected=GOOD))
    assert found.outcome is Outcome.SAFE
    assert found.trace is not None
    assert len(found.trace) == 2
    none = decide(HOUSE, reachable("thrice", N == 3, "-", expected=POOR))
    assert none.outcome is Outcome.UNSAFE
    assert none.trace is None
    assert none.obligations


def test_being_stuck() -> None:
    stuck = decide(HOUSE, never_stuck("lively", "-", expected=POOR))
    assert stuck.outcome is Outcome.UNSAFE
    assert stuck.trace is not None
    assert stuck.trace.last[1:] >= (2, 5)
    assert len(stuck.trace) == 2
    late = (N == 2) & (C >= 5)
    assert decide(HOUSE, never_stuck("lively at first", "-", unless=late, expected=GOOD)).outcome is Outcome.SAFE


def test_what_provers_leave_to_others() -> None:
    verdict = prove(HOUSE, can_always_reach("home", H == "old", "-", expected=POOR), seconds=1)
    assert verdict.outcome is Outcome.UNKNOWN
    assert "no safety property" in verdict.reason
    builder = SystemBuilder("unbounded")
    n = builder.variable("n", Range(0, None), initial=0)
    p = Parameter("p", Range(0, None))
    builder.action("add", p, guard=p > n, updates=[becomes(n, p)])
    verdict = prove(builder.build(), never_stuck("lively", "-", expected=GOOD), seconds=1)
    assert verdict.outcome is Outcome.UNKNOWN
    assert "parameter without end" in verdict.reason


def broken(limit: int) -> System:
    builder = SystemBuilder("broken")
    n = builder.variable("n", Range(0, 3), initial=0)
    known = table("known", [Range(0, 2)], Bool, [True, True, True])
    p = Parameter("p", Range(1, 2))
    builder.action("add", p, guard=n < limit, updates=[becomes(n, n + p)])
    builder.action("look", guard=(n < 3) & Lookup(known, n), updates=[])
    return builder.build()


def test_errors_of_the_model() -> None:
    assert decide(broken(2), sound()).outcome is Outcome.SAFE
    verdict = prove(broken(3), sound(), seconds=60)
    assert verdict.outcome is Outcome.UNSAFE
    assert verdict.trace is not None
    assert verdict.trace.last == (2,)
    assert len(verdict.trace) == 1
    assert "add(p=2) gives n the value 4, which lies outside Range(0, 3)" in verdict.reason


def test_an_error_in_the_initial_condition() -> None:
    builder = SystemBuilder("start")
    n = builder.variable("n", Range(0, 3))
    builder.initially(Lookup(table("known", [Range(0, 2)], Bool, [True, False, True]), n))
    verdict = prove(builder.build(), sound(), seconds=60)
    assert verdict.outcome is Outcome.UNSAFE
    assert verdict.trace is None
    assert "looks up known[3]" in verdict.reason


def test_runs_end_where_the_model_errs() -> None:
    n = broken(3)["n"]
    verdict = prove(broken(3), always("small", n <= 3, "-", expected=GOOD), seconds=60)
    assert verdict.outcome is Outcome.SAFE


def test_an_error_in_what_was_cut_away_does_not_mislead() -> None:
    builder = SystemBuilder("cut")
    n = builder.variable("n", Range(0, 3), initial=0)
    other = builder.variable("other", Range(0, 1), initial=0)
    builder.action("up", guard=n < 3, updates=[becomes(n, n + 1), becomes(other, other + 1)])
    system = builder.build()
    prop = always("small", n < 2, "-", expected=POOR)
    assert prove(slice_for(system, prop.expr), prop, seconds=60).outcome is Outcome.UNSAFE
    assert prove(system, prop, seconds=60).outcome is Outcome.SAFE  # the second step is an error of the model
    assert prove(system, sound(), seconds=60).outcome is Outcome.UNSAFE


def test_a_property_without_a_value_is_an_error_of_its_own() -> None:
    known = table("known", [Range(0, 1)], Bool, [True, True])
    with pytest.raises(ModelError, match="looks up known"):
        prove(HOUSE, always("known", Lookup(known, N), "-", expected=GOOD), seconds=60)


def test_methods_can_be_chosen() -> None:
    prop = always("few", N < 3, "-", expected=GOOD)
    for method in (Method.INDUCTION, Method.SPACER, Method.K_INDUCTION):
        verdict = decide(HOUSE, prop, methods=[method], workers=1)
        assert verdict.outcome is Outcome.SAFE
        assert verdict.method is method
    assert decide(HOUSE, prop, methods=[Method.BOUNDED]).complete  # the hops are few, and so every run ends


def test_antecedents_that_nothing_reaches() -> None:
    idle = always("idle", (N == 3).implies(H == "old"), "-", expected=GOOD)
    verdict = antecedent_witness(HOUSE, idle, seconds=60)
    assert verdict is not None
    assert verdict.outcome is Outcome.UNSAFE
    busy = always("busy", (N == 2).implies(H == "old"), "-", expected=GOOD)
    verdict = antecedent_witness(HOUSE, busy, seconds=60)
    assert verdict is not None
    assert verdict.outcome is Outcome.SAFE
    assert verdict.trace is not None
    assert len(verdict.trace) == 2
    over = step("over", ((N == 1) & (after(N) == 2)).implies(after(H) == "old"), "-", expected=GOOD)
    verdict = antecedent_witness(HOUSE, over, seconds=60)
    assert verdict is not None
    assert verdict.outcome is Outcome.SAFE
    assert verdict.trace is not None
    assert len(verdict.trace) == 2
    assert antecedent_witness(HOUSE, always("few", N < 3, "-", expected=GOOD), seconds=60) is None


def test_properties_that_hold_without_the_model() -> None:
    assert confirm(tautology(HOUSE, always("few", N < 3, "-", expected=GOOD)), seconds=60).discharged
    empty = tautology(HOUSE, always("any", (N * N) >= N, "-", expected=GOOD))
    assert confirm(empty, seconds=60).answer == "unsat"
