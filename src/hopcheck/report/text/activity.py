"""What the searches met, as text: for each model how often actions were taken, and what never happened in any variant."""

from __future__ import annotations

from collections.abc import Sequence

from hopcheck.report.schema.report import ModelReport
from hopcheck.report.schema.search import SearchReport
from hopcheck.report.text.notation import count
from hopcheck.report.text.page import Page

_NEVER = (
    ("never fired", "never_fired", "actions"),
    ("never changed", "never_changed", "values"),
    ("never true", "never_true", "antecedents"),
)
"""How it is told, what of a search tells it, and among what."""

_MARGIN = 4


def write_activity(page: Page, models: Sequence[ModelReport], *, everything: bool) -> None:
    """A few lines a model; of each variant what never happened in it, where everything is asked for."""
    searched = [model for model in models if model.searches]
    if not searched:
        return
    page.heading("What the searches met")
    for model in searched:
        names = {name for each in model.searches for name in each.actions}
        taken = sum(sum(each.actions.values()) for each in model.searches)
        many = f", in {count(len(model.searches), 'variant')}" if len(model.searches) > 1 else ""
        page.ends(f"  {model.model}", f"{count(len(names), 'action')}, taken {taken:,} times{many}")
        for word, attribute, among in _NEVER:
            if never := _nowhere(model.searches, attribute, among):
                page.paragraph(f"{word}: {', '.join(never)}", "yellow", indent=_MARGIN, hang=2)
        for each in model.searches if everything and len(model.searches) > 1 else ():
            _write_variant(page, each)


def _nowhere(searches: Sequence[SearchReport], attribute: str, among: str) -> list[str]:
    """What never happened in any variant that has it; a search that was stopped cannot say so."""
    never = dict.fromkeys(name for each in searches if each.complete for name in getattr(each, attribute))
    elsewhere = {name for each in searches for name in set(getattr(each, among)) - set(getattr(each, attribute))}
    return [name for name in never if name not in elsewhere]


def _write_variant(page: Page, each: SearchReport) -> None:
    for word, attribute, _ in _NEVER:
        if never := getattr(each, attribute):
            page.paragraph(f"{each.variant}: {word}: {', '.join(never)}", "dim", indent=_MARGIN, hang=2)
