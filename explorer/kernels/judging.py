"""Conditions on single states: which of them each state of a run violates."""

from __future__ import annotations

import numpy as np

from hopcheck.explorer.kernels.compile import kernel
from hopcheck.explorer.kernels.data import BLOCK, Judge, Words
from hopcheck.explorer.kernels.memory import load, store
from hopcheck.explorer.kernels.registers import run
from hopcheck.explorer.kernels.successors import gather_keys


@kernel
def judge(rule: Judge, states: Words, begin: int, end: int, found: Words, bits: Words) -> tuple[int, int]:
    """Write the numbers of the states among ``begin:end`` with any bit to ``found`` and their bits to ``bits``.

    Both have room for a block at least. Returns how far it got, and how many there are.
    """
    program, width, groups = rule.program, rule.width, len(rule.keys.base)
    registers = np.empty(program.registers * BLOCK, np.int64)
    run(program.code, 0, program.prologue, program.cells, states, width, 0, 0, registers)
    here, keys = np.empty(BLOCK, np.int64), np.empty(BLOCK, np.int64)
    at, top = begin, 0
    while at < end and top + BLOCK <= len(found):
        n = min(BLOCK, end - at)
        for j in range(n):
            store(here, j, 0)
        for g in range(groups):
            gather_keys(rule.keys, g, states, at, n, width, keys, 0)
            for j in range(n):
                store(here, j, load(here, j) | load(rule.cells, load(keys, j)))
        if len(program.guard) > 0:
            run(program.code, program.prologue, program.body, program.cells, states, width, at, n, registers)
            for i in range(len(program.guard)):
                for j in range(n):
                    here[j] |= load(registers, program.guard[i] * BLOCK + j) << rule.bit[i]
        for j in range(n):
            each = here[j] ^ rule.flip
            if each != 0:
                found[top] = at + j
                bits[top] = each
                top += 1
        at += n
    return at, top
