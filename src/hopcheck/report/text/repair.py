"""A repair as text: what breaks, the entries that mend it, the proof, and the diff."""

from __future__ import annotations

from hopcheck.report.schema.repair import RepairReport, TornReport
from hopcheck.report.text.notation import count, joined, shown
from hopcheck.report.text.page import Look, Page, write_list


def repair_text(report: RepairReport, look: Look) -> str:
    """The whole report; the diff comes as it is, so that it can be copied."""
    page = Page(look)
    page.heading(f"{report.file}: {report.build}, from {report.base}")
    for said in report.says:
        page.paragraph(said, indent=2, hang=2)
    if report.breaks:
        page.heading("What the change breaks")
        for each in report.breaks:
            page.paragraph(each.id, "red", indent=2)
            page.labelled("chain", each.chain, indent=4)
            page.labelled("machines", each.machines, indent=4)
    _write_entries(page, report)
    _write_impossible(page, report)
    write_list(page, "What is not known", report.undecided)
    _write_proof(page, report)
    _write_where(page, report)
    page.blank()
    page.paragraph(report.meaning, "bold")
    return page.text


def _write_entries(page: Page, report: RepairReport) -> None:
    if not report.add and not report.remove:
        return
    page.heading("The repair")
    for word, entries in (("remove", report.remove), ("add", report.add)):
        for each in entries:
            page.labelled(word, f"{each.array}: {each.notation}", "bold", indent=2)
    for name in report.arrays:
        page.paragraph(
            f"There is no array {name} yet: it comes with machine types of a version of their own, to which it does not "
            "apply; QEMU adds both together, with the first change of a release that needs them.",
            indent=2,
        )


def _write_impossible(page: Page, report: RepairReport) -> None:
    if report.torn or report.beyond:
        page.heading("What no entry can mend")
    for torn in report.torn:
        _write_torn(page, torn)
    for each in report.beyond:
        page.paragraph(f"{each.name}{f' on {each.machines}' if each.machines else ''}: {each.why}", indent=2, hang=2)
    for island in report.islands:
        page.paragraph(
            f"{island.build} is an island for {island.machines} with {island.name}: a guest that was powered on there "
            "cannot be moved to a newer build",
            indent=2,
            hang=2,
        )


def _write_torn(page: Page, torn: TornReport) -> None:
    page.paragraph(f"{torn.name} on {torn.machines}: released builds differ already", indent=2, hang=2)
    for side in torn.sides:
        mark = " (the change's choice)" if side.value == torn.now else ""
        broken = joined(side.breaks) if side.breaks else "nothing"
        page.paragraph(f"{shown(side.value)}{mark} breaks with {broken}", indent=6, hang=2)


def _write_proof(page: Page, report: RepairReport) -> None:
    if not report.proved:
        return
    page.heading("The change with the repair, over all chains")
    for each in report.proof:
        before = "" if each.before == each.outcome else f" (without any change: {each.before})"
        page.labelled(each.outcome, f"{each.name}{before}: {each.reason}", indent=2)
    if not report.proof:
        page.paragraph("each device property that it touches has one value wherever a guest can be", indent=2, hang=2)


def _write_where(page: Page, report: RepairReport) -> None:
    """The diff, or what to write where there is no tree."""
    if report.written:
        page.heading(f"Written: {count(len(report.written), 'file')}")
        for name in report.written:
            page.line(f"  {name}")
    if report.diff:
        page.heading("As a patch on the tree with the change")
        for line in report.diff.splitlines():
            page.line(line)
        return
    if report.no_diff:
        page.heading("There is no patch for it")
        page.paragraph(report.no_diff, indent=2)
    if report.toml:
        page.heading(f"For {report.file}" if report.file.endswith(".toml") else "As a change written by hand")
        for line in report.toml.splitlines():
            page.line(f"  {line}")
