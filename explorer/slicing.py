"""Searching only what the questions can see: a smaller model, whose runs are those of the whole."""

from __future__ import annotations

import numpy as np

from hopcheck.explorer.exploration import DisagreementError
from hopcheck.explorer.initial import initial
from hopcheck.explorer.questions import Kind, Questions
from hopcheck.model.language import State, System, Trace, slice_for, successors
from hopcheck.model.language.types import fail


def sliced(system: System, asked: Questions) -> System:
    """What is left of the system for these questions.

    Raises ``ModelError`` where one of them is about everything that can happen.
    """
    for each in asked.of(Kind.NEVER_STUCK):
        raise fail(f"{each.name} sees the whole model", "leave it out, or search without slicing", each.expr.location)
    exprs = [each.expr for each in asked.all if each.kind is not Kind.STEP]
    exprs += [] if asked.group_by is None else [asked.group_by]
    steps = [each.expr for each in asked.of(Kind.STEP)]
    if not asked.all or next(initial(system), None) is None:
        return system  # where nothing is initial, the slice must not have an initial state either
    return slice_for(system, *exprs, of_steps=steps)


def lifted(system: System, small: System, run: Trace) -> Trace:
    """A run of the system that does what ``run`` does in the slice: the same actions, with what was cut away filled in.

    The guards are the same, and what they read is in the slice: each step can be taken. Raises ``ModelError`` where the
    system makes an error on the way that the slice does not see.
    """
    places = [system.index[each.name] for each in small.variables]
    first = state = _initial(system, places, run.initial)
    steps = []
    for wanted in run.steps:
        fitting = [
            step
            for step in successors(system, state)
            if step.action == wanted.action
            and dict(wanted.arguments).items() <= dict(step.arguments).items()
            and tuple(step.target[place] for place in places) == wanted.target
        ]
        if not fitting:
            raise DisagreementError(f"the whole model cannot do what its slice does: {wanted.label}")
        step = min(fitting, key=lambda each: each.target)
        steps.append(step)
        state = step.target
    return Trace(first, tuple(steps))


def _initial(system: System, places: list[int], wanted: State) -> State:
    """The least initial state that is the given one in the slice."""
    for states in initial(system):
        fitting = np.flatnonzero((states[:, places] == np.array(wanted)).all(axis=1))
        if len(fitting):
            return tuple(states[fitting[0]].tolist())
    raise DisagreementError("the whole model cannot begin where its slice does")
