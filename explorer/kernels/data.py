"""What kernels work on: a model lowered to arrays. Kernels read these and know nothing else of the model.

A state is ``width`` words of 64 bits, each non-negative; many states are one flat array, state after state. All arrays
are one-dimensional, C-contiguous and of int64, unless said otherwise.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Words: TypeAlias = NDArray[np.int64]

BATCH = 256
"""Targets whose places are computed and fetched before the first of them is looked up."""

BLOCK = 128
"""States that are worked on at once, so that a register of the program is one short vector."""

# A cell of a table of successors ------------------------------------------------------------------------------------
ENABLED = 0xFFFF
"""The lowest bits: how many instances are enabled, self-loops included."""
OFFENDS = 1 << 16
"""Set where an instance is an error of the model."""
ROWS = 17
"""From this bit on, ``ROWS_MASK`` wide: how many different successors there are."""
ROWS_MASK = 0x7FFF
FIRST = 32
"""From this bit on: the first of their rows."""

OFFENDING = 1 << 62
"""What is noted of a state is the number of its enabled instances, and this where one is an error of the model."""


class Keys(NamedTuple):
    """How the bits of a footprint are gathered from a state into a key, for each of several tables.

    Table g is made of the pieces ``first[g]:first[g + 1]``; piece p is the bits ``mask[p]`` (before shifting) of word
    ``word[p]`` from bit ``shift[p]`` on, and stands from bit ``place[p]`` on in the key. ``base[g]``: where the cells
    of the table begin among all cells.
    """

    first: Words
    word: Words
    shift: Words
    mask: Words
    place: Words
    base: Words


class Tables(NamedTuple):
    """Successors by footprint: the rows of each cell say what is added to a state.

    ``cells``: of all tables, some of which are shared; ``row[g]``: the row from which on the cells of table g count;
    ``hit[g]``: where the counters of its cells begin, less where its cells do; ``hits``: how many counters there are.
    ``deltas``: ``stride`` numbers a row: what is added to each word, and to the index where states have one.
    """

    keys: Keys
    cells: Words
    row: Words
    hit: Words
    hits: int
    deltas: Words


class Index(NamedTuple):
    """How states are numbered: the sum over slots of bits ``mask`` of word ``word`` from ``shift`` on, times ``radix``."""

    word: Words
    shift: Words
    mask: Words
    radix: Words


class Rows(NamedTuple):
    """Transitions with a conjunctive guard and constant updates: ``width`` numbers a transition in each array.

    Enabled where ``state & mask == value``; leads to ``state & ~clear | put``.
    """

    mask: Words
    value: Words
    clear: Words
    put: Words


class Program(NamedTuple):
    """Three-address code over registers, each holding one number for every state of a block.

    ``code``: six numbers an instruction (operation, target, four operands); instructions up to ``prologue`` set the
    constants and run once, those up to ``body`` once a block. ``registers``: how many there are.
    Transition t: ``guard[t]`` the register with its guard; ``defined[t]`` and ``sound[t]`` registers that are zero
    where it is an error of the model (-1: never); instructions ``segment[t]:segment[t + 1]`` compute its updates,
    ``field[t]:field[t + 1]`` the fields it writes. Field f: register ``source[f]`` less ``low[f]`` goes to word
    ``word[f]``, bits ``mask[f]`` from ``shift[f]`` on. ``cells``: the cells of every table of the model.
    """

    code: Words
    prologue: int
    body: int
    registers: int
    cells: Words
    guard: Words
    defined: Words
    sound: Words
    segment: Words
    field: Words
    source: Words
    word: Words
    shift: Words
    mask: Words
    low: Words


class Moves(NamedTuple):
    """Every transition of a model, each in one of the three forms.

    ``width``: words a state; ``stride``: numbers a successor: its words, and its index where states have one;
    ``most``: the successors that one state can have.
    """

    width: int
    stride: int
    most: int
    numbering: Index
    tables: Tables
    rows: Rows
    program: Program


class Tally(NamedTuple):
    """What is counted on the way.

    ``hits``: how many states met each cell of the tables; ``fired``: how often each row, then each transition of the
    program was enabled; ``edges``: one number, the enabled instances.
    """

    hits: Words
    fired: Words
    edges: Words


class Judge(NamedTuple):
    """Up to 62 conditions on a state, one bit each.

    The bits of a state are those of its cell in every table, and of the program's registers ``guard`` (the condition
    of register i is bit ``bit[i]``), exclusive-or ``flip``; a state without any bit is as it should be.
    """

    width: int
    keys: Keys
    cells: Words
    program: Program
    bit: Words
    flip: int
