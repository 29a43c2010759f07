"""A run of a model: the counterexample or witness that an engine found, and how it is replayed."""

from __future__ import annotations

from dataclasses import dataclass

from hopcheck.model.language.interpret import State, Step, holds, successors
from hopcheck.model.language.system import System


@dataclass(frozen=True, slots=True)
class Trace:
    """An initial state and the steps taken from it, each with the state it led to."""

    initial: State
    steps: tuple[Step, ...]

    @property
    def states(self) -> tuple[State, ...]:
        """Every state of the run, the initial one first."""
        return (self.initial, *(step.target for step in self.steps))

    @property
    def last(self) -> State:
        """The state in which the run ends."""
        return self.states[-1]

    def __len__(self) -> int:
        """The number of steps."""
        return len(self.steps)


class ReplayError(Exception):
    """A trace that the reference interpreter cannot follow: the engine that made it is wrong."""


def is_initial(system: System, state: State) -> bool:
    """Whether the state is an initial one (without listing them all)."""
    if len(state) != len(system.variables):
        return False
    for each, code in zip(system.variables, state, strict=True):
        allowed = each.initial is None or code in each.initial
        inside = each.type.lo <= code and (each.type.hi is None or code <= each.type.hi)
        if not allowed or not inside:
            return False
    return holds(system, system.initially, state)


def replay(system: System, trace: Trace) -> None:
    """Follow the trace in the reference interpreter; raise ``ReplayError`` at the first step it does not allow."""
    if not is_initial(system, trace.initial):
        raise ReplayError(f"{_show(system, trace.initial)} is no initial state of {system.name}")
    state = trace.initial
    for number, step in enumerate(trace.steps, 1):
        if step not in successors(system, state):
            raise ReplayError(
                f"step {number}, {step.label}, cannot lead from {_show(system, state)} to {_show(system, step.target)}"
            )
        state = step.target


def _show(system: System, state: State) -> str:
    """The state's values; the bare codes where they are not even those of a state."""
    inside = len(state) == len(system.variables) and all(
        each.type.lo <= code and (each.type.hi is None or code <= each.type.hi)
        for each, code in zip(system.variables, state, strict=True)
    )
    return str(system.decode(state) if inside else state)
