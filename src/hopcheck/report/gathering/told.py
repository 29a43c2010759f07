"""A run as other tools see it: who ran, how it ended, and its cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from hopcheck.report.formats.case import Case, Status
from hopcheck.report.formats.cases import cases
from hopcheck.report.formats.cases_repair import repair_cases
from hopcheck.report.schema.repair import RepairReport
from hopcheck.report.schema.report import Report


@dataclass(frozen=True, slots=True)
class Told:
    """A run. ``made``: when it ended, in UTC, "" where nobody recorded it; ``properties``: what else is known of it."""

    hopcheck: str
    job: str
    exit_code: int
    meaning: str
    seconds: float
    made: str
    cases: tuple[Case, ...]
    properties: Mapping[str, str]

    @property
    def tally(self) -> Mapping[Status, int]:
        """How many cases came to what."""
        found = Counter(each.status for each in self.cases)
        return {status: found[status] for status in Status}


def told(report: Report | RepairReport) -> Told:
    """A report, or a repair, as a run with its cases."""
    if isinstance(report, RepairReport):
        known = {
            "schema": report.schema,
            "ending": report.ending,
            "change": "; ".join(report.says),
            "diff": report.diff,
            "no diff": report.no_diff,
            "toml": report.toml,
            "written": ", ".join(report.written),
        }
        made = repair_cases(report)
        return Told(report.hopcheck, "repair", report.exit_code, report.meaning, 0.0, "", made, _filled(known))
    return Told(
        report.hopcheck,
        report.job,
        report.exit_code,
        report.meaning,
        report.seconds,
        report.made,
        cases(report),
        _filled({"schema": report.schema, "change": _says(report), **_coverage(report), **_activity(report)}),
    )


def _says(report: Report) -> str:
    return "" if report.change is None else "; ".join(report.change.says)


def _coverage(report: Report) -> Mapping[str, str]:
    """How much the verdicts on facts stand for."""
    made: dict[str, str] = {}
    for model in report.models:
        if (found := model.coverage) is not None:
            made |= {
                f"{model.model}: builds": ", ".join(found.builds),
                f"{model.model}: triples of machine type, device type and property": str(found.triples),
                f"{model.model}: triples with one value": str(found.constant),
                f"{model.model}: rows": str(found.rows),
                f"{model.model}: rows explored": str(found.explored),
                f"{model.model}: unknown": str(len(found.unknown)),
                f"{model.model}: to be reviewed": str(len(found.review)),
                f"{model.model}: doubtful": str(len(found.doubtful)),
            }
    return made


def _activity(report: Report) -> Mapping[str, str]:
    """What each search met: how often actions were taken, and what never happened."""
    made: dict[str, str] = {}
    for model in report.models:
        for each in model.searches:
            name = ", ".join(filter(None, (model.model, each.variant)))
            made |= {
                f"{name}: actions": ", ".join(f"{action}={times}" for action, times in each.actions.items()),
                f"{name}: never fired": ", ".join(each.never_fired),
                f"{name}: never changed": ", ".join(each.never_changed),
                f"{name}: never true": ", ".join(each.never_true),
            }
    return made


def _filled(known: Mapping[str, str]) -> Mapping[str, str]:
    return {name: value for name, value in known.items() if value}
