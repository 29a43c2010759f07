"""Two builds among the known ones: each at its place in the order of versions, in the place of the one it stands for."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from hopcheck.engine.comparing.operand import Operand
from hopcheck.model.facts.schema import Build, BuildKind, Facts
from hopcheck.model.facts.versions import version_key


@dataclass(frozen=True, slots=True)
class Placed:
    """The document with both builds as stations, and their names in it."""

    facts: Facts
    old: str
    new: str

    @property
    def others(self) -> tuple[str, ...]:
        """The other builds that a guest can be on, oldest first."""
        return tuple(build.name for build in self.facts.stations() if build.name not in (self.old, self.new))


def placed(known: Facts, old: Operand, new: Operand) -> Placed:
    """The known builds with the two among them.

    A build that was read from elsewhere stands for the known ones of the same version: these step aside, that is, they
    stay as evidence of what a binary or tree of that version says, and no guest is on them. Where two builds would have
    one name, they are told apart as ``9.1.50 (old)`` and ``9.1.50 (new)``.
    """
    one, other = _renamed(old, new)
    versions = {version_key(one.version), version_key(other.version)}
    builds: list[Build] = []
    for build in known.builds:
        if build is one or build is other:
            builds.append(msgspec.structs.replace(build, station=True))
        elif build.name not in (one.name, other.name):
            steps_aside = build.station and version_key(build.version) in versions
            builds.append(msgspec.structs.replace(build, station=False) if steps_aside else build)
    for build in (one, other):
        if all(each.name != build.name for each in builds):
            _insert(builds, msgspec.structs.replace(build, station=True))
    paired = (msgspec.structs.replace(each, counterpart=_counterpart(each, builds)) for each in builds)
    return Placed(Facts(known.schema, tuple(paired)), one.name, other.name)


def _renamed(old: Operand, new: Operand) -> tuple[Build, Build]:
    """Both builds under names that begin with their versions: what is declared of builds is declared of versions."""
    one, other = (each.build if each.known else _named(each.build, _plain(each.build.version)) for each in (old, new))
    if one.name == other.name and one != other:
        return _named(one, f"{one.name} (old)"), _named(other, f"{other.name} (new)")
    return one, other


def _plain(version: str) -> str:
    """A version as known builds are named: 10.0.0 is 10.0."""
    major, dot, rest = version.partition(".")
    return f"{major}{dot}{rest.removesuffix('.0')}" if rest.count(".") else version


def _named(build: Build, name: str) -> Build:
    return msgspec.structs.replace(build, name=name)


def _insert(builds: list[Build], build: Build) -> None:
    """Put a build behind all that are not newer."""
    key = version_key(build.version)
    place = max((i for i, each in enumerate(builds, 1) if version_key(each.version) <= key), default=0)
    builds.insert(place, build)


def _counterpart(build: Build, builds: list[Build]) -> str:
    """The other source of the same version, so that a binary is read beside its tree."""
    if any(each.name == build.counterpart for each in builds):
        return build.counterpart
    if build.kind is not BuildKind.BINARY:
        return ""
    trees = [each for each in builds if each.kind is not BuildKind.BINARY]
    return next((each.name for each in trees if version_key(each.version) == version_key(build.version)), "")
