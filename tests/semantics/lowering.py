"""A lowered system against the interpreter, state by state and without a search."""

from __future__ import annotations

import numpy as np

from hopcheck.explorer.expander import Chunk, Expander
from hopcheck.explorer.lowering.lower import Forms, Lowered, lower
from hopcheck.explorer.questions import Kind, questions
from hopcheck.model.errors import ModelError
from hopcheck.model.language import Expr, State, System, ground, initial_states, successors


def lowered(system: System, forms: Forms, named: dict[Kind, dict[str, Expr]] | None = None) -> Lowered:
    return lower(system, ground(system), questions(system, named or {}), forms)


def states_of(system: System, model: Lowered) -> tuple[list[State], np.ndarray]:
    states = list(initial_states(system))
    words = model.layout.pack(np.array(states, np.int64))
    assert [tuple(state) for state in model.layout.unpack(words).tolist()] == states
    return states, words


def check_successors(system: System, forms: Forms) -> None:
    """Every initial state has the same successors, indices, counts and errors as in the interpreter."""
    check_lowered(system, lowered(system, forms))


def targets_of(model: Lowered, chunk: Chunk) -> np.ndarray:
    """The successors of a chunk as codes; their indices are those of their words."""
    rows = chunk.targets[: chunk.count * model.layout.stride].reshape(chunk.count, model.layout.stride)
    words = np.ascontiguousarray(rows[:, : model.layout.width]).reshape(-1)
    assert model.layout.admits(words)
    if model.layout.indexed:
        assert (rows[:, -1] == model.layout.indices(words)).all()
    return model.layout.unpack(words)


def check_lowered(system: System, model: Lowered) -> None:
    """The same for a system that is lowered already."""
    states, words = states_of(system, model)
    expander = Expander(model, origins=True, stuck=True)
    found: dict[State, set[State]] = {state: set() for state in states}
    stuck: set[State] = set()
    offending: set[State] = set()
    for chunk in expander.chunks(words, 0, len(states)):
        targets = targets_of(model, chunk)
        for origin, target in zip(chunk.origins.tolist(), targets.tolist(), strict=True):
            found[states[origin]].add(tuple(target))
        stuck |= {states[number] for number in chunk.stuck.tolist()}
        offending |= {states[number] for number in chunk.offending.tolist()}
    edges = 0
    for state in states:
        try:
            steps = list(successors(system, state))
        except ModelError:
            assert state in offending
            continue
        assert state not in offending
        assert (state in stuck) == (not steps)
        assert found[state] == {step.target for step in steps} - {state}
        edges += len(steps)
    if not offending:
        assert int(expander.tally.edges[0]) == edges
