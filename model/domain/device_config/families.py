"""Machine types as families and versions: ``pc-q35-4.0.1`` is version 4.0.1 of the family ``pc-q35``.

Distributions have machine types of their own. Those that count the distribution's releases, such as
``pc-q35-rhel9.6.0``, are a family of their own, whose versions say nothing about QEMU's. Those that carry a release's
name, such as ``pc-q35-noble``, belong to the family of their board, where their arrays say how old they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from hopcheck.model.facts.schema import Build
from hopcheck.model.facts.versions import version_key

_BOARDS = ("pc-i440fx", "pc-q35", "virt", "s390-ccw-virtio", "pseries", "m68k:virt")
"""The families of QEMU's own versioned machine types that get new versions."""

_NAME = re.compile(r"(?P<board>.+?)-(?P<vendor>[a-z]*)(?P<version>\d+\.\d+(?:\.\d+)?)(?P<rest>-.+)?")


@dataclass(frozen=True, slots=True)
class MachineType:
    """A machine type; ``version`` is "" where the name has none (then it is its own family, or its board's).

    ``vendor``: the word before the version of a distribution's own count, "" where QEMU's releases are counted.
    """

    name: str
    family: str
    version: str
    vendor: str = ""

    @property
    def release(self) -> list[int]:
        """The feature release that the version counts, as two numbers."""
        return list(version_key(self.version)[:2])


@lru_cache(maxsize=4096)
def machine_type(name: str) -> MachineType:
    """Split the name of a machine type; a suffix such as ``-sxxm`` belongs to the family."""
    match = _NAME.fullmatch(name)
    if match is None:
        board = next((each for each in _BOARDS if name.startswith(f"{each}-")), name)
        return MachineType(name, board, "")
    vendor = f"-{match['vendor']}" if match["vendor"] else ""
    return MachineType(name, f"{match['board']}{vendor}{match['rest'] or ''}", match["version"], match["vendor"])


_LINES = {"pc": "pc-i440fx", "xenfv": "pc-i440fx", "pseries-sxxm": "pseries"}
"""Families that get no new versions, and the family whose arrays they share."""


def same_line(one: str, other: str) -> bool:
    """Whether two families share their arrays."""
    return _LINES.get(one, one) == _LINES.get(other, other)


def own_machine_type(build: Build, family: str, later: Iterable[str] = ()) -> str | None:
    """The machine type of a family that shows what a build does by default: the one that it added itself.

    A build on its way to a release has not settled what that release does: its newest released machine type is taken.
    Of a family without new versions, the one that it shares its arrays with is taken. Of a distribution's family it is
    the newest, and on the way to a release the newest that something is held back for. Where a build that has the family
    forgot to add one, it is the one that ``later`` builds added in its name (names of their machine types); else None.
    """
    line = _LINES.get(family, family)
    *release, _, early = version_key(build.version)
    versioned = _versioned(build.machines, line)
    if any(each.vendor for each in versioned):
        own = [each for each in versioned if not early or _is_held_back(build, each, versioned)]
    elif early:
        own = [each for each in versioned if each.release < release]
    else:
        forgotten = versioned and not any(each.release == release for each in versioned)
        own = [each for each in (_versioned(later, line) if forgotten else versioned) if each.release == release]
    return max(own, key=lambda each: version_key(each.version)).name if own else None


def _versioned(names: Iterable[str], family: str) -> list[MachineType]:
    """The versioned machine types of a family among these."""
    return [each for name in names if (each := machine_type(name)).family == family and each.version]


def _is_held_back(build: Build, one: MachineType, family: Sequence[MachineType]) -> bool:
    """Whether a machine type applies an array that not all of its family apply."""
    every = [frozenset(build.machines[each.name].arrays or ()) for each in family]
    return not frozenset(build.machines[one.name].arrays or ()) <= frozenset.intersection(*every)


def predates(machine: str, build: Build) -> bool:
    """Whether a machine type is older than the build: than its release, or than the newest of its family in it."""
    each = machine_type(machine)
    if not each.vendor:
        return bool(each.version) and version_key(each.version) < version_key(build.version)
    own = own_machine_type(build, each.family)
    return own is not None and version_key(each.version) < version_key(machine_type(own).version)


def vendors(build: Build) -> frozenset[str]:
    """The distributions that count machine types of their own in a build."""
    return frozenset(vendor for name in build.machines if (vendor := machine_type(name).vendor))


def families(builds: Sequence[Build]) -> Mapping[str, tuple[str, ...]]:
    """The families of the machine types in the builds that promise anything, each with its machine types from old to new.

    These are the versioned ones, and those that apply an array which versioned ones of the build apply.
    """
    found: dict[str, dict[str, str]] = {}
    for build in builds:
        for name, version in _ages(build):
            found.setdefault(machine_type(name).family, {})[name] = version
    return {
        family: tuple(sorted(ages, key=lambda name: (version_key(ages[name]), machine_type(name).version == "", name)))
        for family, ages in sorted(found.items())
    }


def _ages(build: Build) -> Iterator[tuple[str, str]]:
    """Machine types of a build, and the version that they are as old as."""
    each = {name: machine_type(name) for name in build.machines}
    yield from ((name, split.version) for name, split in each.items() if split.version)
    named = [name for name, split in each.items() if not split.version and build.machines[name].arrays]
    if not named:
        return
    kept = {name: frozenset(build.machines[name].arrays or ()) for name, split in each.items() if split.version}
    promised = frozenset().union(*kept.values())
    for name in named:
        arrays = promised.intersection(build.machines[name].arrays or ())
        if arrays:
            # It is as old as the oldest of its family whose arrays it applies: older ones apply more.
            peers = [peer for peer in kept if each[peer].family == each[name].family and kept[peer] <= arrays]
            yield name, min((each[peer].version for peer in peers), key=version_key, default="")
