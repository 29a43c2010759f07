"""From what the engine returns to a report: plain values, everything named, nothing decided."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from hopcheck import __version__
from hopcheck.engine.changed import Said
from hopcheck.engine.check import seen
from hopcheck.engine.main_job import MainResult
from hopcheck.engine.prove_change import ChangeResult
from hopcheck.engine.results import Coverage, FindingResult, ModelFinding, ModelResult, PropertyResult
from hopcheck.model.domain.device_config.cause import PlacedEntry
from hopcheck.model.domain.device_config.cells import Standing
from hopcheck.model.language import EnumType, System, Trace
from hopcheck.properties import Judgement, Outcome
from hopcheck.properties.theorem.check import TheoremReport
from hopcheck.report.schema.report import (
    SCHEMA,
    Advice,
    BuildValue,
    ChainStepReport,
    ChangeReport,
    CoverageReport,
    Doubt,
    EntryReport,
    FindingReport,
    Gap,
    IslandReport,
    LemmaReport,
    MismatchReport,
    ModelReport,
    PremiseReport,
    PropertyReport,
    Report,
    SecondOpinion,
    TheoremResult,
    TraceReport,
    TraceStep,
    ViolationReport,
)
from hopcheck.report.schema.search import SearchReport
from hopcheck.report.text.conclusion import Conclusion, concluded, concluded_change
from hopcheck.report.text.notation import families, slugs
from hopcheck.report.text.sentences import Story, also, missing, remedy, sentence, source_of


def report_of(result: MainResult, *, agreement: Sequence[str] = (), vacuity_is_error: bool = False) -> Report:
    """The report of the main job."""
    models = tuple(map(model_report, result.models))
    end = concluded(models, result.exit_code, vacuity_is_error=vacuity_is_error)
    return _report("check", models, end, result.seconds, agreement, None)


def report_of_change(result: ChangeResult) -> Report:
    """The report of a change: the device properties that it touches, with the change applied.

    What is expected of a property is the verdict that it has without the change, or a better one.
    """
    before = {(prop.variant, prop.name): prop.outcome for prop in model_report(result.before).properties}
    model = model_report(result.after)
    properties = tuple(_against(prop, before.get((prop.variant, prop.name), "safe")) for prop in model.properties)
    brings = tuple(found.finding.id for found in result.new)
    change = ChangeReport(
        result.path,
        result.build,
        result.base,
        tuple(map(_said, result.says)),
        brings,
        result.gone,
        result.undecided,
        result.stays,
        tuple(Advice(each.what, each.place, each.code.value) for each in result.warnings),
    )
    end = concluded_change(change, result.exit_code)
    return _report("prove", (replace(model, properties=properties),), end, result.seconds, (), change)


def _said(each: Said) -> str:
    """What a change does, and on which machine types."""
    return f"{each.what}: {families(each.machines)}" if each.machines else each.what


def _against(prop: PropertyReport, before: str) -> PropertyReport:
    """A property with the change, measured against its verdict without it."""
    if prop.outcome in (before, Outcome.SAFE.value):
        judgement = Judgement.EXPECTED
    else:
        judgement = Judgement.UNEXPECTED if prop.outcome == Outcome.UNSAFE.value else Judgement.INCONCLUSIVE
    return replace(prop, expected=before, expected_because="so it is without the change", judgement=judgement.value)


def _report(
    job: str,
    models: tuple[ModelReport, ...],
    end: Conclusion,
    seconds: float,
    agreement: Sequence[str],
    change: ChangeReport | None,
) -> Report:
    return Report(
        SCHEMA,
        __version__,
        job,
        end.exit_code,
        end.text,
        round(seconds, 3),
        models,
        tuple(agreement),
        change,
        made=now(),
    )


def now() -> str:
    """The time at which a report is made, in UTC."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def model_report(result: ModelResult) -> ModelReport:
    """The report of one model."""
    names = slugs([found.finding.id for found in result.findings])
    findings = [
        finding_report(found, number, slug)
        for number, (found, slug) in enumerate(zip(result.findings, names, strict=True), 1)
    ]
    return ModelReport(
        result.model,
        tuple(map(property_report, result.results)),
        tuple(map(str, result.vacuity)),
        tuple(findings),
        result.missing,
        result.further_unknown,
        None if result.coverage is None else _coverage(result.coverage),
        None if result.theorem is None else _theorem(result.theorem),
        tuple(IslandReport(each.build, f"{each.device}.{each.prop}", each.machines) for each in result.islands),
        violation_reports(result.violations),
        tuple(_searches(result.results)),
    )


def _searches(results: Sequence[PropertyResult]) -> Iterator[SearchReport]:
    """What each search met: the properties of a variant share one."""
    asked: dict[int, list[PropertyResult]] = {}
    for result in results:
        if result.exploration is not None:
            asked.setdefault(id(result.exploration), []).append(result)
    for (first, *_), of in ((group, [each.prop for each in group]) for group in asked.values()):
        explored = first.exploration
        assert explored is not None
        met = seen(first.system, of, explored)
        yield SearchReport(first.variant, explored.complete, explored.sliced, met.firings, met.values, met.antecedents)


