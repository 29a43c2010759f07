"""Rows: what a (machine type, device type, property) is over all stations, equal ones folded into one.

Values are numbered in the order in which they appear, so that rows that only differ in what the values are called are
one: the model explores one row of each shape, and it counts for all its members.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from hopcheck.model.domain.device_config.behaviours import Behaviour, behaviour_rows
from hopcheck.model.domain.device_config.cells import NOWHERE, Cell, Standing
from hopcheck.model.domain.device_config.families import families
from hopcheck.model.domain.device_config.history import History, Stations, changing
from hopcheck.model.domain.device_config.mismatch import Kind, Mismatch, Rules
from hopcheck.model.domain.device_config.presence import Presences, Where
from hopcheck.model.domain.device_config.renames import NO_SUCH_TYPE, Rename, rename_rows, renamed, renames
from hopcheck.model.domain.device_config.shape import Shape, shape_of
from hopcheck.model.domain.device_config.subjects import Subject

EVERYWHERE = Where((), False, "")
"""No station is left out."""


@dataclass(frozen=True, slots=True)
class Member:
    """A (device type, property) on machine types that have the same cells: one of those a row stands for."""

    subject: Subject
    type: str
    machines: tuple[str, ...]
    cells: tuple[Cell, ...]
    mismatch: Mismatch


@dataclass(frozen=True, slots=True)
class Gap:
    """A (device type, property) of which some build does not tell the value, with one example of where and why."""

    subject: Subject
    type: str
    standing: Standing
    reason: str
    station: str
    triples: int


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A member with different values whose machine types may not have the device at all, and why not."""

    member: Member
    reason: str


