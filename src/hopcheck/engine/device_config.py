"""Checking device_config on facts: search, proof, findings with their shortest chains, and the baseline."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace

from hopcheck.engine.baseline import Baseline
from hopcheck.engine.check import AS_USUAL, run_explorer, seen, verdict_of
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
from hopcheck.engine.row_agreement import agree_row_by_row
from hopcheck.engine.searching import Searching
from hopcheck.explorer.exploration import Exploration
from hopcheck.model.domain.device_config.cells import Standing
from hopcheck.model.domain.device_config.families import machine_type
from hopcheck.model.domain.device_config.finding import Finding, findings
from hopcheck.model.domain.device_config.island import Island, all_islands, islands
from hopcheck.model.domain.device_config.shape import Shape
from hopcheck.model.domain.device_config.study import Study
from hopcheck.model.domain.device_config.system import DeviceConfig, migrates, path_independent, preserved
from hopcheck.model.language import Step, Trace, successors
from hopcheck.model.language import holds as holds_in
from hopcheck.properties import Outcome, Property, vacuities
from hopcheck.properties.catalog.device_config import island_property, properties
from hopcheck.properties.catalog.device_config_rows import RELATIONS
from hopcheck.properties.errors import DisagreementError
from hopcheck.properties.verdict import Expectation, holds

MODEL = "device_config"


def check_device_config(
    made: Study,
    baseline: Baseline,
    *,
    listener: Listener,
    prove_seconds: float = 60.0,
    searching: Searching = AS_USUAL,
    workers: int | None = None,
) -> ModelResult:
    """Check the model of these facts; ``prove_seconds`` 0 leaves the second engine out."""
    if not made.explored:  # facts, or a change, without a single device property
        nothing = ModelResult(MODEL, (), coverage=coverage_of(made))
        listener(Done(nothing))
        return nothing
    model = made.model()
    listener(Began(f"exploring {MODEL}: {len(made.explored)} rows"))
    asked = properties(model)
    explored = run_explorer(
        model.system,
        asked,
        searching=searching,
        listener=listener,
        title=MODEL,
        group_by=model.system["row"],
    )
    violated = {prop.name: tuple(_violations(explored, prop)) for prop in asked}
    second = ""
    if prove_seconds > 0 and explored.complete:
        listener(Began(f"proving {MODEL} row by row"))
        second = agree_row_by_row(MODEL, made.explored, violated, prove_seconds, workers, cache=searching.cache)
    found = _findings(made, model, violated)
    known = baseline.of(found)
    results = [_result(model, prop, explored, bool(found), second) for prop in asked]
    island, stuck = _islands(made, violated, searching, listener)
    results.append(island)
    for each in results:
        listener(Checked(each))
    result = ModelResult(
        MODEL,
        tuple(results),
        vacuities(asked, [seen(model.system, asked, explored)]),
        findings=tuple(_told(made, model, explored, each, known.get(each.id)) for each in found),
        # A search that was stopped has not looked everywhere: it cannot miss a finding.
        missing=tuple(name for name in baseline.reasons if name not in known) if explored.complete else (),
        coverage=coverage_of(made),
        further_unknown=tuple(name for name in unknown_names(made) if name not in baseline.unknown),
        islands=stuck,
    )
    listener(Done(result))
    return result


def unknown_names(made: Study) -> tuple[str, ...]:
    """The device properties with a value that is unknown or to be reviewed: ``standing: type.property``.

    The types of versioned machine types are one for each family: what each new one declares again is nothing further.
    """
    return tuple(sorted({f"{gap.standing}: {_one_a_family(gap.type)}.{gap.subject.prop}" for gap in made.rows.gaps}))


def _one_a_family(type_: str) -> str:
    """The name of a type; that of a versioned machine type's without the version."""
    machine = machine_type(type_.removesuffix("-machine"))
    return f"{machine.family}-machine" if type_.endswith("-machine") and machine.version else type_


def _violations(explored: Exploration, prop: Property) -> Mapping[int, Trace]:
    """The rows that violate a property, each with its shortest trace."""
    return explored.answers[prop.name].traces if prop.name in explored.answers else {}


def _findings(made: Study, model: DeviceConfig, violated: Mapping[str, tuple[int, ...]]) -> tuple[Finding, ...]:
    rows = sorted({row for found in violated.values() for row in found})
    shapes = [shape for row in rows for shape in made.behind[model.row(row)] if shape in made.rows.members]
    return findings(made.at, made.rows, shapes)


