"""Reading a report, or a repair, that was saved as JSON: somebody else may have written it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from hopcheck.model.errors import InputError
from hopcheck.report.schema.repair import SCHEMA as REPAIR_SCHEMA
from hopcheck.report.schema.repair import RepairReport
from hopcheck.report.schema.report import SCHEMA, FindingReport, Report
from hopcheck.report.text.causes import CAUSES, DIRECTIONS, EXIT_CODES, KINDS

MOST = 256 * 2**20
"""Bytes: the report of the main job has a few million."""

_HINT = "give a report.json that hopcheck wrote"


def saved(path: Path) -> Report | RepairReport:
    """The report in a file. Raises ``InputError`` where there is none, or where its parts do not fit together."""
    try:
        with path.open("rb") as stream:
            text = stream.read(MOST + 1)
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", hint=_HINT, file=str(path)) from None
    if len(text) > MOST:
        raise InputError(f"is no report (more than {MOST:,} bytes)", hint=_HINT, file=str(path))
    try:
        report = _decoded(text)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"is no report ({error})", hint=_HINT, file=str(path)) from None
    for problem in _problems(report):
        raise InputError(f"is no report ({problem})", hint=_HINT, file=str(path))
    return report


def _decoded(text: bytes) -> Report | RepairReport:
    kind = msgspec.json.decode(text, type=_Kind).schema
    if kind == REPAIR_SCHEMA:
        return msgspec.json.decode(text, type=RepairReport)
    if kind != SCHEMA:
        raise msgspec.ValidationError(f"its schema is {kind!r:.80}, and {SCHEMA!r} or {REPAIR_SCHEMA!r} can be read")
    return msgspec.json.decode(text, type=Report)


class _Kind(msgspec.Struct):
    """What tells a report from a repair."""

    schema: str


def _problems(report: Report | RepairReport) -> Iterator[str]:
    """What no report of hopcheck has: words that mean nothing, and parts without what is told of them."""
    if str(report.exit_code) not in {topic.name for topic in EXIT_CODES}:
        yield f"there is no exit code {report.exit_code}"
    if isinstance(report, RepairReport):
        return
    for found in (*report.findings, *_of_a_diff(report)):
        yield from _of_a_finding(found)
    for violation in report.violations:
        if violation.shown.trace is None:
            yield f"{violation.id!r:.80} has no run that shows it"
    for prop in report.properties:
        if prop.judgement not in _JUDGEMENTS or prop.outcome not in _OUTCOMES:
            yield f"{prop.name!r:.80} is {prop.outcome!r:.80}, {prop.judgement!r:.80}"
    for model in report.models:
        if model.coverage is not None and not model.coverage.builds:
            yield f"{model.model!r:.80} was checked over no builds"


_JUDGEMENTS = ("as expected", "against expectation", "inconclusive")
_OUTCOMES = ("safe", "unsafe", "unknown")


def _of_a_diff(report: Report) -> tuple[FindingReport, ...]:
    told = report.diff
    return () if told is None else (*told.between, *told.appear, *told.disappear)


def _of_a_finding(found: FindingReport) -> Iterator[str]:
    if found.cause not in {topic.name for topic in CAUSES}:
        yield f"there is no cause {found.cause!r:.80}"
    if found.mismatch.kind not in {topic.name for topic in KINDS} or found.mismatch.breaks not in DIRECTIONS:
        yield f"there is no mismatch {found.mismatch.kind!r:.80}, {found.mismatch.breaks!r:.80}"
    if not found.chain:
        yield f"{found.id!r:.80} has no chain"
