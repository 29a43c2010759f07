"""Tables: everything that a group of transitions can do, for every record of the slots they touch."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hopcheck.explorer.kernels.data import FIRST, OFFENDS, ROWS, ROWS_MASK, Tables, Words
from hopcheck.explorer.lowering.axes import Axes, axes, gathering
from hopcheck.explorer.lowering.effects import Effects, Numbers
from hopcheck.explorer.lowering.footprint import groups
from hopcheck.explorer.lowering.layout import Layout
from hopcheck.explorer.lowering.vector import Codes

JOINED = 14
"""The bits of a table that several groups share."""

FACTORS = np.random.default_rng(20).integers(1 << 40, 1 << 61, 64) | 1
"""Odd numbers without a pattern, for sums that tell rows apart."""


@dataclass(frozen=True, slots=True, eq=False)
class Coverage:
    """Which instances are enabled in which cells: instance ``members[i]`` in ``cells[first[i]:first[i + 1]]``.

    ``hits``: where the counters of the table's cells begin; ``axes``: what its keys stand for.
    """

    hits: int
    axes: Axes
    members: tuple[int, ...]
    cells: Words
    first: Words


@dataclass(frozen=True, slots=True, eq=False)
class Tabulated:
    """The tables for the kernels, and what their cells stand for. ``most``: the successors that one state can have."""

    tables: Tables
    coverage: tuple[Coverage, ...]
    most: int


def tabulate(layout: Layout, effects: Sequence[Effects], values: dict[str, Codes]) -> Tabulated:
    """The tables of these groups. ``values``: the codes of the variables in terms of which the effects are stated."""
    parts: list[Words] = []
    place: dict[bytes, int] = {}
    base, row, hit = [], [], []
    deltas: list[Words] = []
    coverage: list[Coverage] = []
    hits, rows, most = 0, 0, 0
    for joined in _joined(layout, effects):
        over = axes(layout, frozenset[int]().union(*(layout.slots_of(each.names) for each in joined)))
        spread = [_spread(layout, over, each, values) for each in joined]
        keys, change = np.concatenate([each.keys for each in spread]), np.concatenate([each.change for each in spread])
        made, delta = _cells(layout, over, keys, change, np.concatenate([each.offends for each in spread]))
        first = np.concatenate(([0], np.cumsum(np.concatenate([each.counts for each in spread]))))
        members = tuple(member for each in joined for member in each.members)
        # Tables of like components have like cells: they share them, and what they count stays in the nearest cache.
        content = made.tobytes()
        if content not in place:
            place[content] = sum(map(len, parts))
            parts.append(made)
        base.append(place[content])
        row.append(rows)
        hit.append(hits)
        coverage.append(Coverage(hits, over, members, keys, first))
        deltas.append(delta)
        hits += len(made)
        rows += len(delta) // layout.stride
        most += int(((made >> ROWS) & ROWS_MASK).max(initial=0))
    # A kernel may read two rows further than there are.
    deltas.append(np.zeros(2 * layout.stride, np.int64))
    tables = Tables(
        gathering([each.axes for each in coverage], np.array(base, np.int64)),
        _concatenated(parts),
        np.array(row, np.int64),
        np.array(hit, np.int64) - np.array(base, np.int64),
        hits,
        _concatenated(deltas),
    )
    return Tabulated(tables, tuple(coverage), most)


def _joined(layout: Layout, made: Sequence[Effects]) -> list[list[Effects]]:
    """Groups that are so small once variables are stored as records that they can share a table after all."""
    bits = {number: float(each.bits) for number, each in enumerate(layout.slots)}
    footprints = ((number, layout.slots_of(each.names)) for number, each in enumerate(made))
    return [[made[number] for number in each.members] for each in groups(footprints, bits, JOINED)]


@dataclass(frozen=True, slots=True, eq=False)
class _Spread:
    """The effects of one group in terms of slots: the keys where they happen, what they add (shape (n, stride)), how many
    there are of each member; and the keys where one is an error of the model.
    """

    keys: Words
    change: NDArray[np.int64]
    counts: Words
    offends: Words


def _spread(layout: Layout, over: Axes, each: Effects, values: dict[str, Codes]) -> _Spread:
    """Spell out the effects over the axes, whatever the slots hold that the group does not touch."""
    own = layout.slots_of(each.names)
    others = np.zeros(1, np.int64)
    for slot in over.slots:
        if slot not in own:
            numbers = np.arange(layout.slots[slot].record.count, dtype=np.int64) << over.places[slot]
            others = np.add.outer(others, numbers).reshape(-1)
    keys, change, counts = _translate(layout, over, own, each, values)
    offends, _ = _keys(layout, over, own, each, values, each.offends)
    return _Spread(
        np.add.outer(keys, others).reshape(-1),
        np.repeat(change, len(others), axis=0),
        counts * len(others),
        np.add.outer(offends[offends >= 0], others).reshape(-1),
    )


def _keys(
    layout: Layout, over: Axes, slots: Collection[int], each: Effects, values: dict[str, Codes], where: Numbers
) -> tuple[Numbers, dict[int, Numbers]]:
    """The part of the key of each combination that these slots make up (-1 where no record is of that kind), and the
    number of each of them in it.
    """
    key = np.zeros(len(where), np.int64)
    numbers: dict[int, Numbers] = {}
    for slot in sorted(slots):
        number = _number(layout, slot, each, values, where, {})
        numbers[slot] = number
        key = np.where((key < 0) | (number < 0), -1, key + (number << over.places[slot]))
    return key, numbers


def _number(
    layout: Layout, slot: int, each: Effects, values: dict[str, Codes], where: Numbers, change: dict[str, Numbers]
) -> Numbers:
    """The number of the slot's record in each combination, once the change has happened; -1 where it has none."""
    record = layout.slots[slot].record
    stride = _strides([len(values[name]) for name in record.names])
    raw = np.zeros(len(where), np.int64)
    for name, count in zip(record.names, stride, strict=True):
        number = each.numbers(where, name) if name in each.names else np.zeros(len(where), np.int64)
        raw += (number + change.get(name, 0)) * count
    return _records(layout, slot, values)[raw]


