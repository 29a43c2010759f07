"""What a check returns, and the events that it tells while it runs. Renderers read these and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from hopcheck.explorer.exploration import Exploration
from hopcheck.model.domain.device_config.finding import Finding
from hopcheck.model.domain.device_config.island import Island
from hopcheck.model.language import System, Trace, Value
from hopcheck.properties.kinds import Property
from hopcheck.properties.theorem.check import TheoremReport
from hopcheck.properties.vacuity import Vacuity
from hopcheck.properties.verdict import Expectation, Judgement, Verdict, judge


@dataclass(frozen=True, slots=True)
class PropertyResult:
    """One property of one variant of a model: the verdict of the engines together, and what was expected.

    ``exploration``: the exhaustive search behind it, None where the model was only proved; ``second``: the verdict of the
    second engine, None where there was none to ask.
    """

    model: str
    variant: str
    system: System
    prop: Property
    verdict: Verdict
    expected: Expectation
    exploration: Exploration | None
    second: Verdict | None
    seconds: float

    @property
    def judgement(self) -> Judgement:
        """The verdict measured against what was expected."""
        return judge(self.verdict, self.expected)


@dataclass(frozen=True, slots=True)
class ChainStep:
    """One step of a counterexample in QEMU's terms: the action, what it changed, and where the guest then stands.

    ``changed``: variable to (before, after); ``build``: where the guest is now; ``value``: what its process has there;
    ``guest``: what the guest has seen; ``status``: see the model; ``diverges``: whether the two differ or it failed here.
    """

    action: str
    changed: Mapping[str, tuple[Value, Value]]
    build: str
    value: str
    guest: str
    status: str
    diverges: bool


@dataclass(frozen=True, slots=True)
class FindingResult:
    """A finding of device_config with the shortest chain that shows it.

    ``known``: the reason in the baseline, None for a new finding. ``violates``: the properties that its rows violate.
    ``trace``: the shortest run of the model, over ``system``; ``chain``: the same in QEMU's terms; ``machine``: the
    machine type and ``type_``: the device type it is told with; ``values``: build to value on that machine type.
    """

    finding: Finding
    known: str | None
    violates: tuple[str, ...]
    system: System
    trace: Trace
    chain: tuple[ChainStep, ...]
    machine: str
    type_: str
    values: Mapping[str, str]

    @property
    def builds(self) -> tuple[str, ...]:
        """The builds of the chain in order: booted on the first, then migrated; a reset shows as ``reset``."""
        names: list[str] = []
        for step in self.chain:
            if step.action == "guest_reset":
                names.append("reset")
            elif step.action in ("boot", "migrate", "migrate_fails", "migrate_refused"):
                names.append(step.build)
        return tuple(names)


@dataclass(frozen=True, slots=True)
class ModelFinding:
    """Something that present releases violate, as a model of what they do shows it.

    ``why``: the cause, in one sentence; ``releases``: which releases do it; ``rule``: the file of the model with the rule
    that causes it, "" where nobody has said. ``known``: the reason for which it is known, None for a new one. ``shown``:
    the violated property, with its shortest trace, in the settings that show it; ``given``: those settings by name;
    ``settings``: the same as the model takes them. ``violates``: every property that is violated there for this cause.
    """

    id: str
    why: str
    releases: str
    rule: str
    known: str | None
    shown: PropertyResult
    given: Mapping[str, str]
    settings: object
    violates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much the rows of device_config stand for: see ``Tally`` and ``Rows`` of the model.

    ``unknown`` and ``review``: one line for each (device type, property), (name, build, reason, triples).
    """

    stations: tuple[str, ...]
    triples: int
    constant: int
    rows: int
    explored: int
    unknown: tuple[tuple[str, str, str, int], ...]
    review: tuple[tuple[str, str, str, int], ...]
    doubtful: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ModelResult:
    """All that was checked of one model: its variants' properties, and what is suspicious about it."""

    model: str
    results: tuple[PropertyResult, ...]
    vacuity: tuple[Vacuity, ...] = ()
    findings: tuple[FindingResult, ...] = ()
    missing: tuple[str, ...] = ()
    """Known findings that were not found: they hold against expectation."""
    coverage: Coverage | None = None
    theorem: TheoremReport | None = None
    further_unknown: tuple[str, ...] = ()
    """Device properties with a value that is unknown now and was not when the baseline was recorded."""
    islands: tuple[Island, ...] = ()
    """Builds from which a guest with a device cannot be moved to any newer one."""
    settings: Mapping[str, object] = field(default_factory=dict)
    """What each variant was made from, by its name, where it was made from settings."""
    violations: tuple[ModelFinding, ...] = ()
    """What present releases violate, where the model tells of releases."""


@dataclass(frozen=True, slots=True)
class Began:
    """A piece of work starts: ``what`` in a few words."""

    what: str


@dataclass(frozen=True, slots=True)
class Progress:
    """A long piece of work goes on: states so far, the level, states per second.

    ``left``: the least and the greatest number of seconds that it may still take (None: nobody knows).
    """

    what: str
    level: int
    states: int
    states_per_second: float
    left: tuple[float, float | None] = (0.0, None)


@dataclass(frozen=True, slots=True)
class Saved:
    """A search has saved in this directory what it takes to go on later."""

    what: str
    directory: str


@dataclass(frozen=True, slots=True)
class Checked:
    """One property has its verdict."""

    result: PropertyResult


@dataclass(frozen=True, slots=True)
class Done:
    """A model is done."""

    result: ModelResult


Event: TypeAlias = Began | Progress | Saved | Checked | Done
Listener: TypeAlias = Callable[[Event], None]


def ignore(event: Event) -> None:
    """Listen to nothing."""
