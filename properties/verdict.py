"""Verdicts: safe, unsafe, unknown. What is unknown never reads as safe."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass, replace

from hopcheck.model.language import Trace
from hopcheck.properties.errors import DisagreementError
from hopcheck.properties.obligation import Obligation


class Outcome(enum.Enum):
    """What is known of a property."""

    SAFE = "safe"  # it holds
    UNSAFE = "unsafe"  # it does not hold
    UNKNOWN = "unknown"  # neither is established


class Method(enum.Enum):
    """How a verdict was established."""

    EXHAUSTED = "exhausted"  # every reachable state was visited
    INDUCTION = "induction"  # it holds at the start and every step keeps it
    K_INDUCTION = "k-induction"  # it holds for k steps, and k steps with it are followed by one with it
    SPACER = "Spacer"  # an inductive invariant that implies it was found (property-directed reachability)
    BOUNDED = "bounded search"  # every run up to a length was looked at


class Judgement(enum.Enum):
    """A verdict measured against what was expected of the property."""

    EXPECTED = "as expected"
    UNEXPECTED = "against expectation"  # a violation or a pass that was not expected
    INCONCLUSIVE = "inconclusive"  # unknown, where an answer was expected


@dataclass(frozen=True, slots=True)
class Expectation:
    """The verdict that a property should have, and why: one sentence.

    ``causes``: of a failure, each cause by itself.
    """

    outcome: Outcome
    reason: str
    causes: tuple[str, ...] = ()


def holds(reason: str) -> Expectation:
    """The property is expected to hold."""
    return Expectation(Outcome.SAFE, reason)


def fails(reason: str, *, causes: Sequence[str] = ()) -> Expectation:
    """The property is expected not to hold; ``causes``: each by itself (default: the reason is the only one)."""
    return Expectation(Outcome.UNSAFE, reason, tuple(causes) or (reason,))


def undecided(reason: str) -> Expectation:
    """The property is expected to stay unknown: a fact is missing."""
    return Expectation(Outcome.UNKNOWN, reason)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one engine, or several, established about one property of one model.

    ``reason``: one sentence; for unknown, what stopped the engine. ``trace``: the counterexample, or for ``reachable``
    the witness; it replays in the reference interpreter. ``shortest``: the engine vouches that no shorter one exists.
    ``bound``: k for k-induction; for bounded search the longest run looked at, in steps. ``complete``: no run is longer
    than ``bound``. ``obligations``: the proof, as closed scripts that any solver can check; ``invariant``: the
    inductive invariant in them, as SMT-LIB. ``seconds``: wall-clock time. An unknown verdict may still have
    ``bound``: no violation was found up to there.
    """

    model: str
    property_name: str
    outcome: Outcome
    method: Method | None
    reason: str
    engine: str
    trace: Trace | None = None
    shortest: bool = False
    bound: int | None = None
    complete: bool = False
    invariant: str | None = None
    obligations: tuple[Obligation, ...] = ()
    seconds: float = 0.0

    def __post_init__(self) -> None:
        found = self.trace is not None
        if self.outcome is Outcome.SAFE and self.method is Method.BOUNDED and not (self.complete or found):
            raise ValueError("no violation up to a bound is unknown, not safe")
        if self.outcome is not Outcome.UNKNOWN and self.method is None:
            raise ValueError("a verdict says how it was established")
        if self.outcome is Outcome.UNKNOWN and not self.reason:
            raise ValueError("an unknown verdict says why")

    @property
    def known(self) -> bool:
        """Whether the property was decided."""
        return self.outcome is not Outcome.UNKNOWN


def unknown(model: str, prop: str, reason: str, *, engine: str, bound: int | None = None) -> Verdict:
    """The verdict of an engine that was stopped; ``bound``: no violation in runs of up to so many steps."""
    method = None if bound is None else Method.BOUNDED
    return Verdict(model, prop, Outcome.UNKNOWN, method, reason, engine, bound=bound)


def judge(verdict: Verdict, expectation: Expectation) -> Judgement:
    """Measure a verdict: an unexpected pass fails like an unexpected violation."""
    if verdict.outcome is expectation.outcome:
        return Judgement.EXPECTED
    return Judgement.UNEXPECTED if verdict.known else Judgement.INCONCLUSIVE


def as_expected(verdict: Verdict, expectation: Expectation) -> bool:
    """Whether the verdict is the expected one; one that stays unknown is not, unless that was expected."""
    return judge(verdict, expectation) is Judgement.EXPECTED


def merge(verdicts: Sequence[Verdict]) -> Verdict:
    """What several engines say together of one property of one model.

    A decided verdict counts for all; of several, the one with the shortest trace, then the first. Where none decides,
    the reasons are joined. Raises ``DisagreementError`` where they contradict each other: in the outcome, or where one
    vouches for a shortest trace and another has a shorter one.
    """
    if len({(each.model, each.property_name) for each in verdicts}) != 1:
        raise ValueError("only verdicts on one property of one model can be merged")
    first = verdicts[0]
    decided = [each for each in verdicts if each.known]
    if not decided:
        reasons = "; ".join(dict.fromkeys(f"{each.engine}: {each.reason}" for each in verdicts))
        bounds = [each.bound for each in verdicts if each.bound is not None]
        engine = ", ".join(dict.fromkeys(each.engine for each in verdicts))
        bound = max(bounds, default=None)
        return replace(
            unknown(first.model, first.property_name, reasons, engine=engine, bound=bound), seconds=_total(verdicts)
        )
    where = f"the property {first.property_name} of the model {first.model}"
    if len({each.outcome for each in decided}) > 1:
        claims = ", ".join(f"{each.engine} says {each.outcome.value}" for each in decided)
        raise DisagreementError(f"engines disagree on {where}: {claims}")
    _check_bounds(verdicts, where)
    best = min(decided, key=lambda each: (each.trace is None, len(each.trace or ()), not each.shortest))
    return replace(best, seconds=_total(verdicts))


def _check_bounds(verdicts: Sequence[Verdict], where: str) -> None:
    """No engine may have a trace where another has looked and found none."""
    for found in (each for each in verdicts if each.trace is not None):
        for other in verdicts:
            assert found.trace is not None
            length = len(found.trace)
            if other.trace is not None and other.shortest and length < len(other.trace):
                raise DisagreementError(
                    f"engines disagree on {where}: {other.engine} says that no trace is shorter than "
                    f"{len(other.trace)} steps, {found.engine} has one of {length}"
                )
            if not other.known and other.bound is not None and length <= other.bound:
                raise DisagreementError(
                    f"engines disagree on {where}: {other.engine} found nothing in runs of up to {other.bound} steps, "
                    f"{found.engine} has one of {length}"
                )


def _total(verdicts: Sequence[Verdict]) -> float:
    return sum(each.seconds for each in verdicts)
