"""A whole report as text."""

from __future__ import annotations

from hopcheck.report.schema.report import ModelReport, Report
from hopcheck.report.text.activity import write_activity
from hopcheck.report.text.change import write_change
from hopcheck.report.text.coverage import write_agreement, write_coverage
from hopcheck.report.text.diff import write_comparison, write_diff
from hopcheck.report.text.findings import write_findings
from hopcheck.report.text.islands import write_islands
from hopcheck.report.text.notation import joined
from hopcheck.report.text.page import Look, Page, write_list
from hopcheck.report.text.verdicts import write_verdicts
from hopcheck.report.text.violations import write_violations

CAVEAT = (
    "A verdict speaks of the stated facts and models: names, values and entries read from QEMU's sources and asked of "
    "its binaries. It is no proof about QEMU's C code."
)


_FEW = 8
"""So many new findings are named again at the end."""


def report_text(report: Report, look: Look, *, everything: bool = False, files: str = "") -> str:
    """The report of the main job, or of a change; ``files``: the folder with the files of the run, "" where none."""
    page = Page(look)
    if report.change is not None:
        write_change(page, report, report.change)
    elif report.diff is not None:
        write_diff(page, report.diff, everything=everything)
    elif report.comparison is not None:
        write_comparison(page, report.comparison, everything=everything)
    else:
        write_verdicts(page, report.models)
        for model in report.models:
            _write_facts(page, model, everything, files)
        write_violations(page, report.violations, everything=everything)
        write_activity(page, report.models, everything=everything)
        write_agreement(page, report.agreement)
    page.blank()
    if files:
        page.paragraph(f"Files of this run: {files} (report.html to read; counterexamples as JSON, text, ITF, DOT and SVG).")
    new = [f"{found.number} ({found.name})" for found in report.findings if found.known is None]
    new += [found.id for found in report.violations if found.known is None]
    if new and len(new) <= _FEW and report.change is None:
        page.paragraph(f"New: {joined(new)}.", "red")
    page.paragraph(CAVEAT)
    page.paragraph(report.meaning, "bold")
    return page.text


def _write_facts(page: Page, model: ModelReport, everything: bool, files: str) -> None:
    newest = model.coverage.builds[-1] if model.coverage is not None else "the newest build"
    write_findings(page, model.findings, newest, everything=everything)
    write_list(page, "Known findings that were not found again", model.missing)
    write_list(page, "Unknown now, and not when the baseline was recorded", model.further_unknown)
    write_islands(page, model.islands)
    if model.coverage is not None:
        write_coverage(page, model.coverage, files)
