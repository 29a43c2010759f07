"""Device types that got another name: a guest that names the old one cannot start where only the new one is known.

A type counts as renamed where one source tree has it, the next one does not, and in its place there is exactly one new
type with the same parent and mostly the same properties. Types that are simply gone are none of it: removing a device is
announced releases before, and nothing but the name tells a mistake from a removal. CPU types are doubtful: users name
models, and a model that gets another name usually keeps the old one as an alias, which is no type.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hopcheck.model.domain.device_config.cells import NOWHERE, Cell, Standing
from hopcheck.model.domain.device_config.history import Stations
from hopcheck.model.domain.device_config.mismatch import Breaks, Kind, Mismatch
from hopcheck.model.domain.device_config.presence import Presences
from hopcheck.model.domain.device_config.subjects import Subject
from hopcheck.model.facts.effective import BuildView
from hopcheck.model.facts.schema import BuildKind, QomType

TYPE_NAME = "QOM type"
"""What stands for the property where the name of a type is the value."""

NO_SUCH_TYPE = Mismatch(Kind.START_FAILURE, Breaks.BOTH, "the destination has no device type of that name")


@dataclass(frozen=True, slots=True)
class Rename:
    """A device type that users create, and its new name. ``doubt``: why users may not notice, "" where they do."""

    old: str
    new: str
    doubt: str = ""


def renames(at: Stations, presence: Presences) -> tuple[Rename, ...]:
    """The renamed types, in the order of the builds."""
    trees = [view for view in at.views if view.build.kind is not BuildKind.BINARY]
    found: dict[Rename, None] = {}
    for before, since in itertools.pairwise(trees):
        gone = [name for name in before.build.types if name not in since.build.types]
        added = [name for name in since.build.types if name not in before.build.types]
        for old in gone:
            alike = [new for new in added if _alike(before.build.types[old], since.build.types[new])]
            if len(alike) == 1 and _is_device(before, old) and presence.made_by_users(before, old):
                is_cpu = before.hierarchy.is_a(old, "cpu")
                found.setdefault(Rename(old, alike[0], "users name CPU models, which keep aliases" if is_cpu else ""))
    return tuple(found)


def _is_device(view: BuildView, name: str) -> bool:
    """Whether it is a device type that nothing derives from: one of which objects are made."""
    return view.hierarchy.is_a(name, "device") and view.hierarchy.is_leaf(name)


MOSTLY = 0.7
"""A type may gain and lose a few properties in the release that renames it: so many must be the same."""


def _alike(one: QomType, other: QomType) -> bool:
    """Whether two types differ in little but their names, as far as their declarations go."""
    mine, theirs = ({*each.props, *each.code_props} for each in (one, other))
    shared, all_ = len(mine & theirs), len(mine | theirs)
    folder, other_folder = (each.file.rpartition("/")[0] for each in (one, other))
    same_place = one.file == other.file or (bool(shared) and folder == other_folder)
    return one.parent == other.parent and same_place and shared >= MOSTLY * all_


def renamed(at: Stations, rename: Rename) -> Subject:
    """The subject whose value is the name of a type."""
    lineage = next(view.hierarchy.ancestors(rename.old) for view in at.views if rename.old in view.build.types)
    return Subject(rename.old, TYPE_NAME, (rename.old,), {rename.old: (rename.old,)}, {rename.old: lineage})


def rename_rows(
    at: Stations, presence: Presences, rename: Rename, machine_types: Iterable[tuple[str, ...]]
) -> Iterator[tuple[tuple[str, ...], tuple[Cell, ...]]]:
    """The rows of a renamed type: machine types with equal cells, whose values are the names.

    ``machine_types``: those of the stations, family by family.
    """
    builds = [view.build for view in at.views]
    names = [_name(view, rename) for view in at.views]
    for machines in machine_types:
        # A binary cannot know a name that was given later: whoever has the old type has the new one.
        where = presence.where(machines[0], rename.old)
        if where.doubtful or where.nowhere:
            continue
        there = [has or rename.new in view.build.types for has, view in zip(where.stations, at.views, strict=True)]
        found: dict[tuple[Cell, ...], list[str]] = {}
        for machine in machines:
            cells = tuple(
                name if has and machine in build.machines else NOWHERE
                for name, has, build in zip(names, there, builds, strict=True)
            )
            found.setdefault(cells, []).append(machine)
        for cells, names_of in found.items():
            if any(cell.known for cell in cells):
                yield tuple(names_of), cells


def _name(view: BuildView, rename: Rename) -> Cell:
    """What a build calls the type; what a tree declares outranks what was supplied to it from binaries."""
    for name in (rename.old, rename.new):
        if name in view.build.types:
            return Cell(Standing.STATED, name)
    return Cell(Standing.STATED, rename.old) if rename.old in view.hierarchy else NOWHERE
