"""Shortest runs to given states, rebuilt from the levels alone: no state knows where it came from.

One pass backwards over the levels serves all the states that are wanted. At each level it keeps the states that some
run must go through, and finds the least predecessor of each in the level before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from hopcheck.explorer import kernels
from hopcheck.explorer.expander import Expander
from hopcheck.explorer.exploration import DisagreementError
from hopcheck.explorer.kernels.data import Words
from hopcheck.explorer.lowering.layout import Layout
from hopcheck.explorer.lowering.lower import Lowered
from hopcheck.explorer.lowering.vector import Vector
from hopcheck.explorer.order import least_of_each
from hopcheck.explorer.predecessors import Predecessors
from hopcheck.explorer.store.found import Found
from hopcheck.explorer.store.visited import Pointers
from hopcheck.model.language import State, Step, Trace, Transition


def traces(
    lowered: Lowered,
    transitions: Sequence[Transition],
    found: Found,
    starts: Sequence[int],
    targets: Sequence[int],
) -> dict[int, Trace]:
    """A shortest run to each of the states ``targets`` (numbers in the log), by number.

    ``starts``: where each level begins in the log, and where the last one ends. Where states stand for others that differ
    in the order of components, the steps have no names.
    """
    before = _predecessors(lowered, found, starts, sorted(set(targets)))
    numbers = sorted({*before, *before.values(), *targets})
    words = found.log.gather(np.array(numbers, np.int64))
    states: dict[int, State] = {
        number: tuple(state) for number, state in zip(numbers, lowered.layout.unpack(words).tolist(), strict=True)
    }
    if lowered.groups is None:
        steps = _steps(lowered.layout, transitions, states, before)
    else:  # between states that stand for others there need be no step: whoever follows the run finds one
        steps = {number: Step("", (), states[number]) for number in before}
    made = {}
    for target in targets:
        run: list[Step] = []
        number = target
        while number in before:
            run.append(steps[number])
            number = before[number]
        made[target] = Trace(states[number], tuple(reversed(run)))
    return made


def _predecessors(lowered: Lowered, found: Found, starts: Sequence[int], targets: Sequence[int]) -> dict[int, int]:
    """For each target, and each state on the way to it, the least state one level before that leads to it."""
    before: dict[int, int] = {}
    if not targets:
        return before
    backwards = Predecessors(lowered)
    wanted = np.array(targets, np.int64)
    for level in range(len(starts) - 2, 0, -1):
        here = wanted[wanted >= starts[level]]
        if not len(here):
            continue
        border = (starts[level - 1], starts[level])
        states = found.log.gather(here).reshape(-1, found.width)
        look = _by_table if backwards.known else _by_expansion
        source, target = look(lowered, found, backwards, border, states)
        from_ = found.log.gather(source).reshape(-1, found.width)

        def column(i: int, chosen: NDArray[np.int64], from_: NDArray[np.int64] = from_) -> NDArray[np.int64]:
            return lowered.layout.column(from_[chosen].reshape(-1), i)

        to, chosen = least_of_each(target, column, len(lowered.layout.fields))
        if len(to) != len(here):
            raise DisagreementError("a state has no predecessor in the level before it")
        before.update(zip(here[to].tolist(), source[chosen].tolist(), strict=True))
        wanted = np.unique(np.concatenate((wanted[wanted < starts[level]], source[chosen])))
    return before


Pairs: TypeAlias = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Numbers of states in the log, and for each the position of a state that it leads to."""


def _by_table(
    lowered: Lowered, found: Found, backwards: Predecessors, border: tuple[int, int], states: NDArray[np.int64]
) -> Pairs:
    """Which states of the level (between these numbers) lead to the given ones: look for all that could.

    ``states``: one a row, as their words.
    """
    before, leads = backwards.of(states)
    different, which = np.unique(before, axis=0, return_inverse=True)
    pointers = Pointers.of(found.layout, different.reshape(-1), len(different))
    sieve = np.zeros(kernels.SIEVE_WORDS, np.int64)
    kernels.fill_sieve(different.reshape(-1), len(different), found.width, sieve)
    numbers: list[NDArray[np.int64]] = []
    positions: list[NDArray[np.int64]] = []

    def look(piece: tuple[int, Words, int]) -> None:
        begin, words, count = piece
        some = np.empty(count + 1, np.int64)
        some = some[: kernels.sift(sieve, words, count, found.width, some)]
        states_ = words[: count * found.width].reshape(-1, found.width)[some].reshape(-1)
        position = pointers.find(states_, len(some), found.width, different.reshape(-1))
        hit = np.flatnonzero(position >= 0)
        numbers.append(some[hit] + begin)
        positions.append(position[hit])

    found.team.share(look, found.log.chunks(*border))
    number = np.full(len(different), -1, np.int64)
    number[np.concatenate(positions)] = np.concatenate(numbers)
    source = number[which.reshape(-1)]
    return source[source >= 0], leads[source >= 0]


def _by_expansion(
    lowered: Lowered, found: Found, backwards: Predecessors, border: tuple[int, int], states: NDArray[np.int64]
) -> Pairs:
    """The same where transitions cannot be read backwards: expand the level again."""
    words = states.reshape(-1)
    pointers = Pointers.of(found.layout, words, len(states))
    sources: list[NDArray[np.int64]] = []
    reached: list[NDArray[np.int64]] = []

    def look(piece: tuple[int, Words, int]) -> None:
        begin, some, count = piece
        for chunk in Expander(lowered, origins=True).chunks(some, 0, count):
            which = pointers.find(chunk.targets, chunk.count, lowered.moves.stride, words)
            hit = np.flatnonzero(which >= 0)
            sources.append(chunk.origins[hit] + begin)
            reached.append(which[hit])

    found.team.share(look, found.log.chunks(*border))
    return np.concatenate(sources), np.concatenate(reached)


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
