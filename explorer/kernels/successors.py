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
    Keys,
    Moves,
    Program,
    Rows,
    Tables,
    Tally,
    Words,
)
from hopcheck.explorer.kernels.memory import load, store
from hopcheck.explorer.kernels.registers import run

FREE = 2
"""Rows at the end of the targets that a kernel may write without counting them."""


@part
def key_of(keys: Keys, table: int, states: Words, origin: int) -> int:
    """Where the cell of the state that begins at ``origin`` stands among all cells."""
    key: int = load(keys.base, table)
    for p in range(load(keys.first, table), load(keys.first, table + 1)):
        word = load(states, origin + load(keys.word, p))
        key += ((word >> load(keys.shift, p)) & load(keys.mask, p)) << load(keys.place, p)
    return key


@part
def from_tables(
    tables: Tables, width: int, states: Words, at: int, n: int, targets: Words, origins: Words, top: int, flags: Words,
    tally: Tally,
) -> int:  # fmt: skip
    """Append the successors by the tables of ``n`` states from ``at`` on; the new top of the targets."""
    wanted = len(origins) > 0
    groups = len(tables.keys.base)
    for j in range(n):
        origin, before, seen = (at + j) * width, top, 0
        for g in range(groups):
            i = key_of(tables.keys, g, states, origin)
            cell = load(tables.cells, i)
            store(tally.hits, i, load(tally.hits, i) + 1)
            seen += cell & ENABLED
            if cell & OFFENDS:
                store(flags, j, load(flags, j) | OFFENDING)
            count, first = (cell >> ROWS) & ROWS_MASK, cell >> FIRST
            if width == 1:
                # Two successors at most are the rule: they are written before the count is known, without a branch.
                state = load(states, origin)
                store(targets, top, state + load(tables.deltas, first))
                store(targets, top + 1, state + load(tables.deltas, first + 1))
                for k in range(2, count):
                    store(targets, top + k, state + load(tables.deltas, first + k))
            else:
                for k in range(count):
                    for w in range(width):
                        delta = load(tables.deltas, (first + k) * width + w)
                        store(targets, (top + k) * width + w, load(states, origin + w) + delta)
            top += count
        store(flags, j, load(flags, j) + seen)
        if wanted:
            for k in range(before, top):
                store(origins, k, at + j)
    return top


@part
def from_rows(
    rows: Rows, width: int, states: Words, at: int, n: int, targets: Words, origins: Words, top: int, flags: Words,
    tally: Tally,
) -> int:  # fmt: skip
    """Append the successors by rows; the new top of the targets."""
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
                    store(targets, top * width + w, new)
                if moved:
                    if len(origins) > 0:
                        store(origins, top, at + j)
                    top += 1
    return top


@part
def write(program: Program, t: int, width: int, states: Words, state: int, j: int, targets: Words, top: int,
          r: Words) -> bool:  # fmt: skip
    """Write the successor by transition ``t`` of the state, the block's ``j``th; whether it is another state."""
    for w in range(width):
        store(targets, top * width + w, load(states, state * width + w))
    moved = False
    for f in range(program.field[t], program.field[t + 1]):
        position, shift, mask = top * width + program.word[f], program.shift[f], program.mask[f]
        old = load(targets, position)
        value = (load(r, program.source[f] * BLOCK + j) - program.low[f]) & mask
        new = (old & ~(mask << shift)) | (value << shift)
        moved |= new != old
        store(targets, position, new)
    return moved


@part
def from_program(
    program: Program, width: int, states: Words, at: int, n: int, targets: Words, origins: Words, top: int,
    flags: Words, tally: Tally, r: Words, rows: int,
) -> int:  # fmt: skip
    """Append the successors by the program; the new top of the targets. ``rows``: transitions counted before these."""
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
            if write(program, t, width, states, at + j, j, targets, top, r):
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
    room = len(targets) // width - FREE
    registers = np.empty(moves.program.registers * BLOCK, np.int64)
    run(moves.program.code, 0, moves.program.prologue, moves.program.cells, states, width, 0, 0, registers)
    flags = np.empty(BLOCK, np.int64)
    rows = len(moves.rows.mask) // width
    at, top, idle, bad = begin, 0, 0, 0
    while at < end:
        n = min(BLOCK, end - at, (room - top) // max(moves.most, 1))
        if n <= 0 or bad + BLOCK > len(offending) or (len(stuck) > 0 and idle + BLOCK > len(stuck)):
            break
        flags[:] = 0
        if len(moves.tables.keys.base) > 0:
            top = from_tables(moves.tables, width, states, at, n, targets, origins, top, flags, tally)
        if rows > 0:
            top = from_rows(moves.rows, width, states, at, n, targets, origins, top, flags, tally)
        if len(moves.program.guard) > 0:
            top = from_program(moves.program, width, states, at, n, targets, origins, top, flags, tally, registers, rows)
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
        tally.done[0] = at
    return at, top, idle, bad
