"""Replay accepts what a model does, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hopcheck.model.language import ReplayError, Step, Trace, initial_states, replay, successors
from hopcheck.model.language.trace import is_initial

from .fleet import fleet
from .systems import Plan, plans

FLEET = fleet(1, 1)


def walk_of(*labels: str) -> Trace:
    """The run of the fleet that takes these steps."""
    (start,) = initial_states(FLEET)
    steps: list[Step] = []
    state = start
    for label in labels:
        steps.append(next(step for step in successors(FLEET, state) if step.label == label))
        state = steps[-1].target
    return Trace(start, tuple(steps))


TRUE_TRACE = walk_of("upgrade(host=1)", "begin-v2(guest=0)", "prepare(guest=0)", "link", "perform-fails(guest=0)")


@given(st.data(), plans())
@settings(max_examples=30, deadline=None)
def test_every_random_run_is_accepted(data: st.DataObject, plan: Plan) -> None:
    system = plan.system()
    starts = list(initial_states(system))
    assume(starts)
    state = data.draw(st.sampled_from(starts))
    trace = Trace(state, ())
    for _ in range(data.draw(st.integers(0, 6))):
        steps = list(successors(system, trace.last))
        if not steps:
            break
        trace = replace(trace, steps=(*trace.steps, data.draw(st.sampled_from(steps))))
    replay(system, trace)
    assert len(trace) == len(trace.steps) == len(trace.states) - 1
    assert trace.states[0] == state


def test_a_true_trace() -> None:
    replay(FLEET, TRUE_TRACE)
    assert FLEET.decode(TRUE_TRACE.last)["phase0"] == "confirm"
    assert [step.label for step in TRUE_TRACE.steps][-2:] == ["link", "perform-fails(guest=0)"]


@pytest.mark.parametrize("place", range(5))
def test_a_step_left_out_or_changed(place: int) -> None:
    steps = TRUE_TRACE.steps
    step = steps[place]
    target = list(step.target)
    target[3] = 1 - target[3]
    wrong = [
        replace(step, action="recover"),
        replace(step, arguments=(("guest", 1),)),
        replace(step, target=tuple(target)),
        replace(step, target=TRUE_TRACE.initial),
        replace(step, target=step.target[:-1]),
        replace(step, target=(99,) * len(step.target)),
    ]
    for each in wrong:
        with pytest.raises(ReplayError, match=f"^step {place + 1}, .* cannot lead from "):
            replay(FLEET, Trace(TRUE_TRACE.initial, (*steps[:place], each, *steps[place + 1 :])))
    left_out = Trace(TRUE_TRACE.initial, steps[:place] + steps[place + 1 :])
    if place < len(steps) - 1:
        with pytest.raises(ReplayError):
            replay(FLEET, left_out)


@pytest.mark.parametrize("change", [{0: 1}, {2: 0}, {4: 99}, {4: -1}])
def test_another_start(change: dict[int, int]) -> None:
    start = tuple(change.get(place, code) for place, code in enumerate(TRUE_TRACE.initial))
    with pytest.raises(ReplayError, match="is no initial state of fleet"):
        replay(FLEET, Trace(start, ()))


def test_a_start_of_another_shape() -> None:
    with pytest.raises(ReplayError, match="is no initial state of fleet"):
        replay(FLEET, Trace(TRUE_TRACE.initial[:-1], ()))
    with pytest.raises(ReplayError, match="is no initial state of fleet"):
        replay(FLEET, Trace((), ()))


@given(plans())
@settings(max_examples=20, deadline=None)
def test_initial_states_are_recognised_one_by_one(plan: Plan) -> None:
    system = plan.system()
    listed = set(initial_states(system))
    for step in (step for state in sorted(listed)[:3] for step in successors(system, state)):
        assert is_initial(system, step.target) == (step.target in listed)
    assert all(is_initial(system, state) for state in listed)
