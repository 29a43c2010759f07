"""What each form of a transition costs for every state, and which tables are worth theirs.

A table is looked at once for all its transitions, but its key must be gathered from the state piece by piece, and a
large one does not stay in the nearest cache. Where few transitions share scattered bits, rows or the program are cheaper.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hopcheck.explorer.lowering.footprint import SMALL, Group
from hopcheck.explorer.lowering.layout import Record
from hopcheck.explorer.lowering.records import Component
from hopcheck.explorer.lowering.rows import is_row
from hopcheck.model.language import Transition
from hopcheck.model.language.walk import nodes

# Nanoseconds, measured on models with nothing but the form in question; only their ratios matter.
PIECE = 1.5
SMALL_TABLE, LARGE_TABLE = 5.0, 20.0
ROW = 4.0
INSTRUCTION = 0.5


def worthwhile(
    parts: Sequence[Component | Record],
    bits: Mapping[str, float],
    transitions: Sequence[Transition],
    tables: Sequence[Group[str]],
) -> tuple[Group[str], ...]:
    """The tables that cost less than their transitions would, one by one. ``parts``: in the order of their places."""
    return tuple(
        each
        for each in tables
        if of_table(parts, bits, each) <= sum(of_transition(transitions[member]) for member in each.members)
    )


def of_table(parts: Sequence[Component | Record], bits: Mapping[str, float], table: Group[str]) -> float:
    """The cost of one table with the variables placed in this order."""
    touched = [not table.touched.isdisjoint(each.names) for each in parts]
    pieces = sum(here and not before for here, before in zip(touched, [False, *touched], strict=False))
    small = sum(bits[name] for name in table.touched) <= SMALL
    return PIECE * pieces + (SMALL_TABLE if small else LARGE_TABLE)


def of_transition(transition: Transition) -> float:
    """The cost of a transition that is not tabulated."""
    if is_row(transition):
        return ROW
    values = (value for _, value in transition.updates)
    return ROW + INSTRUCTION * len(nodes(transition.guard, transition.guard_sound, transition.sound, *values))
