"""A report: all that a run found, as plain values. Its JSON form is ``hopcheck-report/1``.

Text, JSON and pictures are made from this and from nothing else, so that they cannot tell different stories. A field that
is added keeps the version; one that goes or changes its meaning makes a new one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from hopcheck.model.codes import Code
from hopcheck.report.schema.diff import ChangedFindingReport, ComparisonReport, PairReport, SectionReport
from hopcheck.report.schema.search import SearchReport

SCHEMA = "hopcheck-report/1"

Plain: TypeAlias = bool | int | str


@dataclass(frozen=True, slots=True)
class TraceStep:
    """An action that happened: its name, its arguments, and each variable it changed with its value before and after."""

    action: str
    arguments: Mapping[str, Plain]
    changed: Mapping[str, tuple[Plain, Plain]]

    @property
    def label(self) -> str:
        """``action(argument=value, ...)``."""
        inside = ", ".join(f"{name}={value}" for name, value in self.arguments.items())
        return f"{self.action}({inside})" if inside else self.action


@dataclass(frozen=True, slots=True)
class TraceReport:
    """A run of a model from an initial state; it replays in the reference interpreter."""

    initial: Mapping[str, Plain]
    steps: tuple[TraceStep, ...]


@dataclass(frozen=True, slots=True)
class SecondOpinion:
    """What another engine said of the same property."""

    engine: str
    outcome: str
    method: str | None


@dataclass(frozen=True, slots=True)
class PropertyReport:
    """One property of one variant of a model.

    ``outcome``: safe, unsafe or unknown; ``method``: how it was established; ``judgement``: as expected, against
    expectation, or inconclusive. ``states``, ``transitions``, ``depth``: of the exhaustive search, None where there was
    none; ``complete``: whether it saw every reachable state. ``bound``: k, or the longest run that was looked at.
    ``trace``: the counterexample, or for a ``reachable`` property the witness; ``shortest``: no shorter one exists.
    """

    model: str
    variant: str
    name: str
    kind: str
    meaning: str
    outcome: str
    method: str | None
    engine: str
    reason: str
    expected: str
    expected_because: str
    judgement: str
    second: SecondOpinion | None
    states: int | None
    transitions: int | None
    depth: int | None
    complete: bool | None
    bound: int | None
    seconds: float
    shortest: bool
    trace: TraceReport | None

    @property
    def violated(self) -> bool:
        """Whether there is a counterexample to show."""
        return self.outcome == "unsafe" and self.trace is not None


@dataclass(frozen=True, slots=True)
class EntryReport:
    """A compat entry and the array it stands in, or should stand in; ``file``: where that is, "" if unknown.

    ``line``: the entry's in that file, counted from 1; 0 where nobody recorded it.
    """

    array: str
    driver: str
    prop: str
    value: str
    file: str
    line: int = 0

    @property
    def notation(self) -> str:
        """The entry as QEMU's sources write it."""
        return f'{{ "{self.driver}", "{self.prop}", "{self.value}" }}'


@dataclass(frozen=True, slots=True)
class BuildValue:
    """The value in one build on the finding's machine type: how far it can be relied on, and where it comes from."""

    build: str
    value: str
    known: bool
    standing: str
    source: str


@dataclass(frozen=True, slots=True)
class ChainStepReport:
    """One step of the breaking chain in QEMU's terms.

    ``build``: where it happens, for a migration its destination; ``value``: what a process has there; ``guest``: what
    the guest has seen; ``status``: of the guest after the step; ``diverges``: whether the step shows the difference.
    """

    action: str
    build: str
    value: str
    guest: str
    status: str
    diverges: bool


@dataclass(frozen=True, slots=True)
class MismatchReport:
    """What a load makes of the difference: its kind, the direction that fails, and the evidence for both."""

    kind: str
    breaks: str
    evidence: str


