"""What differs between two builds that are known from the same kind of source, one by one, in QEMU's terms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from hopcheck.model.domain.device_config.difference import Difference, EntryChange, PropertyChange
from hopcheck.model.facts.agree_lists import compare_lists
from hopcheck.model.facts.notation import canonical
from hopcheck.model.facts.schema import Build, BuildKind, CompatArray, Entry, Property


class What(StrEnum):
    """The kinds of differences."""

    DEFAULT = "default"
    PROPERTY = "property in one only"
    KIND = "kind of a property"
    TYPE = "type in one only"
    PARENT = "parent of a type"
    ENTRY = "compat entry in one only"
    VALUE = "value of a compat entry"
    MOVED = "array of a compat entry"
    ORDER = "order within an array"
    MACHINE = "machine type in one only"
    APPLIED = "arrays that a machine type applies"
    FIELD = "field of a machine class"

    @property
    def meaning(self) -> str:
        """The kind in a sentence."""
        return _MEANINGS[self]


_MEANINGS: Mapping[What, str] = {
    What.DEFAULT: "Both declare the property, with other static defaults.",
    What.PROPERTY: "Both have the type, and one of them declares the property there.",
    What.KIND: "The property is declared with another C type, by code instead of a declaration, or the other way round.",
    What.TYPE: "One has the QOM type; what the other says is the type's parent.",
    What.PARENT: "The type derives from another one.",
    What.ENTRY: "One has the entry.",
    What.VALUE: "The entry for the same driver and property in the same array gives another value.",
    What.MOVED: "The entry stands in another array.",
    What.ORDER: "The array holds the same entries in another order; of two that match, the later one wins.",
    What.MACHINE: "One has the machine type.",
    What.APPLIED: "The machine type applies other arrays, or in another order.",
    What.FIELD: "The versioned machine type's class sets the field otherwise.",
}


@dataclass(frozen=True, slots=True)
class Differing:
    """One difference: what ``name`` is in either build, "" where the build has no such thing.

    ``within``: the compat array or machine type that it is in, "" where it is in none. ``place``: the file, with the line
    where it is recorded, "" where it is not known.
    """

    what: What
    name: str
    old: str
    new: str
    place: str = ""
    within: str = ""


def differing(found: Difference) -> Iterator[Differing]:
    """Yield every difference of two trees, or of two binaries: types, properties, entries, machine types."""
    old, new = found.before.build, found.after.build
    for name in found.types_added:
        yield Differing(What.TYPE, name, "", new.types[name].parent or "no parent", new.types[name].file)
    for name in found.types_removed:
        yield Differing(What.TYPE, name, old.types[name].parent or "no parent", "", old.types[name].file)
    for name in found.reparented:
        was, is_ = (build.types[name].parent or "no parent" for build in (old, new))
        yield Differing(What.PARENT, name, was, is_, new.types[name].file)
    for change in found.properties:
        yield from _property(change, new)
    if old.kind is BuildKind.BINARY:
        yield from _listed(old, new)
    else:
        yield from map(_entry, found.entries)
        yield from _orders(old, new)
    yield from (Differing(What.MACHINE, name, "", "known") for name in found.machines_added)
    yield from (Differing(What.MACHINE, name, "known", "") for name in found.machines_removed)
    for name, (mine, theirs) in found.reapplied.items():
        was, is_ = _applied(mine, theirs)
        yield Differing(What.APPLIED, "arrays", was, is_, within=name)
    for (field, was, is_), machines in found.class_fields.items():
        for name in machines:
            yield Differing(What.FIELD, field, was, is_, within=name)


def stated_alike(old: Build, new: Build) -> dict[str, tuple[int, int]]:
    """Of what both state, how much is equal: heading to (equal, both)."""
    types = [(old.types[name], new.types[name]) for name in old.types.keys() & new.types.keys()]
    props = [(one.props[p], other.props[p]) for one, other in types for p in one.props.keys() & other.props.keys()]
    machines = [
        (old.machines[name].class_fields, new.machines[name].class_fields)
        for name in old.machines.keys() & new.machines.keys()
    ]
    fields = [(one[f], other[f]) for one, other in machines for f in one.keys() & other.keys()]
    return {
        "static defaults, by declaring type and property": _equal([(_default(a), _default(b)) for a, b in props]),
        "parents of types": _equal([(one.parent or "", other.parent or "") for one, other in types]),
        "fields of machine classes": _equal(fields),
    }


def _equal(pairs: Sequence[tuple[str, str]]) -> tuple[int, int]:
    return sum(one == other for one, other in pairs), len(pairs)


def _property(change: PropertyChange, new: Build) -> Iterator[Differing]:
    was, is_ = change.before, change.after
    name, place = f"{change.type}.{change.prop}", new.types[change.type].file
    stated = new.types[change.type].props.get(change.prop)
    place = stated.origin if stated is not None and stated.origin else place
    if was is None or is_ is None:
        old_side, new_side = ("" if each is None else _told(each) for each in (was, is_))
        yield Differing(What.PROPERTY, name, old_side, new_side, place)
    elif was.kind != is_.kind:
        yield Differing(What.KIND, name, _told(was), _told(is_), place)
    elif _default(was) != _default(is_):
        yield Differing(What.DEFAULT, name, _default(was), _default(is_), place)


def _told(prop: Property) -> str:
    return f"{prop.kind}, {_default(prop)}" if prop.kind else "made by code"


def _default(prop: Property) -> str:
    return "no default" if prop.default is None else str(canonical(prop.kind, prop.default))


def _entry(change: EntryChange) -> Differing:
    entry, place = change.now.entry, change.now.entry.origin or change.now.file
    name, old, new = f"{entry.driver}.{entry.property}", change.before, change.after
    if old is None or new is None:
        was, is_ = ("" if each is None else _value(each.entry) for each in (old, new))
        return Differing(What.ENTRY, name, was, is_, place, change.now.array)
    if old.array != new.array:
        return Differing(What.MOVED, f"{name} = {_value(entry)}", old.array, new.array, place)
    return Differing(What.VALUE, name, _value(old.entry), _value(new.entry), place, new.array)


def _value(entry: Entry) -> str:
    return f'"{entry.value}"{", optional" if entry.optional else ""}'


def _listed(old: Build, new: Build) -> Iterator[Differing]:
    """Entries of the lists that binaries state, one list a machine type; nothing where one does not state them."""
    if any(machine.arrays is None for build in (old, new) for machine in build.machines.values()):
        return
    for each in compare_lists(old, new).differences:
        driver, prop, value = each.entry
        old_side, new_side = (f'"{value}"', "") if each.side == "tree" else ("", f'"{value}"')
        for machine in each.machines:
            yield Differing(What.ENTRY, f"{driver}.{prop}", old_side, new_side, within=machine)


def _orders(old: Build, new: Build) -> Iterator[Differing]:
    """Arrays that only differ in the order of their entries."""
    for key in old.compat_arrays.keys() & new.compat_arrays.keys():
        one, other = (_bare(build.compat_arrays[key]) for build in (old, new))
        if one != other and Counter(one) == Counter(other):
            moved = next(place for place, (mine, theirs) in enumerate(zip(one, other, strict=True)) if mine != theirs)
            was, is_ = (f"{entry[0]}.{entry[1]} at position {moved}" for entry in (one[moved], other[moved]))
            yield Differing(What.ORDER, key, was, is_, new.compat_arrays[key].file)


def _bare(array: CompatArray) -> list[tuple[str, str, str, bool]]:
    """Entries without the place where they stand."""
    return [entry.meaning() for entry in array.entries]


def _applied(old: Sequence[str], new: Sequence[str]) -> tuple[str, str]:
    """The arrays that only one side applies; all of them where only the order differs."""
    if set(old) == set(new):
        return ", ".join(old), ", ".join(new)
    mine, theirs = ([key for key in one if key not in other] for one, other in ((old, new), (new, old)))
    return ", ".join(mine) or "none of these", ", ".join(theirs) or "none of these"
