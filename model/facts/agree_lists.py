"""Do the compat lists computed from a tree agree with those that a binary states, order included?"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher

from hopcheck.model.facts.schema import Build

Triple = tuple[str, str, str]

BOARD_LISTS = frozenset({"microvm"})
"""Machine types whose list the board makes outside the versioned arrays: not compared."""


@dataclass(frozen=True, slots=True)
class ListDifference:
    """An entry that only one side has, on the machine types that show it; ``label`` explains it.

    ``side`` is "binary" or "tree". A label names the array that the entry belongs to in later releases.
    """

    side: str
    entry: Triple
    machines: tuple[str, ...]
    label: str


@dataclass(frozen=True, slots=True)
class ListAgreement:
    """The comparison of one tree with one binary.

    ``equal``: machine types whose ordered lists are identical. ``explained``: identical once the labelled
    differences are set aside. ``unequal``: neither. ``unknown``: known to the binary only.
    """

    tree: str
    binary: str
    equal: tuple[str, ...]
    explained: tuple[str, ...]
    unequal: tuple[str, ...]
    unknown: tuple[str, ...]
    differences: tuple[ListDifference, ...]


def ordered_list(build: Build, machine: str) -> tuple[Triple, ...]:
    """Return the entries of a machine type in the order of application, last wins."""
    return tuple(
        (entry.driver, entry.property, entry.value)
        for key in build.machines[machine].arrays or ()
        for entry in build.compat_arrays[key].entries
    )


def compare_lists(tree: Build, binary: Build) -> ListAgreement:
    """Compare the ordered entry lists of every machine type that both know."""
    equal: list[str] = []
    explained: list[str] = []
    unequal: list[str] = []
    unknown: list[str] = []
    extra: dict[tuple[str, Triple], list[str]] = {}
    for machine in sorted(binary.machines):
        if machine not in tree.machines or machine in BOARD_LISTS:
            unknown.append(machine)
            continue
        mine, theirs = ordered_list(tree, machine), ordered_list(binary, machine)
        if mine == theirs:
            equal.append(machine)
            continue
        only = _only(mine, theirs)
        (explained if all(side == "binary" for side, _ in only) else unequal).append(machine)
        for difference in only:
            extra.setdefault(difference, []).append(machine)
    differences = tuple(
        ListDifference(side, entry, tuple(machines), _label(tree, side, machines))
        for (side, entry), machines in sorted(extra.items())
    )
    return ListAgreement(tree.name, binary.name, tuple(equal), tuple(explained), tuple(unequal), tuple(unknown), differences)


def _only(mine: tuple[Triple, ...], theirs: tuple[Triple, ...]) -> list[tuple[str, Triple]]:
    """Return what only one side has; what both have keeps its order by construction of the matcher."""
    only: list[tuple[str, Triple]] = []
    for what, a, b, c, d in SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes():
        if what != "equal":
            only += [("tree", entry) for entry in mine[a:b]] + [("binary", entry) for entry in theirs[c:d]]
    return only


def _label(tree: Build, side: str, machines: list[str]) -> str:
    """Return the release whose arrays the entry was added to: that of the newest machine type that shows it."""
    releases = sorted({_release(machine) for machine in machines})
    newest = ".".join(map(str, releases[-1]))
    known = sorted({_release(machine) for machine in tree.machines if machine.startswith("pc-")})
    if side == "binary" and releases[-1] == known[-1]:
        return f"array of {newest}, which the tree's newest machine type does not have yet"
    return f"{'added to' if side == 'binary' else 'gone from'} the arrays of {newest} after the tree"


def _release(machine: str) -> tuple[int, ...]:
    return tuple(int(part) for part in machine.rpartition("-")[2].split(".") if part.isdigit())
