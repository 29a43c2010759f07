"""What engines answered in an earlier run, checked before it is used again.

Only answers that say something are kept: of searches that saw every state, and of provers that decided. A run (a
counterexample, or a witness) is followed by the reference interpreter again each time; that nothing was found is taken from
the cache, under the digest of the model, what was asked of it, and the installation that answered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from hopcheck.engine.cache.verdicts import VerdictCache
from hopcheck.explorer.exploration import Answer, Exploration
from hopcheck.explorer.exploration import Verdict as Answered
from hopcheck.model.errors import ModelError
from hopcheck.model.language import Expr, ReplayError, System, Trace, digest
from hopcheck.properties import Kind, Method, Obligation, Outcome, Property, Verdict, holds
from hopcheck.properties.following import follow, violates

_FOUND = (Answered.VIOLATED, Answered.WITNESS)
_NOT_FOUND = (Answered.HOLDS, Answered.NO_WITNESS)


@dataclass(frozen=True, slots=True)
class SearchQuestion:
    """All that a search is asked; ``symmetry`` and ``slicing``: see ``Searching``."""

    system: System
    asked: Mapping[Kind, Mapping[str, Expr]]
    group_by: Expr | None
    symmetry: bool
    slicing: bool

    def recall(self, cache: VerdictCache) -> Exploration | None:
        """The search's answer, where there is one that can be relied on."""
        found = cache.recall("search", self._plain(), Exploration)
        return found if found is not None and self._fits(found) else None

    def keep(self, cache: VerdictCache, found: Exploration) -> None:
        """Keep the answer of a search that saw every state."""
        if found.complete and all(each.verdict is not Answered.UNKNOWN for each in found.answers.values()):
            cache.keep("search", self._plain(), found)

    def _plain(self) -> object:
        questions = list(self._questions())
        exprs = [expr for _, _, expr in questions] + ([] if self.group_by is None else [self.group_by])
        return [
            digest(self.system, *exprs),
            [[kind.value, name] for kind, name, _ in questions],
            self.group_by is not None,
            self.symmetry,
            self.slicing,
        ]

    def _questions(self) -> Iterator[tuple[Kind, str, Expr]]:
        for kind, exprs in self.asked.items():
            # A search that takes no error of the model for an answer, or is not asked, has no answer to keep.
            if kind is not Kind.SOUND and not (self.slicing and kind is Kind.NEVER_STUCK):
                for name, expr in exprs.items():
                    yield kind, name, expr

    def _fits(self, found: Exploration) -> bool:
        questions = {name: (kind, expr) for kind, name, expr in self._questions()}
        if not found.complete or found.system != self.system.name or found.answers.keys() != questions.keys():
            return False
        return all(self._right(each, *questions[name]) for name, each in found.answers.items())

    def _right(self, answer: Answer, kind: Kind, expr: Expr) -> bool:
        """Whether the answer fits its question, and the interpreter can follow all of its runs."""
        traces = [*answer.traces.values(), *([] if answer.trace is None else [answer.trace])]
        if answer.kind.value != kind.value or (answer.verdict in _FOUND) is not (answer.trace is not None):
            return False
        if answer.verdict not in _FOUND + _NOT_FOUND or (answer.verdict in _NOT_FOUND and traces):
            return False
        prop = Property(answer.name, kind, expr, "", holds(""))
        return all(_is_run(self.system, prop, each) for each in traces)


@dataclass(frozen=True, slots=True)
class ProofQuestion:
    """All that provers are asked about one property; ``length``: of the run that a search found."""

    system: System
    prop: Property
    methods: Sequence[Method]
    seconds: float
    length: int | None

    def recall(self, cache: VerdictCache) -> Verdict | None:
        """The provers' verdict, where there is one that can be relied on."""
        found = cache.recall("proof", self._plain(), Verdict)
        if found is None or not found.known or (found.model, found.property_name) != (self.system.name, self.prop.name):
            return None
        to_find = Outcome.SAFE if self.prop.kind is Kind.REACHABLE else Outcome.UNSAFE
        if (found.outcome is to_find) is not (found.trace is not None):
            return None
        return found if found.trace is None or _is_run(self.system, self.prop, found.trace) else None

    def keep(self, cache: VerdictCache, found: Verdict) -> None:
        """Keep a verdict that decides."""
        if found.known:
            cache.keep("proof", self._plain(), found)

    def _plain(self) -> object:
        prop, methods = self.prop, [each.value for each in self.methods]
        return [digest(self.system, prop.expr), prop.name, prop.kind.value, methods, self.seconds, self.length]


def was_discharged(cache: VerdictCache, obligations: Sequence[Obligation]) -> bool:
    """Whether both solvers have given each of these obligations the answer that it expects."""
    return cache.recall("obligations", _scripts(obligations), int) == len(obligations)


def keep_discharged(cache: VerdictCache, obligations: Sequence[Obligation]) -> None:
    """Keep that both solvers have given all of them the answer that they expect."""
    cache.keep("obligations", _scripts(obligations), len(obligations))


def _scripts(obligations: Sequence[Obligation]) -> object:
    return [[each.smtlib, each.expect] for each in obligations]


def _is_run(system: System, prop: Property, trace: Trace) -> bool:
    """Whether the interpreter follows the run to where it should end."""
    try:
        follow(system, trace)
        # That a good end cannot be reached any more is no matter of one run.
        return prop.kind is Kind.CAN_ALWAYS_REACH or violates(system, prop, trace)
    except (ReplayError, ModelError, LookupError, ValueError, TypeError):
        return False
