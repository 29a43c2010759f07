"""Successors of runs of states, chunk by chunk: what the search, the counterexamples and the graph are made from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from hopcheck.explorer import kernels
from hopcheck.explorer.kernels.data import BLOCK, Moves, Tally, Words
from hopcheck.explorer.kernels.successors import FREE
from hopcheck.explorer.lowering.lower import Lowered

TARGETS = 1 << 15
"""Successors written before they are looked at: they stay in the second cache, and the cost of a call does not count."""

MARKS = 1 << 13
"""Stuck or offending states noted before they are looked at."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Successors of some states, in buffers that the next chunk overwrites.

    ``targets``: the words (and the index, where states have one) of ``count`` states; ``origins``: the position of the
    state each comes from (where wanted); ``stuck`` and ``offending``: positions of states.
    """

    targets: Words
    count: int
    origins: Words
    stuck: Words
    offending: Words


class Expander:
    """Runs one model's moves, with buffers and counters of its own: a second one may run beside it in another thread."""

    def __init__(self, lowered: Lowered, *, origins: bool = False, stuck: bool = False) -> None:
        self.moves: Moves = lowered.moves
        self._groups = lowered.groups
        capacity = max(TARGETS, 2 * lowered.moves.most) + FREE
        self._targets = np.empty(capacity * lowered.moves.stride, np.int64)
        self._origins = np.empty(capacity if origins else 0, np.int64)
        self._stuck = np.empty(MARKS + BLOCK if stuck else 0, np.int64)
        self._offending = np.empty(MARKS + BLOCK, np.int64)
        self.tally = fresh_tally(lowered)

    @property
    def nbytes(self) -> int:
        """Bytes of the buffers and counters."""
        held = (self._targets, self._origins, self._stuck, self._offending, *self.tally)
        return sum(each.nbytes for each in held)

    def next(self, states: Words, begin: int, end: int) -> tuple[int, Chunk]:
        """Expand some of the states ``begin:end``: how far it got, and their successors."""
        at, count, idle, bad = kernels.expand(
            self.moves, states, begin, end, self._targets, self._origins, self._stuck, self._offending, self.tally
        )
        if self._groups is not None:
            moves = self.moves
            kernels.canonical(self._groups, moves.numbering, self._targets, count, moves.stride, moves.width)
        return at, Chunk(self._targets, count, self._origins[:count], self._stuck[:idle], self._offending[:bad])

    def chunks(self, states: Words, begin: int, end: int) -> Iterator[Chunk]:
        """Expand all of the states ``begin:end``, which stay where they are meanwhile."""
        while begin < end:
            begin, chunk = self.next(states, begin, end)
            yield chunk


def fresh_tally(lowered: Lowered) -> Tally:
    """Counters at zero."""
    return Tally(
        np.zeros(lowered.moves.tables.hits, np.int64),
        np.zeros(len(lowered.counted), np.int64),
        np.zeros(1, np.int64),
    )


def size_of(lowered: Lowered) -> int:
    """Bytes of the lowered model."""
    tuples = [lowered.moves, *(each.data for each in (*lowered.states, *lowered.steps))]
    return sum(_nbytes(each) for each in tuples)


def _nbytes(value: object) -> int:
    if isinstance(value, tuple):
        return sum(_nbytes(each) for each in value)
    return value.nbytes if isinstance(value, np.ndarray) else 0
