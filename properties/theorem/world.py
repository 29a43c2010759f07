"""Finite worlds: a few releases with their defaults and arrays, a chain of builds, and what plain Python makes of them.

This is the yardstick for refutations, and it knows nothing of solvers: values are computed, and premises checked, by
looking at the entries one by one. Releases are numbered from 0 here and from 1 in text; there is one property.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hopcheck.properties.theorem.premises import Premise

BASE = "device"
"""The common base of all device types: an entry that names it matches every one."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a build ships: in the array labelled ``label``, an entry that gives ``types`` (by number) a value."""

    build: int
    label: int
    types: tuple[int, ...]
    value: int


@dataclass(frozen=True, slots=True)
class World:
    """Releases and what they contain.

    ``types``: names of the device types; ``defaults``: for each release the static default of each type; ``entries``:
    at most one for a build and an array; ``newest_wins``: arrays are applied in the wrong order; ``receiving_only``: an
    array is applied only where the stream comes from a build that its label names or an older one.
    """

    types: tuple[str, ...]
    defaults: tuple[tuple[int, ...], ...]
    entries: tuple[Entry, ...]
    newest_wins: bool = False
    receiving_only: bool = False

    def entry(self, build: int, label: int, type_: int) -> Entry | None:
        """The entry for the type that the build has in that array."""
        found = [e for e in self.entries if (e.build, e.label) == (build, label) and type_ in e.types]
        return found[0] if found else None


@dataclass(frozen=True, slots=True)
class Chain:
    """A guest of ``machine`` type with one device of ``type``: booted on the first of ``builds``, migrated to the rest.

    ``options``: for each process, the value that the user gives on its command line, or None.
    """

    machine: int
    type: int
    builds: tuple[int, ...]
    options: tuple[int | None, ...]


def value_below_options(world: World, chain: Chain, process: int) -> int:
    """What the process takes where the user gives nothing: the deciding entry's value, else the static default."""
    build = chain.builds[process]
    labels = [label for label in range(chain.machine, build) if world.entry(build, label, chain.type)]
    if world.receiving_only:
        source = chain.builds[process - 1] if process else None
        labels = [label for label in labels if source is not None and source <= label]
    if not labels:
        return world.defaults[build][chain.type]
    deciding = world.entry(build, max(labels) if world.newest_wins else min(labels), chain.type)
    assert deciding is not None
    return deciding.value


def values(world: World, chain: Chain) -> tuple[int, ...]:
    """The value in each process of the chain."""
    made = []
    for process, option in enumerate(chain.options):
        made.append(value_below_options(world, chain, process) if option is None else option)
    return tuple(made)


def broken(world: World, chain: Chain) -> frozenset[Premise]:
    """The premises that the world, or the chain, does not keep."""
    checks = {
        Premise.ENTRY: _every_change_has_an_entry(world),
        Premise.LABEL: _entries_stand_in_their_array(world),
        Premise.ALL_CHANGED: _entries_match_all_that_changed(world),
        Premise.ONLY_CHANGED: _entries_match_nothing_else(world),
        Premise.VALUE: _entries_carry_the_value_before(world),
        Premise.FROZEN: _arrays_stay(world),
        Premise.ORDER: not world.newest_wins,
        Premise.ALWAYS: not world.receiving_only,
        Premise.USER: len(set(chain.options)) <= 1,
    }
    return frozenset(premise for premise, kept in checks.items() if not kept)


def changes(world: World) -> Iterable[tuple[int, frozenset[int]]]:
    """Each release that changes a default, with the types it changes it for."""
    for release in range(1, len(world.defaults)):
        before, now = world.defaults[release - 1], world.defaults[release]
        types = frozenset(type_ for type_ in range(len(world.types)) if before[type_] != now[type_])
        if types:
            yield release, types


def _added(world: World, release: int) -> set[tuple[int, int]]:
    """The array and the type of every match that this release has and the one before has not."""

    def matches(build: int) -> set[tuple[int, int]]:
        return {(e.label, type_) for e in world.entries if e.build == build for type_ in e.types}

    return matches(release) - matches(release - 1)


def _every_change_has_an_entry(world: World) -> bool:
    return all(any(type_ in types for _, type_ in _added(world, release)) for release, types in changes(world))


def _entries_stand_in_their_array(world: World) -> bool:
    return all(
        label == release - 1
        for release, types in changes(world)
        for label, type_ in _added(world, release)
        if type_ in types
    )


def _entries_match_all_that_changed(world: World) -> bool:
    for _, types, matched in ((r, types, {t for _, t in _added(world, r)}) for r, types in changes(world)):
        if types & matched and not types <= matched:
            return False
    return True


def _entries_match_nothing_else(world: World) -> bool:
    changed = dict(changes(world))
    own = [entry for entry in world.entries if entry.label == entry.build - 1]
    return all(set(entry.types) <= changed.get(entry.build, frozenset()) for entry in own)


def _entries_carry_the_value_before(world: World) -> bool:
    for release, types in changes(world):
        for type_ in types:
            entry = world.entry(release, release - 1, type_)
            if entry is not None and entry.value != world.defaults[release - 1][type_]:
                return False
    return True


def _arrays_stay(world: World) -> bool:
    def content(build: int, label: int) -> set[tuple[tuple[int, ...], int]]:
        return {(e.types, e.value) for e in world.entries if (e.build, e.label) == (build, label)}

    last = len(world.defaults)
    return all(
        content(build, label) == content(label + 1, label) for label in range(last) for build in range(label + 1, last)
    )


def describe(world: World) -> list[str]:
    """The releases, a line each: the static defaults, and the arrays as QEMU writes them."""
    lines = []
    for build, defaults in enumerate(world.defaults):
        shown = ", ".join(f"{name} {value}" for name, value in zip(world.types, defaults, strict=True))
        line = f"release {build + 1}: default of {shown}"
        for entry in (each for each in world.entries if each.build == build):
            whole = len(entry.types) == len(world.types)
            drivers = [BASE] if whole and len(world.types) > 1 else [world.types[type_] for type_ in entry.types]
            for driver in drivers:
                line += f'; hw_compat_{entry.label + 1} {{ "{driver}", "property", "{entry.value}" }}'
        lines.append(line)
    return lines
