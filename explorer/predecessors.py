"""From which states a state can be reached in one step: the tables and rows read backwards.

A table says what is added to a state with a certain key; so it also says what was added where a certain key came out,
and taking it away again gives every state that may have come before. Not all of those are reachable: whoever asks looks
for them among the states that were found.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hopcheck.explorer.kernels.data import FIRST, ROWS, ROWS_MASK, Words
from hopcheck.explorer.lowering.axes import Axes
from hopcheck.explorer.lowering.layout import Layout
from hopcheck.explorer.lowering.lower import Lowered

OPEN_BITS = 8
"""Bits that a row overwrites without having looked at them: every value they may have had is tried."""

Rows2 = NDArray[np.int64]
"""States, one a row, as their words."""


@dataclass(frozen=True, slots=True, eq=False)
class _Backwards:
    """One table: where the key ``key[i]`` (ascending) came out, ``delta[i]`` may have been added."""

    over: Axes
    key: Words
    delta: Rows2


class Predecessors:
    """``known``: whether all transitions can be read backwards; those of the program cannot."""

    def __init__(self, lowered: Lowered) -> None:
        self._layout = lowered.layout
        self._moves = lowered.moves
        self.known = lowered.groups is None and not len(lowered.moves.program.guard) and self._rows_are_open()
        self._tables = [_backwards(lowered, number) for number in range(len(lowered.coverage))] if self.known else []

    def _rows_are_open(self) -> bool:
        rows = self._moves.rows
        return all(int(bits).bit_count() <= OPEN_BITS for bits in rows.clear & ~rows.mask)

    def of(self, states: Rows2) -> tuple[Rows2, NDArray[np.int64]]:
        """States that lead to the given ones if they exist, and for each which of the given ones it leads to."""
        found, leads = [], []
        for each in self._tables:
            keys = _gathered(each.over, states)
            first, last = np.searchsorted(each.key, keys), np.searchsorted(each.key, keys, side="right")
            count = last - first
            which = np.repeat(np.arange(len(states)), count)
            row = np.repeat(first - np.cumsum(count) + count, count) + np.arange(len(which))
            found.append(states[which] - each.delta[row])
            leads.append(which)
        for number in range(len(self._moves.rows.mask) // self._layout.width):
            before, which = self._before_row(number, states)
            found.append(before)
            leads.append(which)
        return np.concatenate(found), np.concatenate(leads)

    def _before_row(self, number: int, states: Rows2) -> tuple[Rows2, NDArray[np.int64]]:
        width, rows = self._layout.width, self._moves.rows
        mask, value, clear, put = (each.reshape(-1, width)[number] for each in (rows.mask, rows.value, rows.clear, rows.put))
        kept = mask & ~clear
        which = np.flatnonzero(((states & clear) == put).all(axis=1) & ((states & kept) == (value & kept)).all(axis=1))
        before = (states[which] & ~clear) | (value & clear)
        for word in range(width):
            for bit in range(62):
                if (int(clear[word]) & ~int(mask[word])) >> bit & 1:
                    other = before.copy()
                    other[:, word] |= 1 << bit
                    before, which = np.concatenate((before, other)), np.concatenate((which, which))
        return before, which


def _gathered(over: Axes, states: Rows2) -> Words:
    key = np.zeros(len(states), np.int64)
    for piece in over.pieces:
        key |= ((states[:, piece.word] >> piece.shift) & piece.mask) << piece.place
    return key


def _backwards(lowered: Lowered, table: int) -> _Backwards:
    tables, layout, over = lowered.moves.tables, lowered.layout, lowered.coverage[table].axes
    base = int(tables.keys.base[table])
    cells = tables.cells[base : base + (1 << over.bits)]
    count = (cells >> ROWS) & ROWS_MASK
    key = np.repeat(np.arange(len(cells)), count)
    within = np.arange(len(key)) - np.repeat(np.cumsum(count) - count, count)
    row = np.repeat((cells >> FIRST) + tables.row[table], count) + within
    delta = tables.deltas.reshape(-1, layout.stride)[row, : layout.width]
    after = _gathered(over, _placed(layout, over, key) + delta)
    order = np.argsort(after, kind="stable")
    return _Backwards(over, after[order], delta[order])


def _placed(layout: Layout, over: Axes, keys: Words) -> Rows2:
    """States with these keys, and nothing else in them."""
    states = np.zeros((len(keys), layout.width), np.int64)
    for piece in over.pieces:
        states[:, piece.word] |= ((keys >> piece.place) & piece.mask) << piece.shift
    return states