def _strides(sizes: Sequence[int]) -> list[int]:
    return [int(np.prod(sizes[i + 1 :], dtype=np.int64)) for i in range(len(sizes))]


def _records(layout: Layout, slot: int, values: dict[str, Codes]) -> Numbers:
    """The number of the record for each combination of the values of the slot's variables; -1 where there is none."""
    record = layout.slots[slot].record
    sizes = [len(values[name]) for name in record.names]
    if record.codes is None:
        return values[record.names[0]] - record.low
    raw = np.zeros(record.count, np.int64)
    for i, (name, count) in enumerate(zip(record.names, _strides(sizes), strict=True)):
        raw += np.searchsorted(values[name], record.codes[:, i]) * count
    found = np.full(int(np.prod(sizes, dtype=np.int64)), -1, np.int64)
    found[raw] = np.arange(record.count)
    return found


def _translate(
    layout: Layout, over: Axes, slots: Collection[int], each: Effects, values: dict[str, Codes]
) -> tuple[Numbers, NDArray[np.int64], Words]:
    """The keys where the effects happen, what they add, and how many each member has."""
    keys, changes, counts = [], [], []
    for where, change in zip(each.where, each.change, strict=True):
        key, before = _keys(layout, over, slots, each, values, where)
        kept = np.flatnonzero(key >= 0)
        added = np.zeros((len(kept), layout.stride), np.int64)
        some = {name: moved[kept] for name, moved in change.items()}
        for slot in slots:
            at = layout.slots[slot]
            if any(name in some for name in at.record.names):
                difference = _number(layout, slot, each, values, where[kept], some) - before[slot][kept]
                added[:, at.word] += difference << at.shift
                if layout.indexed:
                    added[:, layout.width] += difference * at.radix
        keys.append(key[kept])
        changes.append(added)
        counts.append(len(kept))
    return np.concatenate(keys), np.concatenate(changes), np.array(counts, np.int64)


def _cells(layout: Layout, over: Axes, keys: Numbers, change: NDArray[np.int64], offends: Numbers) -> tuple[Words, Words]:
    """The cells of one table and its rows."""
    cells = np.bincount(keys, minlength=1 << over.bits).astype(np.int64)
    cells[offends] |= OFFENDS
    # Successors that equal their source, or one another, are counted but not written.
    moves = np.flatnonzero(change[:, : layout.width].any(axis=1))
    where, change = keys[moves], change[moves]
    order = np.lexsort((*change.T, where))
    where, change = where[order], change[order]
    fresh = np.ones(len(where), np.bool_)
    fresh[1:] = (where[1:] != where[:-1]) | (change[1:] != change[:-1]).any(axis=1)
    where, change = where[fresh], change[fresh]
    count = np.bincount(where, minlength=1 << over.bits)
    first, rows = _shared(change, np.cumsum(count) - count, count)
    cells |= (count << ROWS) | (first << FIRST)
    return cells, rows.reshape(-1)


def _shared(change: NDArray[np.int64], first: Numbers, count: Numbers) -> tuple[Numbers, NDArray[np.int64]]:
    """Keep equal lists of rows once: there are few different ones, and they stay in the nearest cache.

    Cell c has the rows ``first[c]:first[c] + count[c]`` of ``change``; returned is where its list begins afterwards.
    """
    some = np.flatnonzero(count)
    if not len(some):
        return np.zeros_like(first), change
    # Lists are told apart by a sum over their rows; whether equal sums mean equal lists is looked at afterwards.
    within = np.arange(len(change)) - np.repeat(first[some], count[some])
    _, row = np.unique(change @ FACTORS[: change.shape[1]], return_inverse=True)
    mixed = (row.reshape(-1) + 1) * FACTORS[-1]
    sums = np.add.reduceat((mixed ^ mixed >> 29) * (FACTORS[-2] + 2 * within), first[some])
    _, leader, which = np.unique(sums * 31 + count[some], return_index=True, return_inverse=True)
    # Numbered by where they first occur, so that tables that do the same in other places get the same cells.
    rank = np.argsort(np.argsort(leader))
    leader, which = np.sort(leader), rank[which.reshape(-1)]
    led = some[leader][which]
    same_length = (count[led] == count[some]).all()
    if not same_length or (change[np.repeat(first[led], count[some]) + within] != change).any():
        return np.where(count > 0, first, 0), change
    length = count[some[leader]]
    begin = np.cumsum(length) - length
    shared = np.zeros_like(first)
    shared[some] = begin[which]
    kept = np.repeat(first[some[leader]] - begin, length) + np.arange(int(length.sum()))
    return shared, change[kept]


def _concatenated(parts: Sequence[Words]) -> Words:
    return np.concatenate(parts) if parts else np.zeros(0, np.int64)
