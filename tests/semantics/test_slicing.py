"""A search of what the questions see has the verdicts and distances of a search of everything."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hopcheck.explorer import Verdict, explore
from hopcheck.model.domain.fleet import fleet, invariants
from hopcheck.model.errors import ModelError
from hopcheck.model.language import FALSE, Bool, Range, SystemBuilder, becomes, replay

from .random_models import asked, systems

RELAXED: dict[str, Any] = {"deadline": None, "suppress_health_check": list(HealthCheck)}


@settings(max_examples=80, **RELAXED)
@given(st.data())
def test_verdicts_and_distances_stay(data: st.DataObject) -> None:
    system = data.draw(systems(errors=False))
    named = data.draw(asked(system, errors=False))
    named.pop("never_stuck", None)
    whole = explore(system, **named, backend="interpreter")
    for backend in ("interpreter", "kernel"):
        part = explore(system, **named, backend=backend, slicing=True)
        for name, answer in whole.answers.items():
            found = part.answers[name]
            if not whole.states:  # no initial state: the slice may have one
                continue
            assert found.verdict is answer.verdict
            assert (found.trace is None) == (answer.trace is None)
            if found.trace is not None and answer.trace is not None:
                assert len(found.trace) == len(answer.trace)
                replay(system, found.trace)


def test_a_slice_is_smaller() -> None:
    system = SystemBuilder("two counters")
    n, m = (system.variable(name, Range(0, 9), initial=0) for name in "nm")
    loud = system.variable("loud", Bool, initial=False)
    system.action("n", guard=n < 9, updates=[becomes(n, n + 1)])
    system.action("m", guard=m < 9, updates=[becomes(m, m + 1), becomes(loud, ~loud)])
    made = system.build()
    found = explore(made, reachable={"nine": n == 9}, slicing=True)
    assert (found.states, found.sliced) == (10, True)
    trace = found.answers["nine"].trace
    assert trace is not None
    replay(made, trace)
    assert len(trace) == 9
    assert explore(made, reachable={"nine": n == 9}).states == 100


def test_a_question_about_everything_is_refused() -> None:
    with pytest.raises(ModelError, match="sees the whole model"):
        explore(fleet(2), never_stuck={"never": FALSE}, slicing=True)


def test_nothing_to_cut_is_fine() -> None:
    system = fleet(2)
    found = explore(system, always=invariants(system), slicing=True)
    assert not found.sliced
    assert all(answer.verdict is Verdict.HOLDS for answer in found.answers.values())
