"""Search and proof joined: what they agree on is a verdict, what they disagree on is an error of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hopcheck.engine import check as checking
from hopcheck.engine.check import check, is_finite
from hopcheck.engine.main_job import MainResult
from hopcheck.engine.results import ModelResult
from hopcheck.engine.searching import Searching
from hopcheck.explorer.exploration import Limits
from hopcheck.model.language import Range, System, SystemBuilder, becomes
from hopcheck.properties import (
    DisagreementError,
    Judgement,
    Method,
    Outcome,
    Property,
    Verdict,
    always,
    fails,
    holds,
    never_stuck,
    reachable,
    sound,
)


def counter(top: int | None, stop: int = 3) -> System:
    """Counts to ``stop`` and starts again."""
    system = SystemBuilder("counter")
    n = system.variable("n", Range(0, top), initial=0)
    system.action("up", guard=n < stop, updates=[becomes(n, n + 1)])
    system.action("again", guard=n == stop, updates=[becomes(n, 0)])
    return system.build()


def small(system: System, *, expected: Any = None) -> Property:
    return always("small", system["n"] <= 3, "The count stays small.", expected=expected or holds("it stops at 3"))


def test_a_finite_model_is_exhausted_and_proved() -> None:
    system = counter(7)
    (result,) = check(system, [small(system)])
    assert (result.verdict.outcome, result.verdict.method) == (Outcome.SAFE, Method.EXHAUSTED)
    assert result.second is not None
    assert result.second.outcome is Outcome.SAFE
    assert result.exploration is not None
    assert result.exploration.states == 4
    assert result.judgement is Judgement.EXPECTED


def test_a_counterexample_has_the_same_length_both_ways() -> None:
    system = counter(7)
    prop = always("tiny", system["n"] < 2, "The count stays tiny.", expected=fails("it goes on to 3"))
    (result,) = check(system, [prop])
    assert result.verdict.trace is not None
    assert result.second is not None
    assert result.second.trace is not None
    assert len(result.verdict.trace) == len(result.second.trace) == 2


def test_a_model_without_end_is_proved_only() -> None:
    system = counter(None)
    assert not is_finite(system)
    (result,) = check(system, [small(system)])
    assert result.exploration is None
    assert result.verdict.outcome is Outcome.SAFE


def test_without_proofs_a_model_without_end_is_unknown() -> None:
    system = counter(None)
    (result,) = check(system, [small(system)], prove_seconds=0)
    assert result.verdict.outcome is Outcome.UNKNOWN
    assert MainResult((ModelResult("counter", (result,)),), 0.0).exit_code == 3


def test_a_limit_is_unknown_unless_it_is_proved() -> None:
    system = counter(7)
    limits = Limits(states=1)
    assert check(system, [small(system)], searching=Searching(limits), prove_seconds=0)[0].verdict.outcome is Outcome.UNKNOWN
    proved = check(system, [small(system)], searching=Searching(limits))[0].verdict
    assert proved.outcome is Outcome.SAFE
    assert proved.method is not Method.EXHAUSTED


@pytest.mark.parametrize("said", [Outcome.SAFE, Outcome.UNSAFE])
def test_engines_that_disagree_give_no_verdict(said: Outcome, monkeypatch: pytest.MonkeyPatch) -> None:
    system = counter(7)
    right = check(system, [small(system)])[0]
    assert right.second is not None
    lie = replace(right.second, outcome=said, engine="liar") if said is Outcome.UNSAFE else right.second
    prop = small(system) if said is Outcome.UNSAFE else always("tiny", system["n"] < 2, "", expected=fails("3"))

    def lying(*_: object, **__: object) -> Verdict:
        return replace(lie, property_name=prop.name)

    monkeypatch.setattr(checking, "prove", lying)
    with pytest.raises(DisagreementError):
        check(system, [prop])


def test_every_kind_has_a_verdict() -> None:
    system = counter(7)
    results = check(
        system,
        [
            reachable("three", system["n"] == 3, "Three is reached.", expected=holds("it counts")),
            reachable("four", system["n"] == 4, "Four is reached.", expected=fails("it stops at 3")),
            never_stuck("goes on", "Something can always happen.", expected=holds("it starts again")),
            sound(),
        ],
    )
    assert [result.verdict.outcome for result in results] == [
        Outcome.SAFE,
        Outcome.UNSAFE,
        Outcome.SAFE,
        Outcome.SAFE,
    ]
    assert {result.judgement for result in results} == {Judgement.EXPECTED}


def test_exit_codes() -> None:
    system = counter(7)
    right = check(system, [small(system)], prove_seconds=0)
    wrong = check(system, [small(system, expected=fails("somebody thought so"))], prove_seconds=0)
    assert MainResult((ModelResult("counter", right),), 0.0).exit_code == 0
    assert MainResult((ModelResult("counter", wrong),), 0.0).exit_code == 1
    assert MainResult((ModelResult("counter", right, missing=("a finding",)),), 0.0).exit_code == 1
    assert MainResult((ModelResult("counter", right, further_unknown=("unknown: a.b",)),), 0.0).exit_code == 3
