"""Which compat entries could be added for a property, and which of them one would rather have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hopcheck.model.domain.device_config.cause import PlacedEntry
from hopcheck.model.domain.device_config.labels import label_of
from hopcheck.model.facts.effective import BuildView
from hopcheck.model.facts.notation import is_valid
from hopcheck.model.facts.schema import BuildKind, Entry, Facts
from hopcheck.model.facts.versions import version_key
from hopcheck.properties.repair.demands import Demand

_ROOTS = frozenset({"object", "device"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that could be added. ``cost``: see `Taste.cost`."""

    placed: PlacedEntry
    cost: tuple[int, ...]


def candidates(view: BuildView, facts: Facts, rows: Sequence[Demand], prop: str) -> tuple[Candidate, ...]:
    """Every entry in a versioned array, on a driver that may carry it, with a value that some row needs.

    In the order in which they are put into an array: the general before the special, so that the special wins.
    """
    named = {type_: drivers(view, type_, prop) for type_ in {row.duty.type for row in rows}}
    taste = Taste(view, facts, rows, named)
    arrays = tuple(key for key in view.build.compat_arrays if label_of(key) and _reaches(view, key, rows))
    wanted: dict[tuple[str, str], None] = {}
    for row in _distinct(rows):
        texts = [text for value in sorted(row.allowed) if (text := text_of(facts, row, value)) is not None]
        for driver in named[row.duty.type]:
            wanted.update(dict.fromkeys((driver, text) for text in texts))
    ordered = sorted(wanted, key=lambda each: (len(view.hierarchy.ancestors(each[0])), each))
    return tuple(
        Candidate(
            PlacedEntry(key, Entry(driver, prop, text), view.build.compat_arrays[key].file), taste.cost(key, driver, text)
        )
        for key in arrays
        for driver, text in ordered
    )


def _reaches(view: BuildView, array: str, rows: Iterable[Demand]) -> bool:
    return not {row.duty.machine for row in rows}.isdisjoint(view.machines_of(array))


def _distinct(rows: Iterable[Demand]) -> Iterable[Demand]:
    """One row for each type and set of values."""
    return {(row.duty.type, row.allowed): row for row in rows}.values()


def drivers(view: BuildView, type_: str, prop: str) -> tuple[str, ...]:
    """The drivers that an entry for a type may name: every type of which objects are made below them has the property.

    QEMU aborts where an entry matches an object that lacks the property.
    """
    hierarchy = view.hierarchy
    backend = hierarchy.backend(type_)
    chain = (*hierarchy.ancestors(type_), *(hierarchy.ancestors(backend) if backend else ()))
    return tuple(driver for driver in dict.fromkeys(chain) if driver not in _ROOTS and _all_have(view, driver, prop))


def _all_have(view: BuildView, driver: str, prop: str) -> bool:
    below = [name for name in (driver, *view.hierarchy.subtypes(driver)) if view.hierarchy.is_leaf(name)]
    return all(view.declaration(name, prop) is not None for name in below)


def text_of(facts: Facts, row: Demand, value: str) -> str | None:
    """How an entry writes a value: as entries of known builds do, else as it is; None where no entry can say it."""
    prop, kind = row.duty.subject.prop, row.ladders.effects.base.kind
    written = (
        entry.value
        for build in reversed(facts.builds)
        for array in build.compat_arrays.values()
        for entry in array.entries
        if entry.property == prop
    )
    known = next((text for text in dict.fromkeys(written) if row.ladders.value(text) == value), None)
    if known is not None:
        return known
    # The empty text may stand for "unset", which no entry can say.
    return value if value and is_valid(kind, value) and row.ladders.value(value) == value else None


class Taste:
    """What makes one entry better than another that does the same."""

    def __init__(self, view: BuildView, facts: Facts, rows: Sequence[Demand], named: Mapping[str, Sequence[str]]) -> None:
        """Take the changed build, all builds, the rows that an entry has to serve, and its drivers by device type."""
        self._view = view
        prop = rows[0].duty.subject.prop if rows else ""
        trees = [build for build in facts.builds if build.kind is not BuildKind.BINARY]
        self._written = {
            (key, entry.driver, entry.value)
            for build in trees
            for key, array in build.compat_arrays.items()
            for entry in array.entries
            if entry.property == prop
        }
        self._series = {
            driver: Counter(
                series(key)
                for build in trees
                for key, array in build.compat_arrays.items()
                for entry in array.entries
                if entry.driver == driver and label_of(key)
            )
            for driver in {driver for each in named.values() for driver in each}
        }
        self._owed: dict[str, set[str]] = {}
        for row in rows:
            for driver in named[row.duty.type]:
                self._owed.setdefault(driver, set()).add(row.duty.machine)
        self._declaring = {row.ladders.effects.base.declaring for row in rows}

    def cost(self, array: str, driver: str, text: str) -> tuple[int, ...]:
        """The cost of adding an entry, to be compared from the left.

        An entry; an entry that is added and not just taken away; one that no build has; a driver beside or above the type
        that declares the property, where a later subtype or sibling may not need it; a more special driver; an array that
        machine types apply to which nothing is owed, of another series than entries for the driver usually stand in, or
        older.
        """
        lineage = self._view.hierarchy.ancestors(driver)
        unheard = int((array, driver, text) not in self._written)
        return 1, 1, unheard, int(self._declaring.isdisjoint(lineage)), len(lineage), self._array(array, driver)

    def _array(self, array: str, driver: str) -> int:
        own = version_key(label_of(array))
        newer = {label for key in self._view.build.compat_arrays if version_key(label := label_of(key)) > own}
        free = sum(machine not in self._owed[driver] for machine in self._view.machines_of(array))
        usual = self._series[driver].most_common(1)
        strange = bool(usual) and usual[0][0] != series(array)
        return 1 + len(newer) + 1_000 * strange + 10_000 * free


def series(array: str) -> str:
    """``hw`` of ``hw_compat_5_1``; of an array inside a function, its whole name without the version."""
    return array.partition("_compat_")[0]
