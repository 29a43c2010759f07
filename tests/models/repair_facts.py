"""Small made-up histories that are in order, and changes to their newest release, right and wrong ones."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from hypothesis import strategies as st

from hopcheck.engine.changed import Changed
from hopcheck.engine.changes.between import Told, changed
from hopcheck.model.domain.device_config.cause import PlacedEntry
from hopcheck.model.domain.device_config.edits import Edits, edited, entries_added
from hopcheck.model.domain.device_config.labels import label_of
from hopcheck.model.facts.schema import (
    SCHEMA,
    Build,
    BuildKind,
    CompatArray,
    Entry,
    Facts,
    Machine,
    Property,
    QomType,
)
from hopcheck.model.facts.views import make_view, make_views

RELEASES = ("5.1", "5.2", "6.0")
NEXT = "6.1"
PROP = "queues"
TREE: Mapping[str, str] = {"storage": "device", "disk": "storage", "tape": "storage", "fast-tape": "tape"}
LEAVES = ("disk", "fast-tape")
VALUES = ("1", "2", "3")

Entries = dict[str, list[Entry]]
"""Array to its entries."""


@dataclass(frozen=True, slots=True)
class Release:
    """What a release says: the types that declare the property with their defaults, and the entries by array."""

    defaults: Mapping[str, str]
    entries: Mapping[str, Sequence[Entry]] = field(default_factory=dict)


def build(name: str, said: Release) -> Build:
    """A release with its machine types, those of all releases before it, and an array for each of these."""
    older = [each for each in (*RELEASES, NEXT) if each <= name]
    arrays = {f"{series}_compat_{each.replace('.', '_')}" for each in older[:-1] for series in ("hw", "pc")}
    machines = {}
    for place, version in enumerate(older):
        labels = [each.replace(".", "_") for each in reversed(older[place:-1])]
        machines[f"virt-{version}"] = Machine(tuple(f"hw_compat_{each}" for each in labels))
        both = itertools.chain.from_iterable((f"hw_compat_{each}", f"pc_compat_{each}") for each in labels)
        machines[f"pc-q35-{version}"] = Machine(tuple(both))
    types = {"device": QomType(None)} | {
        type_: QomType(
            parent,
            f"hw/core/{type_}.c",
            {PROP: Property("UINT16", said.defaults[type_])} if type_ in said.defaults else {},
        )
        for type_, parent in TREE.items()
    }
    return Build(
        name=name,
        version=name,
        kind=BuildKind.HAND,
        origin="made up",
        compat_arrays={key: CompatArray(tuple(said.entries.get(key, ())), "hw/core/machine.c") for key in sorted(arrays)},
        machines=machines,
        types=types,
    )


@st.composite
def releases(draw: st.DrawFn) -> Facts:
    """Releases whose defaults change now and then, each time with the entry that keeps the old value."""
    declaring = draw(st.sampled_from([("storage",), ("disk", "tape")]))
    entries: Entries = {}
    before: dict[str, str] = {}
    builds = []
    for place, name in enumerate(RELEASES):
        defaults = {type_: draw(st.sampled_from(VALUES)) for type_ in declaring}
        for type_, value in before.items():
            if defaults[type_] != value:
                key = f"hw_compat_{RELEASES[place - 1].replace('.', '_')}"
                entries.setdefault(key, []).append(Entry(type_, PROP, value))
        builds.append(build(name, Release(defaults, {key: tuple(each) for key, each in entries.items()})))
        before = defaults
    return Facts(SCHEMA, tuple(builds))


@st.composite
def changes(draw: st.DrawFn, known: Facts) -> Changed:
    """A change to the newest release: defaults, an entry that goes, and an entry that may be right or wrong."""
    base = known.builds[-1]
    declaring = [type_ for type_, fact in base.types.items() if fact.props]
    defaults = {type_: str(base.types[type_].props[PROP].default) for type_ in declaring}
    for type_ in draw(st.lists(st.sampled_from(declaring), unique=True)):
        defaults[type_] = draw(st.sampled_from(VALUES))
    entries: Entries = {key: list(array.entries) for key, array in base.compat_arrays.items() if array.entries}
    if entries and draw(st.booleans()):
        del entries[draw(st.sampled_from(sorted(entries)))][0]
    after = build(NEXT, Release(defaults, entries))
    if draw(st.booleans()):
        key = draw(st.sampled_from(sorted(after.compat_arrays)))
        entry = Entry(draw(st.sampled_from([*TREE, "no-such-type"])), PROP, draw(st.sampled_from(VALUES)))
        if entry.driver != "storage" or "storage" in declaring:
            after = edited(after, Edits((PlacedEntry(key, entry, "hw/core/machine.c"),)))
    return change_of(known, after)


def change_of(known: Facts, after: Build) -> Changed:
    """The change from the newest known build to another one."""
    facts = Facts(known.schema, (*known.builds, after))
    return changed(known, facts, known.builds[-1].name, after.name, Told("made up"))


def promises_kept(known: Facts, after: Build) -> bool:
    """Whether the changed build gives every device on every released machine type the value that all releases give it.

    Said again in its simplest form, from effective values alone.
    """
    new = make_view(Facts(SCHEMA, (*known.builds, after)), after)
    return all(
        new.effective(machine, type_, PROP).value == view.effective(machine, type_, PROP).value
        for view in make_views(known).values()
        for machine in view.build.machines
        for type_ in LEAVES
    )


def all_edits(known: Facts, after: Build, size: int) -> Iterator[Edits]:
    """Every set of so many entries that come, or that the change had added and that go."""
    view = make_view(Facts(SCHEMA, (*known.builds, after)), after)
    having = [type_ for type_ in TREE if view.declaration(type_, PROP) is not None]
    come = [
        PlacedEntry(key, Entry(driver, PROP, value))
        for key in after.compat_arrays
        if label_of(key)
        for driver in having
        for value in VALUES
    ]
    go = entries_added(known.builds[-1], after)
    steps = [*((True, each) for each in come), *((False, each) for each in go)]
    for chosen in itertools.combinations(steps, size):
        yield Edits(tuple(each for adds, each in chosen if adds), tuple(each for adds, each in chosen if not adds))
