"""The search in the reference interpreter: what every other one must agree with, and the fastest for a small model."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field

from hopcheck.explorer.digests import MOST_STATES, level_digest
from hopcheck.explorer.events import Finished, LevelDone, Listener
from hopcheck.explorer.exploration import Exploration, Limits, OutOfTime, Stop
from hopcheck.explorer.findings import Finding, Findings
from hopcheck.explorer.questions import Kind, Question, Questions
from hopcheck.explorer.reference import found_in, found_leaving, group_of
from hopcheck.model.language import State, Step, System, Trace, Transition, initial_states
from hopcheck.model.language.walk import nodes

BYTES_PER_STATE = 200
"""A rough price of a state: its tuple, and its places in a set, a dictionary and a list; without its values."""


NODES = 10
"""So many nodes of a question take about as long as an instance of an action."""


class OutgrownError(Exception):
    """The model outgrows the interpreter: it is cheaper to start again with compiled kernels."""


@dataclass(slots=True)
class Interpreted:
    """One search. ``patience``: how many instances of actions may be tried before ``OutgrownError`` (None: any number).

    ``digests``: whether those of the levels are wanted.
    """

    system: System
    transitions: tuple[Transition, ...]
    questions: Questions
    limits: Limits
    listener: Listener
    patience: int | None
    digests: bool = False
    levels: list[list[State]] = field(default_factory=list)
    edges: list[int] = field(default_factory=list)
    parents: dict[State, tuple[State, Step] | None] = field(default_factory=dict)
    instances: dict[str, int] = field(init=False)
    values: list[set[int]] = field(init=False)
    groups: dict[int, int] = field(default_factory=dict)
    findings: Findings = field(init=False)
    violating: dict[tuple[Question, int], Step | None] = field(default_factory=dict)
    goals: dict[Question, set[State]] = field(init=False)
    sources: dict[State, list[State]] = field(default_factory=dict)
    started: float = field(init=False)
    work: int = field(init=False)
    """What a state takes, in instances of actions."""

    def __post_init__(self) -> None:
        self.started = time.perf_counter()
        self.instances = {each.label: 0 for each in self.transitions}
        self.values = [set() for _ in self.system.variables]
        self.findings = Findings(self.questions)
        self.goals = {each: set() for each in self.questions.of(Kind.CAN_ALWAYS_REACH)}
        asked = sum(len(nodes(each.expr)) for each in self.questions.all)
        self.work = 1 + len(self.transitions) + asked // NODES

    def run(self) -> Exploration:
        """Search level by level until nothing is new, a limit is reached, or the user interrupts."""
        try:
            why = self._levels()
        except KeyboardInterrupt:
            why = Stop.INTERRUPTED
        except OutOfTime:
            why = Stop.SECONDS
        if why is None:
            self._goals()
        exploration = self._result(why)
        self.listener(Finished(exploration))
        return exploration

    def _levels(self) -> Stop | None:
        level: list[State] = []
        for state in initial_states(self.system):
            level.append(state)
            self._spend(len(level))
        self.parents.update(dict.fromkeys(level))
        while level:
            self.levels.append(level)
            self._look(level)
            stop = self._stop()
            if stop is not None:
                return stop
            level = self._expand(level)
            done = len(self.levels) - 1
            self.listener(LevelDone(done, len(self.parents), sum(self.edges), len(level), self._speed(), self._bytes()))
            if self.findings.enough:
                if level:
                    self.levels.append(level)
                    self._look(level)
                return Stop.ANSWERED
        return None

    def _look(self, level: list[State]) -> None:
        """Judge the states of a level that was just found."""
        depth = len(self.levels) - 1
        for state in level:
            for seen, code in zip(self.values, state, strict=True):
                seen.add(code)
            group = group_of(self.system, self.questions, state)
            self.groups[group] = self.groups.get(group, 0) + 1
            for question in found_in(self.system, self.questions, state):
                if question.kind is Kind.CAN_ALWAYS_REACH:
                    self.goals[question].add(state)
                else:
                    self.findings.record(question, group, depth, state)

    def _expand(self, level: list[State]) -> list[State]:
        """Take every step that leaves the level; the states found, in ascending order."""
        depth, edges = len(self.levels) - 1, 0
        fired = dict.fromkeys(self.instances, 0)
        fresh: dict[State, tuple[State, Step] | None] = {}
        for state in level:
            steps, found = found_leaving(self.system, self.questions, state)
            edges += len(steps)
            if self._late:
                raise OutOfTime
            self._spend(len(self.parents) + len(fresh))
            for question, step in found.items():
                group = group_of(self.system, self.questions, state)
                if not self.findings.is_known(question, group):
                    self.findings.record(question, group, depth, state)
                    self.violating[question, group] = step
            for step in steps:
                fired[step.label] += 1
                if step.target not in self.parents:
                    fresh.setdefault(step.target, (state, step))
                if self.goals:
                    self.sources.setdefault(step.target, []).append(state)
        self.parents.update(fresh)
        self.edges.append(edges)
        for label, times in fired.items():
            self.instances[label] += times
        return sorted(fresh)

    def _goals(self) -> None:
        """Which states cannot reach a goal: those that a search backwards from the goal's states does not meet."""
        for question, goal in self.goals.items():
            good, todo = set(goal), list(goal)
            while todo:
                for source in self.sources.get(todo.pop(), ()):
                    if source not in good:
                        good.add(source)
                        todo.append(source)
            for depth, level in enumerate(self.levels):
                for state in level:
                    if state not in good:
                        group = group_of(self.system, self.questions, state)
                        self.findings.record(question, group, depth, state)

    def _stop(self) -> Stop | None:
        if self.findings.enough:
            return Stop.ANSWERED
        if self.limits.states is not None and len(self.parents) > self.limits.states:
            return Stop.STATES
        if self._late:
            return Stop.SECONDS
        if self.limits.memory_bytes is not None and self._bytes() > self.limits.memory_bytes:
            return Stop.MEMORY
        return None

    @property
    def _late(self) -> bool:
        return self.limits.seconds is not None and time.perf_counter() - self.started > self.limits.seconds

    def _spend(self, states: int) -> None:
        if self.patience is not None and states * self.work > self.patience:
            raise OutgrownError

    def _bytes(self) -> int:
        return len(self.parents) * (BYTES_PER_STATE + sys.getsizeof(()) + 8 * len(self.system.variables))

    def _speed(self) -> float:
        return len(self.parents) / max(time.perf_counter() - self.started, 1e-9)

    def _trace(self, finding: Finding, last: Step | None) -> Trace:
        steps = [] if last is None else [last]
        state = finding.state
        while (came := self.parents[state]) is not None:
            state, step = came
            steps.append(step)
        return Trace(state, tuple(reversed(steps)))

    def _digests(self) -> tuple[str, ...]:
        wanted = self.digests and len(self.parents) <= MOST_STATES
        return tuple(map(level_digest, self.levels)) if wanted else ()

    def _result(self, why: Stop | None) -> Exploration:
        traces = {
            (question, group): self._trace(finding, self.violating.get((question, group)))
            for question, groups in self.findings.found.items()
            for group, finding in groups.items()
        }
        actions = {each.name: 0 for each in self.system.actions}
        for each in {each.label: each for each in self.transitions}.values():
            actions[each.action] += self.instances[each.label]
        return Exploration(
            system=self.system.name,
            complete=why is None,
            why=why,
            states=sum(map(len, self.levels)),
            transitions=sum(self.edges),
            depth=max(len(self.levels) - 1, 0),
            level_states=tuple(map(len, self.levels)),
            level_edges=tuple(self.edges),
            fired=actions,
            instances=self.instances,
            values={
                each.name: tuple(map(each.type.decode, sorted(seen)))
                for each, seen in zip(self.system.variables, self.values, strict=True)
            },
            answers=self.findings.answers(traces, complete=why is None),
            group_states=dict(sorted(self.groups.items())) if self.questions.group_by is not None else {},
            seconds=time.perf_counter() - self.started,
            lowering_seconds=0.0,
            visited_bytes=self._bytes(),
            bytes=self._bytes(),
            backend="interpreter",
            level_digests=self._digests() if why is None else (),
        )
