"""Why a row breaks: which compat entry is missing, misplaced or misdirected, and since which release.

A cause is read off the first station at which the value on a machine type differs from the one before: there the default
changed and no entry held the old value, or an entry that had held it was lost, or one appeared where nothing had changed.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from hopcheck.model.domain.device_config.cells import Cell, Standing
from hopcheck.model.domain.device_config.families import MachineType, machine_type, same_line
from hopcheck.model.domain.device_config.history import Stations
from hopcheck.model.domain.device_config.labels import label_key, label_of, newest_release, vendor_of
from hopcheck.model.domain.device_config.renames import TYPE_NAME
from hopcheck.model.domain.device_config.rows import Member
from hopcheck.model.facts.effective import BuildView, Layer
from hopcheck.model.facts.schema import Build, BuildKind, CompatArray, Entry
from hopcheck.model.facts.versions import version_key


class Cause(StrEnum):
    """What is wrong with the compat entries."""

    NO_ENTRY = "no entry"
    """A default changed, and no entry keeps the value before it."""
    LATE_ENTRY = "late entry"
    """The entry came in a later release than the change: the releases between are the odd ones out."""
    OLDER_ARRAY = "array labelled older"
    """The entry stands in an array labelled older than the release before the one that first ships the change."""
    WRONG_ARRAY = "wrong array"
    """The entry stands in an array that the machine type does not apply, or that others apply which should not."""
    SIBLING_MISSED = "sibling missed"
    """The entry names another type that has the property too, beside or below the one whose default changed."""
    WRONG_DRIVER = "wrong driver"
    """The entry names an existing type that does not have the property."""
    DEAD_DRIVER = "dead driver"
    """The entry names a type that does not exist: it never matches, and nobody is told."""
    ENTRY_DROPPED = "entry dropped"
    """An entry of a released array is gone, and machine types that need it are still there."""
    ENTRY_CHANGED = "entry changed"
    """An entry of a released array gives another value than before, or another entry overrides it."""
    EXTRA_ENTRY = "extra entry"
    """An entry changes a machine type whose default had not changed."""
    PROPERTY_REMOVED = "property removed"
    """The device property is gone, and machine types whose value differs from what remains are still there."""
    TYPE_RENAMED = "type renamed"
    """The device type has another name: a guest that names the old one cannot start."""
    BEHAVIOUR = "behaviour changed"
    """The behaviour changed without a device property; what a later property says shows it."""


@dataclass(frozen=True, slots=True)
class PlacedEntry:
    """A compat entry and the array it stands in."""

    array: str
    entry: Entry
    file: str = ""

    def __str__(self) -> str:
        return f"{self.array}: {{ {self.entry.driver}, {self.entry.property}, {self.entry.value} }}"


@dataclass(frozen=True, slots=True)
class Break:
    """The first change of a value on a machine type: between which stations, why, and what would have kept it.

    ``before`` and ``since``: positions of the stations; ``entry``: the entry that is misplaced, lost or too much;
    ``needed``: the entry that is missing; ``fixed``: the station from which the first value holds again, None where the
    newest station still breaks; ``file``: where the changed default or the entry is.
    """

    cause: Cause
    before: int
    since: int
    old: Cell
    new: Cell
    entry: PlacedEntry | None
    needed: PlacedEntry | None
    fixed: int | None
    file: str


class Causes:
    """Finds the causes of breaks in the entries of the stations."""

    def __init__(self, at: Stations) -> None:
        self.at = at

    @cached_property
    def _entries(self) -> tuple[dict[str, list[PlacedEntry]], ...]:
        """For each station: the entries by property name."""
        found = []
        for view in self.at.views:
            by_property: dict[str, list[PlacedEntry]] = {}
            for key, array in view.build.compat_arrays.items():
                for entry in array.entries:
                    by_property.setdefault(entry.property, []).append(PlacedEntry(key, entry, array.file))
            found.append(by_property)
        return tuple(found)

    def of(self, member: Member) -> Break:
        """The first break of a member, as it shows on the newest of its machine types."""
        cells = member.cells
        known = [position for position, cell in enumerate(cells) if cell.known]
        before, since = next((i, j) for i, j in itertools.pairwise(known) if cells[i].value != cells[j].value)
        machine = member.machines[-1]
        cause, entry = self._classify(member, machine, before, since)
        old, new = cells[before], cells[since]
        later = [j for j in known if j > since]
        fixed = next((j for j in later if all(cells[k].value == old.value for k in later if k >= j)), None)
        if cause in (Cause.NO_ENTRY, Cause.BEHAVIOUR) and fixed is not None:
            repair = cells[fixed].source
            if repair is not None and repair.layer is Layer.ARRAY:
                cause, entry = Cause.LATE_ENTRY, self._placed(fixed, repair.array, repair.index)
        held = cause in (Cause.LATE_ENTRY, Cause.ENTRY_DROPPED)
        needed = entry if held else self._needed(member, before, since, cause)
        return Break(cause, before, since, old, new, entry, needed, fixed, _file(old, new))

    def _classify(self, member: Member, machine: str, before: int, since: int) -> tuple[Cause, PlacedEntry | None]:
        old, new = member.cells[before], member.cells[since]
        if member.subject.prop == TYPE_NAME:
            return Cause.TYPE_RENAMED, None
        if new.standing is Standing.KEPT:
            return Cause.PROPERTY_REMOVED, self._entry_of(before, old)
        if new.standing is not Standing.STATED:
            return Cause.BEHAVIOUR, None
        was, is_ = self._entry_of(before, old), self._entry_of(since, new)
        if is_ is not None:
            if was is not None:
                return Cause.ENTRY_CHANGED, is_
            return self._gained(member, old, before, is_)
        if was is not None and self._default_kept(member, before, since):
            return self._misplaced(member, machine, since, was.entry.value) or (Cause.ENTRY_DROPPED, was)
        return self._misplaced(member, machine, since, old.value) or (Cause.NO_ENTRY, None)

    def _entry_of(self, station: int, cell: Cell) -> PlacedEntry | None:
        """The entry that gives the cell its value in the build itself."""
        if cell.standing is not Standing.STATED or cell.source is None or cell.source.layer is not Layer.ARRAY:
            return None
        return self._placed(station, cell.source.array, cell.source.index)

    def _placed(self, station: int, array: str, index: int) -> PlacedEntry | None:
        """The entry at a place in an array: of a binary's list, the one in the arrays of the last tree before it."""
        homes = (self.at.views[station], *self.at.views)
        view = next((v for v in homes if index < len(v.build.compat_arrays.get(array, _NO_ARRAY).entries)), None)
        if view is None:
            return None
        found = PlacedEntry(array, view.build.compat_arrays[array].entries[index], view.build.compat_arrays[array].file)
        if view.build.kind is not BuildKind.BINARY:
            return found
        stated = self._entries_at(station).get(found.entry.property, [])
        return next((each for each in stated if each.entry.meaning() == found.entry.meaning()), found)

    def _default_kept(self, member: Member, before: int, since: int) -> bool:
        """Whether the static default is the same at both; a binary's is its tree's, whose values it was trusted for."""
        one, other = (
            self.at.views[self.at.counterparts.get(station, station)].outcomes(member.type, member.subject.prop).usual.value
            for station in (before, since)
        )
        return one == other

    def _gained(self, member: Member, old: Cell, before: int, entry: PlacedEntry) -> tuple[Cause, PlacedEntry]:
        """An entry now changes the machine type: it came late, or stood elsewhere before, or has no business here."""
        earlier = self._entries_at(before).get(member.subject.prop, [])
        if any(each.entry.meaning() == entry.entry.meaning() and each.array != entry.array for each in earlier):
            return Cause.WRONG_ARRAY, entry
        label, build = label_of(entry.array), self.at.views[before].build
        older = label and version_key(label) < newest_release(build, vendor_of(entry.array, build))
        return (Cause.LATE_ENTRY if older or old.standing is not Standing.STATED else Cause.EXTRA_ENTRY), entry

    def _misplaced(self, member: Member, machine: str, since: int, value: str) -> tuple[Cause, PlacedEntry] | None:
        """An entry of the station that was meant for this (type, property) and misses it, the nearest miss first."""
        view = self.at.views[since]
        candidates = self._entries[since].get(member.subject.prop, [])
        hit = [each for each in candidates if view.hierarchy.is_a(member.type, each.entry.driver)]
        for each in hit:
            if view.position(each.array, machine) < 0 and _same(each.entry.value, value):
                return self._array_miss(view, each, machine), each
        applied = [each for each in candidates if each not in hit and view.position(each.array, machine) >= 0]
        applied = [each for each in applied if not self._covers_its_own(member, each, since)]
        missed = [(self._driver_miss(view, member, each), each) for each in applied if _same(each.entry.value, value)]
        if missed:
            return min(missed, key=lambda found: (_NEAREST.index(found[0]), label_key(found[1].array)))
        return None

    def _covers_its_own(self, member: Member, each: PlacedEntry, since: int) -> bool:
        """Whether the entry does its work for another type: that type's own default changed, or it was there before."""
        return any(
            other.entry.meaning() == each.entry.meaning() and other.array == each.array
            for other in self._entries_at(since - 1).get(member.subject.prop, [])
        )

    def _entries_at(self, station: int) -> dict[str, list[PlacedEntry]]:
        """The entries of a station by its arrays' names; of the last tree before it, where it is a binary."""
        while station > 0 and self.at.views[station].build.kind is BuildKind.BINARY:
            station -= 1
        return self._entries[station]

    def _array_miss(self, view: BuildView, each: PlacedEntry, machine: str) -> Cause:
        label, own = label_of(each.array), machine_type(machine)
        series = each.array.partition("_compat_")[0]
        applied = (
            array
            for name, facts in view.build.machines.items()
            if same_line(machine_type(name).family, own.family)
            for array in facts.arrays or ()
        )
        same_series = any(array.partition("_compat_")[0] == series for array in applied)
        comparable = bool(label and own.version) and vendor_of(each.array, view.build) == own.vendor
        if same_series and comparable and version_key(label) < version_key(own.version):
            return Cause.OLDER_ARRAY
        return Cause.WRONG_ARRAY

    def _driver_miss(self, view: BuildView, member: Member, each: PlacedEntry) -> Cause:
        driver = each.entry.driver
        if driver not in view.hierarchy:
            return Cause.DEAD_DRIVER
        has_it = view.declaration(driver, member.subject.prop) is not None
        return Cause.SIBLING_MISSED if has_it else Cause.WRONG_DRIVER

    def _needed(self, member: Member, before: int, since: int, cause: Cause) -> PlacedEntry | None:
        """The entry that keeps the value before the change on all older machine types, where one would.

        It belongs into the newest array of the build that changed, unless that is its own release's.
        """
        if cause in _NO_ENTRY_HELPS:
            return None
        machine, build = machine_type(member.machines[-1]), self.at.views[since].build
        array = _of_vendor(build, machine) if machine.vendor else self._of_release(machine, before, since)
        return PlacedEntry(array, Entry(member.type, member.subject.prop, member.cells[before].value))

    def _of_release(self, machine: MachineType, before: int, since: int) -> str:
        """The newest array of QEMU's own that is labelled older than the build that changed, and applied where it breaks."""
        build = self.at.views[since].build
        arrays = [key for key in build.compat_arrays if key.startswith("hw_compat_") and not vendor_of(key, build)]
        older = [key for key in arrays if label_of(key) and version_key(label_of(key))[:2] < version_key(build.version)[:2]]
        applied = [key for key in older if key in (build.machines[machine.name].arrays or ())]
        major, minor, *_ = version_key(self.at.views[before].build.version)
        return max(applied or older, key=lambda key: version_key(label_of(key)), default=f"hw_compat_{major}_{minor}")


