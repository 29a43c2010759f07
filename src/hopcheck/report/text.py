"""A whole report as text."""

from __future__ import annotations

from collections.abc import Sequence

from hopcheck.report.coverage_text import write_agreement, write_coverage
from hopcheck.report.findings_text import write_finding, write_findings
from hopcheck.report.page import Look, Page
from hopcheck.report.schema import ChangeReport, ModelReport, Report
from hopcheck.report.verdicts_text import write_verdicts

CAVEAT = (
    "A verdict speaks of the stated facts and models: names, values and entries read from QEMU's sources and asked of "
    "its binaries. It is no proof about QEMU's C code."
)


def report_text(report: Report, look: Look, *, everything: bool = False, files: str = "") -> str:
    """The report of the main job, or of a change; ``files``: the folder with the files of the run, "" where none."""
    page = Page(look)
    if report.change is not None:
        _write_change(page, report, report.change)
    else:
        write_verdicts(page, report.models)
        for model in report.models:
            _write_facts(page, model, everything, files)
        write_agreement(page, report.agreement)
    page.blank()
    if files:
        page.paragraph(f"Files of this run: {files} (counterexamples as JSON, text, DOT, SVG and GraphML).")
    page.paragraph(CAVEAT)
    page.paragraph(report.meaning, "bold")
    return page.text


def _write_facts(page: Page, model: ModelReport, everything: bool, files: str) -> None:
    newest = model.coverage.builds[-1] if model.coverage is not None else "the newest build"
    write_findings(page, model.findings, newest, everything=everything)
    _write_list(page, "Known findings that were not found again", model.missing)
    _write_list(page, "Unknown now, and not when the baseline was recorded", model.further_unknown)
    if model.coverage is not None:
        write_coverage(page, model.coverage, files)


def _write_list(page: Page, title: str, names: Sequence[str], most: int = 20) -> None:
    if names:
        page.heading(title)
        for name in names[:most]:
            page.paragraph(name, indent=2, hang=2)
        if len(names) > most:
            page.line(f"  and {len(names) - most} more")


def _write_change(page: Page, report: Report, change: ChangeReport) -> None:
    page.heading(f"{change.file}: {change.build}, from {change.base}")
    for each in change.says:
        page.paragraph(each, indent=2, hang=2)
    write_verdicts(page, report.models)
    new = [found for found in report.findings if found.id in change.brings]
    if new:
        page.heading("What the change breaks")
        for found in new:
            page.blank()
            write_finding(page, found, change.build)
    _write_list(page, "What the change repairs", change.repairs)
    _write_list(page, "What cannot be decided", change.undecided)
