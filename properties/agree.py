"""A finite model is both exhausted and proved: the two must say the same."""

from __future__ import annotations

from dataclasses import dataclass

from hopcheck.properties.errors import DisagreementError
from hopcheck.properties.verdict import Outcome, Verdict


@dataclass(frozen=True, slots=True)
class Exhausted:
    """What an exhaustive search says of a property: whether it ``holds``, and the steps of its trace, if it has one.

    The trace is a shortest one: the counterexample, or for ``reachable`` the witness.
    """

    holds: bool
    length: int | None = None


def agree(answer: Exhausted, verdict: Verdict, *, engine: str = "the explorer") -> None:
    """Raise ``DisagreementError`` where a prover's verdict contradicts the exhaustive search.

    Not only the outcome: no trace is shorter than the search's, one called shortest is as long as it, and no bound
    within which the prover saw nothing reaches it.
    """
    where = f"the property {verdict.property_name} of the model {verdict.model}"
    said = "holds" if answer.holds else "does not hold"
    if verdict.known and (verdict.outcome is Outcome.SAFE) != answer.holds:
        raise DisagreementError(f"{engine} says that {where} {said}, {verdict.engine} says it is {verdict.outcome.value}")
    if verdict.trace is not None:
        length = len(verdict.trace)
        if answer.length is None:
            raise DisagreementError(f"{engine} finds no trace for {where}, {verdict.engine} has one of {length} steps")
        if length < answer.length or (verdict.shortest and length > answer.length):
            raise DisagreementError(
                f"the shortest trace for {where} has {answer.length} steps in {engine} and {length} in {verdict.engine}"
            )
    elif not verdict.known and None not in (answer.length, verdict.bound):
        assert answer.length is not None
        assert verdict.bound is not None
        if answer.length <= verdict.bound:
            raise DisagreementError(
                f"{engine} has a trace of {answer.length} steps for {where}, {verdict.engine} found none within "
                f"{verdict.bound}"
            )
