"""A change as the difference of two builds among the known ones, however they came about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from hopcheck.engine.changed import Changed, Warned
from hopcheck.engine.changes.says import says
from hopcheck.engine.changes.warnings import warnings
from hopcheck.model.codes import Code
from hopcheck.model.domain.device_config.difference import Difference
from hopcheck.model.domain.device_config.draft import in_development
from hopcheck.model.facts.applicability import Applicability, Presence
from hopcheck.model.facts.schema import Build, BuildKind, Facts
from hopcheck.model.facts.versions import version_key
from hopcheck.model.facts.views import make_view
from hopcheck.model.importers.tree import Tree

SUFFIX = "+change"
"""What is put behind a build's name for the build with the change."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of a change beyond the two builds: what it is called, what to warn of, the source with it."""

    path: str
    warnings: Sequence[Warned] = ()
    tree: Tree | None = None


def between(known: Facts, before: Build, after: Build, told: Told) -> Changed:
    """The change from ``before`` to ``after``, both read by the same importer, in the world of the known builds.

    The base takes the place of the known tree of its version, if it has all of its machine types: else it stands beside it.
    A base that is no release is no place for guests once the change is made.
    """
    base = msgspec.structs.replace(before, name=_name(known, before), station=True)
    build = msgspec.structs.replace(after, name=f"{base.name}{SUFFIX}", version=base.version, station=True)
    without = _among(known, base)
    left = msgspec.structs.replace(base, station=not in_development(base.version))
    builds = [left if each.name == base.name else each for each in without.builds]
    place = builds.index(left) + 1
    with_ = Facts(known.schema, (*builds[:place], build, *builds[place:]))
    return changed(without, with_, base.name, build.name, told)


def changed(without: Facts, with_: Facts, base: str, build: str, told: Told) -> Changed:
    """The change from the build ``base`` of the one document to ``build`` of the other."""
    one, other = make_view(without, without.build(base)), make_view(with_, with_.build(build))
    difference = Difference(one, other)
    where = Applicability(with_, other.build, other.hierarchy)
    return Changed(
        path=told.path,
        known=without,
        facts=with_,
        base=base,
        build=build,
        says=tuple(says(difference, lambda machine, type_: where.on(machine, type_).presence is not Presence.ABSENT)),
        warnings=(*told.warnings, *warnings(difference)),
        touches=difference.touched(),
        unread=_unread(one.build, other.build),
        tree=told.tree,
    )


def _name(known: Facts, build: Build) -> str:
    """The build's version; with a remark where another build has that name and stays."""
    name = _plain(build.version)
    taken = next((each for each in known.builds if each.name == name), None)
    return name if taken is None or _is_the_same(taken, build) else f"{name} (tree)"


def _plain(version: str) -> str:
    """A version as the known builds are named: 10.0.0 is 10.0."""
    return version.removesuffix(".0") if version.count(".") == 2 else version


def _is_the_same(taken: Build, build: Build) -> bool:
    return taken.kind is not BuildKind.BINARY and taken.machines.keys() <= build.machines.keys()


def _among(known: Facts, base: Build) -> Facts:
    """The known builds with the base in the place of the one of its name, or behind all that are not newer."""
    if any(each.name == base.name for each in known.builds):
        return Facts(known.schema, tuple(base if each.name == base.name else each for each in known.builds))
    key = version_key(base.version)
    place = max((i for i, each in enumerate(known.builds, 1) if version_key(each.version) <= key), default=0)
    return Facts(known.schema, (*known.builds[:place], base, *known.builds[place:]))


def _unread(before: Build, after: Build) -> tuple[Warned, ...]:
    """What could not be read with the change and could without it, wherever the lines have moved to."""
    known = {(each.place.rpartition(":")[0], each.what, each.reason) for each in before.unresolved}
    return tuple(
        Warned(f"{each.what} cannot be read: {each.reason}", each.place, Code.SOURCE_NOT_READ)
        for each in after.unresolved
        if (each.place.rpartition(":")[0], each.what, each.reason) not in known
    )
