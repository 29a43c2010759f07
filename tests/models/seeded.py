"""Breaking mutations of facts: the mistakes that people make with compat entries, each with the finding it must yield."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import msgspec

from hopcheck.model.domain.device_config.cause import Cause
from hopcheck.model.domain.device_config.cells import Standing
from hopcheck.model.domain.device_config.history import History
from hopcheck.model.domain.device_config.labels import label_of
from hopcheck.model.domain.device_config.mismatch import Kind, Mismatch, bundled_rules
from hopcheck.model.domain.device_config.presence import presences
from hopcheck.model.domain.device_config.renames import TYPE_NAME, renames
from hopcheck.model.domain.device_config.rows import MachineGroups, Member
from hopcheck.model.domain.device_config.study import Study
from hopcheck.model.domain.device_config.subjects import subjects
from hopcheck.model.facts.effective import Layer
from hopcheck.model.facts.schema import Build, BuildKind, CompatArray, Entry, Facts, Property, QomType
from hopcheck.model.facts.versions import version_key


@dataclass(frozen=True, slots=True)
class Seeded:
    """A mutation: what was done, the facts with it, and the finding that it must yield.

    ``station``: the build in which the mistake first shows; ``causes``: what may be called wrong.
    """

    what: str
    facts: Facts
    prop: str
    device: str
    station: str
    causes: frozenset[Cause]


@dataclass(frozen=True, slots=True)
class Target:
    """An entry that keeps a value: in ``build`` and the one before, on machine types that exist in both."""

    build: str
    array: str
    entry: Entry
    device: str


def targets(made: Study, known: frozenset[str]) -> list[Target]:
    """Entries that keep a value which would otherwise differ, of device properties without a known finding."""
    found: dict[tuple[str, str, Entry], Target] = {}
    rules = bundled_rules()
    for members in _steady(made).values():
        for member in members:
            told = rules.of(member.subject.ancestors(member.type), member.subject.prop)
            if member.subject.name not in known and told.kind is not Kind.NOT_OBSERVABLE:
                for target in _targets_of(made, member):
                    found.setdefault((target.build, target.array, target.entry), target)
    return sorted(found.values(), key=lambda each: (version_key(each.build), each.array, each.entry.property))


def _steady(made: Study) -> dict[str, list[Member]]:
    """Members whose value comes from an entry in two consecutive trees, by subject: read anew, as rows keep none."""
    present, groups = presences(made.facts, made.at), MachineGroups(made.at)
    found: dict[str, list[Member]] = {}
    for subject in subjects(made.at):
        for type_ in subject.types:
            history = History(made.at, type_, subject.prop, set_by_board=present.set_by_board(type_))
            if not history.special:
                continue
            for family, machines in groups.families.items():
                where = present.where(machines[0], type_)
                special = history.special & groups.members[family]
                if where.nowhere or where.doubtful or not special:
                    continue
                usual = history.family_cells(family)
                for names, cells in groups.cells(history, usual, special, family, where):
                    values = {cell.value for cell in cells if cell.known}
                    if len(values) == 1:
                        found.setdefault(subject.name, []).append(
                            Member(subject, type_, names, cells, Mismatch(Kind.UNKNOWN))
                        )
    return found


def _targets_of(made: Study, member: Member) -> list[Target]:
    made_of = []
    trees = [i for i, view in enumerate(made.at.views) if view.build.kind is BuildKind.TREE]
    for before, now in itertools.pairwise(trees):
        one, two = member.cells[before].source, member.cells[now].source
        stated = all(member.cells[place].standing is Standing.STATED for place in (before, now))
        if one is None or two is None or not stated:
            continue
        if one.layer is not Layer.ARRAY or two.layer is not Layer.ARRAY or "hw_compat" not in two.array:
            continue
        base = made.at.views[now].outcomes(member.type, member.subject.prop).usual
        entry = made.at.views[now].build.compat_arrays[two.array].entries[two.index]
        if str(getattr(base.value, "text", "")) in ("", member.cells[now].value) or entry.property != member.subject.prop:
            continue
        twins = [
            e for a in made.at.views[now].build.compat_arrays.values() for e in a.entries if e.property == entry.property
        ]
        if len(twins) == 1 and not entry.optional:
            made_of.append(Target(made.at.names[now], two.array, entry, member.subject.declaring))
    return made_of


def mutations(made: Study, pool: list[Target], chance: random.Random, count: int) -> list[Seeded]:
    """``count`` mutations of entries and defaults, chosen at random, every kind in turn."""
    kinds: list[Callable[[Study, Target, random.Random], Seeded | None]] = [
        drop,
        move_older,
        move_newer,
        retarget,
        misspell,
        change_default,
        rename_type,
    ]
    found: list[Seeded] = []
    while len(found) < count:
        kind = kinds[len(found) % len(kinds)]
        made_one = kind(made, chance.choice(pool), chance)
        if made_one is not None:
            found.append(made_one)
    return found


def drop(made: Study, target: Target, chance: random.Random) -> Seeded:
    """The entry is forgotten in one release."""
    facts = _edit(made.facts, target.build, {target.array: lambda entries: _without(entries, target.entry)})
    return Seeded(
        f"{target.build}: {target.array} loses {_text(target.entry)}",
        facts,
        target.entry.property,
        target.device,
        target.build,
        frozenset({Cause.ENTRY_DROPPED}),
    )


def move_older(made: Study, target: Target, chance: random.Random) -> Seeded | None:
    """The entry lands in the array before, as after a late merge."""
    arrays = _labelled(made.facts.build(target.build), target.array)
    place = arrays.index(target.array)
    if place == 0:
        return None
    return _moved(made, target, arrays[place - 1], Cause.OLDER_ARRAY)


def move_newer(made: Study, target: Target, chance: random.Random) -> Seeded | None:
    """The entry lands in the array after: a machine type gets it that should not."""
    arrays = _labelled(made.facts.build(target.build), target.array)
    place = arrays.index(target.array)
    if place + 1 >= len(arrays):
        return None
    return _moved(made, target, arrays[place + 1], Cause.WRONG_ARRAY)


def _moved(made: Study, target: Target, to: str, cause: Cause) -> Seeded:
    facts = _edit(
        made.facts,
        target.build,
        {target.array: lambda entries: _without(entries, target.entry), to: lambda entries: (*entries, target.entry)},
    )
    return Seeded(
        f"{target.build}: {_text(target.entry)} moves from {target.array} to {to}",
        facts,
        target.entry.property,
        target.device,
        target.build,
        frozenset({cause}),
    )


def retarget(made: Study, target: Target, chance: random.Random) -> Seeded | None:
    """The entry names another existing type."""
    view = made.at.views[made.at.names.index(target.build)]
    driver = target.entry.driver
    below = list(view.hierarchy.subtypes(driver))
    others = [
        name
        for name in view.build.types
        if not view.hierarchy.is_a(name, driver)
        and not view.hierarchy.is_a(driver, name)
        and view.hierarchy.declaration(name, target.entry.property) is None
        and view.hierarchy.is_a(name, "device")
        and view.build.types[name].parent != view.build.types[target.device].parent
    ]
    if below and chance.random() < 0.5:
        return _redirected(made, target, chance.choice(sorted(below)), {Cause.SIBLING_MISSED})
    return _redirected(made, target, chance.choice(sorted(others)), {Cause.WRONG_DRIVER})


def misspell(made: Study, target: Target, chance: random.Random) -> Seeded:
    """The entry names a type that does not exist."""
    return _redirected(made, target, target.entry.driver + "-devcie", {Cause.DEAD_DRIVER})


def _redirected(made: Study, target: Target, driver: str, causes: set[Cause]) -> Seeded:
    wrong = msgspec.structs.replace(target.entry, driver=driver)
    facts = _edit(
        made.facts,
        target.build,
        {target.array: lambda entries: tuple(wrong if each == target.entry else each for each in entries)},
    )
    return Seeded(
        f"{target.build}: {target.array} names {driver} instead of {_text(target.entry)}",
        facts,
        target.entry.property,
        target.device,
        target.build,
        frozenset(causes),
    )


def change_default(made: Study, target: Target, chance: random.Random) -> Seeded | None:
    """The default changes from one release on, and nobody writes an entry."""
    start = made.at.names.index(target.build)
    names = [v.build.name for v in made.at.views[start:] if v.build.kind is BuildKind.TREE]
    defaults = {
        str(made.at.views[i].outcomes(target.device, target.entry.property).usual.value)
        for i, view in enumerate(made.at.views)
        if view.build.name in names
    }
    if len(defaults) > 1:  # it changes again later: then the entries of that change break too
        return None
    # A binary's facts hold every default once for each type: leave out those that lie after the change.
    facts = Facts(
        made.facts.schema,
        tuple(
            build
            for build in made.facts.builds
            if build.kind is BuildKind.TREE or version_key(build.version) < version_key(target.build)
        ),
    )
    for name in names:
        changed = _with_default(facts.build(name), target.device, target.entry.property)
        if changed is None:
            return None
        facts = _with_build(facts, changed)
    return Seeded(
        f"{target.build}: the default of {target.device}.{target.entry.property} changes",
        facts,
        target.entry.property,
        target.device,
        target.build,
        frozenset({Cause.NO_ENTRY}),
    )


def rename_type(made: Study, target: Target, chance: random.Random) -> Seeded | None:
    """A device type that users create gets another name from one release on; entries still name the old one."""
    place = made.at.names.index(target.build)
    view, present = made.at.views[place], presences(made.facts, made.at)
    known = {rename.old for rename in renames(made.at, present)}
    candidates = [
        name
        for name, type_ in sorted(view.build.types.items())
        if type_.props
        and name not in known
        and view.hierarchy.is_leaf(name)
        and present.made_by_users(view, name)
        and not present.where("virt-9.0", name).doubtful
        and present.where("virt-9.0", name).stations[place - 1]
    ]
    if not candidates:
        return None
    old = chance.choice(candidates)
    facts = made.facts
    for later in made.at.views[place:]:
        if later.build.kind is BuildKind.TREE and old in later.build.types:
            types = dict(later.build.types)
            types[f"{old}-ng"] = types.pop(old)
            facts = _with_build(facts, msgspec.structs.replace(later.build, types=types))
    return Seeded(
        f"{target.build}: the type {old} is renamed",
        facts,
        TYPE_NAME,
        old,
        target.build,
        frozenset({Cause.TYPE_RENAMED}),
    )


def _with_default(build: Build, device: str, prop: str) -> Build | None:
    type_ = build.types.get(device)
    if type_ is None or prop not in type_.props:
        return None
    old = type_.props[prop]
    if isinstance(old.default, bool):
        new: Property = msgspec.structs.replace(old, default=not old.default)
    elif isinstance(old.default, int):
        new = msgspec.structs.replace(old, default=77)
    else:
        return None
    changed: QomType = msgspec.structs.replace(type_, props={**type_.props, prop: new})
    return msgspec.structs.replace(build, types={**build.types, device: changed})


def _labelled(build: Build, array: str) -> list[str]:
    """The arrays of the same series, from old to new; of others only those that hold for other machine types."""
    series = array.split("_compat_")[0]
    users = {
        key: {name for name, facts in build.machines.items() if key in (facts.arrays or ())} for key in build.compat_arrays
    }
    same = [
        key
        for key in build.compat_arrays
        if key.startswith(f"{series}_compat_") and label_of(key) and (key == array or users[key] != users[array])
    ]
    return sorted(same, key=lambda key: version_key(label_of(key)))


def _edit(facts: Facts, name: str, edits: Mapping[str, Callable[[tuple[Entry, ...]], tuple[Entry, ...]]]) -> Facts:
    build = facts.build(name)
    arrays = dict(build.compat_arrays)
    for key, edit in edits.items():
        arrays[key] = CompatArray(edit(arrays[key].entries), arrays[key].file)
    return _with_build(facts, msgspec.structs.replace(build, compat_arrays=arrays))


def _with_build(facts: Facts, changed: Build) -> Facts:
    return Facts(facts.schema, tuple(changed if build.name == changed.name else build for build in facts.builds))


def _without(entries: tuple[Entry, ...], entry: Entry) -> tuple[Entry, ...]:
    return tuple(each for each in entries if each != entry)


def _text(entry: Entry) -> str:
    return f"{{ {entry.driver}, {entry.property}, {entry.value} }}"
