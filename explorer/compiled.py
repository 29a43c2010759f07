"""The search on compiled kernels: level by level, over states packed into words."""

from __future__ import annotations

import time
import weakref
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from hopcheck.explorer import coverage, symmetry
from hopcheck.explorer.backwards import cannot_reach, graph
from hopcheck.explorer.counterexample import traces
from hopcheck.explorer.digests import MOST_STATES, level_digest
from hopcheck.explorer.events import Event, Expanding, Finished, LevelDone, Listener
from hopcheck.explorer.expander import Expander, size_of
from hopcheck.explorer.exploration import Exploration, Limits, OutOfDisk, OutOfMemory, OutOfTime, Stop
from hopcheck.explorer.frontier import Frontier
from hopcheck.explorer.initial import initial
from hopcheck.explorer.inspection import Inspection
from hopcheck.explorer.interrupts import Interrupts
from hopcheck.explorer.lowering.lower import Forms, lower
from hopcheck.explorer.progress import time_left
from hopcheck.explorer.questions import Kind, Question, Questions
from hopcheck.explorer.saving import Saving
from hopcheck.explorer.store.found import Found
from hopcheck.explorer.store.memory import left_of
from hopcheck.explorer.store.team import Team, cores
from hopcheck.model.language import State, System, Trace, Transition

PERIOD = 0.5
"""Seconds between two words about a level that takes long."""


@dataclass(frozen=True, slots=True)
class Means:
    """What a search may use.

    ``workers``: threads (None: one a core); ``forms``: see ``Forms``; ``checkpoint``: the directory to save in;
    ``resume``: whether to go on from what was saved there; ``digests``: whether those of the levels are wanted.
    """

    workers: int | None = None
    forms: Forms | None = None
    checkpoint: Path | None = None
    resume: bool = False
    digests: bool = False


ALL_MEANS = Means()


def search(
    system: System,
    transitions: tuple[Transition, ...],
    questions: Questions,
    limits: Limits,
    listener: Listener,
    means: Means = ALL_MEANS,
) -> Exploration:
    """Explore with kernels; see ``explore``."""
    return Compiled(system, transitions, questions, limits, listener, means).run()


