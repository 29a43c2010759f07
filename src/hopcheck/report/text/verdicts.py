"""The table of verdicts: for each variant of each model what was explored, and for each property what came out."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from hopcheck.report.schema.report import ModelReport, PropertyReport, TheoremResult
from hopcheck.report.text.notation import count, seconds
from hopcheck.report.text.page import Page

_WIDTHS = (8, 10, 26)
"""Columns of the verdict, of whether it was expected, and of how it was established."""

_LONGEST = 44
"""Columns of a property's name at most: beyond, the eye loses the line."""

_JUDGED = {"as expected": "expected", "against expectation": "UNEXPECTED", "inconclusive": "undecided"}


def write_verdicts(page: Page, models: Sequence[ModelReport]) -> None:
    """The whole table."""
    page.heading("Models")
    name = _name_width(page)
    verdict, judged, _ = _WIDTHS
    header = f"  {'property':<{name}} {'verdict':<{verdict}} {'':<{judged}} established by"
    page.line(header, "dim")
    for model in models:
        for _, group in itertools.groupby(model.properties, key=_variant):
            _write_variant(page, tuple(group), name)
        if model.theorem is not None:
            _write_theorem(page, model.model, model.theorem, name)
        if not model.properties and model.theorem is None:
            page.ends(model.model, "not checked: proofs are switched off", "bold")
        for text in model.vacuity:
            page.paragraph(f"vacuous: {text}", "yellow", indent=2, hang=2)


def _variant(prop: PropertyReport) -> tuple[str, str, int | None]:
    return prop.model, prop.variant, prop.states


def _name_width(page: Page) -> int:
    return min(page.look.width - sum(_WIDTHS) - 5, _LONGEST)


def _write_variant(page: Page, group: Sequence[PropertyReport], name: int) -> None:
    first = group[0]
    page.ends(title(first), explored(group), "bold")
    for prop in group:
        _write_property(page, prop, name)


def title(prop: PropertyReport) -> str:
    """The model and its variant; what was not explored is of any size."""
    return ", ".join(filter(None, (prop.model, prop.variant, "" if prop.states is not None else "any size")))


def explored(group: Sequence[PropertyReport]) -> str:
    """What was done for the properties of one variant: the counts of the search, or that there was none."""
    first = group[0]
    took = seconds(max(prop.seconds for prop in group))
    if first.states is None or first.transitions is None or first.depth is None:
        return f"proved, nothing explored, {took}"
    counts = f"{count(first.states, 'state')}, {count(first.transitions, 'transition')}, depth {first.depth}"
    return f"{counts}{'' if first.complete else ', not complete'}, {took}"


def _write_property(page: Page, prop: PropertyReport, name: int) -> None:
    verdict, judged, _ = _WIDTHS
    styles = _styles(prop)
    rest = f"{prop.outcome:<{verdict}} {_JUDGED[prop.judgement]:<{judged}} {established(prop)}"
    if len(prop.name) <= name:
        page.line(f"  {prop.name:<{name}} {rest}", *styles)
    else:
        page.line(f"  {prop.name}", *styles)
        page.line(f"  {'':<{name}} {rest}", *styles)
    if prop.judgement != "as expected":
        page.paragraph(f"expected {prop.expected}: {prop.expected_because}", indent=4, hang=2)
    if prop.outcome == "unknown":
        page.paragraph(f"unknown because: {prop.reason}", indent=4, hang=2)


def _styles(prop: PropertyReport) -> tuple[str, ...]:
    if prop.judgement == "against expectation":
        return ("red", "bold")
    return ("yellow",) if prop.judgement == "inconclusive" else ()


def established(prop: PropertyReport) -> str:
    """How the verdict was established, and by which second engine it was confirmed."""
    if prop.method is None:
        return "not established"
    text = prop.method if prop.method != "k-induction" or prop.bound is None else f"{prop.bound}-induction"
    if prop.second is not None and prop.second.outcome == prop.outcome and prop.second.method:
        text = f"{text} + {prop.second.method}"
    return text


def _write_theorem(page: Page, model: str, theorem: TheoremResult, name: int) -> None:
    discharged = sum(lemma.discharged for lemma in theorem.lemmas)
    page.ends(model, f"{discharged} of {count(len(theorem.lemmas), 'obligation')}, {seconds(theorem.seconds)}", "bold")
    verdict, judged, _ = _WIDTHS
    told = ("safe", "expected") if theorem.proved else ("unknown", "undecided")
    page.line(f"  {'the configuration is preserved':<{name}} {told[0]:<{verdict}} {told[1]:<{judged}} z3 + cvc5")
    sharp = sum(bool(premise.without) for premise in theorem.premises)
    page.line(f"  {sharp} of {count(len(theorem.premises), 'premise')} shown to be needed: without it a chain breaks")
    for lemma in theorem.lemmas:
        if not lemma.discharged:
            page.paragraph(f"open: {lemma.name} (z3: {lemma.z3}, cvc5: {lemma.cvc5})", "yellow", indent=4, hang=2)