def _of_vendor(build: Build, machine: MachineType) -> str:
    """The newest versioned array that a distribution's machine type applies, one for all boards where there is one."""
    applied = [key for key in build.machines[machine.name].arrays or () if label_of(key)]
    general = [key for key in applied if key.startswith("hw_")]
    own = f"hw_compat_{machine.vendor}_{machine.version.replace('.', '_')}"
    return next(iter((*general, *applied)), own)


_NO_ARRAY = CompatArray(())

_NO_ENTRY_HELPS = frozenset(
    {Cause.EXTRA_ENTRY, Cause.ENTRY_CHANGED, Cause.BEHAVIOUR, Cause.PROPERTY_REMOVED, Cause.TYPE_RENAMED}
)

_NEAREST: Sequence[Cause] = (Cause.DEAD_DRIVER, Cause.WRONG_DRIVER, Cause.SIBLING_MISSED)
"""Of several entries that miss, the one that does nothing at all tells more than one that does its work elsewhere."""


def _same(one: str, other: str) -> bool:
    """Whether an entry's text means a canonical value, as far as can be told without the property's kind."""
    on, off = {"on", "true", "yes", "1"}, {"off", "false", "no", "0"}
    if one == other or {one, other} <= on or {one, other} <= off:
        return True
    try:
        return int(one, 0) == int(other, 0)
    except ValueError:
        return False


def _file(old: Cell, new: Cell) -> str:
    return next((cell.source.file for cell in (new, old) if cell.source is not None and cell.source.file), "")
