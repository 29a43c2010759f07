"""Checking device_config on facts: search, proof, findings with their shortest chains, and the baseline."""

from __future__ import annotations

import time
from collections.abc import Mapping

from hopcheck.engine.baseline import Baseline
from hopcheck.engine.check import run_explorer, verdict_of
from hopcheck.engine.results import (
    Began,
    ChainStep,
    Checked,
    Coverage,
    Done,
    FindingResult,
    Listener,
    ModelResult,
    PropertyResult,
)
from hopcheck.explorer.exploration import Exploration, Limits
from hopcheck.model.domain.device_config.cells import Standing
from hopcheck.model.domain.device_config.finding import Finding, findings
from hopcheck.model.domain.device_config.shape import Shape
from hopcheck.model.domain.device_config.study import Study
from hopcheck.model.domain.device_config.system import DeviceConfig
from hopcheck.model.language import Step, Trace
from hopcheck.properties import Outcome, Property, confirm_all
from hopcheck.properties.catalog.device_config import island_property, properties
from hopcheck.properties.catalog.device_config_rows import row_obligations
from hopcheck.properties.errors import DisagreementError
from hopcheck.properties.verdict import Expectation, holds

MODEL = "device_config"


def check_device_config(
    made: Study,
    baseline: Baseline,
    *,
    listener: Listener,
    prove_seconds: float = 60.0,
    limits: Limits | None = None,
) -> ModelResult:
    """Check the model of these facts; ``prove_seconds`` 0 leaves the second engine out."""
    model = made.model()
    listener(Began(f"exploring {MODEL}: {len(made.explored)} rows"))
    asked = properties(model)
    explored = run_explorer(
        model.system,
        asked,
        limits=limits or Limits(),
        listener=listener,
        title=MODEL,
        group_by=model.system["row"],
    )
    violated = {name: tuple(answer.traces) for name, answer in explored.answers.items() if answer.traces}
    if prove_seconds > 0:
        listener(Began(f"proving {MODEL} row by row"))
        _agree_row_by_row(made, violated, prove_seconds)
    found = _findings(made, model, explored)
    known = baseline.of(found)
    results = [_result(model, prop, explored, bool(found)) for prop in asked]
    results.append(_islands(made, explored, violated, limits, listener))
    for each in results:
        listener(Checked(each))
    result = ModelResult(
        MODEL,
        tuple(results),
        findings=tuple(_told(made, model, explored, each, known.get(each.id)) for each in found),
        missing=tuple(name for name in baseline.reasons if name not in known),
        coverage=coverage_of(made),
        further_unknown=tuple(name for name in unknown_names(made) if name not in baseline.unknown),
    )
    listener(Done(result))
    return result


def unknown_names(made: Study) -> tuple[str, ...]:
    """The device properties with a value that is unknown or to be reviewed: ``standing: type.property``."""
    return tuple(sorted({f"{gap.standing}: {gap.type}.{gap.subject.prop}" for gap in made.rows.gaps}))


def _agree_row_by_row(made: Study, violated: Mapping[str, tuple[int, ...]], seconds: float) -> None:
    """Two solvers say of every row what the search says, or the engines disagree."""
    for each in confirm_all(row_obligations(made.explored, violated), seconds=seconds):
        if not each.discharged and "unknown" not in (each.z3.answer, each.cvc5.answer):
            raise DisagreementError(f"the search and the solvers disagree on {MODEL}, {each.obligation.name}")


def _findings(made: Study, model: DeviceConfig, explored: Exploration) -> tuple[Finding, ...]:
    rows = sorted({row for answer in explored.answers.values() for row in answer.traces})
    shapes = [shape for row in rows for shape in made.behind[model.row(row)] if shape in made.rows.members]
    return findings(made.at, made.rows, shapes)


def _result(model: DeviceConfig, prop: Property, explored: Exploration, some: bool) -> PropertyResult:
    verdict = verdict_of(model.system, prop, explored)
    expected = prop.expected
    if not some and expected.outcome is Outcome.UNSAFE:
        expected = holds("these facts have no findings")
    return PropertyResult(MODEL, "", model.system, prop, verdict, expected, explored, None, explored.seconds)