def violation_reports(found: Sequence[ModelFinding]) -> tuple[ViolationReport, ...]:
    """The reports of what present releases violate, in the same order."""
    return tuple(
        ViolationReport(
            each.id,
            slug,
            each.shown.model,
            each.why,
            each.releases,
            each.rule,
            each.known,
            each.given,
            each.violates,
            property_report(each.shown),
        )
        for each, slug in zip(found, slugs([each.id for each in found]), strict=True)
    )


def property_report(result: PropertyResult) -> PropertyReport:
    """The report of one property: the verdict, what was expected, and the counts behind it."""
    verdict, explored, second = result.verdict, result.exploration, result.second
    return PropertyReport(
        result.model,
        result.variant,
        result.prop.name,
        result.prop.kind.value,
        result.prop.meaning,
        verdict.outcome.value,
        None if verdict.method is None else verdict.method.value,
        verdict.engine,
        verdict.reason,
        result.expected.outcome.value,
        result.expected.reason,
        result.judgement.value,
        None if second is None else SecondOpinion(second.engine, second.outcome.value, _name(second.method)),
        None if explored is None else explored.states,
        None if explored is None else explored.transitions,
        None if explored is None else explored.depth,
        None if explored is None else explored.complete,
        verdict.bound,
        round(result.seconds, 3),
        verdict.shortest,
        None if verdict.trace is None else trace_report(result.system, verdict.trace),
    )


def _name(method: object) -> str | None:
    return None if method is None else str(getattr(method, "value", method))


def trace_report(system: System, trace: Trace) -> TraceReport:
    """A trace with every state spelled out as what it changes."""
    before = system.decode(trace.initial)
    steps = []
    for step in trace.steps:
        now = system.decode(step.target)
        changed = {name: (before[name], now[name]) for name in now if now[name] != before[name]}
        steps.append(TraceStep(step.action, dict(step.arguments), changed))
        before = now
    return TraceReport(system.decode(trace.initial), tuple(steps))


def finding_report(found: FindingResult, number: int, slug: str) -> FindingReport:
    """The report of one finding; ``number`` is its place in the list, from 1."""
    finding, why = found.finding, found.finding.why
    story = story_of(found)
    extra = also(finding)
    return FindingReport(
        number=number,
        id=finding.id,
        slug=slug,
        device=finding.device,
        prop=finding.prop,
        cause=str(finding.cause),
        why=f"{sentence(story)} {extra}".strip(),
        remedy=remedy(story),
        open=finding.open,
        known=found.known,
        machine=found.machine,
        type=found.type_,
        machines=finding.machines,
        types=finding.types,
        also=finding.also,
        old=str(why.old),
        new=str(why.new),
        before=story.before,
        since=story.since,
        fixed=story.until or None,
        mismatch=MismatchReport(str(finding.mismatch.kind), str(finding.mismatch.breaks), finding.mismatch.evidence),
        entry=_entry(why.entry),
        needed=_entry(missing(story)),
        file=why.file,
        violates=found.violates,
        chain=tuple(
            ChainStepReport(step.action, step.build, step.value, step.guest, step.status, step.diverges)
            for step in found.chain
        ),
        values=_values(found),
        trace=trace_report(found.system, found.trace),
    )


def story_of(found: FindingResult) -> Story:
    """What the sentences about a finding speak of."""
    why, names = found.finding.why, stations_of(found)
    until = "" if why.fixed is None else names[why.fixed]
    return Story(found.finding, found.machine, found.type_, names[why.before], names[why.since], until)


def stations_of(found: FindingResult) -> tuple[str, ...]:
    """The builds of the model in which the finding was made, oldest first."""
    builds = found.system["build"].type
    assert isinstance(builds, EnumType)
    return builds.members


def _values(found: FindingResult) -> tuple[BuildValue, ...]:
    cells = zip(stations_of(found), found.finding.example.cells, strict=True)
    return tuple(
        BuildValue(build, cell.value if cell.known else "?", cell.known, str(cell.standing), source_of(cell))
        for build, cell in cells
        if cell.standing is not Standing.OFF
    )


def _entry(placed: PlacedEntry | None) -> EntryReport | None:
    if placed is None:
        return None
    entry = placed.entry
    file, line = place_of(entry.origin)
    return EntryReport(placed.array, entry.driver, entry.property, entry.value, file or placed.file, line)


def place_of(origin: str) -> tuple[str, int]:
    """The file and the line of an origin, where it is of the form ``file:line``; else no file, and line 0."""
    file, _, line = origin.rpartition(":")
    return (file, int(line)) if file and line.isascii() and line.isdigit() else ("", 0)


def _coverage(made: Coverage) -> CoverageReport:
    return CoverageReport(
        made.stations,
        made.triples,
        made.constant,
        made.rows,
        made.explored,
        tuple(Gap(*each) for each in made.unknown),
        tuple(Gap(*each) for each in made.review),
        tuple(Doubt(*each) for each in made.doubtful),
    )


def _theorem(made: TheoremReport) -> TheoremResult:
    from hopcheck.properties.theorem.check import STATEMENT

    lemmas = tuple(
        LemmaReport(each.obligation.name, each.obligation.meaning, each.z3.answer, each.cvc5.answer, each.discharged)
        for each in made.lemmas
    )
    premises = tuple(
        PremiseReport(premise.value, tuple(f"{each.mistake.value}: {each.hops}" for each in found))
        for premise, found in made.dropped.items()
    )
    return TheoremResult(STATEMENT, made.proved, made.sharp, lemmas, premises, round(made.seconds, 3))
