"""Runs as ITF, the Informal Trace Format: a state after the other, each with all variables, for tools that replay traces.

The format is described in Apalache's ADR 015: a JSON object with ``#meta``, ``vars`` and ``states``; each state has the
number ``index`` in its own ``#meta``, and every number is written as ``{"#bigint": "1"}``. The name of the action that led
to a state stands in that state's ``#meta``, since it is no variable.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hopcheck.report.schema.report import Plain, Report, TraceReport
from hopcheck.report.text.verdicts import title

_DESCRIPTION = "https://apalache-mc.org/docs/adr/015adr-trace.html"

FACTS_MODEL = "device_config"
"""The model of which findings in QEMU are runs."""


@dataclass(frozen=True, slots=True)
class NamedTrace:
    """A run with the name of what it shows, the model it is a run of, and whether it ends in a violation."""

    name: str
    source: str
    trace: TraceReport
    violation: bool


def traces(report: Report) -> tuple[NamedTrace, ...]:
    """Every run that a report holds: of properties, of findings, of what present releases violate."""
    made = [
        NamedTrace(f"{title(prop)}: {prop.name}", prop.model, prop.trace, prop.outcome == "unsafe")
        for prop in report.properties
        if prop.trace is not None
    ]
    made += [NamedTrace(each.id, each.model, each.trace, True) for each in report.violations]
    made += [NamedTrace(found.id, FACTS_MODEL, found.trace, True) for found in report.findings]
    if report.diff is not None:
        found_there = (*report.diff.between, *report.diff.appear, *report.diff.disappear)
        made += [NamedTrace(found.id, FACTS_MODEL, found.trace, True) for found in found_there]
    return tuple(made)


def itf(named: NamedTrace, hopcheck: str) -> Mapping[str, Any]:
    """One run; ``hopcheck``: the version that found it."""
    variables = list(named.trace.initial)
    return {
        "#meta": {
            "format": "ITF",
            "format-description": _DESCRIPTION,
            "source": named.source,
            "description": f"{named.name}, by hopcheck {hopcheck}",
            "status": "violation" if named.violation else "ok",
        },
        "params": [],
        "vars": variables,
        "states": list(_states(named.trace)),
    }


def _states(trace: TraceReport) -> Sequence[Mapping[str, Any]]:
    now = dict(trace.initial)
    made: list[dict[str, Any]] = [{"#meta": {"index": 0}, **_values(now)}]
    for index, step in enumerate(trace.steps, 1):
        now |= {name: new for name, (_, new) in step.changed.items()}
        made.append({"#meta": {"index": index, "action": step.label}, **_values(now)})
    return made


def _values(state: Mapping[str, Plain]) -> Mapping[str, Any]:
    return {name: _value(value) for name, value in state.items()}


def _value(value: Plain) -> Any:
    if isinstance(value, bool) or not isinstance(value, int):
        return value
    return {"#bigint": str(value)}
