"""Judging the states of a level: which of them answer a question, and which make an error of the model."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from hopcheck.explorer import reference
from hopcheck.explorer.expander import MARKS
from hopcheck.explorer.exploration import DisagreementError
from hopcheck.explorer.findings import ALL, Findings
from hopcheck.explorer.kernels import judge
from hopcheck.explorer.kernels.data import BLOCK, Words
from hopcheck.explorer.lowering.conditions import UNDEFINED, Rule
from hopcheck.explorer.lowering.lower import Lowered
from hopcheck.explorer.lowering.vector import Vector
from hopcheck.explorer.order import least, least_of_each
from hopcheck.explorer.questions import Kind, Question, Questions
from hopcheck.explorer.store.found import Found
from hopcheck.model.language import State, Step, System
from hopcheck.model.language.define import definedness

Numbers = NDArray[np.int64]
"""Numbers of states in the log."""


class Inspection:
    """What was found so far. ``starts``: where each level begins in the log, and where the last one ends; the caller's.

    ``numbers``: the state of each finding, by question and group; ``groups``: how many states each group has.
    """

    def __init__(self, system: System, questions: Questions, lowered: Lowered, found: Found, starts: Sequence[int]) -> None:
        self.system, self.questions, self.lowered, self.found = system, questions, lowered, found
        self.findings = Findings(questions)
        self.numbers: dict[tuple[Question, int], int] = {}
        self.groups: dict[int, int] = {}
        self._starts = starts
        self._candidates: dict[Question, list[Numbers]] = {}
        self._offending: list[Numbers] = []

    def states(self, begin: int, end: int) -> None:
        """Look at the states of a level that was just found."""
        self._judge(self.lowered.states, begin, end)
        self._settle(lambda state: reference.found_in(self.system, self.questions, state))
        if self.questions.group_by is not None:
            for first, _, count in self.found.log.chunks(begin, end):
                codes, counts = np.unique(self.groups_of(np.arange(first, first + count)), return_counts=True)
                for code, number in zip(codes.tolist(), counts.tolist(), strict=True):
                    self.groups[code] = self.groups.get(code, 0) + number

    def steps(self, begin: int, end: int) -> None:
        """Look at the steps that leave the states of a level, before they are taken."""
        self._judge(self.lowered.steps, begin, end)

    def expanded(self, stuck: Sequence[Numbers], offending: Sequence[Numbers]) -> None:
        """A level was expanded: these of its states are stuck, these offend."""
        self._offending += offending
        for numbers in stuck:
            self._stuck(numbers)
        self._settle(lambda state: reference.found_leaving(self.system, self.questions, state))

    def unreachable(self, question: Question, numbers: Numbers) -> None:
        """At the very end: the states, ascending, from which the question's goal cannot be reached."""
        if not len(numbers):
            return
        levels = np.searchsorted(np.array(self._starts), numbers, side="right") - 1
        groups = self.groups_of(numbers)
        # The first level of each group, then the least of its states there.
        first = dict(zip(groups[::-1].tolist(), levels[::-1].tolist(), strict=True))
        early = np.array([first[group] for group in groups.tolist()], np.int64) == levels
        self._candidates[question] = [numbers[early]]
        self.record()

    def recall(self, question: Question, group: int, number: int) -> None:
        """Take up a finding that an earlier search had made, in the order in which it made them."""
        self.numbers[question, group] = number
        self.findings.record(question, group, self._level(number), self._state(number))

    def interrupted(self) -> None:
        """A level was not expanded to its end: what was noted of its steps is forgotten, for it is not all."""
        self._offending.clear()
        self._candidates.clear()

    def violating(self, question: Question, state: State) -> Step:
        """The first step that leaves the state and violates the property."""
        step = reference.found_leaving(self.system, self.questions, state)[1].get(question)
        if step is None:
            raise DisagreementError(f"the interpreter finds no violation of {question.name}")
        return step

    # judging ----------------------------------------------------------------------------------------------------------

    def _judge(self, rules: Sequence[Rule], begin: int, end: int) -> None:
        """Note which of the states have findings, and which make a property look outside a table."""
        for rule in rules:
            # What no reachable record violates needs not be looked at.
            if len(rule.data.cells) or len(rule.data.program.guard) or rule.data.flip:
                self.found.team.share(functools.partial(self._judge_piece, rule), self.found.log.chunks(begin, end))

    def _judge_piece(self, rule: Rule, piece: tuple[int, Words, int]) -> None:
        first, words, count = piece
        numbers, bits = np.empty(MARKS + BLOCK, np.int64), np.empty(MARKS + BLOCK, np.int64)
        at = 0
        while at < count:
            at, marked = judge(rule.data, words, at, count, numbers, bits)
            if not marked:
                continue
            undefined = numbers[:marked][bits[:marked] >> UNDEFINED & 1 != 0]
            if len(undefined):
                self._offending.append(undefined + first)
            for bit, question in enumerate(rule.questions, 1):
                self._note(question, numbers[:marked][bits[:marked] >> bit & 1 != 0] + first)

    def _stuck(self, numbers: Numbers) -> None:
        """Note which of these stuck states are not stuck where that is fine."""
        for question in self.questions.of(Kind.NEVER_STUCK):
            fine = Vector(self.found.log.columns(question.expr, numbers))
            defined = np.broadcast_to(fine.holds(definedness(question.expr)), len(numbers))
            if not defined.all():
                self._offending.append(numbers[~defined])
            self._note(question, numbers[~np.broadcast_to(fine.holds(question.expr), len(numbers))])

    def _note(self, question: Question, numbers: Numbers) -> None:
        """Keep these findings until the end of the level; of each group only the least is wanted."""
        if not len(numbers):
            return
        known = [group for asked, group in list(self.numbers) if asked is question]
        if self.questions.group_by is None and known:
            return
        groups = self.groups_of(numbers)
        if known:
            new = ~np.isin(groups, known)
            groups, numbers = groups[new], numbers[new]
        if len(numbers):
            self._candidates.setdefault(question, []).append(numbers[self._least(groups, numbers)[1]])

    def _settle(self, again: Callable[[State], object]) -> None:
        """At the end of a level: raise the error of its least offending state, or record its findings."""
        if self._offending:
            numbers = np.unique(np.concatenate(self._offending))
            words = self.found.log.gather(numbers).reshape(-1, self.found.width)
            worst = least(
                lambda i, which: self.found.layout.column(words[which].reshape(-1), i),
                len(self.found.layout.fields),
                len(numbers),
            )
            self._blame(again, self._state(int(numbers[worst])))
        self.record()

    def _blame(self, again: Callable[[State], object], state: State) -> NoReturn:
        """Let the interpreter raise the error of the model that the kernels found in this state."""
        reference.group_of(self.system, self.questions, state)
        found = again(state)
        if not isinstance(found, tuple):
            list(found)  # type: ignore[call-overload]
        raise DisagreementError(f"the interpreter finds no error in {self.system.decode(state)}")

    def record(self) -> None:
        """Record what was noted: of each question and group the least state."""
        for question, parts in self._candidates.items():
            numbers = np.concatenate(parts)
            groups, chosen = self._least(self.groups_of(numbers), numbers)
            for group, number in zip(groups.tolist(), numbers[chosen].tolist(), strict=True):
                if not self.findings.is_known(question, group):
                    self.findings.record(question, group, self._level(number), self._state(number))
                    self.numbers[question, group] = number
        self._candidates.clear()

    # states -----------------------------------------------------------------------------------------------------------

    def _least(self, groups: Numbers, numbers: Numbers) -> tuple[Numbers, Numbers]:
        words = self.found.log.gather(numbers).reshape(-1, self.found.width)
        layout = self.found.layout
        return least_of_each(groups, lambda i, which: layout.column(words[which].reshape(-1), i), len(layout.fields))

    def groups_of(self, numbers: Numbers) -> Numbers:
        """The group of each of these states."""
        expr = self.questions.group_by
        if expr is None:
            return np.full(len(numbers), ALL, np.int64)
        codes = Vector(self.found.log.columns(expr, numbers))(expr)
        return np.array(np.broadcast_to(codes, len(numbers)))

    def _level(self, number: int) -> int:
        return int(np.searchsorted(self._starts, number, side="right")) - 1

    def _state(self, number: int) -> State:
        words = self.found.log.gather(np.array([number], np.int64))
        return tuple(self.found.layout.unpack(words)[0].tolist())
