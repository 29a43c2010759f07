"""Lowering: a model as the data that kernels run on."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from hopcheck.explorer.conditions import Rule, state_judges, step_judges
from hopcheck.explorer.footprint import Group, footprint, groups, order_of
from hopcheck.explorer.kernels.data import Moves
from hopcheck.explorer.layout import WORD, Layout, bits_of, layout
from hopcheck.explorer.price import worthwhile
from hopcheck.explorer.program import transitions_program
from hopcheck.explorer.questions import Questions
from hopcheck.explorer.rows import is_row, rows
from hopcheck.explorer.tabulate import Coverage, tabulate
from hopcheck.model.language import System, Transition


@dataclass(frozen=True, slots=True)
class Forms:
    """Which forms transitions and properties may take.

    ``table_bits``: the largest footprint that is tabulated (-1: none is); ``weigh``: whether a table must be cheaper
    than what its transitions would cost otherwise; ``rows``: whether rows are used; ``word_bits``: how much of each
    word is filled. The defaults are the fastest; others exist to test each form alone.
    """

    table_bits: int = 16
    weigh: bool = True
    rows: bool = True
    word_bits: int = WORD


@dataclass(frozen=True, slots=True)
class Lowered:
    """A model ready to run.

    ``coverage``: what the cells of the tables stand for; ``counted``: the transitions that the kernels count one by one
    (the rows, then the program's), by number; ``seconds``: what lowering took.
    """

    layout: Layout
    moves: Moves
    coverage: tuple[Coverage, ...]
    counted: tuple[int, ...]
    states: tuple[Rule, ...]
    steps: tuple[Rule, ...]
    seconds: float


def lower(system: System, transitions: Sequence[Transition], questions: Questions, forms: Forms | None = None) -> Lowered:
    """Lower each transition to the best form that it can take, and the questions to judges."""
    began = time.perf_counter()
    forms = forms or Forms()
    bits = {each.name: bits_of(each.type) for each in system.variables}
    footprints = [footprint(each) for each in transitions]
    small = [
        (number, names) for number, names in enumerate(footprints) if sum(bits[name] for name in names) <= forms.table_bits
    ]
    tables = groups(small, bits, forms.table_bits)
    names = [each.name for each in system.variables]
    placed = layout(system, order_of(names, tables), forms.word_bits)
    if forms.weigh:
        tables = worthwhile(placed, transitions, tables)
        placed = layout(system, order_of(names, tables), forms.word_bits)
    made = _moves(placed, transitions, tables, forms)
    return Lowered(
        placed,
        *made,
        state_judges(placed, questions, forms.table_bits),
        step_judges(placed, questions, transitions, forms.table_bits),
        time.perf_counter() - began,
    )


def _moves(
    placed: Layout, transitions: Sequence[Transition], tables: Sequence[Group], forms: Forms
) -> tuple[Moves, tuple[Coverage, ...], tuple[int, ...]]:
    tabulated = {member for group in tables for member in group.members}
    wide = [number for number in range(len(transitions)) if number not in tabulated]
    as_rows = [number for number in wide if forms.rows and is_row(transitions[number])]
    rest = [number for number in wide if number not in set(as_rows)]
    table = tabulate(placed, transitions, tables)
    moves = Moves(
        placed.width,
        table.most + len(wide),
        table.tables,
        rows(placed, [transitions[number] for number in as_rows]),
        transitions_program(placed, [transitions[number] for number in rest]),
    )
    return moves, table.coverage, (*as_rows, *rest)
