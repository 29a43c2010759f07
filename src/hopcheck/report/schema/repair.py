"""A repair as plain values. Its JSON form is ``hopcheck-repair/1``."""

from __future__ import annotations

from dataclasses import dataclass

from hopcheck.report.schema.report import EntryReport

SCHEMA = "hopcheck-repair/1"


@dataclass(frozen=True, slots=True)
class BreakReport:
    """What the change breaks as it is: the finding's id, the chain in a sentence, and how far it reaches."""

    id: str
    chain: str
    machines: str


@dataclass(frozen=True, slots=True)
class SideReport:
    """A value that a device property could get, and the builds that then break with the changed one."""

    value: str
    breaks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TornReport:
    """A device property in which released builds differ: ``now`` is its value with the change, ``sides`` all choices."""

    name: str
    machines: str
    now: str
    sides: tuple[SideReport, ...]


@dataclass(frozen=True, slots=True)
class BeyondReport:
    """A device property that no entry can mend, on these machine types, and why."""

    name: str
    machines: str
    why: str


@dataclass(frozen=True, slots=True)
class ProofReport:
    """A property with the repaired change: its verdict, the one without any change, and how it was established."""

    name: str
    outcome: str
    before: str
    reason: str


@dataclass(frozen=True, slots=True)
class IslandReport:
    """A build that a guest with the device cannot leave for a newer one, whatever the change does."""

    build: str
    name: str
    machines: str


@dataclass(frozen=True, slots=True)
class RepairReport:
    """A change, what it breaks, and the entries that mend it.

    ``ending``: nothing to repair, repaired, no repair, or unknown; ``add`` and ``remove``: entries; ``arrays``: those of
    ``add`` that do not exist yet; ``proved``: the repair was proved, by the properties in ``proof``, or without any because
    every device property then has one value on all chains; ``toml``: what a change written by hand needs besides;
    ``diff``: as a patch on the tree with the change, "" where there is no tree; ``no_diff``: why there
    is none although there is a tree; ``written``: the files that were written.
    """

    schema: str
    hopcheck: str
    file: str
    build: str
    base: str
    says: tuple[str, ...]
    ending: str
    breaks: tuple[BreakReport, ...]
    add: tuple[EntryReport, ...]
    remove: tuple[EntryReport, ...]
    arrays: tuple[str, ...]
    proof: tuple[ProofReport, ...]
    torn: tuple[TornReport, ...]
    beyond: tuple[BeyondReport, ...]
    islands: tuple[IslandReport, ...]
    undecided: tuple[str, ...]
    proved: bool
    toml: str
    diff: str
    no_diff: str
    written: tuple[str, ...]
    exit_code: int
    meaning: str
