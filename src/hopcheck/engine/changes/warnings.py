"""What a reviewer should look at in a change, whatever the verdict: each with its place, where that is known."""

from __future__ import annotations

from collections.abc import Iterator

from hopcheck.engine.changed import Warned
from hopcheck.engine.changes.says import listed, notation
from hopcheck.model.codes import Code
from hopcheck.model.domain.device_config.cause import PlacedEntry
from hopcheck.model.domain.device_config.difference import Difference, PropertyChange
from hopcheck.model.domain.device_config.draft import DEVELOPMENT, in_development, is_draft
from hopcheck.model.domain.device_config.labels import label_of, newest_release, vendor_of
from hopcheck.model.domain.device_config.neutral import is_neutral
from hopcheck.model.facts.schema import Build
from hopcheck.model.facts.values import Known
from hopcheck.model.facts.versions import version_key


def warnings(difference: Difference) -> Iterator[Warned]:
    """Yield the warnings: entries first, then device properties, then what is gone."""
    for change in difference.entries:
        old, new = change.before, change.after
        if new is not None and (old is None or old.array != new.array):
            yield from _label(difference, new)
        if new is not None and (old is None or old.entry.driver != new.entry.driver):
            yield from _driver(difference, new)
        if old is not None:
            yield from _released(difference, old, new)
    for each in difference.properties:
        if each.before is None:
            yield from _new_property(difference, each)
    yield from _gone(difference)


def _label(difference: Difference, placed: PlacedEntry) -> Iterator[Warned]:
    label, newest = label_of(placed.array), _newest(difference.after.build, placed.array)
    if not label:
        return
    named = f"the entry {notation(placed.entry)} stands in {placed.array}"
    if not _is_past(difference.after.build, placed.array):
        what = f"{named}, an array for the release that the change itself is for, or a later one"
        yield Warned(what, _place(placed), Code.ARRAY_OF_THE_FUTURE)
    elif newest and version_key(label) < version_key(newest):
        missed = f"machine types of versions after {label} up to {newest}"
        what = f"{named}, but the change is first released after {newest}: {missed} do not apply it"
        yield Warned(what, _place(placed), Code.ARRAY_TOO_OLD)
    if not in_development(difference.after.build.version):
        machines = _applying(difference, placed.array)
        if machines:
            what = f"{named}, which released machine types apply: {listed(machines)}"
            told = f"{what}; guests that run on them were started without it"
            yield Warned(told, _place(placed), Code.ARRAY_RELEASED)


def _newest(build: Build, array: str) -> str:
    """The newest label among the arrays of the same series that a release before this one has."""
    series = _series(array, build)
    alike = (key for key in build.compat_arrays if series is not None and _series(key, build) == series)
    return max((label_of(key) for key in alike if label_of(key) and _is_past(build, key)), key=version_key, default="")


def _series(array: str, build: Build) -> tuple[str, str] | None:
    """What arrays have in common that differ in nothing but the release: ``hw``, and whose releases; None: it has none."""
    name, compat, _ = array.partition("_compat_")
    return (name, vendor_of(array, build)) if compat else None


def _is_past(build: Build, array: str) -> bool:
    """Whether the label is that of a release before the one that the build is, or that its development leads to."""
    own, labelled = newest_release(build, vendor_of(array, build)), version_key(label_of(array))
    return labelled[:2] <= own[:2] if own[2] >= DEVELOPMENT else labelled[:2] < own[:2]


