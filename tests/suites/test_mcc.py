"""Nets of the Model Checking Contest: states, edges and bounds are those on which the contest's tools agree.

The contest counts an edge for each transition that is enabled in a marking, also where two lead to one marking, and
where one leads back to its own: in AutoFlight-PT-01a 1120 instances lead to 676 pairs of markings, and 1120 is
published. So does the search.
"""

from __future__ import annotations

import pytest

from hopcheck.explorer import Verdict

from .expected import Case, cases
from .pnml import load
from .pnml_search import AT_MOST, REACHED, explored


@pytest.mark.parametrize("case", cases("mcc", ".pnml.gz"))
def test_a_net_has_the_published_states_edges_and_bounds(case: Case) -> None:
    published = case.answers
    net = load(case.path)
    shape = {"places": len(net.marking), "net_transitions": len(net.transitions)}
    assert shape == {key: published.get(key, found) for key, found in shape.items()}

    found = explored(net, in_place=published.get("max_tokens_in_place"), in_marking=published.get("max_tokens_in_marking"))

    assert found.complete
    counts = {
        "states": found.states,
        "transitions": found.transitions,
        "max_tokens_in_place": max(int(tokens) for values in found.values.values() for tokens in values),
    }
    assert counts == {key: published.get(key, count) for key, count in counts.items()}
    if "max_tokens_in_marking" in published:
        verdicts = {name: answer.verdict for name, answer in found.answers.items()}
        assert verdicts == {AT_MOST: Verdict.HOLDS, REACHED: Verdict.WITNESS}
