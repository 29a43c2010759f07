"""Why a property is false at the end of a run, as text: the conjuncts, their values, and what would have to be different."""

from __future__ import annotations

from hopcheck.engine.cures import Cures
from hopcheck.engine.falsity import Conjunct, Falsity
from hopcheck.model.codes import Code
from hopcheck.report.text.notation import count
from hopcheck.report.text.page import Look, Page

SHOWN = 240
"""Characters of a conjunct that are shown: longer ones are cut in their middle."""


def why_text(prop: str, why: Falsity, cures: Cures | None, code: Code, look: Look) -> str:
    """What is false of the property ``prop``; ``cures``: the settings with which it holds, where that was looked for."""
    page = Page(look)
    page.heading(f"Why {prop} is false there")
    if why.said:
        page.paragraph(why.said, indent=2)
    elif why.conjuncts > 1:
        page.paragraph(f"{len(why.false)} of its {why.conjuncts} conjuncts {_are(why)} false:", indent=2)
    for each in why.false:
        _write(page, each)
    if any(each.instead for each in why.false):
        page.heading("What would have to be different there")
        page.paragraph("One of these values alone would do:", indent=2)
        for each in why.false:
            for name, values in each.instead.items():
                page.labelled(name, " or ".join(values), indent=4, margin=max(len(name) + 2, 20))
    if cures is not None:
        _write_cures(page, cures)
    page.heading("Code")
    page.paragraph(f"{code}: hopcheck explain {code}", indent=2)
    return "\n" + page.text


def _are(why: Falsity) -> str:
    return "is" if len(why.false) == 1 else "are"


def _write(page: Page, each: Conjunct) -> None:
    page.paragraph(_cut(each.text), "bold", indent=4, hang=2)
    if each.values:
        page.paragraph("where " + ", ".join(f"{name} = {value}" for name, value in each.values.items()), indent=6, hang=2)


def _cut(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[: SHOWN // 2]} ... {text[-SHOWN // 2 :]}"


def _write_cures(page: Page, cures: Cures) -> None:
    page.heading("Settings with which it holds")
    for name, value in cures.found:
        page.line(f"    --set {name}={value}")
    if not cures.found:
        page.paragraph("No single other setting that was tried makes it hold.", indent=2)
    looked = f"{cures.tried} of {count(cures.among, 'other value')} of single settings were tried"
    page.paragraph(f"{looked}." if cures.tried == cures.among else f"{looked} before the time was up.", "dim", indent=2)
