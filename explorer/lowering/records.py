"""Which variables are stored together as one number, and which records of them can be reached.

Variables that stand in the same tables make up one *component*, such as all variables of one virtual machine. What a
component can be is explored on its own, with everything else left open: of the 1,008 combinations of a machine of the
fleet, 82 remain. Sometimes a component's value even follows from the others', such as a counter of machines that
migrate: then states need not be told apart by it.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hopcheck.explorer.lowering.effects import Effects, Numbers
from hopcheck.explorer.lowering.footprint import Group
from hopcheck.explorer.lowering.layout import Record
from hopcheck.explorer.lowering.vector import Codes
from hopcheck.model.language import System
from hopcheck.model.language.types import RangeType, size

COMBINATIONS = 1 << 16
"""Variables whose values have more combinations than this are stored each for itself."""

COUNTS = 64
"""A component with more records than this is not asked whether it follows from others."""

EFFORT = 1 << 25
"""Numbers that are looked at, at most, to find out which components follow from others (about a quarter of a second)."""


@dataclass(frozen=True, slots=True, eq=False)
class Component:
    """Variables that are stored as one number. ``values``: the codes of each; ``initial``: its initial combinations.

    A combination is numbered like those of ``Effects``: the last variable counts ones.
    """

    names: tuple[str, ...]
    values: tuple[Codes, ...]
    initial: Numbers

    @property
    def combinations(self) -> int:
        """How many combinations of values there are."""
        return math.prod(map(len, self.values))

    @property
    def stride(self) -> dict[str, int]:
        """What each variable counts in the number of a combination."""
        sizes = [len(each) for each in self.values]
        return {name: math.prod(sizes[i + 1 :]) for i, name in enumerate(self.names)}

    def record(self, reached: NDArray[np.bool_]) -> Record:
        """The record of those combinations that are reached."""
        numbers = np.flatnonzero(reached)
        columns = [
            each[numbers // self.stride[name] % len(each)] for name, each in zip(self.names, self.values, strict=True)
        ]
        return Record.of_codes(self.names, np.stack(columns, axis=1))


def components(
    system: System,
    values: Mapping[str, Codes | None],
    groups: Sequence[Group[str]],
    apart: Collection[str],
    alone: Collection[str] = (),
    symmetries: Sequence[Sequence[Sequence[str]]] = (),
) -> tuple[Component | Record, ...]:
    """The variables by the tables they stand in, in the order in which they should be placed.

    ``apart``: variables that get a record each, such as those that some transition touches which is in no table.
    ``alone``: variables that are to be components by themselves. ``symmetries``: see ``System``; those that are to be
    kept get equal records for their components.
    """
    signature: dict[str, tuple[object, ...]] = {
        each.name: tuple(n for n, group in enumerate(groups) if each.name in group.touched) for each in system.variables
    }
    for number, group in enumerate(symmetries):
        for names in zip(*group, strict=True):
            # Joined are only variables that stand together in every component, and of one component only.
            tables = tuple(signature[name] for name in names)
            signature.update({name: (number, which, tables) if all(tables) else () for which, name in enumerate(names)})
    parts: dict[tuple[object, ...], list[str]] = {}
    made: dict[str, Component | Record] = {}
    for each in system.variables:
        known = values[each.name]
        if known is None:
            made[each.name] = Record.of_range(each.name, each.type.lo, size(each.type) or 0)
        elif each.name in apart or not signature[each.name]:
            made[each.name] = Record.of_codes((each.name,), known.reshape(-1, 1))
        elif each.name in alone:
            made[each.name] = _component(system, [each.name], values)
        else:
            parts.setdefault(signature[each.name], []).append(each.name)
    for together in parts.values():
        joint = math.prod(len(_listed(values, name)) for name in together) <= COMBINATIONS
        for part in [together] if joint else [[name] for name in together]:
            made[part[0]] = _component(system, part, values)
    first: dict[tuple[object, ...], int] = {}
    for position, each in enumerate(system.variables):
        first.setdefault(signature[each.name], position)
    order = sorted(made, key=lambda name: (first[signature[name]], system.index[name]))
    return tuple(made[name] for name in order)


def _listed(values: Mapping[str, Codes | None], name: str) -> Codes:
    known = values[name]
    assert known is not None
    return known


def _component(system: System, names: Sequence[str], values: Mapping[str, Codes | None]) -> Component:
    codes = tuple(_listed(values, name) for name in names)
    made = Component(tuple(names), codes, np.zeros(0, np.int64))
    total = np.zeros(1, np.int64)
    for name, known in zip(names, codes, strict=True):
        initial = system.variables[system.index[name]].initial
        numbers = np.arange(len(known)) if initial is None else np.searchsorted(known, np.array(initial, np.int64))
        total = np.add.outer(total, numbers * made.stride[name]).reshape(-1)
    return Component(made.names, made.values, total)


@dataclass(frozen=True, slots=True, eq=False)
class Moves:
    """What one group does to the components: effect e leads component c from ``before[c][e]`` to ``after[c][e]``."""

    before: Mapping[int, Numbers]
    after: Mapping[int, Numbers]

    def where(self, chosen: NDArray[np.bool_]) -> Moves:
        """Some of the effects."""
        return Moves(
            {number: before[chosen] for number, before in self.before.items()},
            {number: after[chosen] for number, after in self.after.items()},
        )


def moves(made: Sequence[Component | Record], each: Effects) -> Moves:
    """The effects of a group as changes of components (by their number)."""
    before: dict[int, Numbers] = {}
    after: dict[int, Numbers] = {}
    for number, part in enumerate(made):
        if isinstance(part, Component) and part.names[0] in each.names:
            stride = part.stride
            here, there = [], []
            for where, change in zip(each.where, each.change, strict=True):
                now = sum((each.numbers(where, name) * stride[name] for name in part.names), np.zeros(len(where), np.int64))
                here.append(now)
                moved = [change[name] * stride[name] for name in part.names if name in change]
                there.append(sum(moved, now) if moved else now)
            before[number], after[number] = np.concatenate(here), np.concatenate(there)
    return Moves(before, after)


def twins(made: Sequence[Component | Record], symmetries: Sequence[Sequence[Sequence[str]]]) -> dict[int, tuple[int, ...]]:
    """For each component of a symmetry the numbers of its counterparts."""
    number = {name: position for position, each in enumerate(made) for name in each.names}
    return {
        number[name]: tuple(number[other] for other in names)
        for group in symmetries
        for names in zip(*group, strict=True)
        for name in names
    }


def reached(
    made: Sequence[Component | Record], groups: Sequence[Moves], alike: Mapping[int, Sequence[int]]
) -> list[NDArray[np.bool_]]:
    """Which combinations of each component can be reached while all else is open (for a record: nothing is said).

    ``alike``: see ``twins``: what one of them can be, all can.
    """
    known = []
    for each in made:
        marks = np.zeros(each.combinations if isinstance(each, Component) else 0, np.bool_)
        if isinstance(each, Component):
            marks[each.initial] = True
        known.append(marks)
    left = list(groups)
    grown = set(range(len(made)))
    while grown:
        fresh: set[int] = set()
        for g, group in enumerate(left):
            if grown.isdisjoint(group.before):
                continue
            happens = _happens(group, known)
            if not happens.any():
                continue
            for number, after in group.after.items():
                before = np.count_nonzero(known[number])
                known[number][after[happens]] = True
                if np.count_nonzero(known[number]) > before:
                    for other in alike.get(number, (number,)):
                        known[other] |= known[number]
                        fresh.add(other)
            if 4 * np.count_nonzero(happens) > len(happens):
                left[g] = group.where(~happens)
        grown = fresh
    return known


def _happens(group: Moves, known: Sequence[NDArray[np.bool_]]) -> NDArray[np.bool_]:
    """Which effects can happen while each component is in a combination that is known."""
    happens = np.ones(len(next(iter(group.before.values()), ())), np.bool_)
    for number, before in group.before.items():
        happens &= known[number][before]
    return happens


def all_alike(names: Collection[str], symmetries: Sequence[Sequence[Sequence[str]]]) -> frozenset[str]:
    """These variables, and their counterparts in interchangeable components."""
    rows = [row for group in symmetries for row in zip(*group, strict=True)]
    return frozenset(names).union(*(row for row in rows if not frozenset(row).isdisjoint(names)))


def counters(
    system: System, groups: Sequence[Group[str]], symmetries: Sequence[Sequence[Sequence[str]]] = ()
) -> frozenset[str]:
    """Variables that may count something: numbers that several tables share, and no interchangeable component has."""
    inside = {name for group in symmetries for each in group for name in each}
    return frozenset(
        each.name
        for each in system.variables
        if isinstance(each.type, RangeType)
        and each.name not in inside
        and sum(each.name in group.touched for group in groups) > 1
    )


def dependent(
    made: Sequence[Component | Record],
    groups: Sequence[Moves],
    known: Sequence[NDArray[np.bool_]],
    unasked: Collection[str] = (),
) -> frozenset[int]:
    """Components whose value is a constant plus a weight for each record of the others, in every reachable state.

    Such weights are found for counters: each effect that moves one other component by itself says what the two of its
    records differ by; if all effects agree, the counter follows. ``unasked``: variables that are not to be looked at.
    """
    live = [each.where(_happens(each, known)) for each in groups]
    effort = sum(map(_size, live))
    found: set[int] = set()
    for looked, number in enumerate(_may_count(made, live)):
        part = made[number]
        if looked * effort > EFFORT:
            break
        if part.names[0] in unasked:
            continue
        assert isinstance(part, Component)
        if _follows(number, part.values[0], made, live, found):
            found.add(number)
    return frozenset(found)


def _size(each: Moves) -> int:
    """How many numbers it takes to describe a group's effects."""
    return sum(map(len, each.before.values()))


