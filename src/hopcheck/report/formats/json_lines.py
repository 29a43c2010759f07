"""A report as lines of JSON: the same objects that a run tells as it goes on, without what only a running one knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from hopcheck.report.schema.report import ModelReport, PropertyReport, Report

Line: TypeAlias = Mapping[str, Any]


def lines(report: Report) -> Iterator[Line]:
    """Every verdict, every finding, the models, and the end."""
    for model in report.models:
        for prop in model.properties:
            yield checked_line(prop)
        yield from model_lines(model)
    yield end_line(report)


def checked_line(prop: PropertyReport) -> Line:
    """A property has its verdict."""
    return {"event": "checked", "property": prop}


def model_lines(model: ModelReport) -> Iterator[Line]:
    """A model is done: its findings, and what else there is to say."""
    for found in model.findings:
        yield {"event": "finding", "model": model.model, "finding": found}
    for violation in model.violations:
        yield {"event": "violation", "model": model.model, "violation": violation}
    yield {
        "event": "done",
        "model": model.model,
        "vacuity": model.vacuity,
        "missing": model.missing,
        "further_unknown": model.further_unknown,
        "islands": model.islands,
        "coverage": model.coverage,
        "theorem": model.theorem,
        "searches": model.searches,
    }


def end_line(report: Report) -> Line:
    """The end: the exit code and what it means, and what concerns the whole."""
    return {
        "event": "end",
        "schema": report.schema,
        "hopcheck": report.hopcheck,
        "job": report.job,
        "exit_code": report.exit_code,
        "meaning": report.meaning,
        "seconds": report.seconds,
        "made": report.made,
        "agreement": report.agreement,
        "change": report.change,
        "diff": report.diff,
        "comparison": report.comparison,
    }
