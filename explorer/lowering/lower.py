"""Lowering: a model as the data that kernels run on."""

from __future__ import annotations

import math
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hopcheck.explorer.kernels.canonical import Interchangeable
from hopcheck.explorer.kernels.data import Index, Moves
from hopcheck.explorer.lowering import records
from hopcheck.explorer.lowering.conditions import Rule, state_judges, step_judges
from hopcheck.explorer.lowering.effects import Effects, effects
from hopcheck.explorer.lowering.footprint import Group, footprint, groups
from hopcheck.explorer.lowering.interchange import interchangeable
from hopcheck.explorer.lowering.layout import WORD, Layout, Record, bits_of, layout
from hopcheck.explorer.lowering.price import worthwhile
from hopcheck.explorer.lowering.program import transitions_program
from hopcheck.explorer.lowering.rows import is_row, rows
from hopcheck.explorer.lowering.tabulate import Coverage, tabulate
from hopcheck.explorer.lowering.values import reachable_values
from hopcheck.explorer.lowering.vector import Codes
from hopcheck.explorer.questions import Questions
from hopcheck.model.language import System, Transition

EFFECTS = 1 << 21
"""Where groups of transitions have more effects than this together, it would take too long to find out what variables do
together: each is stored by itself.
"""


@dataclass(frozen=True, slots=True)
class Forms:
    """Which forms transitions, properties and states may take.

    ``table_bits``: the largest footprint that is tabulated (-1: none is); ``weigh``: whether a table must be cheaper
    than what its transitions would cost otherwise; ``rows``: whether rows are used; ``word_bits``: how much of each
    word is filled; ``index``: whether states are numbered. The defaults are the fastest; others exist to test each form
    alone. ``symmetry``: whether the system's interchangeable components are stored alike, so that they can be sorted.
    """

    table_bits: int = 17
    weigh: bool = True
    rows: bool = True
    word_bits: int = WORD
    index: bool = True
    symmetry: bool = False


@dataclass(frozen=True, slots=True)
class Lowered:
    """A model ready to run.

    ``coverage``: what the cells of the tables stand for; ``counted``: the transitions that the kernels count one by one
    (the rows, then the program's), by number; ``groups``: the interchangeable components, if states are told apart only
    up to their order; ``seconds``: what lowering took.
    """

    layout: Layout
    moves: Moves
    coverage: tuple[Coverage, ...]
    counted: tuple[int, ...]
    states: tuple[Rule, ...]
    steps: tuple[Rule, ...]
    groups: Interchangeable | None
    seconds: float


def lower(system: System, transitions: Sequence[Transition], questions: Questions, forms: Forms | None = None) -> Lowered:
    """Lower each transition to the best form that it can take, and the questions to judges."""
    began = time.perf_counter()
    forms = forms or Forms()
    for each in system.variables:
        bits_of(each.type)
    plan = _plan(system, transitions, forms)
    moves, coverage, counted = _moves(plan, transitions, forms)
    return Lowered(
        plan.layout,
        moves,
        coverage,
        counted,
        state_judges(plan.layout, questions, forms.table_bits),
        step_judges(plan.layout, questions, [transitions[number] for number in plan.live], forms.table_bits),
        interchangeable(system, plan.layout) if forms.symmetry and system.symmetries else None,
        time.perf_counter() - began,
    )


@dataclass(frozen=True, slots=True)
class _Plan:
    """``live``: transitions that can happen; ``effects``: of the groups that are tabulated; ``layout``: of a state;
    ``values``: of the variables that are listed.
    """

    live: tuple[int, ...]
    effects: tuple[Effects, ...]
    layout: Layout
    values: dict[str, Codes]

    @property
    def wide(self) -> list[int]:
        """The live transitions that are not tabulated."""
        tabulated = {member for each in self.effects for member in each.members}
        return [number for number in self.live if number not in tabulated]


def _plan(system: System, transitions: Sequence[Transition], forms: Forms) -> _Plan:
    """Decide what is tabulated, and how states are stored."""
    found = reachable_values(system, transitions)
    symmetries = system.symmetries if forms.symmetry else ()
    if forms.symmetry:
        found = found.alike(symmetries)
    listed = {name: codes for name, codes in found.codes.items() if codes is not None}
    bits = {name: (len(listed[name]) - 1).bit_length() if name in listed else math.inf for name in found.codes}
    footprints = {number: footprint(transitions[number]) for number in found.live}
    tables = _tables(footprints, bits, forms)
    if forms.weigh:
        parts = records.components(system, found.codes, tables, _apart(footprints, tables))
        tables = worthwhile(parts, bits, transitions, tables)
    made = tuple(effects(each, transitions, listed) for each in tables)
    apart, alone = _apart(footprints, tables), records.counters(system, tables, symmetries)
    if sum(len(where) for each in made for where in each.where) > EFFECTS:
        apart, alone = frozenset(found.codes), frozenset()
    apart = records.all_alike(apart, symmetries)
    for _ in range(4):
        parts = records.components(system, found.codes, tables, apart, alone, symmetries)
        moves = [records.moves(parts, each) for each in made]
        reached = records.reached(parts, moves, records.twins(parts, symmetries))
        follow = records.dependent(parts, moves, reached, {name for group in symmetries for each in group for name in each})
        names = frozenset(parts[number].names[0] for number in follow)
        if names == alone:
            break
        alone = names  # what does not follow from others is stored together with others
    kept = [each if isinstance(each, Record) else each.record(known) for each, known in zip(parts, reached, strict=True)]
    placed = layout(system, kept, follow, forms.word_bits, indexed=forms.index)
    return _Plan(found.live, made, placed, listed)


def _tables(footprints: Mapping[int, frozenset[str]], bits: Mapping[str, float], forms: Forms) -> tuple[Group[str], ...]:
    small = [(n, names) for n, names in footprints.items() if sum(bits[name] for name in names) <= forms.table_bits]
    return groups(small, bits, forms.table_bits)


def _apart(footprints: Mapping[int, frozenset[str]], tables: Collection[Group[str]]) -> frozenset[str]:
    """The variables that transitions touch which are in no table."""
    tabulated = {member for each in tables for member in each.members}
    return frozenset(name for number, names in footprints.items() if number not in tabulated for name in names)


def _moves(
    plan: _Plan, transitions: Sequence[Transition], forms: Forms
) -> tuple[Moves, tuple[Coverage, ...], tuple[int, ...]]:
    placed, wide = plan.layout, plan.wide
    as_rows = [number for number in wide if forms.rows and is_row(transitions[number])]
    rest = sorted(set(wide) - set(as_rows))
    table = tabulate(placed, plan.effects, plan.values)
    moves = Moves(
        placed.width,
        placed.stride,
        table.most + len(wide),
        index(placed),
        table.tables,
        rows(placed, [transitions[number] for number in as_rows]),
        transitions_program(placed, [transitions[number] for number in rest]),
    )
    return moves, table.coverage, (*as_rows, *rest)


def index(placed: Layout) -> Index:
    """How kernels compute the index of a state."""
    counted = [each for each in placed.slots if each.radix]
    return Index(
        np.array([each.word for each in counted], np.int64),
        np.array([each.shift for each in counted], np.int64),
        np.array([each.mask for each in counted], np.int64),
        np.array([each.radix for each in counted], np.int64),
    )
