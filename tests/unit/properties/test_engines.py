"""Each engine on models made for it, and what happens when an engine is wrong."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hopcheck.model.language import (
    Bool,
    Enum,
    Expr,
    Op,
    Parameter,
    Range,
    System,
    SystemBuilder,
    after,
    at_most_one,
    becomes,
    replay,
)
from hopcheck.properties import (
    CertificateError,
    DisagreementError,
    Exhausted,
    Method,
    Outcome,
    Property,
    Result,
    Verdict,
    agree,
    always,
    discharge,
    fails,
    holds,
    prove,
    reachable,
    step,
)
from hopcheck.properties.bounded import bounded, of_length
from hopcheck.properties.certificate import certificate
from hopcheck.properties.checking import recertify, recheck
from hopcheck.properties.engine import Engine, run_engine
from hopcheck.properties.following import follow
from hopcheck.properties.goal import goal_of
from hopcheck.properties.induction import induction
from hopcheck.properties.k_induction import k_induction
from hopcheck.properties.smt.encoding import Encoding, fit
from hopcheck.properties.smt.numbers import INTEGERS, Numbers
from hopcheck.properties.spacer import guided_spacer, spacer

GOOD, POOR = holds("it does"), fails("it does not")
SECONDS = 60.0


def ask(engine: Callable[[Encoding], Engine], system: System, prop: Property, numbers: Numbers | None = None) -> Verdict:
    goal = goal_of(system, prop)
    written = INTEGERS if engine in (spacer, guided_spacer) else numbers or fit(goal)
    return run_engine(engine(Encoding(goal, written)), seconds=SECONDS).value


def ring(size: int) -> tuple[System, Property]:
    builder = SystemBuilder("token ring")
    tokens = [builder.variable(f"token {n}", Bool, initial=n == 0) for n in range(size)]
    for n, here in enumerate(tokens):
        there = tokens[(n + 1) % size]
        builder.action("pass", guard=here, updates=[becomes(here, False), becomes(there, True)], labels={"from": n})
    prop = always("one token", at_most_one(tokens), "There is never more than one token.", expected=GOOD)
    return builder.build(), prop


def detour() -> tuple[System, Property]:
    """0, 1, 2 in a circle; 4, 5, 6, 7 in a row that cannot be reached."""
    builder = SystemBuilder("detour")
    place = builder.variable("place", Range(0, 7), initial=0)
    builder.action("turn", guard=place < 2, updates=[becomes(place, place + 1)])
    builder.action("return", guard=place == 2, updates=[becomes(place, 0)])
    builder.action("walk", guard=(place >= 4) & (place < 7), updates=[becomes(place, place + 1)])
    return builder.build(), always("not there", place != 7, "Place 7 is never reached.", expected=GOOD)


def twins() -> tuple[System, Property]:
    """Two counters without end that go together: that they are equal must be found."""
    builder = SystemBuilder("twins")
    one, other = (builder.variable(name, Range(0, None), initial=0) for name in ("one", "other"))
    builder.action("up", updates=[becomes(one, one + 1), becomes(other, other + 1)])
    down = [becomes(one, one - 1), becomes(other, other - 1)]
    builder.action("down", guard=(one > 0) & (other > 0), updates=down)
    return builder.build(), always("both", (one == 0).implies(other == 0), "Both are nothing together.", expected=GOOD)


def jugs() -> tuple[System, Property]:
    """Three and five litres, four wanted: it takes six steps."""
    builder = SystemBuilder("jugs")
    small = builder.variable("small", Range(0, 3), initial=0)
    large = builder.variable("large", Range(0, 5), initial=0)
    jug = Parameter("jug", Enum("small", "large"))
    full = [becomes(small, _if(jug == "small", 3, small)), becomes(large, _if(jug == "large", 5, large))]
    builder.action("fill", jug, updates=full)
    empty = [becomes(small, _if(jug == "small", 0, small)), becomes(large, _if(jug == "large", 0, large))]
    builder.action("empty", jug, updates=empty)
    total = small + large
    over = [becomes(small, _if(total > 5, total - 5, 0)), becomes(large, _if(total > 5, 5, total))]
    builder.action("pour", guard=small > 0, updates=over, labels={"into": "large"})
    back = [becomes(small, _if(total > 3, 3, total)), becomes(large, _if(total > 3, total - 3, 0))]
    builder.action("pour", guard=large > 0, updates=back, labels={"into": "small"})
    return builder.build(), always("never four", large != 4, "There are never four litres.", expected=POOR)


def _if(condition: Expr, then: object, otherwise: object) -> Expr:
    from hopcheck.model.language import If

    return If(condition, then, otherwise)


@pytest.mark.parametrize("numbers", [None, INTEGERS], ids=["bit-vectors", "integers"])
def test_a_token_ring_is_inductive(numbers: Numbers | None) -> None:
    verdict = ask(induction, *ring(5), numbers)
    assert verdict.outcome is Outcome.SAFE
    assert (verdict.method, verdict.bound) == (Method.INDUCTION, 1)
    assert [each.name for each in verdict.obligations] == ["nothing bad after 0 steps", "step, k = 1"]
    for each in verdict.obligations:
        assert discharge(each, solver="cvc5", seconds=SECONDS).answer == each.expect


def test_what_is_not_inductive_may_be_k_inductive() -> None:
    assert not ask(induction, *detour()).known
    verdict = ask(k_induction, *detour())
    assert verdict.outcome is Outcome.SAFE
    assert (verdict.method, verdict.bound) == (Method.K_INDUCTION, 4)


def test_what_is_not_k_inductive_needs_an_invariant() -> None:
    system, prop = twins()
    stuck = ask(lambda encoding: k_induction(encoding, last=6), system, prop)
    assert not stuck.known
    assert stuck.reason == "it is not inductive with k up to 6"
    assert stuck.bound == 5
    verdict = ask(guided_spacer, system, prop)
    assert verdict.outcome is Outcome.SAFE
    assert verdict.method is Method.SPACER
    assert verdict.invariant is not None
    assert [each.name for each in verdict.obligations] == ["initiation", "consecution", "safety"]


def test_a_counter_without_end_is_proved() -> None:
    builder = SystemBuilder("meter")
    reading = builder.variable("reading", Range(0, None), initial=[0, 7])
    amount = Parameter("amount", Range(1, None))
    builder.action("use", amount, updates=[becomes(reading, reading + amount)])
    system = builder.build()
    for engine in (induction, spacer):
        grows = step("grows", after(reading) > reading, "It only grows.", expected=GOOD)
        assert ask(engine, system, grows).outcome is Outcome.SAFE
    verdict = prove(system, reachable("many", reading == 2**61, "Every reading is possible.", expected=GOOD), seconds=9)
    assert verdict.outcome is Outcome.SAFE
    assert verdict.trace is not None
    assert verdict.trace.last == (2**61,)
    follow(system, verdict.trace)


@pytest.mark.parametrize("engine", [bounded, k_induction, spacer])
def test_a_counterexample_is_a_shortest_one(engine: Callable[[Encoding], Engine]) -> None:
    system, prop = jugs()
    verdict = ask(engine, system, prop)
    assert verdict.outcome is Outcome.UNSAFE
    assert verdict.trace is not None
    assert verdict.shortest
    assert len(verdict.trace) == 6
    assert verdict.reason == "a violation after 6 steps"
    replay(system, verdict.trace)
    assert system.decode(verdict.trace.last)["large"] == 4


def test_bounded_search_says_how_far_it_looked() -> None:
    verdict = ask(lambda encoding: bounded(encoding, steps=5), *ring(3))
    assert verdict.outcome is Outcome.UNKNOWN
    assert (verdict.method, verdict.bound, verdict.complete) == (Method.BOUNDED, 5, False)
    assert verdict.reason == "runs of more than 5 steps were not searched"


@pytest.mark.parametrize(
    ("steps", "outcome", "reason"),
    [
        (5, Outcome.UNKNOWN, "no run of 5 steps meets a bad state"),
        (6, Outcome.UNSAFE, "a violation after 6 steps"),
        (7, Outcome.UNSAFE, "a violation after 6 steps"),
    ],
)
def test_the_length_that_another_engine_says_is_confirmed_or_not(steps: int, outcome: Outcome, reason: str) -> None:
    verdict = ask(lambda encoding: of_length(encoding, steps=steps), *jugs())
    assert (verdict.outcome, verdict.reason) == (outcome, reason)
    assert verdict.shortest is (outcome is Outcome.UNSAFE)
    if steps != 6:
        with pytest.raises(DisagreementError):
            agree(Exhausted(False, steps), verdict)
    else:
        agree(Exhausted(False, steps), verdict)


def test_bounded_search_is_complete_where_every_run_ends() -> None:
    builder = SystemBuilder("fuse")
    left = builder.variable("left", Range(0, 9), initial=5)
    builder.action("burn", guard=left > 0, updates=[becomes(left, left - 1)])
    verdict = ask(bounded, builder.build(), always("short", left < 6, "It never grows.", expected=GOOD))
    assert verdict.outcome is Outcome.SAFE
    assert verdict.complete
    assert verdict.obligations[-1].name == f"no run of {(verdict.bound or 0) + 1} steps"


def fermat() -> tuple[System, Property]:
    builder = SystemBuilder("cubes")
    a, b, c = (builder.variable(name, Range(1, None)) for name in "abc")
    return builder.build(), always("fermat", a * a * a + b * b * b != c * c * c, "Fermat was right.", expected=GOOD)


def test_a_time_limit_ends_in_unknown_and_nothing_runs_on() -> None:
    verdict = prove(*fermat(), seconds=1.0)
    assert verdict.outcome is Outcome.UNKNOWN
    assert verdict.reason.count("the time limit of 1 s was reached") >= 3
    children = [each.read_text().split() for each in Path("/proc/self/task").glob("*/children")]
    assert children in ([], [[]] * len(children))
    assert not prove(*fermat(), seconds=0.0).known


def test_a_false_invariant_is_refused() -> None:
    system, prop = twins()
    engine = spacer(Encoding(goal_of(system, prop), INTEGERS))
    next(engine)
    claim = "(define-fun |!invariant| ((a Int) (b Int)) Bool (<= a b))"  # inductive, but it allows what is bad
    queries = engine.send([Result("sat", {"!invariant": claim}, 0.0, "", "z3")])
    honest = [discharge(each.obligation, solver=each.solver, seconds=SECONDS) for each in queries]
    assert {(q.obligation.name, q.solver, r.answer) for q, r in zip(queries, honest, strict=True)} >= {
        ("initiation", "cvc5", "unsat"),
        ("safety", "cvc5", "sat"),
    }
    blind = [Result("unsat", None, 0.0, "", "z3") if r.solver == "z3" else r for r in honest]
    with pytest.raises(CertificateError, match="cvc5 answers sat to safety"):
        engine.send(blind)


def test_each_part_of_a_certificate_matters() -> None:
    system, prop = twins()
    encoding = Encoding(goal_of(system, prop), INTEGERS)
    for body, guilty in (("(= a b)", None), ("(> a 0)", "initiation"), ("(< a 3)", "consecution"), ("true", "safety")):
        proof = certificate(encoding, f"(define-fun |!invariant| ((a Int) (b Int)) Bool {body})")
        if guilty is None:
            assert run_engine(recertify(proof, "twins"), seconds=SECONDS).value is None
        else:
            with pytest.raises(CertificateError, match=guilty):
                run_engine(recertify(proof, "twins"), seconds=SECONDS)


def test_cvc5_may_refuse_what_z3_proved() -> None:
    system, prop = detour()
    engine = induction(Encoding(goal_of(system, prop), INTEGERS))
    queries = next(engine)
    again = engine.send([Result("unsat", None, 0.0, "", "z3") for _ in queries])
    answers = [discharge(each.obligation, solver=each.solver, seconds=SECONDS) for each in again]
    with pytest.raises(DisagreementError, match="z3 answers unsat and cvc5 sat to the obligation step, k = 1"):
        engine.send(answers)


def test_a_proof_that_cvc5_does_not_confirm_is_unknown() -> None:
    system, prop = ring(3)
    engine = induction(Encoding(goal_of(system, prop), INTEGERS))
    engine.send([Result("unsat", None, 0.0, "", "z3") for _ in next(engine)])
    with pytest.raises(StopIteration) as stop:
        engine.send([Result("unsat", None, 0.0, "", "cvc5"), Result("unknown", None, 0.0, "tired", "cvc5")])
    assert stop.value.value.outcome is Outcome.UNKNOWN
    assert stop.value.value.reason == "cvc5 did not confirm step, k = 1: tired"
    assert list(next(recheck([], []))) == []


class Wrong(Numbers):
    """A translation in which adding subtracts."""

    def operator(self, op: Op) -> str:
        return super().operator(Op.SUB if op is Op.ADD else op)


@pytest.mark.parametrize("width", [None, 8])
def test_a_wrong_translation_is_caught_by_the_replay(width: int | None) -> None:
    builder = SystemBuilder("counter")
    n = builder.variable("n", Range(0, 9), initial=5)
    builder.action("up", guard=n < 9, updates=[becomes(n, n + 1)])
    prop = always("high", n > 3, "It never falls.", expected=GOOD)
    with pytest.raises(DisagreementError, match="interpreter cannot confirm what z3 found for the property high"):
        ask(bounded, builder.build(), prop, Wrong(width))
