"""The sections of the migration stream as text: how many load between which builds, what is refused, what is left open."""

from __future__ import annotations

from collections.abc import Sequence

from hopcheck.engine.vmstate import doubts, pair_counts, why
from hopcheck.model.domain.vmstate.findings import section_findings
from hopcheck.model.domain.vmstate.sections import SectionStudy
from hopcheck.report.text.chain import write_table
from hopcheck.report.text.notation import count
from hopcheck.report.text.page import Look, Page


def vmstate_text(made: SectionStudy, look: Look) -> str:
    """What the builds' sections come to, by pairs of builds and by section."""
    page = Page(look)
    page.blank()
    if not made.rows:
        page.paragraph("No build of these facts states its sections.")
        return page.text
    page.paragraph("Sections that a build loads / refuses for certain / loads or refuses, nobody can tell", "bold")
    write_table(page, _pairs(made))
    _write_refused(page, made)
    _write_open(page, made)
    return page.text


def _pairs(made: SectionStudy) -> Sequence[Sequence[str]]:
    counts = {(each.source, each.destination): each for each in pair_counts(made)}
    rows = [("from \\ to", *made.stations)]
    for source in made.stations:
        told = [counts[source, destination] for destination in made.stations]
        rows.append((source, *(f"{each.accepted} / {each.refused} / {each.unknown}" for each in told)))
    return rows


def _write_refused(page: Page, made: SectionStudy) -> None:
    found = section_findings(made)
    page.heading("Refused for certain")
    if not found:
        page.paragraph("Nothing.", indent=2)
    for each in found:
        page.line(f"  {each.id}", "bold")
        page.paragraph(f"{why(each)[:1].upper()}{why(each)[1:]}.", indent=4)
        pairs = "; ".join(f"{source} -> {destination}" for source, destination in each.pairs)
        page.labelled("between", pairs, indent=4)


def _write_open(page: Page, made: SectionStudy) -> None:
    left = list(doubts(made))
    page.heading("Left open by the descriptions")
    page.paragraph(
        f"{count(len(left), 'section')} that load or not depending on what no description tells: whether a subsection is "
        "sent, when a conditional field is there, how many elements an array has.",
        indent=2,
    )
    for name, reasons in left:
        page.line(f"  {name}", "bold")
        for reason, pairs in reasons.items():
            page.paragraph(reason, indent=4, hang=2)
            page.labelled("between", "; ".join(pairs), "dim", indent=6)
