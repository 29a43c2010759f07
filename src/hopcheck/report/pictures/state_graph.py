"""State graphs that stay small: states that agree in chosen variables as one, and long runs of single steps as one edge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import networkx

from hopcheck.model.errors import InputError

VARIABLE = "variable "
"""What the attributes of a node that hold the values of variables begin with."""

MOST_NODES = 60
"""Nodes that a picture may have: beyond them nobody sees anything."""

EDGES_PER_NODE = 3
"""Edges that a picture may have, for each node that it may have."""


def variables_of(graph: networkx.MultiDiGraph) -> tuple[str, ...]:
    """The variables that the nodes of a state graph tell, in the order of the model."""
    first: Mapping[str, object] = next(iter(graph.nodes.values()), {})
    return tuple(name.removeprefix(VARIABLE) for name in first if name.startswith(VARIABLE))


def quotient(graph: networkx.MultiDiGraph, by: Sequence[str]) -> networkx.MultiDiGraph:
    """The graph with all states that agree in the variables ``by`` as one node, which counts them (``states``).

    Steps between two nodes are one edge for each action, which counts them (``steps``); steps within a node are left out.
    Raises ``InputError`` for a name that is no variable.
    """
    known = variables_of(graph)
    for name in by:
        if name not in known:
            raise InputError(f"{name!r} is no variable of {graph.graph['model']}", hint=f"write some of {', '.join(known)}")
    made = networkx.MultiDiGraph(**graph.graph)
    of: dict[int, int] = {}
    numbers: dict[tuple[object, ...], int] = {}
    for node, told in graph.nodes.items():
        key = tuple(told[VARIABLE + name] for name in by)
        number = of[node] = numbers.setdefault(key, len(numbers))
        if number not in made:
            values = {VARIABLE + name: value for name, value in zip(by, key, strict=True)}
            made.add_node(number, distance=told["distance"], position=told["position"], states=0, begins=False, **values)
        into = made.nodes[number]
        into["states"] += 1
        into["begins"] |= told["position"] == 0
        into["distance"] = min(into["distance"], told["distance"])
        # The last place of the run in a node: where it ends is what matters.
        into["position"] = max(into["position"], told["position"])
    for source, target, told in graph.edges(data=True):
        if of[source] != of[target]:
            _join(made, of[source], of[target], str(told["action"]).partition("(")[0], told["on_trace"])
    return made


def _join(graph: networkx.MultiDiGraph, source: int, target: int, action: str, on_trace: bool) -> None:
    """One more step along an edge, which is made where it is not there."""
    if graph.has_edge(source, target, key=action):
        told = graph.edges[source, target, action]
        told["steps"] += 1
        told["on_trace"] |= on_trace
    else:
        graph.add_edge(source, target, key=action, action=action, steps=1, on_trace=on_trace)


def begins(told: Mapping[str, object]) -> bool:
    """Whether the run that a graph is made around begins in a node."""
    return bool(told.get("begins", told["position"] == 0))


def folded(graph: networkx.MultiDiGraph) -> networkx.MultiDiGraph:
    """The graph with every run of single steps as one edge, which says how many nodes it leaves out (``folded``).

    A node is left out where one edge leads in and one out; the beginning of the run that is shown and its last step stay.
    """
    made = graph.copy()
    last = max((told["position"] for told in graph.nodes.values()), default=0)
    kept = {node for node, told in graph.nodes.items() if begins(told) or told["position"] in (last - 1, last)}
    for node in list(graph.nodes):
        if node in kept or made.in_degree(node) != 1 or made.out_degree(node) != 1:
            continue
        ((before, _, first),) = made.in_edges(node, data=True)
        ((_, after, second),) = made.out_edges(node, data=True)
        if before == after or node in (before, after) or first["on_trace"] != second["on_trace"]:
            continue
        made.remove_node(node)
        number = first.get("folded", 0) + second.get("folded", 0) + 1
        actions = f"{_first(first)} ... {_last(second)}"
        made.add_edge(before, after, action=actions, folded=number, steps=1, on_trace=first["on_trace"])
    return made


def _first(edge: dict[str, object]) -> str:
    return str(edge["action"]).partition(" ... ")[0]


def _last(edge: dict[str, object]) -> str:
    return str(edge["action"]).rpartition(" ... ")[2]


def small_enough(graph: networkx.MultiDiGraph, most: int) -> networkx.MultiDiGraph:
    """The graph if it has at most so many nodes, and a few edges for each; if not, raises ``InputError``.

    The error says how to make it smaller.
    """
    edges = graph.number_of_edges()
    if len(graph) > most or edges > most * EDGES_PER_NODE:
        some = ", ".join(_telling(graph)[:2])
        enough = max(len(graph), -(-edges // EDGES_PER_NODE))
        hint = f"write --by with a few variables (such as {some}), a smaller --around, or --most {enough}"
        what = f"the graph has {len(graph)} nodes and {edges} arrows"
        raise InputError(f"{what}, and a picture shows at most {most} and {most * EDGES_PER_NODE}", hint=hint)
    return graph


def _telling(graph: networkx.MultiDiGraph) -> Sequence[str]:
    """The variables that differ between nodes, those with the fewest values first: they make the smallest graphs."""
    values = {name: {told.get(VARIABLE + name) for told in graph.nodes.values()} for name in variables_of(graph)}
    return _sorted((len(each), name) for name, each in values.items() if len(each) > 1)


def _sorted(ranked: Iterable[tuple[int, str]]) -> Sequence[str]:
    return [name for _, name in sorted(ranked)]