@dataclass(frozen=True, slots=True)
class FindingReport:
    """A device property of real QEMU whose value does not survive a chain of migrations.

    ``number``: its place in the list, open ones first, newest first. ``known``: the reason in the baseline, None for a new
    finding. ``old`` and ``new``: the value before the build ``since`` and in it; ``fixed``: the build from which ``old``
    holds again. ``entry``: the compat entry that is misplaced, lost or too much; ``needed``: the one that is missing.
    ``machine`` and ``type``: those it is told with; ``machines`` and ``types``: all that it reaches; ``also``: types that
    the misdirected entry changes by mistake. ``values``: the builds that know the machine type, oldest first.
    """

    number: int
    id: str
    slug: str
    device: str
    prop: str
    cause: str
    why: str
    remedy: str
    open: bool
    known: str | None
    machine: str
    type: str
    machines: tuple[str, ...]
    types: tuple[str, ...]
    also: tuple[str, ...]
    old: str
    new: str
    before: str
    since: str
    fixed: str | None
    mismatch: MismatchReport
    entry: EntryReport | None
    needed: EntryReport | None
    file: str
    violates: tuple[str, ...]
    chain: tuple[ChainStepReport, ...]
    values: tuple[BuildValue, ...]
    trace: TraceReport

    @property
    def name(self) -> str:
        """``device.property``."""
        return f"{self.device}.{self.prop}"


@dataclass(frozen=True, slots=True)
class ViolationReport:
    """Something that present releases violate, as a model of what they do shows it.

    ``why``: the cause, in one sentence; ``known``: the reason for which it is known, None for a new one; ``rule``: the file
    of the model with the rule that causes it, "" where nobody has said. ``settings``: what to set to see it; ``shown``: the
    property that is violated, with its shortest trace; ``violates``: every property that is violated there for this cause.
    """

    id: str
    slug: str
    model: str
    why: str
    releases: str
    rule: str
    known: str | None
    settings: Mapping[str, str]
    violates: tuple[str, ...]
    shown: PropertyReport

    @property
    def trace(self) -> TraceReport:
        """The shortest run that shows it."""
        assert self.shown.trace is not None
        return self.shown.trace


@dataclass(frozen=True, slots=True)
class Gap:
    """A device property that a build does not tell, or that is to be reviewed: where first, why, how many triples."""

    name: str
    build: str
    reason: str
    triples: int


@dataclass(frozen=True, slots=True)
class Doubt:
    """A device property that differs only where the machine types may not have the device at all, and why not."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class IslandReport:
    """A build from which guests on these machine types, with a device, cannot be moved to any newer build."""

    build: str
    name: str
    machines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CoverageReport:
    """How much was looked at: triples of machine type, device type and property, folded into rows over the builds.

    ``constant``: triples with one value wherever it is known; ``rows``: different rows; ``explored``: those the model
    ran, which stand for all.
    """

    builds: tuple[str, ...]
    triples: int
    constant: int
    rows: int
    explored: int
    unknown: tuple[Gap, ...]
    review: tuple[Gap, ...]
    doubtful: tuple[Doubt, ...]


@dataclass(frozen=True, slots=True)
class LemmaReport:
    """One obligation of the theorem, what it means, and the two solvers' answers."""

    name: str
    meaning: str
    z3: str
    cvc5: str
    discharged: bool


