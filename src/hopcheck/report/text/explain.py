"""Explanations as text: of a finding, of a model, and of the words that reports use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hopcheck.report.gathering.entries import EntrySpan
from hopcheck.report.schema.report import FindingReport
from hopcheck.report.text.causes import CAUSES, EXIT_CODES, KINDS, VERDICTS, Topic
from hopcheck.report.text.chain import write_chain, write_values
from hopcheck.report.text.findings import change, lasting, machines, mismatch
from hopcheck.report.text.page import Look, Page


@dataclass(frozen=True, slots=True)
class Meaning:
    """A property of a model, and the verdict expected of it with the reason."""

    name: str
    meaning: str
    expected: str


@dataclass(frozen=True, slots=True)
class Described:
    """A model in words: one list of properties for each variant."""

    name: str
    summary: str
    how: str
    source: str
    variants: tuple[tuple[str, tuple[Meaning, ...]], ...]


def finding_text(found: FindingReport, entries: Sequence[EntrySpan], newest: str, look: Look) -> str:
    """What a finding means: what changes, the chain step by step, values and entries build by build, and the remedy."""
    page = Page(look)
    page.line(found.id, "bold")
    page.paragraph(found.why)
    page.paragraph(next(topic.text for topic in CAUSES if topic.name == found.cause), "dim")
    page.heading("What a guest meets")
    write_chain(page, found)
    page.labelled("value", f"{change(found)}; {lasting(found, newest)}")
    page.labelled("mismatch", mismatch(found.mismatch))
    page.labelled("evidence", found.mismatch.evidence or "none: nobody has tried")
    page.labelled("machines", machines(found))
    page.labelled("devices", ", ".join(found.types))
    page.labelled("violates", ", ".join(found.violates))
    page.heading(f"{found.name} on {found.machine}, build by build")
    write_values(page, found.values)
    _write_entries(page, entries, found.machine)
    page.heading("What would have to be different")
    page.paragraph(found.remedy, indent=2)
    if found.needed is not None:
        page.labelled("missing", f"{found.needed.array}: {found.needed.notation}", "bold", indent=2)
    if found.file:
        page.labelled("file", found.file, indent=2)
    page.labelled("known", found.known or "no", indent=2)
    return page.text


def _write_entries(page: Page, entries: Sequence[EntrySpan], machine: str) -> None:
    page.heading("Compat entries for it")
    if not entries:
        page.line("  no build has one")
    for each in entries:
        page.paragraph(f"{each.array}: {each.notation}", indent=2, hang=2)
        applied = f"{machine} applies it in {_span(each.applied)}" if each.applied else f"{machine} does not apply it"
        page.paragraph(f"in {_span(each.builds)}; {applied}", indent=6, hang=2)


def _span(builds: Sequence[str]) -> str:
    return builds[0] if len(builds) == 1 else f"{len(builds)} builds, {builds[0]} to {builds[-1]}"


def model_text(model: Described, look: Look) -> str:
    """What a model is about, and what must hold of it."""
    page = Page(look)
    page.line(model.name, "bold")
    page.paragraph(f"{model.summary[:1].upper()}{model.summary[1:]}.")
    page.labelled("checked", model.how)
    page.labelled("source", model.source)
    for variant, properties in model.variants:
        page.heading(f"Variant: {variant}" if variant else "What must hold")
        for prop in properties:
            page.paragraph(f"{prop.name}: {prop.meaning}", indent=2, hang=2)
            page.paragraph(f"expected {prop.expected}", "dim", indent=6, hang=2)
    return page.text


def topic_text(topic: Topic, look: Look) -> str:
    """What one word means."""
    page = Page(look)
    page.line(topic.name, "bold")
    page.paragraph(topic.text if topic.text[:1].isupper() else f"{topic.text[:1].upper()}{topic.text[1:]}.")
    return page.text


def topics_text(look: Look) -> str:
    """All words that reports use."""
    page = Page(look)
    for title, topics in (
        ("Verdicts", VERDICTS),
        ("Causes of findings", CAUSES),
        ("Kinds of mismatch", KINDS),
        ("Exit codes", EXIT_CODES),
    ):
        page.heading(title)
        for topic in topics:
            page.labelled(topic.name, topic.text, indent=2, margin=22)
    return page.text


def topic_of(name: str) -> Topic | None:
    """The topic of that name; dashes and upper case do not matter."""
    wanted = name.lower().replace("-", " ").replace("_", " ")
    return next((topic for topic in (*CAUSES, *KINDS, *VERDICTS) if topic.name == wanted), None)
