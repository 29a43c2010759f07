"""The same rows seen by a fleet of some of the builds: what breaks where only these builds are there to hop between.

The cells are those of all builds: what a build without a device property did is read off the builds that have it, whether
or not they are part of the fleet. So two fleets are judged by one history, and differ only in the places a guest can be.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from hopcheck.model.domain.device_config.cells import NOWHERE, Cell
from hopcheck.model.domain.device_config.draft import is_draft
from hopcheck.model.domain.device_config.history import Stations
from hopcheck.model.domain.device_config.mismatch import Breaks, Kind
from hopcheck.model.domain.device_config.rows import Member, Rows
from hopcheck.model.domain.device_config.shape import OFF, UNKNOWN, Shape
from hopcheck.model.domain.device_config.study import Study
from hopcheck.model.domain.device_config.subjects import Subject


@dataclass(frozen=True, slots=True)
class Fleet:
    """Some of the builds, by name, and the guests that are looked at.

    ``machines``: lets machine types pass; ``properties``: lets device properties pass. ``steady``: rows with one value are
    looked at as well, so that a fleet in which nothing changes is one that was explored.
    """

    builds: Collection[str]
    machines: Callable[[str], bool] = lambda _: True
    properties: Callable[[Subject], bool] = lambda _: True
    steady: bool = False


def project(made: Study, fleet: Fleet) -> Study:
    """The study of a fleet; its builds stay in the order that they have.

    Machine types that a development tree has not released are no place for a guest in that tree (`draft`). Unless steady
    rows are wanted, only those with two values that the fleet can meet are kept: the others have nothing to say about it.
    """
    names, only = fleet.builds, fleet.properties
    places = tuple(place for place, name in enumerate(made.at.names) if name in names)
    members: dict[Shape, list[Member]] = {}
    for shape, found in made.rows.members.items():
        for member in found:
            if only(member.subject):
                for seen, part in _projected(made, shape, member, places, fleet.machines):
                    members.setdefault(seen, []).append(part)
    kept = {shape: tuple(found) for shape, found in members.items()}
    gaps = tuple(gap for gap in made.rows.gaps if gap.station in names and only(gap.subject))
    rows = Rows(tuple(made.at.names[place] for place in places), tuple(kept), kept, gaps, (), made.rows.tally)
    behind: dict[Shape, list[Shape]] = {}
    for shape in (*kept, *(_steady(made, places) if fleet.steady else ())):
        behind.setdefault(shape.explored, []).append(shape)
    told = {explored: tuple(shapes) for explored, shapes in behind.items()}
    return Study(made.facts, _stations(made.at, places), rows, tuple(told), told)


def _steady(made: Study, places: Sequence[int]) -> Iterator[Shape]:
    """The rows in which the fleet meets one value, whoever they stand for."""
    for shape in made.rows.shapes:
        values = tuple(min(shape.values[place], 0) for place in places)
        if len({shape.values[place] for place in places} - {OFF, UNKNOWN}) == 1:
            yield Shape(values, Kind.NOT_OBSERVABLE, Breaks.NEITHER)


def _stations(at: Stations, places: Sequence[int]) -> Stations:
    counterparts = {
        places.index(binary): places.index(tree)
        for binary, tree in at.counterparts.items()
        if binary in places and tree in places
    }
    return Stations(tuple(at.views[place] for place in places), counterparts, at.legacy)


def _projected(
    made: Study, shape: Shape, member: Member, places: Sequence[int], wanted: Callable[[str], bool]
) -> Iterator[tuple[Shape, Member]]:
    """The member on those builds; apart where a build has released only some of its machine types."""
    groups: dict[tuple[bool, ...], list[str]] = {}
    for machine in filter(wanted, member.machines):
        there = tuple(not is_draft(made.at.views[place].build.version, machine) for place in places)
        groups.setdefault(there, []).append(machine)
    for there, machines in groups.items():
        values = tuple(shape.values[place] if has else OFF for place, has in zip(places, there, strict=True))
        seen = _renumbered(shape, values, places)
        if seen.changing:
            cells: tuple[Cell, ...] = tuple(
                member.cells[place] if has else NOWHERE for place, has in zip(places, there, strict=True)
            )
            yield seen, replace(member, machines=tuple(machines), cells=cells)


def _renumbered(shape: Shape, values: tuple[int, ...], places: Sequence[int]) -> Shape:
    """The shape with numbers without gaps; their order stays, because the direction of a mismatch depends on it."""
    if shape.limits or shape.refused:  # these speak of values by their numbers
        return replace(shape, values=values, limits=tuple(shape.limits[place] for place in places if shape.limits))
    rank = {value: number for number, value in enumerate(sorted({value for value in values if value >= 0}))}
    if len(rank) < 2:
        return Shape(values, Kind.NOT_OBSERVABLE, Breaks.NEITHER)
    return Shape(tuple(rank.get(value, value) for value in values), shape.kind, shape.breaks)
