"""What each form of a transition costs for every state, and which tables are worth theirs.

A table is looked at once for all its transitions, but its key must be gathered from the state piece by piece, and a
large one does not stay in the nearest cache. Where few transitions share scattered bits, rows or the program are cheaper.
"""

from __future__ import annotations

from collections.abc import Sequence

from hopcheck.explorer.footprint import SMALL, Group
from hopcheck.explorer.layout import Layout
from hopcheck.explorer.rows import is_row
from hopcheck.model.language import Transition
from hopcheck.model.language.walk import nodes

# Nanoseconds, measured on models with nothing but the form in question; only their ratios matter.
PIECE = 1.5
SMALL_TABLE, LARGE_TABLE = 5.0, 20.0
ROW = 4.0
INSTRUCTION = 0.5


def worthwhile(layout: Layout, transitions: Sequence[Transition], tables: Sequence[Group]) -> tuple[Group, ...]:
    """The tables that cost less than their transitions would, one by one."""
    return tuple(
        each
        for each in tables
        if of_table(layout, each) <= sum(of_transition(transitions[member]) for member in each.members)
    )


def of_table(layout: Layout, table: Group) -> float:
    """The cost of one table in this layout."""
    pieces, _ = layout.key(table.variables)
    bits = sum(each.mask.bit_length() for each in pieces)
    return PIECE * len(pieces) + (SMALL_TABLE if bits <= SMALL else LARGE_TABLE)


def of_transition(transition: Transition) -> float:
    """The cost of a transition that is not tabulated."""
    if is_row(transition):
        return ROW
    values = (value for _, value in transition.updates)
    return ROW + INSTRUCTION * len(nodes(transition.guard, transition.guard_sound, transition.sound, *values))
