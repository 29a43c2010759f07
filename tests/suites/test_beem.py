"""Models of the BEEM database: states, and states and edges of every level, are those that the database publishes.

The database counts an edge for each transition that is enabled in a state, as the search does.
"""

from __future__ import annotations

import pytest

from hopcheck.explorer import explore

from .dve import load
from .expected import WORKERS, Case, cases


@pytest.mark.parametrize("case", cases("beem", ".sdve.gz"))
def test_a_model_has_the_published_states_and_levels(case: Case) -> None:
    published = case.answers

    found = explore(load(case.path), workers=WORKERS)

    assert found.complete
    assert found.states == published["states"]
    if "levels" in published:
        assert found.level_states == tuple(states for states, _ in published["levels"])
        assert found.level_edges == tuple(edges for _, edges in published["levels"])
    if "transitions" in published:
        assert found.transitions == published["transitions"]