def _islands(
    made: Study,
    explored: Exploration,
    violated: Mapping[str, tuple[int, ...]],
    limits: Limits | None,
    listener: Listener,
) -> PropertyResult:
    """No island: only rows where some migration fails can have one, so only those are searched again."""
    failing = tuple(made.explored[row] for row in sorted(violated.get("migrates", ()))) or made.explored[:1]
    island = made.model(power_cycles=False, only=failing)
    prop = island_property(island)
    listener(Began(f"exploring {MODEL}: {len(failing)} rows without power cycles"))
    started = time.monotonic()
    again = run_explorer(
        island.system,
        [prop],
        limits=limits or Limits(),
        listener=listener,
        title=f"{MODEL} without power cycles",
        group_by=island.system["row"],
    )
    verdict = verdict_of(island.system, prop, again)
    expected: Expectation = prop.expected
    if verdict.outcome is Outcome.SAFE:
        expected = holds("no build of these facts is an island")
    return PropertyResult(
        MODEL, "no power cycle", island.system, prop, verdict, expected, again, None, time.monotonic() - started
    )


def _told(made: Study, model: DeviceConfig, explored: Exploration, finding: Finding, known: str | None) -> FindingResult:
    """The finding with the shortest chain among its rows, that of the example first."""
    trace, violates = _shortest(made, explored, finding)
    example = finding.example
    values = {
        name: str(cell) for name, cell in zip(made.at.names, example.cells, strict=True) if cell.standing is not Standing.OFF
    }
    return FindingResult(
        finding,
        known,
        violates,
        model.system,
        trace,
        chain_of(model, trace, values),
        example.machines[-1],
        example.type,
        values,
    )


def _shortest(made: Study, explored: Exploration, finding: Finding) -> tuple[Trace, tuple[str, ...]]:
    row = made.explored.index(_example_shape(made, finding).explored)
    found = {name: answer.traces[row] for name, answer in explored.answers.items() if row in answer.traces}
    ranked = sorted(found, key=lambda name: (len(found[name]), _ORDER.index(name) if name in _ORDER else 9))
    return found[ranked[0]], tuple(ranked)


_ORDER = ("migrates", "preserved", "path independent")
"""Which of several equally short chains is shown: a failed migration says most."""


def _example_shape(made: Study, finding: Finding) -> Shape:
    return next(shape for shape in finding.shapes if finding.example in made.rows.members[shape])


def chain_of(model: DeviceConfig, trace: Trace, values: Mapping[str, str]) -> tuple[ChainStep, ...]:
    """A run of the model in QEMU's terms; ``values``: build to value."""
    names: dict[int, str] = {}
    before = model.system.decode(trace.initial)
    steps = []
    for step in trace.steps:
        now = model.system.decode(step.target)
        shape = model.row(int(now["row"]))
        if not names:
            names = {
                number: values.get(station, "?")
                for station, number in zip(model.stations, shape.values, strict=True)
                if number >= 0
            }
        steps.append(_chain_step(model, shape, step, before, now, names))
        before = now
    return tuple(steps)


def _chain_step(
    model: DeviceConfig,
    shape: Shape,
    step: Step,
    before: Mapping[str, object],
    now: Mapping[str, object],
    names: Mapping[int, str],
) -> ChainStep:
    arguments = dict(step.arguments)
    station = str(arguments.get("destination", now["build"]))
    value = shape.values[model.stations.index(station)]
    guest = int(str(now["guest"]))
    changed = {name: (before[name], now[name]) for name in now if now[name] != before[name]}
    status = str(now["status"])
    return ChainStep(
        step.action,
        changed,  # type: ignore[arg-type]
        station,
        names.get(value, "?"),
        names.get(guest, "?"),
        status,
        status in ("failed", "stranded") or (value >= 0 and guest != value) or now["guest"] != now["power_on"],
    )


def coverage_of(made: Study) -> Coverage:
    """What the rows stand for, and what is unknown."""
    gaps = {standing: [] for standing in (Standing.UNKNOWN, Standing.REVIEW)}  # type: ignore[var-annotated]
    for gap in made.rows.gaps:
        name = f"{gap.type}.{gap.subject.prop}"
        gaps[gap.standing].append((name, gap.station, gap.reason, gap.triples))
    doubtful = {(each.member.subject.name, each.reason) for each in made.rows.doubtful}
    tally = made.rows.tally
    return Coverage(
        made.at.names,
        tally.triples,
        tally.constant,
        len(made.rows.shapes),
        len(made.explored),
        tuple(sorted(gaps[Standing.UNKNOWN])),
        tuple(sorted(gaps[Standing.REVIEW])),
        tuple(sorted(doubtful)),
    )
