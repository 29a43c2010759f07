"""The violations and witnesses found so far: for each question and group the least state at the first level."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from hopcheck.explorer.exploration import Answer, verdict
from hopcheck.explorer.questions import Question, Questions
from hopcheck.model.language import State, Trace

ALL = 0
"""The group of every state when answers are not grouped."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A state, at its distance from an initial one, that violates a property or witnesses it."""

    level: int
    state: State


@dataclass(slots=True)
class Findings:
    """The first findings; later ones for the same question and group are not kept.

    Whoever records goes through the levels in order, and within a level through its states in ascending order (or
    hands in the least state of each group at once).
    """

    questions: Questions
    found: dict[Question, dict[int, Finding]] = field(init=False)

    def __post_init__(self) -> None:
        self.found = {each: {} for each in self.questions.all}

    def record(self, question: Question, group: int, level: int, state: State) -> None:
        """Keep the finding, unless the group has one already."""
        self.found[question].setdefault(group, Finding(level, state))

    def is_known(self, question: Question, group: int) -> bool:
        """Whether the group has a finding for the question."""
        return group in self.found[question]

    @property
    def enough(self) -> bool:
        """Whether a search that stops at the first violation can stop here."""
        if not self.questions.stop_at_first:
            return False
        violated = any(self.found[each] for each in self.questions.all if each.claims_violation)
        open_ = any(each.claims_violation or not self.found[each] for each in self.questions.all)
        return violated or (bool(self.questions.all) and not open_)

    def answers(
        self,
        traces: Mapping[tuple[Question, int], Trace],
        *,
        complete: bool,
        undecided: Collection[Question] = (),
    ) -> dict[str, Answer]:
        """Every question's answer.

        ``traces``: the trace of each finding, by question and group; ``complete``: whether every state was seen;
        ``undecided``: questions that stay open although it was.
        """
        return {each.name: self._answer(each, traces, complete and each not in undecided) for each in self.questions.all}

    def _answer(self, each: Question, traces: Mapping[tuple[Question, int], Trace], complete: bool) -> Answer:
        found = self.found[each]
        best = min(found, key=lambda group: (found[group].level, found[group].state), default=None)
        by_group = {group: traces[each, group] for group in sorted(found)}
        return Answer(
            each.kind,
            each.name,
            verdict(each.kind, found=bool(found), complete=complete),
            None if best is None else by_group[best],
            by_group if self.questions.group_by is not None else {},
        )
