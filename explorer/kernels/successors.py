"""Successors: every transition out of a run of states, by whichever form it was lowered to."""

from __future__ import annotations

import numpy as np

from hopcheck.explorer.kernels.compile import kernel, part
from hopcheck.explorer.kernels.data import (
    BLOCK,
    ENABLED,
    FIRST,
    OFFENDING,
    OFFENDS,
    ROWS,
    ROWS_MASK,
    Index,
    Keys,
    Moves,
    Tally,
    Words,
)
from hopcheck.explorer.kernels.memory import load, store
from hopcheck.explorer.kernels.registers import run

FREE = 2
"""Rows at the end of the targets that a kernel may write without counting them."""


@part
def gather_keys(keys: Keys, table: int, states: Words, at: int, n: int, width: int, into: Words, to: int) -> None:
    """Write where the cell of each of ``n`` states from ``at`` on stands in one table, from ``into[to]`` on.

    State by state in the inner loop, where what is gathered from each is the same, so that the compiler makes vector
    instructions of it.
    """
    base = load(keys.base, table)
    for j in range(n):
        store(into, to + j, base)
    for p in range(load(keys.first, table), load(keys.first, table + 1)):
        word, shift, mask, place = load(keys.word, p), load(keys.shift, p), load(keys.mask, p), load(keys.place, p)
        if width == 1:
            for j in range(n):
                piece = ((load(states, at + j) >> shift) & mask) << place
                store(into, to + j, load(into, to + j) + piece)
        else:
            for j in range(n):
                piece = ((load(states, (at + j) * width + word) >> shift) & mask) << place
                store(into, to + j, load(into, to + j) + piece)


@part
def index_of(numbering: Index, states: Words, origin: int) -> int:
    """The index of the state that begins at ``origin``."""
    total = 0
    for p in range(len(numbering.word)):
        word = load(states, origin + load(numbering.word, p))
        total += ((word >> load(numbering.shift, p)) & load(numbering.mask, p)) * load(numbering.radix, p)
    return total


@part
def keys_of(moves: Moves, states: Words, at: int, n: int, keys: Words) -> None:
    """The keys of ``n`` states from ``at`` on, table by table, ``BLOCK`` apart; then their indices."""
    width, numbering = moves.width, moves.numbering
    groups = len(moves.tables.row)
    for g in range(groups):
        gather_keys(moves.tables.keys, g, states, at, n, width, keys, g * BLOCK)
    for j in range(n):
        store(keys, groups * BLOCK + j, 0)
    for p in range(len(numbering.word)):
        word, shift = load(numbering.word, p), load(numbering.shift, p)
        mask, radix = load(numbering.mask, p), load(numbering.radix, p)
        for j in range(n):
            piece = ((load(states, (at + j) * width + word) >> shift) & mask) * radix
            store(keys, groups * BLOCK + j, load(keys, groups * BLOCK + j) + piece)


@part
def from_tables(
    moves: Moves, states: Words, at: int, n: int, targets: Words, origins: Words, top: int, flags: Words, tally: Tally,
    keys: Words,
) -> int:  # fmt: skip
    """Append the successors by the tables of ``n`` states from ``at`` on; the new top of the targets."""
    tables, width, stride = moves.tables, moves.width, moves.stride
    wanted = len(origins) > 0
    groups = len(tables.row)
    keys_of(moves, states, at, n, keys)
    for j in range(n):
        origin, before, seen, every = (at + j) * width, top, 0, 0
        state, index = load(states, origin), load(keys, groups * BLOCK + j)
        for g in range(groups):
            key = load(keys, g * BLOCK + j)
            cell = load(tables.cells, key)
            hit = load(tables.hit, g) + key
            store(tally.hits, hit, load(tally.hits, hit) + 1)
            seen += cell & ENABLED
            every |= cell
            count, first = (cell >> ROWS) & ROWS_MASK, (cell >> FIRST) + load(tables.row, g)
            if stride == 2 and width == 1:
                # One word and an index, or two words. Two successors at most are the rule: they are written before the
                # count is known, without a branch.
                to, row = 2 * top, 2 * first
                store(targets, to, state + load(tables.deltas, row))
                store(targets, to + 1, index + load(tables.deltas, row + 1))
                store(targets, to + 2, state + load(tables.deltas, row + 2))
                store(targets, to + 3, index + load(tables.deltas, row + 3))
                for k in range(2, count):
                    store(targets, to + 2 * k, state + load(tables.deltas, row + 2 * k))
                    store(targets, to + 2 * k + 1, index + load(tables.deltas, row + 2 * k + 1))
            else:
                for k in range(count):
                    target, row = (top + k) * stride, (first + k) * stride
                    for w in range(width):
                        store(targets, target + w, load(states, origin + w) + load(tables.deltas, row + w))
                    if stride > width:
                        store(targets, target + width, index + load(tables.deltas, row + width))
            top += count
        store(flags, j, load(flags, j) + seen + (OFFENDING if every & OFFENDS != 0 else 0))
        if wanted:
            for k in range(before, top):
                store(origins, k, at + j)
    return top


