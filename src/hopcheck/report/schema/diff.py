"""The parts of a report that compare two builds: their facts side by side, and the verdicts that change."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SharedReport:
    """Something that two sources of facts both state: of ``both`` of them ``equal`` are equal."""

    what: str
    equal: int
    both: int


@dataclass(frozen=True, slots=True)
class DifferenceReport:
    """One difference: what either source says ("" for nothing), and for how many comparisons it stands."""

    name: str
    old: str
    new: str
    count: int
    note: str


@dataclass(frozen=True, slots=True)
class DifferencesReport:
    """Differences with one cause; ``count``: how many comparisons they are."""

    cause: str
    meaning: str
    count: int
    items: tuple[DifferenceReport, ...]


@dataclass(frozen=True, slots=True)
class ComparisonReport:
    """Two sources of facts side by side; ``left_out``: machine types that are not compared, with the reason."""

    old: str
    new: str
    shared: tuple[SharedReport, ...]
    differences: tuple[DifferencesReport, ...]
    left_out: tuple[DifferenceReport, ...]


@dataclass(frozen=True, slots=True)
class PairReport:
    """A verdict that changes where the new build takes the place of the old one at one end of a migration.

    ``source`` and ``destination``: the pair with the new build; ``was``: the same pair with the old one. ``before`` and
    ``after``: the verdict then and now; ``move``: worse, better, undecided or decided. ``name``: the device property that
    decides, ``values``: those of the source and the destination now. ``machines``: the machine types.
    """

    source: str
    destination: str
    was: tuple[str, str]
    before: str
    after: str
    move: str
    name: str
    values: tuple[str, str]
    machines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChangedFindingReport:
    """A finding that is there with either build: the machine types that it reaches with one of them only."""

    id: str
    gained: tuple[str, ...]
    lost: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SectionReport:
    """A section of the migration stream that ``destination`` refuses from ``source`` (``outcome`` refused), or may refuse.

    ``types``: the device types; ``reasons``: the rules of the load that are broken, or may be.
    """

    section: str
    types: tuple[str, ...]
    source: str
    destination: str
    outcome: str
    reasons: tuple[str, ...]