def _result(model: DeviceConfig, prop: Property, explored: Exploration, some: bool, second: str) -> PropertyResult:
    verdict = verdict_of(model.system, prop, explored)
    if prop.name in RELATIONS:
        verdict = replace(verdict, reason=verdict.reason + second)
    expected = prop.expected
    if explored.complete and not some and expected.outcome is Outcome.UNSAFE:
        expected = holds("these facts have no findings")
    return PropertyResult(MODEL, "", model.system, prop, verdict, expected, explored, None, explored.seconds)


def _islands(
    made: Study, violated: Mapping[str, tuple[int, ...]], searching: Searching, listener: Listener
) -> tuple[PropertyResult, tuple[Island, ...]]:
    """No island: only rows where some migration fails can have one, so only those are searched again.

    Which builds are islands is worked out a second way, over the builds themselves; a row that has one there and none in
    the search is a disagreement.
    """
    failing = tuple(made.explored[row] for row in sorted(violated.get("migrates", ()))) or made.explored[:1]
    island = made.model(power_cycles=False, only=failing)
    prop = island_property(island)
    listener(Began(f"exploring {MODEL}: {len(failing)} rows without power cycles"))
    started = time.monotonic()
    again = run_explorer(
        island.system,
        [prop],
        searching=searching,
        listener=listener,
        title=f"{MODEL} without power cycles",
        group_by=island.system["row"],
    )
    verdict = verdict_of(island.system, prop, again)
    stuck = again.answers[prop.name].traces
    for row, shape in enumerate(failing):
        if again.complete and row not in stuck and islands(shape):
            raise DisagreementError(f"a row of {MODEL} has an island that the search does not find: {shape}")
    expected: Expectation = prop.expected
    if verdict.outcome is Outcome.SAFE:
        expected = holds("no build of these facts is an island")
    result = PropertyResult(
        MODEL, "no power cycle", island.system, prop, verdict, expected, again, None, time.monotonic() - started
    )
    return result, all_islands(made.rows, [shape for each in failing for shape in made.behind[each]])


def _told(made: Study, model: DeviceConfig, explored: Exploration, finding: Finding, known: str | None) -> FindingResult:
    """The finding with a shortest chain of its example."""
    row = made.explored.index(_example_shape(made, finding).explored)
    found = {name: explored.answers[name].traces[row] for name in _ORDER if row in explored.answers[name].traces}
    ranked = sorted(found, key=lambda name: (len(found[name]), _ORDER.index(name)))
    trace = _as_it_happened(made, model, finding, row, ranked[0], found[ranked[0]])
    example = finding.example
    values = {
        name: str(cell) for name, cell in zip(made.at.names, example.cells, strict=True) if cell.standing is not Standing.OFF
    }
    return FindingResult(
        finding,
        known,
        tuple(ranked),
        model.system,
        trace,
        chain_of(model, trace, values),
        example.machines[-1],
        example.type,
        values,
    )


_ORDER = ("migrates", "preserved", "path independent")
"""Which of several equally short chains is shown: a failed migration says most."""


def _as_it_happened(made: Study, model: DeviceConfig, finding: Finding, row: int, prop: str, shortest: Trace) -> Trace:
    """Of the shortest chains, the one between the two builds of the change, upwards where that breaks too."""
    expr = {"migrates": migrates, "preserved": preserved, "path independent": path_independent}[prop](model)
    ends = [made.at.names[finding.why.before], made.at.names[finding.why.since]]
    for source, destination in (ends, ends[::-1]):
        run = hop(model, row, source, destination)
        if run is not None and len(run) == len(shortest) and not holds_in(model.system, expr, run.last):
            return run
    return shortest


def hop(model: DeviceConfig, row: int, source: str, destination: str) -> Trace | None:
    """Boot on one build and migrate to another; None where the model has no such run."""
    system = model.system
    initial = tuple(row if each.name == "row" else (each.initial or (0,))[0] for each in system.variables)
    taken: list[Step] = []
    for names, argument in ((("boot",), source), (("migrate", "migrate_fails"), destination)):
        state = taken[-1].target if taken else initial
        step = next(
            (
                step
                for step in successors(system, state)
                if step.action in names and argument in dict(step.arguments).values()
            ),
            None,
        )
        if step is None:
            return None
        taken.append(step)
    return Trace(initial, tuple(taken))


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
