"""Runs of the migration protocol, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from hopcheck.model.domain.protocol import Settings, system
from hopcheck.model.language import System, initial_states, successors

SWITCHED = ["begin", "prepare", "perform", "start_postcopy", "perform_succeeds"]
"""To a source that waits in post-copy mode for Finish."""


@cache
def _model(settings: Settings) -> System:
    return system(settings)


def led(settings: Settings, steps: Sequence[str], **end: object) -> None:
    """The steps can be taken in a row, and lead to this end."""
    model = _model(settings)
    (state,) = initial_states(model)
    for name in steps:
        following = {step.label: step.target for step in successors(model, state)}
        assert name in following, (name, sorted(following), model.decode(state))
        state = following[name]
    decoded = model.decode(state)
    assert {key: decoded[key] for key in end} == end, (steps, decoded)