@part
def from_rows(
    moves: Moves, states: Words, at: int, n: int, targets: Words, origins: Words, top: int, flags: Words, tally: Tally
) -> int:
    """Append the successors by rows; the new top of the targets."""
    rows, width, stride = moves.rows, moves.width, moves.stride
    count = len(rows.mask) // width
    for j in range(n):
        origin = (at + j) * width
        for r in range(count):
            enabled = True
            for w in range(width):
                if load(states, origin + w) & load(rows.mask, r * width + w) != load(rows.value, r * width + w):
                    enabled = False
                    break
            if enabled:
                store(flags, j, load(flags, j) + 1)
                store(tally.fired, r, load(tally.fired, r) + 1)
                moved = False
                for w in range(width):
                    old = load(states, origin + w)
                    new = (old & ~load(rows.clear, r * width + w)) | load(rows.put, r * width + w)
                    moved |= new != old
                    store(targets, top * stride + w, new)
                if moved:
                    if stride > width:
                        store(targets, top * stride + width, index_of(moves.numbering, targets, top * stride))
                    if len(origins) > 0:
                        store(origins, top, at + j)
                    top += 1
    return top


@part
def write(moves: Moves, t: int, states: Words, state: int, j: int, targets: Words, top: int, r: Words) -> bool:
    """Write the successor by transition ``t`` of the state, the block's ``j``th; whether it is another state."""
    program, width, begin = moves.program, moves.width, top * moves.stride
    for w in range(width):
        store(targets, begin + w, load(states, state * width + w))
    moved = False
    for f in range(program.field[t], program.field[t + 1]):
        position, shift, mask = begin + program.word[f], program.shift[f], program.mask[f]
        old = load(targets, position)
        value = (load(r, program.source[f] * BLOCK + j) - program.low[f]) & mask
        new = (old & ~(mask << shift)) | (value << shift)
        moved |= new != old
        store(targets, position, new)
    if moved and moves.stride > width:
        store(targets, begin + width, index_of(moves.numbering, targets, begin))
    return moved


@part
def from_program(
    moves: Moves, states: Words, at: int, n: int, targets: Words, origins: Words, top: int, flags: Words, tally: Tally,
    r: Words,
) -> int:  # fmt: skip
    """Append the successors by the program; the new top of the targets. ``r``: its registers."""
    program, width = moves.program, moves.width
    rows = len(moves.rows.mask) // width  # transitions that are counted before these
    run(program.code, program.prologue, program.body, program.cells, states, width, at, n, r)
    for t in range(len(program.guard)):
        guard, defined, sound = program.guard[t] * BLOCK, program.defined[t] * BLOCK, program.sound[t] * BLOCK
        count = 0
        for j in range(n):
            count += load(r, guard + j)
        if defined >= 0:
            for j in range(n):
                if load(r, defined + j) == 0:
                    store(flags, j, load(flags, j) | OFFENDING)
        if count == 0:
            continue
        run(program.code, program.segment[t], program.segment[t + 1], program.cells, states, width, at, n, r)
        tally.fired[rows + t] += count
        for j in range(n):
            if load(r, guard + j) == 0:
                continue
            if (defined >= 0 and load(r, defined + j) == 0) or (sound >= 0 and load(r, sound + j) == 0):
                store(flags, j, load(flags, j) | OFFENDING)
                continue
            store(flags, j, load(flags, j) + 1)
            if write(moves, t, states, at + j, j, targets, top, r):
                if len(origins) > 0:
                    store(origins, top, at + j)
                top += 1
    return top


@kernel
def expand(
    moves: Moves, states: Words, begin: int, end: int, targets: Words, origins: Words, stuck: Words, offending: Words,
    tally: Tally,
) -> tuple[int, int, int, int]:  # fmt: skip
    """Write the successors of the states ``begin:end`` to ``targets``, as far as there is room for them.

    A successor that equals its source is left out, and so are some duplicates. ``origins``: the number of the state
    each target comes from (or empty: not wanted). ``stuck``: the numbers of states without an enabled instance (or
    empty); ``offending``: of states where an instance is an error of the model. Both have room for a block at least.
    Returns how far it got, and how many targets, stuck and offending states there are.
    """
    width = moves.width
    room = len(targets) // moves.stride - FREE
    registers = np.empty(moves.program.registers * BLOCK, np.int64)
    run(moves.program.code, 0, moves.program.prologue, moves.program.cells, states, width, 0, 0, registers)
    flags = np.empty(BLOCK, np.int64)
    keys = np.empty((len(moves.tables.row) + 1) * BLOCK, np.int64)
    at, top, idle, bad = begin, 0, 0, 0
    while at < end:
        n = min(BLOCK, end - at, (room - top) // max(moves.most, 1))
        if n <= 0 or bad + BLOCK > len(offending) or (len(stuck) > 0 and idle + BLOCK > len(stuck)):
            break
        flags[:] = 0
        if len(moves.tables.row) > 0:
            top = from_tables(moves, states, at, n, targets, origins, top, flags, tally, keys)
        if len(moves.rows.mask) > 0:
            top = from_rows(moves, states, at, n, targets, origins, top, flags, tally)
        if len(moves.program.guard) > 0:
            top = from_program(moves, states, at, n, targets, origins, top, flags, tally, registers)
        edges = 0
        for j in range(n):
            found = flags[j]
            edges += found & ~OFFENDING
            if found == 0 and len(stuck) > 0:
                stuck[idle] = at + j
                idle += 1
            if found & OFFENDING:
                offending[bad] = at + j
                bad += 1
        at += n
        tally.edges[0] += edges
    return at, top, idle, bad
