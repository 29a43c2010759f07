"""Machine types as families and versions: ``pc-q35-4.0.1`` is version 4.0.1 of the family ``pc-q35``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from hopcheck.model.facts.schema import Build
from hopcheck.model.facts.versions import version_key

_NAME = re.compile(r"(?P<family>.+?)-(?P<version>\d+\.\d+(?:\.\d+)?)(?P<rest>-.+)?")


@dataclass(frozen=True, slots=True)
class MachineType:
    """A versioned machine type; ``version`` is "" where the name has none (then it is its own family)."""

    name: str
    family: str
    version: str


@lru_cache(maxsize=4096)
def machine_type(name: str) -> MachineType:
    """Split the name of a machine type; a suffix such as ``-sxxm`` belongs to the family."""
    match = _NAME.fullmatch(name)
    if match is None:
        return MachineType(name, name, "")
    return MachineType(name, match["family"] + (match["rest"] or ""), match["version"])


_LINES = {"pc": "pc-i440fx", "xenfv": "pc-i440fx", "pseries-sxxm": "pseries"}
"""Families that get no new versions, and the family whose arrays they share."""


def same_line(one: str, other: str) -> bool:
    """Whether two families share their arrays."""
    return _LINES.get(one, one) == _LINES.get(other, other)


def own_machine_type(build: Build, family: str) -> str | None:
    """The machine type of a family that shows what a build does by default: the one that it added itself.

    A build on its way to a release has not settled what that release does: its newest released machine type is taken.
    None where it added none; of a family without new versions, the one that it shares its arrays with is taken.
    """
    line = _LINES.get(family, family)
    *release, _, early = version_key(build.version)
    versioned = [machine_type(name) for name in build.machines]
    line_of = {each.name: version_key(each.version) for each in versioned if each.family == line and each.version}
    if early:
        own = [name for name, version in line_of.items() if list(version[:2]) < release]
    else:
        own = [name for name, version in line_of.items() if list(version[:2]) == release]
    return max(own, key=lambda name: line_of[name]) if own else None


def families(builds: Sequence[Build]) -> Mapping[str, tuple[str, ...]]:
    """The families of versioned machine types in the builds, each with its machine types from old to new."""
    found: dict[str, set[str]] = {}
    for build in builds:
        for name in build.machines:
            each = machine_type(name)
            if each.version:
                found.setdefault(each.family, set()).add(name)
    return {
        family: tuple(sorted(names, key=lambda name: version_key(machine_type(name).version)))
        for family, names in sorted(found.items())
    }
