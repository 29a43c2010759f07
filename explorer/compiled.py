"""The search on compiled kernels: level by level, over states packed into words."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from hopcheck.explorer import coverage, reference
from hopcheck.explorer.backwards import cannot_reach, graph
from hopcheck.explorer.conditions import UNDEFINED, Rule
from hopcheck.explorer.counterexample import traces
from hopcheck.explorer.events import Finished, LevelDone, Listener
from hopcheck.explorer.expander import MARKS, Expander, size_of
from hopcheck.explorer.exploration import DisagreementError, Exploration, Limits, OutOfMemory, OutOfTime, Stop
from hopcheck.explorer.findings import ALL, Findings
from hopcheck.explorer.initial import initial
from hopcheck.explorer.kernels import judge
from hopcheck.explorer.kernels.data import BLOCK
from hopcheck.explorer.lower import Forms, Lowered, lower
from hopcheck.explorer.order import least, least_of_each
from hopcheck.explorer.questions import Kind, Question, Questions
from hopcheck.explorer.vector import Vector
from hopcheck.explorer.visited import Budget, Found
from hopcheck.model.language import State, Step, System, Trace, Transition
from hopcheck.model.language.define import definedness

Numbers = NDArray[np.int64]
"""Numbers of states in the log."""


def search(
    system: System,
    transitions: tuple[Transition, ...],
    questions: Questions,
    limits: Limits,
    listener: Listener,
    forms: Forms | None = None,
) -> Exploration:
    """Explore with kernels; see ``explore``."""
    return Compiled(system, transitions, questions, limits, listener, forms).run()


class Compiled:
    """One search. The states of level k are numbered ``starts[k]:starts[k + 1]`` in the log."""

    def __init__(
        self,
        system: System,
        transitions: tuple[Transition, ...],
        questions: Questions,
        limits: Limits,
        listener: Listener,
        forms: Forms | None,
    ) -> None:
        self.started = time.perf_counter()
        self.system, self.transitions, self.questions = system, transitions, questions
        self.limits, self.listener = limits, listener
        self.lowered: Lowered = lower(system, transitions, questions, forms)
        self.layout = self.lowered.layout
        self.expander = Expander(self.lowered, stuck=bool(questions.of(Kind.NEVER_STUCK)))
        self.budget = Budget(limits.memory_bytes, size_of(self.lowered) + self.expander.nbytes)
        self.found = Found(self.layout, self.budget)
        self.starts = [0]
        self.edges: list[int] = []
        self.findings = Findings(questions)
        self.numbers: dict[tuple[Question, int], int] = {}
        self.candidates: dict[Question, list[Numbers]] = {}
        self.offending: list[Numbers] = []
        self.values = coverage.Values(self.lowered)
        self.groups: dict[int, int] = {}
        self.undecided: set[Question] = set()

    def run(self) -> Exploration:
        """Search until nothing is new, a limit is reached, or the user interrupts."""
        try:
            why = self._levels()
        except KeyboardInterrupt:
            why = Stop.INTERRUPTED
        except (OutOfMemory, MemoryError):
            why = Stop.MEMORY
        except OutOfTime:
            why = Stop.SECONDS
        if why is not None:
            self._to_border()
        else:
            self._goals()
        exploration = self._result(why)
        self.listener(Finished(exploration))
        return exploration

    # level by level --------------------------------------------------------------------------------------------------

    def _levels(self) -> Stop | None:
        for states in initial(self.system):
            self.found.insert(self.layout.pack(states), len(states))
        while self.found.top > self.starts[-1]:
            self.starts.append(self.found.top)
            self._look()
            stop = self._stop()
            if stop is not None:
                return stop
            self._expand()
            self._report()
            if self.findings.enough:
                if self.found.top > self.starts[-1]:
                    self.starts.append(self.found.top)
                    self._look()
                return Stop.ANSWERED
        return None

    def _look(self) -> None:
        """Judge the states of the level that was just found."""
        begin, end = self.starts[-2:]
        for rule in self.lowered.states:
            self._judge(rule, begin, end)
        self._settle(lambda state: reference.found_in(self.system, self.questions, state))
        self.values.look(self.found.states(begin, end), expanded=True)
        if self.questions.group_by is not None:
            codes, counts = np.unique(self._groups(np.arange(begin, end)), return_counts=True)
            for code, count in zip(codes.tolist(), counts.tolist(), strict=True):
                self.groups[code] = self.groups.get(code, 0) + count

    def _expand(self) -> None:
        """Take every step that leaves the last level."""
        begin, end = self.starts[-2:]
        for rule in self.lowered.steps:
            self._judge(rule, begin, end)
        edges_before = int(self.expander.tally.edges[0])
        self.expander.tally.done[0] = at = begin
        while at < end:
            at, chunk = self.expander.next(self.found.log, at, end)
            if len(chunk.offending):
                self.offending.append(chunk.offending.copy())
            if len(chunk.stuck):
                self._stuck(chunk.stuck.copy())
            self.found.insert(chunk.targets, chunk.count)
            if self._late:
                raise OutOfTime
        self._settle(lambda state: reference.found_leaving(self.system, self.questions, state))
        self.edges.append(int(self.expander.tally.edges[0]) - edges_before)

    def _stop(self) -> Stop | None:
        if self.findings.enough:
            return Stop.ANSWERED
        if self.limits.states is not None and self.found.top > self.limits.states:
            return Stop.STATES
        if self._late:
            return Stop.SECONDS
        return None if self.budget.allows(self.found.nbytes) else Stop.MEMORY

    @property
    def _late(self) -> bool:
        return self.limits.seconds is not None and time.perf_counter() - self.started > self.limits.seconds

    def _report(self) -> None:
        top, level = self.found.top, len(self.starts) - 2
        speed = top / max(time.perf_counter() - self.started, 1e-9)
        self.listener(LevelDone(level, top, sum(self.edges), top - self.starts[-1], speed, self.found.nbytes))

    def _to_border(self) -> None:
        """Forget what was seen of a level that was not expanded to its end."""
        begin = self.starts[len(self.edges)] if len(self.starts) > len(self.edges) + 1 else self.found.top
        done = int(self.expander.tally.done[0])
        if done > begin:
            undo = Expander(self.lowered)
            for _ in undo.chunks(self.found.log, begin, done):
                pass
            self.expander.tally.hits[:] -= undo.tally.hits
            self.expander.tally.fired[:] -= undo.tally.fired
        self.found.top = self.starts[-1]
        self._record()

    # findings --------------------------------------------------------------------------------------------------------

    def _judge(self, rule: Rule, begin: int, end: int) -> None:
        """Note which of the states have findings, and which make a property look outside a table."""
        numbers, bits = np.empty(MARKS + BLOCK, np.int64), np.empty(MARKS + BLOCK, np.int64)
        while begin < end:
            begin, count = judge(rule.data, self.found.log, begin, end, numbers, bits)
            if not count:
                continue
            undefined = numbers[:count][bits[:count] >> UNDEFINED & 1 != 0]
            if len(undefined):
                self.offending.append(undefined)
            for bit, question in enumerate(rule.questions, 1):
                self._note(question, numbers[:count][bits[:count] >> bit & 1 != 0])

    def _stuck(self, numbers: Numbers) -> None:
        """Note which of these stuck states are not stuck where that is fine."""
        for question in self.questions.of(Kind.NEVER_STUCK):
            fine = Vector(self.found.columns(self.layout, question.expr, numbers))
            defined = np.broadcast_to(fine.holds(definedness(question.expr)), len(numbers))
            if not defined.all():
                self.offending.append(numbers[~defined])
            self._note(question, numbers[~np.broadcast_to(fine.holds(question.expr), len(numbers))])

    def _note(self, question: Question, numbers: Numbers) -> None:
        """Keep these findings until the end of the level; of each group only the least is wanted."""
        if not len(numbers):
            return
        known = [group for asked, group in self.numbers if asked is question]
        if self.questions.group_by is None and known:
            return
        groups = self._groups(numbers)
        if known:
            new = ~np.isin(groups, known)
            groups, numbers = groups[new], numbers[new]
        if len(numbers):
            self.candidates.setdefault(question, []).append(numbers[self._least(groups, numbers)[1]])

    def _settle(self, again: Callable[[State], object]) -> None:
        """At the end of a level: raise the error of its least offending state, or record its findings."""
        if self.offending:
            numbers = np.unique(np.concatenate(self.offending))
            worst = least(lambda i, which: self._column(numbers, i, which), len(self.layout.fields), len(numbers))
            self._blame(again, self._state(int(numbers[worst])))
        self._record()

    def _blame(self, again: Callable[[State], object], state: State) -> NoReturn:
        """Let the interpreter raise the error of the model that the kernels found in this state."""
        reference.group_of(self.system, self.questions, state)
        found = again(state)
        if not isinstance(found, tuple):
            list(found)  # type: ignore[call-overload]
        raise DisagreementError(f"the interpreter finds no error in {self.system.decode(state)}")

    def _record(self) -> None:
        for question, parts in self.candidates.items():
            numbers = np.concatenate(parts)
            groups, chosen = self._least(self._groups(numbers), numbers)
            for group, number in zip(groups.tolist(), numbers[chosen].tolist(), strict=True):
                if not self.findings.is_known(question, group):
                    level = int(np.searchsorted(self.starts, number, side="right")) - 1
                    self.findings.record(question, group, level, self._state(number))
                    self.numbers[question, group] = number
        self.candidates.clear()

    def _goals(self) -> None:
        """Which states cannot reach a goal; of each group the least one at the first level."""
        asked = self.questions.of(Kind.CAN_ALWAYS_REACH)
        if not asked or not self.found.top:
            return
        try:
            edges = graph(self.lowered, self.found, sum(self.edges), self.budget)
        except OutOfMemory:
            self.undecided.update(asked)
            return
        for question in asked:
            numbers = cannot_reach(self.lowered, self.found, edges, question.expr)
            levels = np.searchsorted(np.array(self.starts), numbers, side="right") - 1
            groups = self._groups(numbers)
            # The first level of each group, then the least of its states there.
            first = dict(zip(groups[::-1].tolist(), levels[::-1].tolist(), strict=True))
            early = np.array([first[group] for group in groups.tolist()], np.int64) == levels
            if len(numbers):
                self.candidates[question] = [numbers[early]]
        self._record()

    # states ----------------------------------------------------------------------------------------------------------

    def _column(self, numbers: Numbers, i: int, which: Numbers) -> Numbers:
        return self.found.column(self.layout, i, numbers[which])

    def _least(self, groups: Numbers, numbers: Numbers) -> tuple[Numbers, Numbers]:
        return least_of_each(groups, lambda i, which: self._column(numbers, i, which), len(self.layout.fields))

    def _groups(self, numbers: Numbers) -> Numbers:
        """The group of each of these states."""
        expr = self.questions.group_by
        if expr is None:
            return np.full(len(numbers), ALL, np.int64)
        codes = Vector(self.found.columns(self.layout, expr, numbers))(expr)
        return np.array(np.broadcast_to(codes, len(numbers)))

    def _state(self, number: int) -> State:
        width = self.found.width
        words = self.found.log[number * width : (number + 1) * width]
        return tuple(self.layout.unpack(words)[0].tolist())

    # result ----------------------------------------------------------------------------------------------------------

    def _traces(self) -> Mapping[tuple[Question, int], Trace]:
        runs = traces(self.lowered, self.transitions, self.found, self.starts, list(self.numbers.values()))
        made = {}
        for (question, group), number in self.numbers.items():
            run = runs[number]
            if question.kind is Kind.STEP:
                run = Trace(run.initial, (*run.steps, self._violating(question, run.last)))
            made[question, group] = run
        return made

    def _violating(self, question: Question, state: State) -> Step:
        """The first step that leaves the state and violates the property."""
        step = reference.found_leaving(self.system, self.questions, state)[1].get(question)
        if step is None:
            raise DisagreementError(f"the interpreter finds no violation of {question.name}")
        return step

    def _result(self, why: Stop | None) -> Exploration:
        if self.found.top > self.starts[len(self.edges)]:
            last = self.found.states(self.starts[len(self.edges)], self.found.top)
            self.values.look(last, expanded=False)
        tally = self.expander.tally
        fired = coverage.instances(self.lowered, self.transitions, tally)
        complete = why is None
        return Exploration(
            system=self.system.name,
            complete=complete,
            why=why,
            states=self.found.top,
            transitions=sum(self.edges),
            depth=max(len(self.starts) - 2, 0),
            level_states=tuple(np.diff(self.starts).tolist()),
            level_edges=tuple(self.edges),
            fired=coverage.actions(self.system, self.transitions, fired),
            instances=fired,
            values=self.values.result(self.system, tally),
            answers=self.findings.answers(self._traces(), complete=complete, undecided=self.undecided),
            group_states=dict(sorted(self.groups.items())),
            seconds=time.perf_counter() - self.started,
            lowering_seconds=self.lowered.seconds,
            visited_bytes=self.found.set.nbytes,
            bytes=self.found.nbytes,
            backend="kernel",
        )