@dataclass(frozen=True, slots=True)
class PremiseReport:
    """A premise of the theorem, and the smallest chains that break without it."""

    premise: str
    without: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TheoremResult:
    """The theorem: whether both solvers discharge every obligation, and whether no premise can be spared."""

    statement: str
    proved: bool
    sharp: bool
    lemmas: tuple[LemmaReport, ...]
    premises: tuple[PremiseReport, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class ModelReport:
    """One model: its properties in every variant, what is suspicious, and for the facts the findings.

    ``violations``: what present releases violate. ``missing``: known findings that were not found; ``further_unknown``:
    device properties with a value that is unknown now and was not when the baseline was recorded; ``islands``: builds that
    guests cannot leave upwards. ``searches``: what each search met, a variant after the other.
    """

    model: str
    properties: tuple[PropertyReport, ...]
    vacuity: tuple[str, ...]
    findings: tuple[FindingReport, ...]
    missing: tuple[str, ...]
    further_unknown: tuple[str, ...]
    coverage: CoverageReport | None
    theorem: TheoremResult | None
    islands: tuple[IslandReport, ...] = ()
    violations: tuple[ViolationReport, ...] = ()
    searches: tuple[SearchReport, ...] = ()


@dataclass(frozen=True, slots=True)
class Advice:
    """Something in a change that a reviewer should look at; ``place`` is ``file:line``, "" where there is none.

    ``code``: what kind of thing it is, as ``hopcheck explain`` knows it.
    """

    what: str
    place: str
    code: str = Code.LOOK_AT_THIS.value


@dataclass(frozen=True, slots=True)
class ChangeReport:
    """A change of a build: what it says, the ids of the findings it brings and of those it mends, for some builds at least.

    ``undecided``: what is unknown or to be reviewed with the change, and was not without it. ``stays``: ids of findings
    about the changed build that are there without the change as well. ``warnings``: what is no verdict.
    """

    file: str
    build: str
    base: str
    says: tuple[str, ...]
    brings: tuple[str, ...]
    repairs: tuple[str, ...]
    undecided: tuple[str, ...]
    stays: tuple[str, ...] = ()
    warnings: tuple[Advice, ...] = ()


@dataclass(frozen=True, slots=True)
class DiffReport:
    """Which verdicts change where one build takes the place of another.

    ``partners``: the builds at the other ends of pairs, oldest first: ``old`` and all ``others``. ``between``: findings on
    chains through the two builds alone. ``pairs``: the pairs whose verdict changes.
    ``appear``, ``disappear``, ``changed``: findings on chains through all ``others`` and one of the two. ``machines_new``
    and ``machines_gone``: machine types of one of the two. ``undecided``: device properties that are unknown in the new
    build and not in the old one. ``sections``: of the migration stream, what may be refused. ``facts``: how
    the builds' facts differ.
    """

    old: str
    new: str
    others: tuple[str, ...]
    partners: tuple[str, ...]
    between: tuple[FindingReport, ...]
    pairs: tuple[PairReport, ...]
    appear: tuple[FindingReport, ...]
    disappear: tuple[FindingReport, ...]
    changed: tuple[ChangedFindingReport, ...]
    machines_new: tuple[str, ...]
    machines_gone: tuple[str, ...]
    undecided: tuple[str, ...]
    sections: tuple[SectionReport, ...]
    facts: ComparisonReport


@dataclass(frozen=True, slots=True)
class Report:
    """All of a run. ``job``: check, prove or diff; ``meaning``: the last line, a sentence with the exit code's meaning.

    ``agreement``: one line for each comparison of the facts with a binary. ``made``: when, in UTC, as
    ``2026-01-31T12:00:00``; "" where nobody recorded it.
    """

    schema: str
    hopcheck: str
    job: str
    exit_code: int
    meaning: str
    seconds: float
    models: tuple[ModelReport, ...]
    agreement: tuple[str, ...]
    change: ChangeReport | None
    diff: DiffReport | None = None
    comparison: ComparisonReport | None = None
    made: str = ""

    @property
    def findings(self) -> tuple[FindingReport, ...]:
        """The findings of all models."""
        return tuple(found for model in self.models for found in model.findings)

    @property
    def violations(self) -> tuple[ViolationReport, ...]:
        """What present releases violate, of all models."""
        return tuple(found for model in self.models for found in model.violations)

    @property
    def properties(self) -> tuple[PropertyReport, ...]:
        """The properties of all models."""
        return tuple(prop for model in self.models for prop in model.properties)