def _may_count(made: Sequence[Component | Record], groups: Sequence[Moves]) -> list[int]:
    """Components that may follow from others, those that most groups touch before the others."""
    touched = [sum(number in group.before for group in groups) for number in range(len(made))]
    may = [
        number
        for number, each in enumerate(made)
        if isinstance(each, Component)
        and len(each.names) == len(each.initial) == 1
        and 1 < len(each.values[0]) <= COUNTS
        and touched[number]
    ]
    return sorted(may, key=lambda number: -touched[number])


@dataclass(frozen=True, slots=True, eq=False)
class _Changes:
    """One group's effects, seen from a counter: what they add to it, and which of the others they move."""

    added: Codes
    others: Mapping[int, tuple[Numbers, Numbers]]
    moved: Numbers


def _changes(number: int, values: Codes, each: Moves, dropped: Collection[int]) -> _Changes:
    count = len(next(iter(each.before.values()), ()))
    added = np.zeros(count, np.int64)
    if number in each.before:
        added = values[each.after[number]] - values[each.before[number]]
    others = {c: (each.before[c], each.after[c]) for c in each.before if c != number and c not in dropped}
    moved = sum((before != after for before, after in others.values()), np.zeros(count, np.int64))
    return _Changes(added, others, moved)


def _follows(
    number: int, values: Codes, made: Sequence[Component | Record], groups: Sequence[Moves], dropped: Collection[int]
) -> bool:
    """Whether weights can be found for this component."""
    seen: list[_Changes] = []
    for each in sorted(groups, key=lambda group: number not in group.before):
        changes = _changes(number, values, each, dropped)
        if (changes.moved[changes.added != 0] != 1).any():
            return False  # what it counts is not told by one other component
        seen.append(changes)
    edges: dict[int, list[Codes]] = {}
    for changes in seen:
        for c, (before, after) in changes.others.items():
            alone = np.flatnonzero((changes.moved == 1) & (before != after))
            # Once for each pair of records: other effects between them are looked at below, with all others.
            _, first = np.unique((before[alone] << 32) + after[alone], return_index=True)
            some = alone[first]
            edges.setdefault(c, []).append(np.stack([before[some], after[some], changes.added[some]], axis=1))
    weight: dict[int, Codes] = {}
    for c, parts in edges.items():
        part = made[c]
        assert isinstance(part, Component)
        found = _weights(part, np.concatenate(parts))
        if found is None:
            return False
        weight[c] = found
    return all(
        (
            sum((weight[c][after] - weight[c][before] for c, (before, after) in each.others.items()), 0 * each.added)
            == each.added
        ).all()
        for each in seen
    )


def _weights(part: Component, edges: Codes) -> Codes | None:
    """Weights of a component's combinations, zero at the initial ones; None where some effect contradicts another."""
    weight = np.zeros(part.combinations, np.int64)
    has = np.zeros(part.combinations, np.bool_)
    has[part.initial] = True
    before, after, change = edges.T
    while True:
        new = has[before] & ~has[after]
        if not new.any():
            break
        weight[after[new]] = weight[before[new]] + change[new]
        has[after[new]] = True
    # A combination that no effect reaches by itself has weight 0: the caller checks what that means.
    return weight if (weight[after] - weight[before] == change).all() else None