def _driver(difference: Difference, placed: PlacedEntry) -> Iterator[Warned]:
    after, entry = difference.after, placed.entry
    if entry.driver not in after.hierarchy:
        what = f"the entry {notation(entry)} matches nothing: there is no type {entry.driver}"
        yield Warned(what, _place(placed), Code.ENTRY_MATCHES_NOTHING)
        return
    matched = difference.leaves(entry.driver)
    lacking = [name for name in matched if after.declaration(name, entry.property) is None]
    if len(lacking) == len(matched):
        what = f"the entry {notation(entry)} does nothing but stop QEMU: {entry.driver} has no property {entry.property}"
        yield Warned(what, _place(placed), Code.ENTRY_WITHOUT_PROPERTY)
        return
    below = [name for name in lacking if after.hierarchy.is_a(name, entry.driver) and after.hierarchy.is_leaf(name)]
    if below and not entry.optional:
        what = f"the entry {notation(entry)} also matches {listed(below)}, which lack the property: QEMU aborts there"
        yield Warned(what, _place(placed), Code.ENTRY_ABORTS)
    missed = _missed(difference, placed, frozenset(matched))
    if missed:
        what = f"the entry {notation(entry)} matches only some of the types with that property: not {listed(missed)}"
        yield Warned(what, _place(placed), Code.ENTRY_MISSES_TYPES)


def _missed(difference: Difference, placed: PlacedEntry, matched: frozenset[str]) -> list[str]:
    """The other types whose default of the property changes, or is new, and that no entry of the array speaks of."""
    after, prop = difference.after, placed.entry.property
    array = after.build.compat_arrays[placed.array].entries
    covered = {name for each in array if each.property == prop for name in difference.leaves(each.driver)}
    shifted = {each.type for each in difference.properties if each.prop == prop and each.after is not None}
    # Only where the entry is about one of these types: else it is not what the change of the default needs.
    if not any(matched & {*difference.leaves(name), name} for name in shifted):
        return []
    reached = dict.fromkeys(leaf for name in shifted for leaf in difference.leaves(name) if after.hierarchy.is_leaf(leaf))
    return [name for name in reached if name not in covered]


def _released(difference: Difference, old: PlacedEntry, new: PlacedEntry | None) -> Iterator[Warned]:
    """An entry that was there is gone or another: no matter where only machine types in development apply its array."""
    in_cycle = in_development(difference.before.build.version) and label_of(old.array) == _newest(
        difference.before.build, old.array
    )
    machines = _applying(difference, old.array)
    if in_cycle or not machines:
        return
    what = "is gone" if new is None else f"is now {notation(new.entry)} in {new.array}"
    told = f"the entry {notation(old.entry)} in {old.array} {what}: released machine types apply it, {listed(machines)}"
    yield Warned(told, _place(new or old), Code.RELEASED_ENTRY_TOUCHED)


def _applying(difference: Difference, array: str) -> list[str]:
    """The released machine types that apply an array."""
    version = difference.before.build.version
    return [name for name in difference.before.machines_of(array) if not is_draft(version, name)]


def _new_property(difference: Difference, change: PropertyChange) -> Iterator[Warned]:
    """A new device property whose default is not known to be what devices without it do, and that no entry holds back."""
    if any(
        each.after is not None and each.after.entry.property == change.prop for each in difference.entries
    ) and in_development(difference.after.build.version):
        return
    base = difference.after.effects(change.type, change.prop).base
    stated = difference.after.build.types[change.type]
    place = stated.props[change.prop].origin if change.prop in stated.props else stated.file
    name = f"{change.type}.{change.prop}"
    if not isinstance(base.value, Known):
        what = f"the new property {name} has a default that the source does not tell"
        yield Warned(what, place, Code.DEFAULT_NOT_TOLD)
    elif not is_neutral(change.prop, base.kind, base.value):
        what = f"the new property {name} has the default {base.value.text}, which may not be what devices without it do"
        yield Warned(f"{what}, and no entry gives older machine types another", place, Code.DEFAULT_NOT_NEUTRAL)


def _gone(difference: Difference) -> Iterator[Warned]:
    version = difference.before.build.version
    released = [name for name in difference.machines_removed if not is_draft(version, name)]
    if released:
        what = f"guests on {listed(released)} can no longer come to this build: the machine types are gone"
        yield Warned(what, code=Code.MACHINES_GONE)
    devices = [name for name in difference.types_removed if difference.before.hierarchy.is_a(name, "device")]
    if devices:
        what = f"guests with {listed(devices)} can no longer come to this build: the types are gone"
        yield Warned(what, code=Code.TYPES_GONE)


def _place(placed: PlacedEntry) -> str:
    return placed.entry.origin or placed.file
