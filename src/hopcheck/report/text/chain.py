"""A counterexample as a table: of each step only what changed."""

from __future__ import annotations

from collections.abc import Sequence

from hopcheck.report.schema.report import BuildValue, FindingReport, Plain, PropertyReport, TraceReport
from hopcheck.report.text.findings import change, lasting, machines, mismatch, outcome
from hopcheck.report.text.notation import shown
from hopcheck.report.text.page import Look, Page
from hopcheck.report.text.verdicts import title

_SAME = "."
"""What stands in a cell that has not changed."""


def chain_text(found: FindingReport, newest: str, look: Look) -> str:
    """A finding's chain, its row of values over the builds, and why it is so."""
    page = Page(look)
    page.line(found.id, "bold")
    page.line(f"machine type {found.machine}, device type {found.type}, property {found.prop}")
    page.blank()
    write_chain(page, found)
    page.blank()
    page.labelled("value", f"{change(found)}; {lasting(found, newest)}", margin=10)
    page.labelled("mismatch", mismatch(found.mismatch))
    if found.mismatch.evidence:
        page.labelled("evidence", found.mismatch.evidence)
    page.labelled("why", found.why)
    if found.needed is not None:
        page.labelled("missing", f"{found.needed.array}: {found.needed.notation}")
    page.labelled("known", found.known or "no")
    page.labelled("violates", ", ".join(found.violates))
    page.labelled("machines", machines(found))
    page.labelled("devices", ", ".join(found.types))
    page.heading(f"{found.name} on {found.machine}, build by build")
    write_values(page, found.values)
    return page.text


def write_chain(page: Page, found: FindingReport) -> None:
    """The chain as a table in QEMU's terms."""
    rows: list[tuple[str, ...]] = [("step", "action", "build", "process has", "guest has seen", "status", "")]
    before: tuple[str, ...] | None = None
    for number, step in enumerate(found.chain, 1):
        now = (step.build, shown(step.value), shown(step.guest), step.status)
        cells = now if before is None else tuple(_SAME if a == b else a for a, b in zip(now, before, strict=True))
        mark = "<- differs" if step.diverges else ""
        rows.append((str(number), step.action.replace("_", " "), *cells, mark))
        before = now
    write_table(page, rows)
    page.paragraph(f"{outcome(found)[:1].upper()}{outcome(found)[1:]}.", hang=0)


def write_values(page: Page, values: Sequence[BuildValue]) -> None:
    """The value in each build and where it comes from; builds in a row with the same are one line."""
    runs: list[list[BuildValue]] = []
    for each in values:
        if runs and (runs[-1][0].value, runs[-1][0].source) == (each.value, each.source):
            runs[-1].append(each)
        else:
            runs.append([each])
    for run in runs:
        builds = run[0].build if len(run) == 1 else f"{run[0].build} to {run[-1].build}"
        page.labelled(builds, f"{shown(run[0].value)}  ({run[0].source})", indent=2, margin=22)


def trace_text(prop: PropertyReport, trace: TraceReport, look: Look) -> str:
    """A counterexample of a model: the initial state, then the variables that each step changes."""
    page = Page(look)
    page.line(f"{title(prop)}: {prop.name}", "bold")
    page.paragraph(prop.meaning)
    told = f"{prop.outcome}, {prop.judgement}: {prop.expected_because}" if prop.expected_because else prop.outcome
    page.paragraph(told)
    page.blank()
    write_trace(page, trace)
    if prop.shortest:
        page.paragraph("No shorter run shows it.")
    return page.text


def write_trace(page: Page, trace: TraceReport) -> None:
    """The initial state, then the variables that each step changes."""
    page.line("initially", "dim")
    for name, value in trace.initial.items():
        page.line(f"     {name} = {text(value)}")
    for number, step in enumerate(trace.steps, 1):
        page.line(f"{number:>3}  {step.label}", "bold")
        for name, (old, new) in step.changed.items():
            page.line(f"     {name}: {text(old)} -> {text(new)}")
        if not step.changed:
            page.line("     nothing changes", "dim")


def text(value: Plain) -> str:
    """A value as the modelling language writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def write_table(page: Page, rows: Sequence[Sequence[str]]) -> None:
    """Rows in columns, two spaces apart; the first is a header."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for number, row in enumerate(rows):
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        page.line(line, *(("dim",) if number == 0 else ()))
