"""The neighbourhood of a counterexample as a graph: every state within a step or two of it, for tools that read GraphML."""

from __future__ import annotations

import io
from collections.abc import Iterable

import networkx

from hopcheck.model.errors import ModelError
from hopcheck.model.language import State, Step, System, Trace, successors

MOST_STATES = 400
"""States that a neighbourhood may have: beyond them a picture of it shows nothing."""


def neighbourhood(system: System, trace: Trace, *, distance: int = 2, most: int = MOST_STATES) -> networkx.MultiDiGraph:
    """The states within ``distance`` steps of the trace, as the reference interpreter steps through them.

    Nodes are numbered in the order in which they are met, those of the trace first, and carry every variable, their
    ``distance`` and ``position`` on the trace (-1 beside it). Edges carry the ``action`` with its arguments, and
    ``on_trace``. At most ``most`` states are kept, the nearest first; ``graph["complete"]`` tells whether that were all.
    """
    graph = networkx.MultiDiGraph(model=system.name, distance=distance, complete=True)
    numbers: dict[State, int] = {}
    for position, state in enumerate(trace.states):
        if state not in numbers:
            _add(graph, numbers, system, state, 0, position)
    on_trace = {(a, step.label, step.target) for a, step in zip(trace.states, trace.steps, strict=False)}
    ring: list[State] = list(numbers)
    # Without surroundings nothing is expanded, and the run's own steps are all that there is.
    expanded: list[tuple[State, Step]] = [] if distance else list(zip(trace.states, trace.steps, strict=False))
    for away in range(1, distance + 1):
        found: list[State] = []
        for state in ring:
            for step in _steps(system, state):
                if step.target not in numbers:
                    if len(numbers) >= most:
                        graph.graph["complete"] = False
                        continue
                    _add(graph, numbers, system, step.target, away, -1)
                    found.append(step.target)
                expanded.append((state, step))
        ring = found
    for state, step in expanded:
        marked = (state, step.label, step.target) in on_trace
        graph.add_edge(numbers[state], numbers[step.target], action=step.label, on_trace=marked)
    return graph


def _steps(system: System, state: State) -> Iterable[Step]:
    """What can happen; nothing where the model has an error there, which is the search's to report."""
    try:
        return tuple(successors(system, state))
    except ModelError:
        return ()


def _add(
    graph: networkx.MultiDiGraph, numbers: dict[State, int], system: System, state: State, away: int, position: int
) -> None:
    numbers[state] = len(numbers)
    values = {f"variable {name}": value for name, value in system.decode(state).items()}
    graph.add_node(numbers[state], distance=away, position=position, **values)


def graphml(system: System, trace: Trace) -> bytes:
    """The neighbourhood as GraphML."""
    return as_graphml(neighbourhood(system, trace))


def as_graphml(graph: networkx.MultiDiGraph) -> bytes:
    """A graph of states as GraphML."""
    text = io.BytesIO()
    networkx.write_graphml_xml(graph, text, prettyprint=True, named_key_ids=False)
    return text.getvalue()
