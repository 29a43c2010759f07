"""Two sources of facts side by side: what both state and agree on, in numbers, and every difference, by cause.

A tree and a binary are compared as two sources of (nearly) the same build: a difference is explained by what each of them
can show (`agree_lists`, `agree_defaults`). Two trees, or two binaries, show the same kind of thing: there a difference is
one between the builds (`differing`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hopcheck.engine.comparing.differing import Differing, differing, stated_alike
from hopcheck.model.domain.device_config.difference import Difference
from hopcheck.model.facts.agree_defaults import compare_defaults
from hopcheck.model.facts.agree_lists import ListAgreement, compare_lists
from hopcheck.model.facts.causes import Cause
from hopcheck.model.facts.schema import Build, BuildKind, Facts
from hopcheck.model.facts.views import make_view


@dataclass(frozen=True, slots=True)
class Shared:
    """Something that both state: of how many, and how many of these are equal."""

    what: str
    equal: int
    both: int


@dataclass(frozen=True, slots=True)
class Item:
    """One difference: what it is about, what either side says ("" for nothing), and how many comparisons it stands for."""

    name: str
    old: str
    new: str
    count: int = 1
    note: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Differences with one cause; ``meaning``: the cause in a sentence."""

    cause: str
    meaning: str
    items: tuple[Item, ...]

    @property
    def count(self) -> int:
        """How many comparisons it stands for."""
        return sum(item.count for item in self.items)


@dataclass(frozen=True, slots=True)
class Comparison:
    """``old`` and ``new`` by name; ``shared``: what both state; ``groups``: differences, the largest group first.

    ``left_out``: machine types that are not compared, each with the reason.
    """

    old: str
    new: str
    shared: tuple[Shared, ...]
    groups: tuple[Group, ...]
    left_out: tuple[Item, ...] = ()

    @property
    def unexplained(self) -> bool:
        """Whether two sources of one build differ, and no rule explains it."""
        return any(group.cause in (Cause.UNEXPLAINED, _TREE_ONLY) for group in self.groups)


def compare(facts: Facts, old: Build, new: Build) -> Comparison:
    """Compare two builds of a document."""
    if (old.kind is BuildKind.BINARY) is not (new.kind is BuildKind.BINARY):
        return _sources(facts, old, new)
    return _builds(facts, old, new)


def _builds(facts: Facts, old: Build, new: Build) -> Comparison:
    """Two builds known from the same kind of source."""
    found: dict[str, dict[tuple[str, str, str], list[Differing]]] = {}
    for each in differing(Difference(make_view(facts, old), make_view(facts, new))):
        alike = found.setdefault(each.what, {})
        alike.setdefault((each.name, each.old, each.new), []).append(each)
    shared = [Shared(what, equal, both) for what, (equal, both) in stated_alike(old, new).items()]
    if _states_lists(old) and _states_lists(new):
        shared.insert(0, _shared_lists(compare_lists(old, new)))
    groups = [
        Group(what, next(iter(alike.values()))[0].what.meaning, tuple(map(_one, alike.values())))
        for what, alike in found.items()
    ]
    return Comparison(old.name, new.name, tuple(shared), _sorted(groups))


def _one(alike: list[Differing]) -> Item:
    """One item for the same difference in many arrays, or on many machine types."""
    first = alike[0]
    within = [each.within for each in alike if each.within]
    more = f" and {len(within) - 1} more" if len(within) > 1 else ""
    note = f"in {within[0]}{more}" if within else first.place
    return Item(first.name, first.old, first.new, len(alike), note)


def _states_lists(build: Build) -> bool:
    return all(machine.arrays is not None for machine in build.machines.values())


def _shared_lists(agreed: ListAgreement) -> Shared:
    both = len(agreed.equal) + len(agreed.explained) + len(agreed.unequal)
    return Shared("ordered compat lists of machine types", len(agreed.equal), both)


def _sources(facts: Facts, old: Build, new: Build) -> Comparison:
    """A tree and a binary, in either order."""
    turned = old.kind is BuildKind.BINARY
    tree, binary = (new, old) if turned else (old, new)
    defaults = compare_defaults(facts, tree, binary)
    groups: dict[str, list[Item]] = {}
    for found in defaults.findings:
        item = Item(f"{found.type}.{found.property}", found.computed, found.found, found.count, found.why)
        groups.setdefault(found.cause, []).append(item)
    same = defaults.counts.get("equal", 0) + defaults.counts.get("unset", 0)
    both = same + defaults.counts.get("differ", 0)
    shared = [Shared("static defaults, by concrete device type and property", same, both)]
    if _states_lists(binary):
        lists = compare_lists(tree, binary)
        shared.insert(0, _shared_lists(lists))
        groups.update(_entries(lists))
        left_out = [
            Item(name, "", "", note="the tree does not hold it as a versioned machine type") for name in lists.unknown
        ]
    else:
        left_out = [Item("all", "", "", note=f"{binary.name} does not state its compat lists (QEMU does from 9.1 on)")]
    made = (Group(cause, _MEANINGS[cause], tuple(_turned(items, turned))) for cause, items in groups.items())
    return Comparison(old.name, new.name, tuple(shared), _sorted(made), tuple(left_out))


_TREE_ONLY, _BINARY_ONLY = "compat entry in the tree only", "compat entry in the binary only"


def _entries(lists: ListAgreement) -> dict[str, list[Item]]:
    """Entries of one side only, each with what explains it."""
    groups: dict[str, list[Item]] = {}
    for each in lists.differences:
        driver, prop, value = each.entry
        in_tree = each.side == "tree"
        item = Item(f"{driver}.{prop}", value if in_tree else "", "" if in_tree else value, len(each.machines), each.label)
        groups.setdefault(_TREE_ONLY if in_tree else _BINARY_ONLY, []).append(item)
    return groups


def _turned(items: Iterable[Item], turned: bool) -> Iterable[Item]:
    """The items with the binary's side first, where the binary was given first."""
    return (Item(i.name, i.new, i.old, i.count, i.note) if turned else i for i in items)


def _sorted(groups: Iterable[Group]) -> tuple[Group, ...]:
    return tuple(sorted(groups, key=lambda group: (-group.count, group.cause)))


_MEANINGS = {
    Cause.ALIAS: "The binary lists it on the object; in the tree it belongs to a child that code creates and aliases.",
    Cause.GENERATED: "The type or the property is made by a table or a macro that glues names together at run time.",
    Cause.CODE: "The property is made by code, or its kind has no static default: the tree has no value to compare.",
    Cause.SYMBOLIC: "The tree's default is an expression that nobody evaluated.",
    Cause.HIDDEN: "device-list-properties leaves it out: names that start with legacy-, and those of all devices.",
    Cause.ARRAY: "The length property or an element of an array property.",
    Cause.PATCH_LEVEL: "The binary is a later patch level than the tree, or the distribution changed it.",
    Cause.NEXT_RELEASE: "The binary is of a later release: the type or property came, went or changed between.",
    Cause.UNSEEN: "The release declares it; the facts that were read from its tree do not show it.",
    Cause.UNEXPLAINED: "No rule explains it.",
    _TREE_ONLY: "The tree's ordered list of some machine type has an entry that the binary's has not.",
    _BINARY_ONLY: "The binary's ordered list of some machine type has an entry that the tree's has not.",
}
"""The causes that a comparison of lists and defaults gives."""
