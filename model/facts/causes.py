"""Why two sources of the same build can say different things, and how a comparison reports it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib import resources


class Cause(StrEnum):
    """Why a computed and a found value are not the same known value."""

    ALIAS = "alias of a child"
    """The binary lists it on the object; in the tree it belongs to a child that code creates and aliases."""
    GENERATED = "generated"
    """The type or the property is made by a table or a macro that glues names together at run time."""
    CODE = "set by code"
    """The property is made by code, or its kind has no static default: the tree has no value to compare."""
    SYMBOLIC = "symbolic"
    """The tree's default is an expression that nobody evaluated."""
    HIDDEN = "hidden by QMP"
    """device-list-properties leaves it out: names that start with ``legacy-``, and those of all devices."""
    ARRAY = "array"
    """The length property or an element of an array property."""
    PATCH_LEVEL = "patch level"
    """The binary is a later patch level than the tree, or the distribution changed it."""
    NEXT_RELEASE = "next release"
    """The binary is of a later release than the tree: the type or property came, went or changed between."""
    UNSEEN = "not seen"
    """The release declares it; the facts that were read from its tree do not show it."""
    OPTION = "set by the run"
    """The command line of the observed process sets it."""
    RESOLVED = "resolved at realize"
    """Realize code replaces what the layers below give."""
    BOARD = "set by the board"
    """The board's code sets it."""
    RUN_TIME = "made at run time"
    """The property or object exists only in a running process; no declaration lists it."""
    MACHINE = "machine property"
    """It belongs to the machine object, which device properties do not cover."""
    UNEXPLAINED = "unexplained"
    """None of the above."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Values that are not equal, grouped: one cause, one declaring type, one pair of values.

    ``count`` is how many comparisons it stands for, ``example`` one of them.
    """

    cause: Cause
    type: str
    property: str
    computed: str
    found: str
    count: int
    example: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Declared:
    """A difference between two named builds that was looked into, with what was found."""

    cause: Cause
    why: str


@lru_cache(maxsize=1)
def declared_differences() -> dict[tuple[str, str, str], Declared]:
    """Return the bundled explanations (``data/agreement.toml``) by (binary, type, property)."""
    text = (resources.files(__package__) / "data" / "agreement.toml").read_text(encoding="utf-8")
    return {
        (row["binary"], name, row["property"]): Declared(Cause(row["cause"]), row["why"])
        for row in tomllib.loads(text)["difference"]
        for name in row["types"]
    }


class Tally:
    """Counts comparisons and groups those that are not equal."""

    def __init__(self) -> None:
        """Start empty."""
        self.counts: dict[str, int] = {}
        self._groups: dict[tuple[Cause, str, str, str, str, str], list[str | int]] = {}

    def count(self, what: str) -> None:
        """Count a comparison under a heading."""
        self.counts[what] = self.counts.get(what, 0) + 1

    def add(self, cause: Cause, where: tuple[str, str], values: tuple[str, str], example: str, why: str) -> None:
        """Group a comparison that is not equal; ``where`` is (declaring type, property)."""
        group = self._groups.setdefault((cause, *where, *values, why), [0, example])
        group[0] = int(group[0]) + 1

    def findings(self) -> tuple[Finding, ...]:
        """Return the groups, by cause, type, property and values."""
        return tuple(
            Finding(cause, type_, prop, computed, found, int(count), str(example), why)
            for (cause, type_, prop, computed, found, why), (count, example) in sorted(self._groups.items())
        )

    def causes(self) -> dict[str, int]:
        """Return how many comparisons each cause stands for, most first."""
        totals: dict[str, int] = {}
        for finding in self.findings():
            totals[finding.cause] = totals.get(finding.cause, 0) + finding.count
        return dict(sorted(totals.items(), key=lambda item: (-item[1], item[0])))
