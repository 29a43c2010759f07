"""From what the engine returns to the counterexamples that are written: those of findings and of violated properties."""

from __future__ import annotations

from collections.abc import Sequence

from hopcheck.engine.results import FindingResult, ModelResult, PropertyResult
from hopcheck.model.domain.protocol import Settings
from hopcheck.report.files import Run, Shown, shown_findings, shown_violations
from hopcheck.report.schema import ModelReport


def shown_of(results: Sequence[ModelResult], reports: Sequence[ModelReport]) -> tuple[Shown, ...]:
    """Every counterexample of a run; ``reports`` are those of the results, in the same order."""
    shown: list[Shown] = []
    for result, report in zip(results, reports, strict=True):
        newest = report.coverage.builds[-1] if report.coverage is not None else "the newest build"
        shown += shown_findings(report.findings, [_finding(each) for each in result.findings], newest)
        shown += shown_violations(report.properties, [_property(result, each) for each in result.results])
    return tuple(shown)


def _finding(found: FindingResult) -> Run:
    return Run(found.system, found.trace)


def _property(model: ModelResult, result: PropertyResult) -> Run | None:
    trace = result.verdict.trace
    settings = model.settings.get(result.variant)
    control = settings.control if isinstance(settings, Settings) else None
    return None if trace is None else Run(result.system, trace, control)