class Compiled:
    """One search. The states of level k are numbered ``starts[k]:starts[k + 1]`` in the log."""

    def __init__(
        self,
        system: System,
        transitions: tuple[Transition, ...],
        questions: Questions,
        limits: Limits,
        listener: Listener,
        means: Means = ALL_MEANS,
    ) -> None:
        self.started = self._told = time.perf_counter()
        self.system, self.transitions, self.questions = system, transitions, questions
        self.limits, self._listener = limits, listener
        self.lowered = lower(system, transitions, questions, means.forms)
        self.layout = self.lowered.layout
        self.interrupts = Interrupts()
        self.team = Team(cores() if means.workers is None else means.workers)
        limit = None
        if limits.memory_bytes is not None:
            buffers = Expander(self.lowered, stuck=True).nbytes * self.team.size
            limit = left_of(limits.memory_bytes) - size_of(self.lowered) - buffers
        self.found = Found(self.layout, self.team, limit, means.checkpoint)
        # Weak: a cycle would keep the memory of a search until somebody looks for cycles.
        itself = weakref.proxy(self)
        self.frontier = Frontier(self.lowered, self.found, itself, stuck=bool(questions.of(Kind.NEVER_STUCK)))
        self.starts = [0]
        self.edges: list[int] = []
        self.inspection = Inspection(system, questions, self.lowered, self.found, self.starts)
        self.values = coverage.Values(system, self.lowered)
        self.undecided: set[Question] = set()
        self.trouble: str | None = None
        self._digested = means.digests
        self.saving = Saving(itself, means.checkpoint, resume=means.resume) if means.checkpoint is not None else None

    def run(self) -> Exploration:
        """Search until nothing is new, a limit is reached, or the user interrupts."""
        exploration = None
        try:
            with self.interrupts.noted():
                exploration = self._run()
        finally:
            self.team.close()
            self.found.close()
            if self.saving is not None:
                self.saving.close(delete=exploration is not None and exploration.why in (None, Stop.ANSWERED))
        self._listener(Finished(exploration))
        return exploration

    def _run(self) -> Exploration:
        try:
            why = self._levels()
        except OutOfTime:
            why = Stop.INTERRUPTED if self.interrupts.came else Stop.SECONDS
        except (OutOfMemory, MemoryError):
            why = Stop.MEMORY
        except OutOfDisk as error:
            why = Stop.DISK
            self.trouble = str(error)
        if why is None:
            self._goals()
        else:
            self._to_border()
        saved = self.saving is not None and why not in (None, Stop.ANSWERED) and self.saving.at_the_end()
        return self._result(why, saved=saved)

    # level by level ---------------------------------------------------------------------------------------------------

    def _levels(self) -> Stop | None:
        if self.saving is None or not self.saving.restore():
            self._begin()
        while self.found.top > self.starts[len(self.edges)]:
            stop = self._stop()
            if stop is not None:
                return stop
            self._expand()
            if self.found.top == self.starts[-1]:
                self._report()
                break
            self.starts.append(self.found.top)
            self._look()
            self._report()
            if self.saving is not None:
                self.saving.now_and_then()
        return Stop.ANSWERED if self.inspection.findings.enough else None

    def _begin(self) -> None:
        """The initial states."""
        own = np.zeros(2, np.int64)
        for states in initial(self.system):
            words = self.layout.pack(states)
            if self.lowered.groups is not None:
                words = symmetry.representatives(self.lowered.groups, self.lowered.moves, words)
            self.found.add(words, own, self.starts)
        self.found.set.settle(self.found.log, [own])
        self.starts.append(self.found.top)
        self._look()

    def _look(self) -> None:
        """Judge the states of the level that was just found."""
        begin, end = self.starts[-2:]
        self.inspection.states(begin, end)
        for _, words, _ in self.found.log.chunks(begin, end):
            self.values.look(words, expanded=True)

    def _expand(self) -> None:
        """Take every step that leaves the last level."""
        begin, end = self.starts[-2:]
        self.inspection.steps(begin, end)
        before = self.frontier.edges
        self.frontier.expand(begin, end, self.starts)
        self.inspection.expanded(self.frontier.stuck(), self.frontier.offending())
        self.edges.append(self.frontier.edges - before)

    def _stop(self) -> Stop | None:
        if self.inspection.findings.enough:
            return Stop.ANSWERED
        if self.limits.states is not None and self.found.top > self.limits.states:
            return Stop.STATES
        if self.interrupts.came:
            return Stop.INTERRUPTED
        return Stop.SECONDS if self.late() else None

    def _to_border(self) -> None:
        """Forget what was seen of a level that was not expanded to its end."""
        if len(self.starts) == 1:
            self.found.log.forget(0)
        if len(self.edges) == len(self.starts) - 1:
            return
        self.frontier.undo(self.starts[-2])
        self.found.log.forget(self.starts[-1])
        self.inspection.interrupted()

    def _goals(self) -> None:
        """Which states cannot reach a goal."""
        asked = self.questions.of(Kind.CAN_ALWAYS_REACH)
        if not asked or not self.found.top:
            return
        try:
            edges = graph(self.lowered, self.found, sum(self.edges))
        except OutOfMemory:
            self.undecided.update(asked)
            return
        for question in asked:
            self.inspection.unreachable(question, cannot_reach(self.found, edges, question.expr))

    # watching ---------------------------------------------------------------------------------------------------------

    def late(self) -> bool:
        """Whether to stop in the middle of a level."""
        if self.interrupts.came:
            return True
        return self.limits.seconds is not None and time.perf_counter() - self.started > self.limits.seconds

    def tell(self, at: int) -> None:
        """Say how a long level goes, now and then."""
        now = time.perf_counter()
        if now - self._told < PERIOD:
            return
        self._told = now
        begin, end = self.starts[-2:]
        level, top = len(self.starts) - 2, self.found.top
        speed, left = self._speed(at, end - at)
        self.say(Expanding(level, at - begin, end - begin, top, speed, self.found.nbytes, left))

    def _report(self) -> None:
        top, level = self.found.top, len(self.edges) - 1
        begin = self.starts[level + 1]
        self._told = time.perf_counter()
        speed, left = self._speed(begin, top - begin)
        self.say(LevelDone(level, top, sum(self.edges), top - begin, speed, self.found.nbytes, left))

    def _speed(self, done: int, waiting: int) -> tuple[float, tuple[float, float | None]]:
        """States per second so far, and how many seconds may be left."""
        seconds = max(time.perf_counter() - self.started, 1e-9)
        sizes = np.diff(self.starts).tolist()
        return self.found.top / seconds, time_left(sizes, waiting, done, seconds, self.layout.domain)

    def say(self, event: Event) -> None:
        """Tell an event; a listener that is interrupted interrupts the search."""
        try:
            self._listener(event)
        except KeyboardInterrupt:
            self.interrupts.came = True

    def _digests(self) -> tuple[str, ...]:
        if not self._digested or not 0 < self.found.top <= MOST_STATES:
            return ()
        return tuple(level_digest(self._states(*each)) for each in pairwise(self.starts))

    def _states(self, begin: int, end: int) -> Iterator[State]:
        """The states of these numbers."""
        for _, words, _ in self.found.log.chunks(begin, end):
            yield from map(tuple, self.layout.unpack(words).tolist())

    # result -----------------------------------------------------------------------------------------------------------

    def _traces(self) -> Mapping[tuple[Question, int], Trace]:
        numbers = self.inspection.numbers
        runs = traces(self.lowered, self.transitions, self.found, self.starts, list(numbers.values()))
        made = {}
        for (question, group), number in numbers.items():
            run = runs[number]
            if self.lowered.groups is not None:
                run = symmetry.follow(self.system, self.layout, self.lowered.moves, self.lowered.groups, run)
            if question.kind is Kind.STEP:
                run = Trace(run.initial, (*run.steps, self.inspection.violating(question, run.last)))
            made[question, group] = run
        return made

    def _result(self, why: Stop | None, *, saved: bool) -> Exploration:
        for _, words, _ in self.found.log.chunks(self.starts[len(self.edges)], self.found.top):
            self.values.look(words, expanded=False)
        tally = self.frontier.tally()
        fired = coverage.instances(self.lowered, self.transitions, tally)
        complete = why is None
        values = self.values.result(self.system, tally)
        return Exploration(
            system=self.system.name,
            complete=complete,
            why=why,
            states=self.found.top,
            transitions=sum(self.edges),
            depth=max(len(self.starts) - 2, 0),
            level_states=tuple(np.diff(self.starts).tolist()) if self.found.top else (),
            level_edges=tuple(self.edges),
            fired=coverage.actions(self.system, self.transitions, fired),
            instances=fired,
            values=values if self.lowered.groups is None else symmetry.together(self.system, values),
            answers=self.inspection.findings.answers(self._traces(), complete=complete, undecided=self.undecided),
            group_states=dict(sorted(self.inspection.groups.items())),
            seconds=time.perf_counter() - self.started,
            lowering_seconds=self.lowered.seconds,
            visited_bytes=self.found.set.nbytes,
            bytes=self.found.nbytes,
            backend="kernel",
            level_digests=self._digests() if complete else (),
            checkpoint=str(self.saving.directory) if saved and self.saving is not None else None,
            trouble=self.trouble,
        )
