"""A report as SARIF 2.1.0: a result for each case that failed, cannot be told, or is known, at its file and line.

What is as it was expected is no result: the run's property bag counts it. The shortest chain or run is a code flow; known
findings are suppressed with their reasons. Paths are relative to a base that the reader knows: ``SRCROOT`` is what was
checked, ``HOPCHECK`` is hopcheck's own repository, which holds the models. Fingerprints are made of what stays the same from
run to run: what a case is about, its suite and its name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from hopcheck.model.codes import Code
from hopcheck.report.formats.case import Case, CaseStep, Place, Since, Status
from hopcheck.report.gathering.told import Told
from hopcheck.report.text.causes import exit_meaning
from hopcheck.report.text.chain import text as written
from hopcheck.report.text.codes import pages

SCHEMA_URI = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

_BROKEN = 70
"""The exit code of a run that concluded nothing."""

_LEVELS = {Status.FAILED: "error", Status.UNKNOWN: "none", Status.NOTED: "note"}
"""Of what is no failure the standard wants the level "none"."""


def sarif(told: Told) -> Mapping[str, Any]:
    """The document."""
    results = [case for case in told.cases if case.status is not Status.PASSED]
    codes = list(dict.fromkeys(case.code for case in results))
    run: dict[str, Any] = {
        "tool": {"driver": {"name": "hopcheck", "version": told.hopcheck, "rules": [_rule(code) for code in codes]}},
        "invocations": [_invocation(told)],
        "originalUriBaseIds": {
            "SRCROOT": {"description": {"text": "The root of the sources that were checked."}},
            "HOPCHECK": {"description": {"text": "The root of hopcheck's own repository."}},
        },
        "columnKind": "unicodeCodePoints",
        "results": [_result(case, codes.index(case.code)) for case in results],
        "properties": {
            "job": told.job,
            "meaning": told.meaning,
            **{status.value: number for status, number in told.tally.items()},
            **told.properties,
        },
    }
    return {"$schema": SCHEMA_URI, "version": "2.1.0", "runs": [run]}


def _rule(code: Code) -> Mapping[str, Any]:
    page = pages()[code]
    return {
        "id": code.value,
        "name": "".join(word.capitalize() for word in code.name.split("_")),
        "shortDescription": {"text": page.title},
        "fullDescription": {"text": page.text},
        "help": {"text": page.remedy},
    }


def _invocation(told: Told) -> Mapping[str, Any]:
    known: dict[str, Any] = {
        "executionSuccessful": told.exit_code != _BROKEN,
        "exitCode": told.exit_code,
        "exitCodeDescription": exit_meaning(told.exit_code),
    }
    if told.made:
        known["endTimeUtc"] = f"{told.made}Z"
    return known


def _result(case: Case, rule: int) -> Mapping[str, Any]:
    made: dict[str, Any] = {
        "ruleId": case.code.value,
        "ruleIndex": rule,
        "kind": "open" if case.status is Status.UNKNOWN else "fail",
        "level": _LEVELS[case.status],
        "message": {"text": f"{case.name}: {case.summary}"},
        "partialFingerprints": {"hopcheckCase/v1": _fingerprint(case)},
        "locations": [_location(case, place) for place in case.places[:1]] or [{"logicalLocations": [_logical(case)]}],
        "properties": {"suite": case.suite, **{label: value for label, value in case.details.items() if value}},
    }
    if len(case.places) > 1:
        made["relatedLocations"] = [{"physicalLocation": _physical(place)} for place in case.places[1:]]
    if case.steps:
        made["codeFlows"] = [_code_flow(case)]
    if case.since is not Since.UNTOLD:
        made["baselineState"] = case.since.value
    if case.status is Status.NOTED:
        made["suppressions"] = [{"kind": "external", "status": "accepted", "justification": case.reason}]
    elif case.reason:
        made["properties"]["reason"] = case.reason
    return made


def _fingerprint(case: Case) -> str:
    return hashlib.sha256("\0".join((case.code.value, case.suite, case.name)).encode(errors="replace")).hexdigest()[:32]


def _location(case: Case, place: Place) -> Mapping[str, Any]:
    return {"physicalLocation": _physical(place), "logicalLocations": [_logical(case)]}


def _logical(case: Case) -> Mapping[str, Any]:
    return {"fullyQualifiedName": f"{case.suite}: {case.name}"}


def _physical(place: Place) -> Mapping[str, Any]:
    base = "HOPCHECK" if place.own else "SRCROOT"
    made: dict[str, Any] = {"artifactLocation": {"uri": relative(place.file), "uriBaseId": base}}
    if place.line:
        made["region"] = {"startLine": place.line}
    return made


def relative(file: str) -> str:
    """A path as a relative URI: of one that leads out of the sources, or stands at a root, only the last part."""
    path = PurePosixPath(file)
    inside = not path.is_absolute() and ".." not in path.parts and bool(path.parts)
    told = str(path) if inside else path.name
    return quote(told.encode(errors="replace"), safe="/") or "unknown"


def _code_flow(case: Case) -> Mapping[str, Any]:
    steps = [_step(step, number, case.places) for number, step in enumerate(case.steps, 1)]
    return {"threadFlows": [{"locations": steps}]}


def _step(step: CaseStep, number: int, places: Sequence[Place]) -> Mapping[str, Any]:
    location: dict[str, Any] = {"message": {"text": step.text}}
    if places:
        location["physicalLocation"] = _physical(places[0])
    return {
        "executionOrder": number,
        "importance": "essential" if step.bad else "important",
        "location": location,
        "state": {name: {"text": written(value)} for name, value in step.state.items()},
    }
