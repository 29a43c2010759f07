"""The order of QEMU versions: "4.0" < "10.0" < "10.0.13" < "10.1" < "11.0pre" < "11.0"."""

from __future__ import annotations

import re
from functools import lru_cache

from hopcheck.model.facts.schema import Build, BuildKind, Facts

_RELEASE = 1000
_NUMBER = re.compile(r"\d{1,6}")


@lru_cache(maxsize=4096)
def version_key(version: str) -> tuple[int, int, int, int]:
    """Return a key that sorts versions by age; a pre-release lies just before its release.

    "x.y" is (x, y, 0, 0), "x.ypre" is (x, y, 0, -1); what is no version sorts before everything.
    """
    numbers = [int(n) for n in _NUMBER.findall(version)[:3]] + [0, 0, 0]
    early = -1 if re.search(r"pre|rc|alpha|beta", version) else 0
    return numbers[0], numbers[1], numbers[2], early


def distance(one: str, other: str) -> int:
    """Return how far two versions lie apart in release steps (three feature releases a year, x.0 to x.2)."""

    def steps(version: str) -> int:
        major, minor, patch, early = version_key(version)
        return ((major * 3 + min(minor, 2)) * _RELEASE) + min(patch, 900) + early

    return abs(steps(one) - steps(other))


def same_release(one: Build, other: Build) -> bool:
    """Return whether two builds are patch levels of one feature release."""
    return version_key(one.version)[:2] == version_key(other.version)[:2]


def nearest_binaries(facts: Facts, build: Build, arch: str) -> tuple[Build, ...]:
    """Return the binaries of an architecture that lie next to a build, nearest first (at most one per side).

    Of two equally near ones the newer comes first: types are added more often than removed.
    """
    binaries = [b for b in facts.builds if b.kind is BuildKind.BINARY and b.arch == arch]
    key = version_key(build.version)
    older = [b for b in binaries if version_key(b.version) <= key]
    newer = [b for b in binaries if version_key(b.version) > key]
    sides = newer[:1] + older[-1:]
    return tuple(sorted(sides, key=lambda b: distance(b.version, build.version)))
