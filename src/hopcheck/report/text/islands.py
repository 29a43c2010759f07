"""Islands: builds from which a guest can only go to newer ones through a power cycle."""

from __future__ import annotations

from collections.abc import Sequence

from hopcheck.report.schema.report import IslandReport
from hopcheck.report.text.notation import families
from hopcheck.report.text.page import Page


def write_islands(page: Page, islands: Sequence[IslandReport]) -> None:
    """One line for each build and device property."""
    if not islands:
        return
    page.heading("Islands: builds that a guest cannot leave for a newer one without a power cycle")
    for each in islands:
        page.paragraph(f"{each.build}  {each.name} on {families(each.machines)}", indent=2, hang=10)
