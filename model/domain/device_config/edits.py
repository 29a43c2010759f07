"""Compat entries that are added to a build or taken from it, and the build that comes of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from hopcheck.model.domain.device_config.cause import PlacedEntry
from hopcheck.model.domain.device_config.labels import label_of
from hopcheck.model.facts.schema import Build, CompatArray, Entry, Facts, Machine


@dataclass(frozen=True, slots=True)
class Edits:
    """Entries that go, and entries that come: these at the end of their arrays, in this order.

    ``arrays``: arrays that the build lacks, each with the machine types that have to apply it.
    """

    added: tuple[PlacedEntry, ...] = ()
    removed: tuple[PlacedEntry, ...] = ()
    arrays: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __len__(self) -> int:
        """How many entries come or go."""
        return len(self.added) + len(self.removed)


def edited(build: Build, edits: Edits) -> Build:
    """The build with the edits.

    Raises ``KeyError`` for an array that the build has not, or an entry that its array does not hold.
    """
    arrays = {key: list(array.entries) for key, array in build.compat_arrays.items()}
    for placed in edits.removed:
        if placed.entry not in arrays[placed.array]:
            raise KeyError(f"{build.name} has no entry {placed}")
        # Of equal entries the last one goes: it is the one that somebody appended.
        at = len(arrays[placed.array]) - 1 - arrays[placed.array][::-1].index(placed.entry)
        del arrays[placed.array][at]
    for key in edits.arrays:
        arrays.setdefault(key, [])
    for placed in edits.added:
        arrays[placed.array].append(placed.entry)
    made = {key: _array(build.compat_arrays.get(key), entries) for key, entries in arrays.items()}
    return msgspec.structs.replace(build, compat_arrays=made, machines=_applying(build, edits.arrays))


def _array(array: CompatArray | None, entries: list[Entry]) -> CompatArray:
    return msgspec.structs.replace(array or CompatArray(()), entries=tuple(entries))


def _applying(build: Build, arrays: Mapping[str, tuple[str, ...]]) -> dict[str, Machine]:
    """Machine types with the new arrays: before all versioned ones, after what every machine type of a family applies."""
    machines = dict(build.machines)
    for key, names in arrays.items():
        for name in names:
            own = machines[name].arrays or ()
            cut = next((place for place, each in enumerate(own) if label_of(each)), len(own))
            machines[name] = msgspec.structs.replace(machines[name], arrays=(*own[:cut], key, *own[cut:]))
    return machines


def with_build(facts: Facts, build: Build) -> Facts:
    """The document with the build in the place of the one of its name."""
    return Facts(facts.schema, tuple(build if each.name == build.name else each for each in facts.builds))


def entries_added(before: Build | None, after: Build) -> tuple[PlacedEntry, ...]:
    """The entries of a build that an earlier form of it does not have in the same array."""
    added: list[PlacedEntry] = []
    for key, array in after.compat_arrays.items():
        old = before.compat_arrays.get(key) if before is not None else None
        there = Counter(entry.meaning() for entry in (old.entries if old is not None else ()))
        for entry in array.entries:
            if there[entry.meaning()]:
                there[entry.meaning()] -= 1
            else:
                added.append(PlacedEntry(key, entry, array.file))
    return tuple(added)
