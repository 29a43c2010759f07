"""Applying a hand-written change (`change_file` has the format) to facts: a new build, all names resolved.

The new build is its base with the changed items marked as written by hand (``origin``), and stands after the base in
the order of versions.
"""

from __future__ import annotations

import re
from difflib import get_close_matches

import msgspec

from hopcheck.model.facts.change_file import Change, Item, parse_change, read_change
from hopcheck.model.facts.check import nearest
from hopcheck.model.facts.effective import BuildView
from hopcheck.model.facts.kinds import Family, kind_of
from hopcheck.model.facts.notation import canonical, is_valid
from hopcheck.model.facts.schema import (
    Build,
    BuildKind,
    CompatArray,
    Entry,
    Facts,
    Machine,
    Property,
    QomType,
)
from hopcheck.model.facts.versions import version_key
from hopcheck.model.facts.views import make_view

__all__ = ["Change", "apply", "base_of", "parse_change", "read_change"]

_VERSION = re.compile(r"\d+\.\d+(\.\d+)?(pre)?([a-z0-9.-]*)")
_FAMILIES = ("pc-i440fx", "pc-q35", "virt", "s390-ccw-virtio", "pseries", "m68k:virt")


def apply(facts: Facts, change: Change) -> Facts:
    """Return the facts with the changed build added after its base.

    Raises:
        ChangeError: an unknown build, driver, property, array or entry, a value that the property's kind cannot
            have, something given twice, or a build name that is taken or no later version.
    """
    base = base_of(facts, change)
    draft = _Draft(facts, base, change)
    if change.machine:
        draft.add_machines(change.machine)
    for item in change.items:
        match item.kind:
            case "default":
                draft.default(item)
            case "entry":
                draft.entry(item)
            case "remove":
                draft.remove(item)
            case "retarget":
                draft.retarget(item)
            case _:
                draft.rename(item)
    build = draft.build()
    after = [i for i, b in enumerate(facts.builds) if version_key(b.version) <= version_key(build.version)]
    place = max([facts.builds.index(base), *after]) + 1
    builds = (*facts.builds[:place], build, *facts.builds[place:])
    return Facts(schema=facts.schema, builds=builds)


def base_of(facts: Facts, change: Change) -> Build:
    """Return the build that a change starts from, after checking the new one's name against all.

    Raises:
        ChangeError: there is no such build, it is a binary, or the new name is taken or no later version.
    """
    names = [b.name for b in facts.builds]
    trees = [b for b in facts.builds if b.kind is not BuildKind.BINARY]
    if change.base and change.base not in names:
        remedy = nearest(change.base, names) or f"write one of {', '.join(names)}"
        change.fail(None, "base", f"there is no build {change.base!r}", remedy)
    if not trees:
        change.fail(None, "base", "the facts hold no source tree to change", "give facts of one")
    base = facts.build(change.base) if change.base else max(trees, key=lambda b: version_key(b.version))
    if base.kind is BuildKind.BINARY:
        remedy = f"write base = {trees[-1].name!r}"
        change.fail(None, "base", f"{base.name} is a binary, which has no arrays to change", remedy)
    if change.build in names:
        change.fail(None, "build", f"the facts already hold a build {change.build!r}", "choose another name")
    if not _VERSION.fullmatch(change.build) or version_key(change.build) < version_key(base.version):
        problem = f"{change.build!r} is no version from {base.version} on"
        change.fail(None, "build", problem, 'write a version such as "11.2"')
    return base


