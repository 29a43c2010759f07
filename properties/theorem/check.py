"""Checking the theorem: every obligation by two solvers, every premise by the chain that breaks without it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from hopcheck.properties.errors import CertificateError
from hopcheck.properties.obligation import Confirmation, Obligation, confirm_all
from hopcheck.properties.theorem.lemmas import prove
from hopcheck.properties.theorem.premises import Mistake, Premise
from hopcheck.properties.theorem.refute import Refutation, refute
from hopcheck.properties.theorem.replay import confirm_refutation

STATEMENT = (
    "If every change of a default in a release comes with an entry of the value before it in the array labelled with "
    "the release before, matching exactly the types whose default changed, if no array changes later, older arrays "
    "override newer ones, a process always applies the arrays of its machine type, and the user's options are equal on "
    "both sides, then the configuration a guest has seen is preserved over every chain of migrations: for any number "
    "of releases, machine types, device types, properties, changes and hops."
)


@dataclass(frozen=True, slots=True)
class Theorem:
    """The statement, the premises it rests on, and the obligations that prove it, in the order of the argument."""

    statement: str
    premises: tuple[Premise, ...]
    obligations: tuple[Obligation, ...]


@dataclass(frozen=True, slots=True)
class TheoremReport:
    """What was found.

    ``proved``: both solvers discharge every obligation; ``lemmas``: what each said of each; ``dropped``: for each
    premise, the smallest chains that break without it, replayed; ``seconds``: wall-clock time of it all.
    """

    proved: bool
    lemmas: tuple[Confirmation, ...]
    dropped: Mapping[Premise, tuple[Refutation, ...]]
    seconds: float

    @property
    def open(self) -> tuple[Confirmation, ...]:
        """The obligations that are not discharged."""
        return tuple(each for each in self.lemmas if not each.discharged)

    @property
    def sharp(self) -> bool:
        """Whether no premise can be spared: each has a chain that breaks without it."""
        return all(self.dropped.values())


def theorem() -> Theorem:
    """The theorem with its proof, not yet checked."""
    facts = prove()
    obligations = {each.name: each for fact in facts for each in fact.obligations}
    if facts[-1].rests_on != frozenset(Premise):
        raise CertificateError("the proof of the theorem does not use every premise it states")
    return Theorem(STATEMENT, tuple(Premise), tuple(obligations.values()))


def check_theorem(seconds: float = 20.0) -> TheoremReport:
    """Have z3 and cvc5 discharge every obligation, ``seconds`` each at most, and break a chain without each premise.

    Raises ``DisagreementError`` where the two solvers contradict each other, or a refutation cannot be replayed.
    """
    started = time.monotonic()
    lemmas = tuple(confirm_all(theorem().obligations, seconds=seconds))
    found = tuple(each for each in map(refute, Mistake) if each is not None)
    for each in found:
        confirm_refutation(each)
    dropped = {premise: tuple(each for each in found if premise in each.mistake.breaks) for premise in Premise}
    proved = all(each.discharged for each in lemmas)
    return TheoremReport(proved, lemmas, dropped, time.monotonic() - started)
