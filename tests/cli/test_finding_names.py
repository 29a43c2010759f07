"""Every finding that is listed can be asked for by its id: one of each model, and one that is violated at once."""

from __future__ import annotations

import pytest

from hopcheck.engine.baseline import bundled_baseline
from hopcheck.engine.known_findings import bundled_findings
from hopcheck.model.domain.vmstate.sections import MODEL as SECTIONS

from .conftest import Hopcheck

LISTED = (*(each.id for each in bundled_findings()), *bundled_baseline(SECTIONS).reasons)
FIRST = {each.partition(".")[0]: each for each in reversed(LISTED)}
AT_ONCE = "storage.gpfs-refused-without-need"


def test_every_model_of_what_releases_do_has_a_finding() -> None:
    assert set(FIRST) == {"protocol", "cookies", "storage", "bitmaps", "migration", SECTIONS}
    assert AT_ONCE in LISTED


@pytest.mark.parametrize("name", [*FIRST.values(), AT_ONCE])
def test_a_finding_is_explained_and_drawn_by_its_id(hopcheck: Hopcheck, name: str) -> None:
    told = hopcheck("explain", name, "--quiet", "--timeout", "0")
    assert told.code == 0, told.err
    assert " ".join(told.out.split()).startswith(name)
    drawn = hopcheck("graph", name, "--quiet")
    assert drawn.code == 0, drawn.err
    assert drawn.out.startswith("digraph")


@pytest.mark.parametrize("verb", ["explain", "graph"])
def test_the_help_says_that_an_id_is_quicker_than_a_number(hopcheck: Hopcheck, verb: str) -> None:
    text = " ".join(hopcheck(verb, "--help").out.split())
    assert "The id is quicker: for a number the whole list is made anew." in text
