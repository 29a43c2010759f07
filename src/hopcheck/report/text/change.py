"""A change as text: what it says, what was checked with it and without it, and what it breaks or repairs."""

from __future__ import annotations

import itertools

from hopcheck.report.schema.report import ChangeReport, PropertyReport, Report
from hopcheck.report.text.findings import write_finding
from hopcheck.report.text.page import Page, write_list
from hopcheck.report.text.verdicts import explored, title

_NAME, _VERDICT = 34, 10
"""Columns of a property's name, and of a verdict."""

NOTHING_SAID = "nothing that the facts hold: no default, compat entry, machine type or device type is another"


def write_change(page: Page, report: Report, change: ChangeReport) -> None:
    """The whole report of a change, but for its last lines."""
    page.heading(f"{change.file}: {change.build}, from {change.base}")
    for said in change.says or (NOTHING_SAID,):
        page.paragraph(said, indent=2, hang=2)
    write_list(
        page, "What to look at", [f"{each.place}: {each.what}" if each.place else each.what for each in change.warnings]
    )
    if report.properties:
        page.heading("What was checked: the device properties that it touches, over all chains through all builds")
        page.line(f"  {'property':<{_NAME}} {'without':<{_VERDICT}} with the change", "dim")
    for _, group in itertools.groupby(report.properties, key=lambda prop: prop.variant):
        _write_variant(page, tuple(group))
    new = [found for found in report.findings if found.id in change.brings]
    if new:
        page.heading("What the change breaks")
        for found in new:
            page.blank()
            write_finding(page, found, change.build)
    write_list(page, "What the change repairs", change.repairs)
    write_list(page, "What stays as it is without the change", change.stays)
    write_list(page, "What cannot be decided", change.undecided)


def _write_variant(page: Page, group: tuple[PropertyReport, ...]) -> None:
    page.ends(title(group[0]), explored(group), "bold")
    for prop in group:
        styles = ("red", "bold") if prop.judgement != "as expected" else ()
        name = prop.name
        if len(name) > _NAME:
            page.line(f"  {name}", *styles)
            name = ""
        page.line(f"  {name:<{_NAME}} {prop.expected:<{_VERDICT}} {prop.outcome}", *styles)
        if prop.outcome == "unknown":
            page.paragraph(f"unknown because: {prop.reason}", indent=4, hang=2)
