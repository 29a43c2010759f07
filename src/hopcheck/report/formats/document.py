"""The formats of a report, by name; each is made of the report and of nothing else."""

from __future__ import annotations

from types import MappingProxyType

from hopcheck.model.errors import InputError
from hopcheck.report.formats.encode import to_json, to_line
from hopcheck.report.formats.itf import itf, traces
from hopcheck.report.formats.json_lines import lines
from hopcheck.report.formats.junit import junit
from hopcheck.report.formats.markdown import markdown
from hopcheck.report.formats.sarif import sarif
from hopcheck.report.gathering.told import told
from hopcheck.report.schema.repair import RepairReport
from hopcheck.report.schema.report import Report
from hopcheck.report.text.page import Look
from hopcheck.report.text.repair import repair_text
from hopcheck.report.text.report import report_text
from hopcheck.report.webpage import Pictures, webpage

REPAIR_FORMATS = ("text", "json", "junit", "sarif", "markdown", "diff")
"""The formats of a repair."""

NO_PICTURES: Pictures = MappingProxyType({})


def formatted(
    form: str,
    report: Report | RepairReport,
    look: Look,
    *,
    everything: bool = False,
    files: str = "",
    pictures: Pictures = NO_PICTURES,
) -> str:
    """The report in a format; ``look``, ``everything`` and ``files`` (the folder of the run) are for text only.

    Raises ``InputError`` where a report has no such form.
    """
    match form:
        case "json":
            return to_json(report).decode()
        case "junit":
            return junit(told(report))
        case "sarif":
            return to_json(sarif(told(report))).decode()
        case "markdown":
            return markdown(report, told(report))
    if isinstance(report, RepairReport):
        return _repair(form, report, look)
    match form:
        case "jsonl":
            return "".join(f"{to_line(each)}\n" for each in lines(report))
        case "itf":
            return to_json([itf(each, report.hopcheck) for each in traces(report)]).decode()
        case "html":
            return webpage(report, pictures)
        case _:
            return report_text(report, look, everything=everything, files=files)


def _repair(form: str, report: RepairReport, look: Look) -> str:
    match form:
        case "diff":
            return report.diff
        case "text":
            return repair_text(report, look)
        case _:
            raise InputError(f"a repair cannot be told as {form}", hint=f"write one of {', '.join(REPAIR_FORMATS)}")
