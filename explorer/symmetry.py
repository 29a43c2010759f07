"""Searching up to the order of interchangeable components: one state stands for all that differ in nothing else."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from hopcheck.explorer import kernels
from hopcheck.explorer.exploration import DisagreementError
from hopcheck.explorer.kernels.canonical import Interchangeable
from hopcheck.explorer.kernels.data import Moves, Words
from hopcheck.explorer.lowering.layout import Layout
from hopcheck.model.language import System, Trace, Value, successors


def representatives(groups: Interchangeable, moves: Moves, words: Words) -> Words:
    """For packed states those that stand for them."""
    found = words.copy()
    kernels.canonical(groups, moves.numbering, found, len(words) // moves.width, moves.width, moves.width)
    return found


def follow(system: System, layout: Layout, moves: Moves, groups: Interchangeable, run: Trace) -> Trace:
    """A run of the system through states for which those of ``run`` stand, one after the other."""
    state, steps = run.initial, []
    for wanted in run.states[1:]:
        possible = list(successors(system, state))
        words = layout.pack(np.array([step.target for step in possible], np.int64))
        stand_for = layout.unpack(representatives(groups, moves, words)).tolist()
        fitting = [step for step, stands in zip(possible, stand_for, strict=True) if tuple(stands) == wanted]
        if not fitting:
            raise DisagreementError("no state that a run is to go through follows the one before it")
        step = min(fitting, key=lambda each: each.target)
        steps.append(step)
        state = step.target
    return Trace(run.initial, tuple(steps))


def together(system: System, values: Mapping[str, tuple[Value, ...]]) -> dict[str, tuple[Value, ...]]:
    """The values of each variable when the components stand in any order: those of its counterparts, too."""
    made = dict(values)
    for group in system.symmetries:
        for names in zip(*group, strict=True):
            type_ = system.variables[system.index[names[0]]].type
            union = {type_.encode(value) for name in names for value in values[name]}
            for name in names:
                made[name] = tuple(type_.decode(code) for code in sorted(union))
    return made
