"""What present releases violate, as text: all of it in a list, one of it with the run that shows it."""

from __future__ import annotations

from collections.abc import Sequence

from hopcheck.report.schema.report import ViolationReport
from hopcheck.report.text.chain import write_trace
from hopcheck.report.text.notation import count
from hopcheck.report.text.page import Look, Page


def write_violations(page: Page, found: Sequence[ViolationReport], *, everything: bool) -> None:
    """All of it: what is new in full, what is known in a line each, unless all is asked for in full."""
    if not found:
        return
    new = [each for each in found if each.known is None]
    page.heading("Findings in present releases, as the models show them")
    page.paragraph(
        f"{count(len(found), 'violation')} of what a migration asks of libvirt and QEMU: {len(new)} new, "
        f"{len(found) - len(new)} known. hopcheck explain NAME tells each with its shortest run."
    )
    for each in found:
        if everything or each.known is None:
            page.blank()
            _write_in_full(page, each)
    if len(new) < len(found) and not everything:
        page.blank()
        page.line("Known (in full with --all):", "dim")
        for each in found:
            if each.known is not None:
                page.ends(f"  {each.id}", count(len(each.trace.steps), "step"))


def _write_in_full(page: Page, each: ViolationReport) -> None:
    new = each.known is None
    page.ends(f"  {each.id}", "NEW" if new else "known", *(("bold", "red") if new else ("bold",)))
    label = {"indent": 5, "margin": 10}
    page.labelled("why", each.why, **label)
    page.labelled("violates", ", ".join(each.violates), **label)
    page.labelled("releases", each.releases, **label)
    page.labelled("rule", each.rule or "not named yet", **label)
    page.labelled("run", ", ".join(step.label for step in each.trace.steps) or "none: it is so from the start", **label)
    page.labelled("known", each.known or "no", **label)


def violation_text(found: ViolationReport, look: Look) -> str:
    """One of it: what breaks, in which releases, by which rule, and the shortest run step by step."""
    page = Page(look)
    page.line(found.id, "bold")
    page.paragraph(f"{found.why[:1].upper()}{found.why[1:]}.")
    page.blank()
    page.labelled("violates", f"{found.shown.name}: {found.shown.meaning}")
    others = [name for name in found.violates if name != found.shown.name]
    if others:
        page.labelled("also", ", ".join(others))
    page.labelled("releases", found.releases)
    page.labelled("rule", found.rule or "not named yet")
    page.labelled("known", found.known or "no")
    page.labelled("see it", _command(found))
    page.heading("The shortest run that shows it")
    write_trace(page, found.trace)
    return page.text


def _command(found: ViolationReport) -> str:
    settings = " ".join(f"--set {name}={value}" for name, value in found.settings.items())
    return f"hopcheck check {found.model} {settings}".rstrip()
