"""From what the engine returns to the counterexamples that are written: those of findings and of violated properties."""

from __future__ import annotations

from collections.abc import Sequence

from hopcheck.engine.results import FindingResult, ModelFinding, ModelResult, PropertyResult
from hopcheck.model.domain import migration, protocol
from hopcheck.model.domain.protocol.selection import Control
from hopcheck.report.files import Run, Shown, shown_findings, shown_model_findings, shown_violations
from hopcheck.report.schema.report import ModelReport


def shown_of(results: Sequence[ModelResult], reports: Sequence[ModelReport]) -> tuple[Shown, ...]:
    """Every counterexample of a run; ``reports`` are those of the results, in the same order."""
    shown: list[Shown] = []
    for result, report in zip(results, reports, strict=True):
        newest = report.coverage.builds[-1] if report.coverage is not None else "the newest build"
        shown += shown_findings(report.findings, [_finding(each) for each in result.findings], newest)
        shown += shown_model_findings(report.violations, [run_of(each) for each in result.violations])
        shown += shown_violations(report.properties, [_property(result, each) for each in result.results])
    return tuple(shown)


def _finding(found: FindingResult) -> Run:
    return Run(found.system, found.trace)


def _property(model: ModelResult, result: PropertyResult) -> Run | None:
    trace = result.verdict.trace
    return None if trace is None else Run(result.system, trace, _control(model.settings.get(result.variant)))


def run_of_property(result: PropertyResult, settings: object) -> Run:
    """The run that shows a property, in the model made from these settings."""
    assert result.verdict.trace is not None
    return Run(result.system, result.verdict.trace, _control(settings))


def run_of(found: ModelFinding) -> Run:
    """The run that shows what a present release violates."""
    assert found.shown.verdict.trace is not None
    return Run(found.shown.system, found.shown.verdict.trace, _control(found.settings))


def _control(settings: object) -> Control | None:
    return settings.control if isinstance(settings, protocol.Settings | migration.Settings) else None