class _Draft:
    """The new build while it is made: copies of the base's tables, and a view of the base to resolve names."""

    def __init__(self, facts: Facts, base: Build, change: Change) -> None:
        self._base = base
        self._change = change
        self._view: BuildView = make_view(facts, base)
        self._arrays = {key: list(array.entries) for key, array in base.compat_arrays.items()}
        self._files = {key: array.file for key, array in base.compat_arrays.items()}
        self._machines = dict(base.machines)
        self._types = dict(base.types)
        self._origin = f"written by hand in {change.file}"
        self._given: set[tuple[str, ...]] = set()

    def build(self) -> Build:
        """Return the new build."""
        return msgspec.structs.replace(
            self._base,
            name=self._change.build,
            version=self._change.build,
            kind=BuildKind.HAND,
            origin=f"{self._base.name} ({self._base.origin}), changed by {self._change.file}",
            compat_arrays={
                key: CompatArray(entries=tuple(entries), file=self._files[key]) for key, entries in self._arrays.items()
            },
            machines=self._machines,
            types=self._types,
            station=True,
            runs=(),
        )

    def add_machines(self, version: str) -> None:
        """Add machine types of a version; the newest so far get arrays of their own version."""
        if not re.fullmatch(r"\d+\.\d+", version):
            self._change.fail(None, "machine", f"{version!r} is no machine type version", 'write "11.2"')
        for family in _FAMILIES:
            members = [m for m in self._machines if m.rpartition("-")[0] == family]
            if not members:
                continue
            newest = max(members, key=lambda m: version_key(m.rpartition("-")[2]))
            last = newest.rpartition("-")[2]
            if version_key(version) <= version_key(last):
                problem = f"{newest} is not older than {version}"
                self._change.fail(None, "machine", problem, "write a later version")
            self._version_family(family, members, newest, version)

    def _version_family(self, family: str, members: list[str], newest: str, version: str) -> None:
        prefix = self._machines[newest].arrays or ()
        suffix = newest.rpartition("-")[2].replace(".", "_")
        new = [f"hw_compat_{suffix}", *([f"pc_compat_{suffix}"] if family.startswith("pc-") else [])]
        for key in new:
            self._arrays.setdefault(key, [])
            self._files.setdefault(key, "hw/i386/pc.c" if key.startswith("pc_") else "hw/core/machine.c")
        for name in members:
            machine = self._machines[name]
            arrays = machine.arrays or ()
            cut = len(prefix) if arrays[: len(prefix)] == prefix else 0
            arrays = (*arrays[:cut], *new, *arrays[cut:])
            self._machines[name] = Machine(arrays=arrays, class_fields=machine.class_fields)
        fields = self._base.machines[newest].class_fields
        self._machines[f"{family}-{version}"] = Machine(arrays=prefix, class_fields=fields)

    def default(self, item: Item) -> None:
        """Change a default, or add a property."""
        driver, prop = item.text("driver"), item.text("property")
        self._once(item, "default", driver, prop)
        self._need_type(item, driver)
        declared = self._view.declaration(driver, prop)
        if declared is not None and declared.type != driver:
            problem = f"{prop!r} of {driver} is declared by {declared.type}"
            self._change.fail(item, "driver", problem, f"write driver = {declared.type!r}")
        if declared is None and "kind" not in item.values:
            names = self._view.properties(driver)
            remedy = nearest(prop, names) or 'write kind = "BOOL" (or another) if it is a new property'
            self._change.fail(item, "property", f"{driver} has no property {prop!r}", remedy)
        kind = item.text("kind") or (declared.fact.kind if declared and declared.fact else "")
        if not kind:
            problem = f"{prop!r} of {driver} is made by code, so its kind is not known"
            self._change.fail(item, "property", problem, 'write kind = "BOOL" (or another)')
        if item.text("kind") and kind_of(kind).family is Family.OPAQUE:
            self._change.fail(item, "kind", f"{kind!r} is no kind of property", "write BOOL, UINT32, SIZE, ...")
        self._need_value(item, "value", kind, f"{driver}.{prop}")
        value = canonical(kind, item.text("value")).text
        facts = self._types.get(driver) or self._view.hierarchy.types[driver]
        props = {**facts.props, prop: Property(kind, value, self._origin)}
        code = tuple(name for name in facts.code_props if name != prop)
        self._types[driver] = QomType(facts.parent, facts.file, props, code, facts.concrete)

    def entry(self, item: Item) -> None:
        """Add an entry at the end of its array."""
        entries = self._array(item, "array")
        driver, prop = item.text("driver"), item.text("property")
        if any(e.driver == driver and e.property == prop for e in entries):
            problem = f"{item.text('array')} already has an entry for {driver}.{prop}"
            self._change.fail(item, "property", problem, "change it with [[retarget]] and to_value")
        kind = self._need_property(item, driver, prop)
        self._need_value(item, "value", kind, f"{driver}.{prop}")
        optional = bool(item.values.get("optional", False))
        entries.append(Entry(driver, prop, item.text("value"), optional, self._origin))

    def remove(self, item: Item) -> None:
        """Remove an entry."""
        entries = self._array(item, "array")
        del entries[self._find(item, entries)]

    def retarget(self, item: Item) -> None:
        """Move an entry, or give it another driver or value."""
        if not {"to_driver", "to_array", "to_value"} & item.values.keys():
            self._change.fail(item, "", "nothing is retargeted", "add to_driver, to_array or to_value")
        entries = self._array(item, "array")
        position = self._find(item, entries)
        old = entries[position]
        driver = item.text("to_driver") or old.driver
        value = item.text("to_value") if "to_value" in item.values else old.value
        kind = self._need_property(item, driver, old.property, "to_driver")
        self._need_value(item, "to_value", kind, f"{driver}.{old.property}", value)
        new = Entry(driver, old.property, value, old.optional, self._origin)
        if "to_array" in item.values:
            target = self._array(item, "to_array")
            del entries[position]
            target.append(new)
        else:
            entries[position] = new

    def rename(self, item: Item) -> None:
        """Give a type another name; subtypes follow, entries unless the change says no."""
        old, new = item.text("driver"), item.text("to")
        self._once(item, "rename", old)
        self._need_type(item, old)
        if new in self._types:
            self._change.fail(item, "to", f"there already is a type {new!r}", "choose another name")
        moved = self._types.pop(old, None) or self._view.hierarchy.types[old]
        self._types = {
            name: msgspec.structs.replace(fact, parent=new) if fact.parent == old else fact
            for name, fact in self._types.items()
        }
        self._types[new] = moved
        if item.values.get("entries", True):
            for key, entries in self._arrays.items():
                self._arrays[key] = [
                    Entry(new, e.property, e.value, e.optional, self._origin) if e.driver == old else e for e in entries
                ]

    def _once(self, item: Item, *what: str) -> None:
        if what in self._given:
            self._change.fail(item, "property", f"{'.'.join(what[1:])} is given twice", "keep one of the two")
        self._given.add(what)

    def _need_type(self, item: Item, driver: str, key: str = "driver") -> None:
        if driver not in self._types and (driver not in self._view.hierarchy or driver in self._base.types):
            known = {*self._types, *self._view.hierarchy.types}
            self._change.fail(item, key, f"there is no driver {driver!r}", _suggest(driver, known))

    def _need_property(self, item: Item, driver: str, prop: str, key: str = "driver") -> str:
        """Return the kind of a property that a driver or one of its subtypes has."""
        self._need_type(item, driver, key)
        for name in (driver, *self._view.hierarchy.subtypes(driver)):
            own = self._types[name].props.get(prop) if name in self._types else None
            if own is not None:
                return own.kind
            declared = self._view.declaration(name, prop)
            if declared is not None:
                made = self._types.get(declared.type)
                fact = (made.props.get(prop) if made else None) or declared.fact
                return fact.kind if fact else ""
        names = self._view.properties(driver)
        return self._change.fail(item, "property", f"{driver} has no property {prop!r}", _suggest(prop, set(names)))

    def _need_value(self, item: Item, key: str, kind: str, what: str, text: str | None = None) -> None:
        value = item.text(key) if text is None else text
        if not is_valid(kind, value):
            problem = f"{value!r} is no value for {what}, which is {kind}"
            remedy = "write on or off" if kind_of(kind).family is Family.BOOL else f"write a {kind} value"
            self._change.fail(item, key, problem, remedy)

    def _array(self, item: Item, key: str) -> list[Entry]:
        name = item.text(key)
        found = self._arrays.get(name)
        if found is None:
            self._change.fail(item, key, f"there is no compat array {name!r}", _suggest(name, set(self._arrays)))
        return found

    def _find(self, item: Item, entries: list[Entry]) -> int:
        driver, prop = item.text("driver"), item.text("property")
        for i, entry in enumerate(entries):
            if entry.driver == driver and entry.property == prop:
                return i
        listed = {f"{e.driver}.{e.property}" for e in entries}
        problem = f"{item.text('array')} has no entry for {driver}.{prop}"
        return self._change.fail(item, "property", problem, _suggest(f"{driver}.{prop}", listed))


def _suggest(name: str, known: set[str]) -> str:
    """Return what to write instead: the nearest name, or some that there are."""
    if found := get_close_matches(name, sorted(known), n=1, cutoff=0.6):
        return f"did you mean {found[0]!r}?"
    return f"known are {', '.join(sorted(known)[:5])}, ..." if known else "there are none"
