"""The register machine: runs a program over a block of states, one instruction after the other.

The cost of finding out what an instruction does is shared by the block, and each instruction's own loop is short and
without branches, so that the compiler makes vector instructions of it.
"""

from __future__ import annotations

from hopcheck.explorer.kernels.compile import part
from hopcheck.explorer.kernels.data import BLOCK, Words
from hopcheck.explorer.kernels.memory import load, store

CONST, FIELD, NOT, AND, OR, EQ, LT, LE, ADD, SUB, MUL, ITE, CLAMP, INDEX, CELL = range(15)
"""What an instruction does; see ``run``."""


@part
def run(code: Words, begin: int, end: int, cells: Words, states: Words, width: int, at: int, n: int, r: Words) -> None:
    """Run the instructions ``begin:end`` for the ``n`` states from ``at`` on; ``r`` holds the registers."""
    for pc in range(begin, end):
        op = code[6 * pc]
        t = code[6 * pc + 1] * BLOCK
        a = code[6 * pc + 2]
        b = code[6 * pc + 3]
        c = code[6 * pc + 4]
        d = code[6 * pc + 5]
        if op == CONST:  # the number a, for a whole block whatever n is
            for j in range(BLOCK):
                store(r, t + j, a)
        elif op == FIELD:  # bits c of word a from bit b on, plus d
            for j in range(n):
                store(r, t + j, ((load(states, (at + j) * width + a) >> b) & c) + d)
        elif op == NOT:
            for j in range(n):
                store(r, t + j, 1 - load(r, a * BLOCK + j))
        elif op == AND:
            for j in range(n):
                store(r, t + j, load(r, a * BLOCK + j) & load(r, b * BLOCK + j))
        elif op == OR:
            for j in range(n):
                store(r, t + j, load(r, a * BLOCK + j) | load(r, b * BLOCK + j))
        elif op == EQ:
            for j in range(n):
                store(r, t + j, load(r, a * BLOCK + j) == load(r, b * BLOCK + j))
        elif op == LT:
            for j in range(n):
                store(r, t + j, load(r, a * BLOCK + j) < load(r, b * BLOCK + j))
        elif op == LE:
            for j in range(n):
                store(r, t + j, load(r, a * BLOCK + j) <= load(r, b * BLOCK + j))
        elif op == ADD:
            for j in range(n):
                store(r, t + j, load(r, a * BLOCK + j) + load(r, b * BLOCK + j))
        elif op == SUB:
            for j in range(n):
                store(r, t + j, load(r, a * BLOCK + j) - load(r, b * BLOCK + j))
        elif op == MUL:
            for j in range(n):
                store(r, t + j, load(r, a * BLOCK + j) * load(r, b * BLOCK + j))
        elif op == ITE:  # b where a holds, else c
            for j in range(n):
                yes, no = load(r, b * BLOCK + j), load(r, c * BLOCK + j)
                store(r, t + j, yes if load(r, a * BLOCK + j) != 0 else no)
        elif op == CLAMP:  # a, but no less than the number b and no more than the number c
            for j in range(n):
                store(r, t + j, min(max(load(r, a * BLOCK + j), b), c))
        elif op == INDEX:  # one dimension further into a table: a times the number c, plus b less the number d
            for j in range(n):
                store(r, t + j, load(r, a * BLOCK + j) * c + (load(r, b * BLOCK + j) - d))
        else:  # CELL: cell a of the table whose cells begin at b
            for j in range(n):
                store(r, t + j, load(cells, b + load(r, a * BLOCK + j)))
