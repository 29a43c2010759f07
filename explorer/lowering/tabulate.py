"""Tables: everything that a group of transitions can do, for every value of the variables they touch."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hopcheck.explorer.footprint import Group
from hopcheck.explorer.kernels.data import FIRST, OFFENDS, ROWS, ROWS_MASK, Keys, Tables, Words
from hopcheck.explorer.layout import Layout, Piece
from hopcheck.explorer.vector import Codes, Vector
from hopcheck.model.language import Transition


@dataclass(frozen=True, slots=True)
class Axes:
    """Every combination of the values of some variables.

    ``codes``: for each variable its values, along an axis of their own; ``keys``: the key of every combination,
    flattened; ``shape``: one axis a variable; ``places``: where each variable begins in a key; ``bits``: of a key.
    """

    pieces: tuple[Piece, ...]
    places: dict[str, int]
    bits: int
    codes: dict[str, Codes]
    shape: tuple[int, ...]
    keys: Words

    def flat(self, values: NDArray[np.generic]) -> NDArray[np.generic]:
        """An array that broadcasts to the combinations, with one number for each of them."""
        return np.broadcast_to(values, self.shape).reshape(-1)


def axes(layout: Layout, names: Collection[str]) -> Axes:
    """The axes of these variables; those with one value get no axis."""
    pieces, places = layout.key(names)
    chosen = [each for each in layout.fields if each.name in names]
    wide = [each for each in chosen if each.values > 1]
    codes: dict[str, Codes] = {each.name: np.array(each.low, np.int64) for each in chosen if each.values == 1}
    keys = np.zeros((), np.int64)
    for axis, each in enumerate(wide):
        shape = [1] * len(wide)
        shape[axis] = each.values
        offset = np.arange(each.values, dtype=np.int64).reshape(shape)
        codes[each.name] = offset + each.low
        keys = keys + (offset << places[each.name])
    shape_ = tuple(each.values for each in wide)
    return Axes(pieces, places, sum(each.bits for each in chosen), codes, shape_, np.ravel(keys))


@dataclass(frozen=True, slots=True)
class Coverage:
    """Which instances are enabled in which cells: instance ``members[i]`` in ``cells[first[i]:first[i + 1]]``.

    ``base``, ``names``, ``axes``: the table's place among all cells, and what its keys stand for.
    """

    base: int
    axes: Axes
    members: tuple[int, ...]
    cells: Words
    first: Words


@dataclass(frozen=True, slots=True)
class Tabulated:
    """The tables for the kernels, and what their cells stand for. ``most``: the successors that one state can have."""

    tables: Tables
    coverage: tuple[Coverage, ...]
    most: int


def tabulate(layout: Layout, transitions: Sequence[Transition], groups: Sequence[Group]) -> Tabulated:
    """Tabulate each group of transitions over its footprint."""
    cells: list[Words] = []
    deltas: list[Words] = []
    coverage: list[Coverage] = []
    base, row, most = 0, 0, 0
    for group in groups:
        over = axes(layout, group.variables)
        enabled, offends, delta = _evaluate(layout, over, [transitions[member] for member in group.members])
        made, rows = _cells(over, layout.width, enabled, offends, delta, row)
        first = np.concatenate(([0], np.cumsum([len(each) for each in enabled])))
        where = np.concatenate(enabled) if enabled else np.zeros(0, np.int64)
        coverage.append(Coverage(base, over, group.members, over.keys[where], first))
        cells.append(made)
        deltas.append(rows)
        base += len(made)
        row += len(rows) // layout.width
        most += int(((made >> ROWS) & ROWS_MASK).max(initial=0))
    # A kernel may read two rows further than there are.
    deltas.append(np.zeros(2 * layout.width, np.int64))
    tables = Tables(keys([each.axes for each in coverage]), _joined(cells), _joined(deltas))
    return Tabulated(tables, tuple(coverage), most)


def keys(over: Sequence[Axes]) -> Keys:
    """How kernels gather the keys of tables over these axes, whose cells follow one another."""
    pieces = [piece for each in over for piece in each.pieces]
    return Keys(
        first=np.concatenate(([0], np.cumsum([len(each.pieces) for each in over], dtype=np.int64))).astype(np.int64),
        word=np.array([each.word for each in pieces], np.int64),
        shift=np.array([each.shift for each in pieces], np.int64),
        mask=np.array([each.mask for each in pieces], np.int64),
        place=np.array([each.place for each in pieces], np.int64),
        base=np.cumsum([0] + [1 << each.bits for each in over], dtype=np.int64)[: len(over)].copy(),
    )


def _evaluate(
    layout: Layout, over: Axes, members: Sequence[Transition]
) -> tuple[list[Words], NDArray[np.bool_], list[Words]]:
    """For each member: the combinations where it is enabled, and there what it adds to each word (shape (n, width)).

    Also where any member is an error of the model.
    """
    value = Vector(over.codes)
    field = {each.name: each for each in layout.fields}
    offends = np.zeros(len(over.keys), np.bool_)
    enabled, deltas = [], []
    for each in members:
        defined, guard, sound = value.holds(each.guard_sound), value.holds(each.guard), value.holds(each.sound)
        offends |= over.flat(~defined | (guard & ~sound)).astype(np.bool_)
        where = np.flatnonzero(over.flat(defined & guard & sound))
        delta = np.zeros((len(where), layout.width), np.int64)
        for name, update in each.updates:
            to = field[name]
            # Clipped, because outside its domain (where it is an error anyway) the value may be anything.
            change = np.clip(value(update), to.low, to.low + to.values - 1) - over.codes[name]
            delta[:, to.word] += over.flat(change << to.shift)[where].astype(np.int64)
        enabled.append(where)
        deltas.append(delta)
    return enabled, offends, deltas


def _cells(
    over: Axes, width: int, enabled: Sequence[Words], offends: NDArray[np.bool_], deltas: Sequence[Words], row: int
) -> tuple[Words, Words]:
    """The cells of one table and the rows they point to; ``row``: how many rows stand before these."""
    cells = np.zeros(1 << over.bits, np.int64)
    where = np.concatenate(enabled) if enabled else np.zeros(0, np.int64)
    delta = np.concatenate(deltas) if deltas else np.zeros((0, width), np.int64)
    cells[over.keys] = np.bincount(where, minlength=len(over.keys))
    cells[over.keys[offends]] |= OFFENDS
    # Successors that equal their source, or one another, are counted but not written.
    moves = np.flatnonzero(delta.any(axis=1))
    where, delta = where[moves], delta[moves]
    order = np.lexsort((*delta.T, where))
    where, delta = where[order], delta[order]
    fresh = np.ones(len(where), np.bool_)
    fresh[1:] = (where[1:] != where[:-1]) | (delta[1:] != delta[:-1]).any(axis=1)
    where, delta = where[fresh], delta[fresh]
    count = np.bincount(where, minlength=len(over.keys))
    first = row + np.cumsum(count) - count
    cells[over.keys] |= (count << ROWS) | (first << FIRST)
    return cells, np.ascontiguousarray(delta).reshape(-1)


def _joined(parts: Sequence[Words]) -> Words:
    return np.concatenate(parts) if parts else np.zeros(0, np.int64)
