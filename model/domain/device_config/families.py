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


def newest_of_family(build: Build, family: str) -> str | None:
    """The newest machine type of a family that a build knows: the one that shows what the build does by itself."""
    versioned = [machine_type(name) for name in build.machines]
    known = [each for each in versioned if each.family == family and each.version]
    return max(known, key=lambda each: version_key(each.version)).name if known else None


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
