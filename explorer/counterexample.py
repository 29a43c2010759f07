"""Shortest runs to given states, rebuilt from the levels alone: no state knows where it came from.

One pass backwards over the levels serves all the states that are wanted. At each level it keeps the states that some
run must go through, and expands the level before to find the least predecessor of each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from hopcheck.explorer.expander import Expander
from hopcheck.explorer.exploration import DisagreementError
from hopcheck.explorer.kernels.data import Words
from hopcheck.explorer.layout import Layout
from hopcheck.explorer.lower import Lowered
from hopcheck.explorer.order import least_of_each
from hopcheck.explorer.vector import Vector
from hopcheck.explorer.visited import Found, Index
from hopcheck.model.language import State, Step, Trace, Transition


def traces(
    lowered: Lowered,
    transitions: Sequence[Transition],
    found: Found,
    starts: Sequence[int],
    targets: Sequence[int],
) -> dict[int, Trace]:
    """A shortest run to each of the states ``targets`` (numbers in the log), by number.

    ``starts``: where each level begins in the log, and where the last one ends.
    """
    before = _predecessors(lowered, found, starts, sorted(set(targets)))
    numbers = sorted({*before, *before.values(), *targets})
    words = gather(found.log, found.width, np.array(numbers, np.int64))
    states: dict[int, State] = {
        number: tuple(state) for number, state in zip(numbers, lowered.layout.unpack(words).tolist(), strict=True)
    }
    steps = _steps(lowered.layout, transitions, states, before)
    made = {}
    for target in targets:
        run: list[Step] = []
        number = target
        while number in before:
            run.append(steps[number])
            number = before[number]
        made[target] = Trace(states[number], tuple(reversed(run)))
    return made


def gather(log: Words, width: int, numbers: NDArray[np.int64]) -> Words:
    """The words of the states with these numbers."""
    rows: Words = log[: len(log) // width * width].reshape(-1, width)[numbers].reshape(-1)
    return rows


def _predecessors(lowered: Lowered, found: Found, starts: Sequence[int], targets: Sequence[int]) -> dict[int, int]:
    """For each target, and each state on the way to it, the least state one level before that leads to it."""
    before: dict[int, int] = {}
    if not targets:
        return before
    expander = Expander(lowered, origins=True)
    wanted = np.array(targets, np.int64)
    for level in range(len(starts) - 2, 0, -1):
        here = wanted[wanted >= starts[level]]
        if not len(here):
            continue
        words = gather(found.log, found.width, here)
        index = Index.of(found.width, words, len(here))
        sources, reached = [], []
        for chunk in expander.chunks(found.log, starts[level - 1], starts[level]):
            which = index.find(chunk.targets, chunk.count, words)
            hit = np.flatnonzero(which >= 0)
            sources.append(chunk.origins[hit])
            reached.append(which[hit])
        source, target = np.concatenate(sources), np.concatenate(reached)

        def column(i: int, chosen: NDArray[np.int64], source: NDArray[np.int64] = source) -> NDArray[np.int64]:
            return found.column(lowered.layout, i, source[chosen])

        to, chosen = least_of_each(target, column, len(lowered.layout.fields))
        if len(to) != len(here):
            raise DisagreementError("a state has no predecessor in the level before it")
        before.update(zip(here[to].tolist(), source[chosen].tolist(), strict=True))
        wanted = np.unique(np.concatenate((wanted[wanted < starts[level]], source[chosen])))
    return before


def _steps(
    layout: Layout, transitions: Sequence[Transition], states: Mapping[int, State], before: Mapping[int, int]
) -> dict[int, Step]:
    """The step into each state from the one before it: by the first instance that makes it."""
    numbers = list(before)
    now = np.array([states[before[number]] for number in numbers], np.int64).reshape(-1, len(layout.fields))
    then = np.array([states[number] for number in numbers], np.int64).reshape(-1, len(layout.fields))
    value = Vector({each.name: now[:, i] for i, each in enumerate(layout.fields)})
    position = {each.name: i for i, each in enumerate(layout.fields)}
    first = np.full(len(numbers), -1, np.int64)
    for number, each in enumerate(transitions):
        happens = value.holds(each.guard_sound) & value.holds(each.guard) & (first < 0)
        if not happens.any():
            continue
        made = now.copy()
        for name, update in each.updates:
            made[:, position[name]] = value(update)
        first[happens & (made == then).all(axis=1)] = number
    if (first < 0).any():
        raise DisagreementError("no instance of an action makes a step that was found")
    return {
        number: Step(transitions[chosen].action, transitions[chosen].arguments, states[number])
        for number, chosen in zip(numbers, first.tolist(), strict=True)
    }