@dataclass(slots=True)
class Tally:
    """How many (machine type, device type, property) triples the rows stand for, and how many of them were what.

    ``constant``: one value wherever it is known; ``unknown``: a station whose value is not known.
    """

    triples: int = 0
    constant: int = 0
    unknown: int = 0
    review: int = 0


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a document of facts.

    ``stations``: build names, oldest first. ``shapes``: the distinct rows. ``members``: for each changing shape, whom
    it stands for (a shape that does not change has none kept). ``gaps``: what is unknown or to be reviewed, once for
    each (device type, property). ``doubtful``: members that differ where the device may not exist at all: listed apart,
    and no violation. ``tally``: how many triples all rows stand for.
    """

    stations: tuple[str, ...]
    shapes: tuple[Shape, ...]
    members: Mapping[Shape, tuple[Member, ...]]
    gaps: tuple[Gap, ...]
    doubtful: tuple[Doubtful, ...]
    tally: Tally


def make_rows(
    at: Stations,
    subjects: Sequence[Subject],
    rules: Rules,
    presence: Presences,
    behaviours: Sequence[Behaviour] = (),
    only: Callable[[Subject], bool] | None = None,
) -> Rows:
    """The rows of all subjects on all machine types, of renamed types, and of behaviours that no property shows.

    ``only``: leaves out renamed types for which it does not hold.
    """
    made = _Collector(at)
    for rename in renames(at, presence):
        made.add_rename(rename, presence, only)
    for behaviour in behaviours:
        made.add_behaviour(behaviour)
    for subject in subjects:
        for type_ in subject.types:
            history = History(at, type_, subject.prop, set_by_board=presence.set_by_board(type_))
            mismatch = rules.of(subject.ancestors(type_), subject.prop)
            for family, machines in made.groups.families.items():
                where = presence.where(machines[0], type_)
                if not where.nowhere:
                    made.add(subject, history, mismatch, family, where)
    return made.rows()


Untold: TypeAlias = tuple[tuple[Standing, int], ...]
"""For each standing of a value that is not told, the first station where a row has one."""

_OPEN = (Standing.UNKNOWN, Standing.REVIEW)


class _Collector:
    """Puts rows together, and remembers what rows without a history of their own came to."""

    def __init__(self, at: Stations) -> None:
        self.at = at
        self.groups = MachineGroups(at)
        self.silent = frozenset(i for i, view in enumerate(at.views) if view.observed_only)
        self.tally = Tally()
        self.shapes: dict[Shape, None] = {}
        self.members: dict[Shape, list[Member]] = {}
        self.gaps: dict[tuple[str, str, str, Standing], Gap] = {}
        self.doubtful: list[Doubtful] = []
        self._constant: dict[tuple[str, tuple[Standing, ...]], list[tuple[int, Untold, Shape]]] = {}

    def add(self, subject: Subject, history: History, mismatch: Mismatch, family: str, where: Where) -> None:
        """Add the rows of a (device type, property) on a family of machine types."""
        reach = subject.reach(history.type)
        special = history.special & self.groups.members[family]
        usual = history.family_cells(family)
        if not special and not changing(usual):
            if not where.doubtful:
                usual = tuple(cell if there else NOWHERE for cell, there in zip(usual, where.stations, strict=True))
                self._add_constant(subject, history, usual, family, reach)
            return
        for machines, cells in self.groups.cells(history, usual, special, family, where):
            shape = shape_of(cells, mismatch)
            member = Member(subject, history.type, machines, cells, mismatch)
            if where.doubtful:
                if shape.changing:
                    self.doubtful.append(Doubtful(member, where.reason))
                continue
            self.shapes.setdefault(shape)
            if shape.changing:
                self.members.setdefault(shape, []).append(member)
            self._count(subject, history, cells, self._untold(cells), shape.changing, len(machines) * reach)

    def add_rename(self, rename: Rename, presence: Presences, only: Callable[[Subject], bool] | None) -> None:
        """Add the rows of a renamed type."""
        subject = renamed(self.at, rename)
        if only is not None and not only(subject):
            return
        for machines, cells in rename_rows(self.at, presence, rename, self.groups.families.values()):
            shape = shape_of(cells, NO_SUCH_TYPE)
            if not shape.changing:
                continue
            member = Member(subject, rename.old, machines, cells, NO_SUCH_TYPE)
            if rename.doubt:
                self.doubtful.append(Doubtful(member, rename.doubt))
            else:
                self.shapes.setdefault(shape)
                self.members.setdefault(shape, []).append(member)
                self.tally.triples += len(machines)

    def add_behaviour(self, behaviour: Behaviour) -> None:
        """Add the rows of a behaviour that no property shows."""
        for subject, machines, cells, shape in behaviour_rows(self.at, behaviour):
            member = Member(subject, behaviour.device, machines, cells, behaviour.mismatch)
            self.shapes.setdefault(shape)
            if shape.changing:
                self.members.setdefault(shape, []).append(member)
            self.tally.triples += len(machines)

    def _add_constant(self, subject: Subject, history: History, usual: tuple[Cell, ...], family: str, reach: int) -> None:
        """Add rows that differ only in which stations know the machine type: most are of this kind, and alike."""
        key = (family, tuple(cell.standing for cell in usual))
        if key not in self._constant:
            nothing = Mismatch(Kind.NOT_OBSERVABLE)
            groups = self.groups.cells(history, usual, frozenset(), family, EVERYWHERE)
            self._constant[key] = [
                (len(machines), self._untold(cells), shape_of(cells, nothing)) for machines, cells in groups
            ]
        for machines, untold, shape in self._constant[key]:
            self.shapes.setdefault(shape)
            # What is told of a cell is this property's own; the shape may have been another one's, alike in all that counts.
            self._count(subject, history, usual, untold, False, machines * reach)

    def _untold(self, cells: Sequence[Cell]) -> Untold:
        """Where a row first has a value that a build ought to tell (a binary without compat lists is not asked)."""
        first: dict[Standing, int] = {}
        for position, cell in enumerate(cells):
            if cell.standing in _OPEN and position not in self.silent:
                first.setdefault(cell.standing, position)
        return tuple((standing, first[standing]) for standing in _OPEN if standing in first)

    def _count(
        self, subject: Subject, history: History, cells: Sequence[Cell], untold: Untold, varies: bool, triples: int
    ) -> None:
        """Count triples, and remember values that a build ought to tell."""
        self.tally.triples += triples
        self.tally.constant += 0 if varies else triples
        for standing, position in untold:
            key = (subject.declaring, subject.prop, history.type, standing)
            before = self.gaps.get(key)
            reason = before.reason if before else cells[position].reason
            station = before.station if before else self.at.names[position]
            count = triples + (before.triples if before else 0)
            self.gaps[key] = Gap(subject, history.type, standing, reason, station, count)
            if standing is Standing.UNKNOWN:
                self.tally.unknown += triples
            else:
                self.tally.review += triples

    def rows(self) -> Rows:
        members = {shape: tuple(found) for shape, found in self.members.items()}
        return Rows(self.at.names, tuple(self.shapes), members, tuple(self.gaps.values()), tuple(self.doubtful), self.tally)


class MachineGroups:
    """The machine types by family, grouped by the stations that know them."""

    def __init__(self, at: Stations) -> None:
        builds = [view.build for view in at.views]
        self.families: Mapping[str, tuple[str, ...]] = families(builds)
        self.members = {family: frozenset(machines) for family, machines in self.families.items()}
        self._masks: dict[str, dict[tuple[bool, ...], tuple[str, ...]]] = {}
        for family, machines in self.families.items():
            by_mask: dict[tuple[bool, ...], list[str]] = {}
            for machine in machines:
                by_mask.setdefault(tuple(machine in build.machines for build in builds), []).append(machine)
            self._masks[family] = {mask: tuple(names) for mask, names in by_mask.items()}

    def cells(
        self, history: History, usual: tuple[Cell, ...], special: frozenset[str], family: str, where: Where
    ) -> Iterator[tuple[tuple[str, ...], tuple[Cell, ...]]]:
        """Groups of machine types of a family with equal cells; those that are OFF everywhere are left out.

        ``where``: the stations that have the device type for this family. ``usual``: the cells where a station knows
        the machine type; ``special``: machine types with cells of their own.
        """
        found: dict[tuple[tuple[Standing, str], ...], tuple[tuple[Cell, ...], list[str]]] = {}
        there = where.stations or tuple(True for _ in usual)

        def add(cells: tuple[Cell, ...], machines: list[str]) -> None:
            key = tuple((cell.standing, cell.value) for cell in cells)
            found.setdefault(key, (cells, []))[1].extend(machines)

        for mask, machines in self._masks[family].items():
            plain = [machine for machine in machines if machine not in special]
            if plain:
                seen = zip(usual, mask, there, strict=True)
                add(tuple(cell if known and has else NOWHERE for cell, known, has in seen), plain)
            for machine in machines:
                if machine in special:
                    cells = zip(history.cells(machine), there, strict=True)
                    add(tuple(cell if has else NOWHERE for cell, has in cells), [machine])
        for row, names in found.values():
            if any(cell is not NOWHERE for cell in row):
                yield tuple(names), row
