"""What a change does, in QEMU's terms, with the machine types on which it makes a difference."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from hopcheck.engine.changed import Said
from hopcheck.model.domain.device_config.difference import Difference, EntryChange, PropertyChange
from hopcheck.model.facts.schema import Entry, Property, Symbol

SOME = 4
"""So many names are listed; of more, the first ones and how many there are."""


Applies = Callable[[str, str], bool]
"""Whether a machine type may have a device type."""


def says(difference: Difference, applies: Applies) -> Iterator[Said]:
    """Yield what changes, the most general first; nothing where no fact does."""
    yield from _machines(difference)
    yield from _types(difference)
    yield from _properties(difference, applies)
    for each in difference.entries:
        yield Said(_entry(each), (difference.after if each.after else difference.before).machines_of(each.now.array))
    for (field, old, new), names in difference.class_fields.items():
        yield Said(f"{field} of the machine class {_field_change(old, new)}", names)


def _field_change(old: str, new: str) -> str:
    """How a field of the class changes; "" where it is not set."""
    if not new:
        return f"is no longer set (was {old})"
    return f"changes from {old} to {new}" if old else f"is now set, to {new}"


def _machines(difference: Difference) -> Iterator[Said]:
    if difference.machines_added:
        yield Said("new machine types", difference.machines_added)
    if difference.machines_removed:
        yield Said("machine types that are gone", difference.machines_removed)
    applied: dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = {}
    for name, (old, new) in difference.reapplied.items():
        gained, lost = (tuple(key for key in mine if key not in theirs) for mine, theirs in ((new, old), (old, new)))
        applied.setdefault((gained, lost), []).append(name)
    for (gained, lost), names in applied.items():
        parts = [*(f"newly apply {key}" for key in gained), *(f"no longer apply {key}" for key in lost)]
        yield Said(f"machine types {' and '.join(parts) or 'apply their arrays in another order'}", tuple(names))


def _types(difference: Difference) -> Iterator[Said]:
    if difference.types_added:
        yield Said(f"new types: {listed(difference.types_added)}")
    if difference.types_removed:
        yield Said(f"types that are gone: {listed(difference.types_removed)}")
    for name in difference.reparented:
        old, new = (view.build.types[name].parent for view in (difference.before, difference.after))
        yield Said(f"the type {name} derives from {new}, no longer from {old}")


def _properties(difference: Difference, applies: Applies) -> Iterator[Said]:
    """Device properties, those that change alike together: macros declare many at once."""
    alike: dict[tuple[str, str], list[PropertyChange]] = {}
    for each in difference.properties:
        alike.setdefault((each.prop, _what(each)), []).append(each)
    for (prop, what), changes in alike.items():
        names = listed([f"{each.type}.{prop}" for each in changes])
        moved = {machine for each in changes for machine in _reached(difference, each, applies)}
        yield Said(what.format(names), tuple(machine for machine in difference.machines_kept if machine in moved))


def _what(change: PropertyChange) -> str:
    old, new = change.before, change.after
    if new is None:
        return "{} is gone"
    if old is None:
        return f"{{}} is new, with {_default(new, 'default')}"
    if old.default != new.default:
        return f"the default of {{}} changes from {_default(old)} to {_default(new)}"
    return f"{{}} is declared as {new.kind}, no longer as {old.kind}"


def _default(prop: Property, word: str = "") -> str:
    value = prop.default
    if value is None:
        return "none that the source states" if not word else "no default that the source states"
    text = value.sym if isinstance(value, Symbol) else ("on" if value else "off") if isinstance(value, bool) else str(value)
    return f"{word} {text}".strip().replace("{", "{{").replace("}", "}}")


def _entry(change: EntryChange) -> str:
    old, new = change.before, change.after
    if new is None or old is None:
        return f"{change.now.array} {'loses' if new is None else 'gets'} the entry {notation(change.now.entry)}"
    entry = new.entry
    if old.array != new.array:
        return f"the entry {notation(entry)} moves from {old.array} to {new.array}"
    if old.entry.driver != entry.driver:
        return f"the entry {notation(entry)} in {new.array} names {entry.driver}, no longer {old.entry.driver}"
    optional = " (optional)" if entry.optional and not old.entry.optional else ""
    name = f"{entry.driver}.{entry.property}"
    return f"the entry for {name} in {new.array} says {entry.value}{optional}, no longer {old.entry.value}"


def notation(entry: Entry) -> str:
    """An entry as QEMU's sources write it."""
    return f'{{ "{entry.driver}", "{entry.property}", "{entry.value}" }}'


def _reached(difference: Difference, change: PropertyChange, applies: Applies) -> Iterator[str]:
    """The machine types on which the value of a device property changes, for the type or one that follows it."""
    for type_ in difference.leaves(change.type):
        yield from (name for name in difference.moved(type_, change.prop) if applies(name, type_))


def listed(names: Iterable[str]) -> str:
    """``a, b, c``; of many the first ones, and how many more."""
    every = list(names)
    rest = f" and {len(every) - SOME} more" if len(every) > SOME else ""
    return ", ".join(every[:SOME]) + rest
