"""What one form of a build says differently from another: types, device properties, entries, machine types.

Places in files are no part of it: that a line moved changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from hopcheck.model.domain.device_config.cause import PlacedEntry
from hopcheck.model.domain.device_config.edits import entries_added
from hopcheck.model.domain.device_config.subjects import Subject
from hopcheck.model.facts.effective import BuildView
from hopcheck.model.facts.schema import Build, Property


@dataclass(frozen=True, slots=True)
class PropertyChange:
    """A device property that a type declares otherwise; None: it does not declare it."""

    type: str
    prop: str
    before: Property | None
    after: Property | None


@dataclass(frozen=True, slots=True)
class EntryChange:
    """A compat entry that is gone (``after`` None), new (``before`` None), or has another value or array."""

    before: PlacedEntry | None
    after: PlacedEntry | None

    @property
    def now(self) -> PlacedEntry:
        """The entry as it is, or as it was where it is gone."""
        placed = self.after or self.before
        assert placed is not None
        return placed


@dataclass(frozen=True)
class Difference:
    """Two forms of a build, read through their views. Not slotted, to remember what it finds."""

    before: BuildView
    after: BuildView

    @property
    def _builds(self) -> tuple[Build, Build]:
        return self.before.build, self.after.build

    @property
    def machines_added(self) -> tuple[str, ...]:
        """Machine types that only the second has."""
        one, other = self._builds
        return tuple(name for name in other.machines if name not in one.machines)

    @property
    def machines_removed(self) -> tuple[str, ...]:
        """Machine types that only the first has."""
        one, other = self._builds
        return tuple(name for name in one.machines if name not in other.machines)

    @property
    def machines_kept(self) -> tuple[str, ...]:
        """Machine types that both have."""
        one, other = self._builds
        return tuple(name for name in one.machines if name in other.machines)

    @property
    def types_added(self) -> tuple[str, ...]:
        """Device types that only the second has."""
        one, other = self._builds
        return tuple(name for name in other.types if name not in one.types)

    @property
    def types_removed(self) -> tuple[str, ...]:
        """Device types that only the first has."""
        one, other = self._builds
        return tuple(name for name in one.types if name not in other.types)

    @property
    def reparented(self) -> tuple[str, ...]:
        """Types whose parent is another one."""
        one, other = (build.types for build in self._builds)
        return tuple(name for name, fact in one.items() if name in other and other[name].parent != fact.parent)

    @cached_property
    def properties(self) -> tuple[PropertyChange, ...]:
        """Device properties that types of both declare otherwise."""
        one, other = (build.types for build in self._builds)
        return tuple(
            change
            for name, fact in one.items()
            if name in other and (fact.props != other[name].props or fact.code_props != other[name].code_props)
            for change in _properties(name, _declared(self.before, name), _declared(self.after, name))
        )

    @cached_property
    def entries(self) -> tuple[EntryChange, ...]:
        """Entries that came, went, moved to another array or got another value."""
        one, other = self._builds
        gone, came = list(entries_added(other, one)), list(entries_added(one, other))
        return tuple(_paired(gone, came))

    @property
    def reapplied(self) -> Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]:
        """Machine types of both whose arrays differ, with those of the first and those of the second."""
        one, other = (build.machines for build in self._builds)
        return {
            name: (one[name].arrays or (), other[name].arrays or ())
            for name in self.machines_kept
            if one[name].arrays != other[name].arrays
        }

    @property
    def class_fields(self) -> Mapping[tuple[str, str, str], tuple[str, ...]]:
        """(Field of the machine class, value before, value after) to the machine types of both that change it."""
        one, other = (build.machines for build in self._builds)
        found: dict[tuple[str, str, str], tuple[str, ...]] = {}
        for name in self.machines_kept:
            old, new = one[name].class_fields, other[name].class_fields
            for field in sorted(old.keys() | new.keys()) if old != new else ():
                if old.get(field) != new.get(field):
                    key = (field, old.get(field, ""), new.get(field, ""))
                    found[key] = (*found.get(key, ()), name)
        return found

    def moved(self, type_: str, prop: str) -> tuple[str, ...]:
        """The machine types of both on which the effective value of a device property is another."""
        old, new = self.before.outcomes(type_, prop), self.after.outcomes(type_, prop)
        return tuple(name for name in self.machines_kept if old.on(name).value != new.on(name).value)

    def leaves(self, name: str) -> tuple[str, ...]:
        """Of the second form: a type, its subtypes, and the proxies that alias one of them."""
        below = (name, *self.after.hierarchy.subtypes(name))
        return tuple(dict.fromkeys((*below, *(proxy for each in below for proxy in self._proxies.get(each, ())))))

    @cached_property
    def _proxies(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for name in self.after.hierarchy.types:
            backend = self.after.hierarchy.backend(name)
            if backend is not None:
                found[backend] = (*found.get(backend, ()), name)
        return found

    def touched(self) -> Touched:
        """The device properties that the difference can matter to."""
        names = {change.prop for change in self.properties}
        names.update(change.now.entry.property for change in self.entries)
        for old, new in dict.fromkeys(self.reapplied.values()):
            names.update(self._entries_of(old, new))
        return Touched(frozenset(names), frozenset({*self.types_added, *self.types_removed, *self.reparented}))

    def _entries_of(self, old: tuple[str, ...], new: tuple[str, ...]) -> Iterator[str]:
        """The properties of arrays that a machine type no longer applies, or newly, or in another order."""
        kept = [key for key in old if key in new]
        reordered = kept != [key for key in new if key in old]
        for view, mine, theirs in ((self.before, old, new), (self.after, new, old)):
            for key in mine:
                if key not in theirs or reordered:
                    yield from (entry.property for entry in view.build.compat_arrays[key].entries)


@dataclass(frozen=True, slots=True)
class Touched:
    """Device properties by name, and types with all that they have."""

    properties: frozenset[str]
    types: frozenset[str]

    def __call__(self, subject: Subject) -> bool:
        """Whether the difference can matter to the subject."""
        return subject.prop in self.properties or any(
            not self.types.isdisjoint(lineage) for lineage in (subject.types, *subject.lineage.values())
        )


def _declared(view: BuildView, name: str) -> dict[str, Property]:
    """The properties of a type by name, without their places."""
    fact = view.build.types[name]
    made = {prop: Property("") for prop in fact.code_props}
    return made | {prop: Property(stated.kind, stated.default) for prop, stated in fact.props.items()}


def _properties(name: str, one: Mapping[str, Property], other: Mapping[str, Property]) -> Iterator[PropertyChange]:
    for prop in dict.fromkeys((*one, *other)):
        if one.get(prop) != other.get(prop):
            yield PropertyChange(name, prop, one.get(prop), other.get(prop))


def _paired(gone: list[PlacedEntry], came: list[PlacedEntry]) -> Iterator[EntryChange]:
    """Join an entry that goes with one that comes where only its value, its array or its driver differs."""
    for new in came:
        old = next((each for alike in _ALIKE for each in gone if alike(each, new)), None)
        if old is not None:
            gone.remove(old)
        yield EntryChange(old, new)
    yield from (EntryChange(old, None) for old in gone)


def _names(placed: PlacedEntry) -> tuple[str, str]:
    return placed.entry.driver, placed.entry.property


def _revalued(one: PlacedEntry, other: PlacedEntry) -> bool:
    return one.array == other.array and _names(one) == _names(other)


def _moved(one: PlacedEntry, other: PlacedEntry) -> bool:
    return _names(one) == _names(other) and one.entry.value == other.entry.value


def _retargeted(one: PlacedEntry, other: PlacedEntry) -> bool:
    return (one.array, one.entry.property, one.entry.value) == (other.array, other.entry.property, other.entry.value)


_ALIKE = (_revalued, _moved, _retargeted)
"""How an entry may have changed, the likeliest first."""
