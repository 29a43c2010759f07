from dataclasses import replace

import pytest

from hopcheck.model.language import Step, Trace
from hopcheck.properties import (
    DisagreementError,
    Exhausted,
    Judgement,
    Method,
    Outcome,
    Verdict,
    agree,
    as_expected,
    fails,
    holds,
    judge,
    merge,
    undecided,
    unknown,
)

SAFE = Verdict("door", "shut", Outcome.SAFE, Method.EXHAUSTED, "8 states", "explorer")
OPEN = unknown("door", "shut", "the time limit of 1 s was reached", engine="Spacer")


def trace(length: int) -> Trace:
    return Trace((0,), tuple(Step("tick", (), (n + 1,)) for n in range(length)))


def unsafe(length: int, engine: str = "bounded search", *, shortest: bool = True) -> Verdict:
    found = trace(length)
    return Verdict("door", "shut", Outcome.UNSAFE, Method.BOUNDED, "-", engine, trace=found, shortest=shortest)


def test_a_bound_alone_is_not_safe() -> None:
    with pytest.raises(ValueError, match="unknown, not safe"):
        Verdict("door", "shut", Outcome.SAFE, Method.BOUNDED, "nothing in 20 steps", "bounded search", bound=20)
    complete = Verdict("door", "shut", Outcome.SAFE, Method.BOUNDED, "-", "bounded search", bound=20, complete=True)
    assert complete.known


def test_verdicts_say_how_and_why() -> None:
    with pytest.raises(ValueError, match="how it was established"):
        Verdict("door", "shut", Outcome.SAFE, None, "-", "explorer")
    with pytest.raises(ValueError, match="says why"):
        unknown("door", "shut", "", engine="Spacer")


@pytest.mark.parametrize(
    ("verdict", "expectation", "judgement"),
    [
        (SAFE, holds("-"), Judgement.EXPECTED),
        (SAFE, fails("-"), Judgement.UNEXPECTED),
        (SAFE, undecided("-"), Judgement.UNEXPECTED),
        (unsafe(1), holds("-"), Judgement.UNEXPECTED),
        (unsafe(1), fails("-"), Judgement.EXPECTED),
        (OPEN, holds("-"), Judgement.INCONCLUSIVE),
        (OPEN, fails("-"), Judgement.INCONCLUSIVE),
        (OPEN, undecided("-"), Judgement.EXPECTED),
    ],
)
def test_an_unexpected_pass_fails_like_an_unexpected_violation(verdict, expectation, judgement) -> None:  # type: ignore[no-untyped-def]
    assert judge(verdict, expectation) is judgement
    assert as_expected(verdict, expectation) is (judgement is Judgement.EXPECTED)


def test_merging_takes_what_is_decided() -> None:
    assert merge([OPEN, SAFE]).outcome is Outcome.SAFE
    assert merge([SAFE, replace(SAFE, seconds=2.0, engine="induction")]).engine == "explorer"
    assert merge([unsafe(3, shortest=False), unsafe(2, "explorer")]).engine == "explorer"
    both = merge([OPEN, unknown("door", "shut", "too deep", engine="bounded search", bound=7)])
    assert not both.known
    assert both.reason == "Spacer: the time limit of 1 s was reached; bounded search: too deep"
    assert both.bound == 7
    with pytest.raises(ValueError, match="one property of one model"):
        merge([SAFE, replace(SAFE, property_name="other")])


def test_contradictions_are_named() -> None:
    both = "property shut of the model door: explorer says safe, bounded search says unsafe"
    with pytest.raises(DisagreementError, match=both):
        merge([SAFE, unsafe(2)])
    with pytest.raises(DisagreementError, match="no trace is shorter than 3 steps, explorer has one of 2"):
        merge([unsafe(3), unsafe(2, "explorer")])
    with pytest.raises(DisagreementError, match="found nothing in runs of up to 5 steps, explorer has one of 5"):
        merge([replace(OPEN, bound=5), unsafe(5, "explorer")])


def test_exhaustion_and_proof_agree() -> None:
    agree(Exhausted(True), SAFE)
    agree(Exhausted(False, 2), unsafe(2))
    agree(Exhausted(False, 2), unsafe(3, shortest=False))
    agree(Exhausted(False, 2), OPEN)
    agree(Exhausted(False, 2), replace(OPEN, bound=1))
    agree(Exhausted(False), replace(SAFE, outcome=Outcome.UNSAFE))  # reachable, and nowhere: there is no trace


@pytest.mark.parametrize(
    ("answer", "verdict", "said"),
    [
        (Exhausted(False, 2), SAFE, "says that the property shut of the model door does not hold, explorer says"),
        (Exhausted(True), unsafe(2), "does hold|holds"),
        (Exhausted(False, 3), unsafe(2), "has 3 steps in the explorer and 2 in bounded search"),
        (Exhausted(False, 2), unsafe(3), "has 2 steps in the explorer and 3 in bounded search"),
        (Exhausted(False), unsafe(3), "finds no trace"),
        (Exhausted(False, 4), replace(OPEN, bound=4), "Spacer found none within 4"),
    ],
)
def test_exhaustion_and_proof_disagree(answer: Exhausted, verdict: Verdict, said: str) -> None:
    with pytest.raises(DisagreementError, match=said):
        agree(answer, verdict)
