"""State graphs that stay small: nothing is lost in them but what they say they leave out."""

from __future__ import annotations

import networkx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hopcheck.model.errors import InputError
from hopcheck.model.language import Range, Step, System, SystemBuilder, Trace, becomes, successors
from hopcheck.report.pictures.graph import graph_dot
from hopcheck.report.pictures.neighbourhood import neighbourhood
from hopcheck.report.pictures.render import render
from hopcheck.report.pictures.state_graph import VARIABLE, folded, quotient, small_enough


def _ring(size: int) -> System:
    """A counter that goes round, beside a flag that changes at any time."""
    builder = SystemBuilder("ring")
    count = builder.variable("count", Range(0, size - 1), initial=0)
    flag = builder.variable("flag", Range(0, 1), initial=0)
    builder.action("up", guard=count < size - 1, updates=[becomes(count, count + 1)])
    builder.action("round", guard=count == size - 1, updates=[becomes(count, 0)])
    builder.action("turn", updates=[becomes(flag, 1 - flag)])
    return builder.build()


def _run(system: System, length: int, action: str = "up") -> Trace:
    state = (0, 0)
    steps: list[Step] = []
    for _ in range(length):
        step = next(each for each in successors(system, state) if each.action == action)
        steps.append(step)
        state = step.target
    return Trace((0, 0), tuple(steps))


def _graph(size: int, length: int, distance: int) -> networkx.MultiDiGraph:
    system = _ring(size)
    return neighbourhood(system, _run(system, length), distance=distance)


def test_without_surroundings_the_run_is_left() -> None:
    graph = _graph(8, 5, 0)
    assert len(graph) == 6
    assert graph.number_of_edges() == 5
    assert all(told["on_trace"] for *_, told in graph.edges(data=True))


def test_a_quotient_counts_states_and_steps() -> None:
    made = quotient(_graph(4, 3, 2), ["count"])
    assert [made.nodes[node][f"{VARIABLE}count"] for node in made] == [0, 1, 2, 3]
    assert [made.nodes[node]["states"] for node in made] == [2, 2, 2, 2]
    assert made.edges[0, 1, "up"]["steps"] == 2
    assert made.edges[0, 1, "up"]["on_trace"]
    assert not made.edges[3, 0, "round"]["on_trace"]
    assert not any(source == target for source, target in made.edges())


@given(st.integers(2, 6), st.integers(1, 5), st.integers(0, 3), st.sampled_from([["count"], ["flag"], ["flag", "count"]]))
def test_a_quotient_loses_no_state_and_no_way(size: int, length: int, distance: int, by: list[str]) -> None:
    graph = _graph(size, min(length, size - 1), distance)
    made = quotient(graph, by)
    assert sum(told["states"] for told in made.nodes.values()) == len(graph)
    keys = {node: tuple(told[VARIABLE + name] for name in by) for node, told in graph.nodes.items()}
    assert len(made) == len(set(keys.values()))
    between = {(keys[a], keys[b]) for a, b in graph.edges() if keys[a] != keys[b]}
    told_of = {node: tuple(told[VARIABLE + name] for name in by) for node, told in made.nodes.items()}
    assert {(told_of[a], told_of[b]) for a, b in made.edges()} == between


def test_an_unknown_variable_is_named_with_those_that_there_are() -> None:
    with pytest.raises(InputError, match="'colour' is no variable of ring; write some of count, flag"):
        quotient(_graph(4, 3, 1), ["colour"])


def test_a_run_of_single_steps_is_one_edge() -> None:
    made = folded(_graph(12, 10, 0))
    assert sorted(told["position"] for told in made.nodes.values()) == [0, 9, 10]
    assert sorted(told.get("folded", 0) for *_, told in made.edges(data=True)) == [0, 8]
    assert "up ... up" in [told["action"] for *_, told in made.edges(data=True)]


@given(st.integers(2, 8), st.integers(1, 7), st.integers(0, 2))
def test_folding_counts_what_it_leaves_out(size: int, length: int, distance: int) -> None:
    graph = _graph(size, min(length, size - 1), distance)
    made = folded(graph)
    assert len(made) + sum(told.get("folded", 0) for *_, told in made.edges(data=True)) == len(graph)
    assert networkx.has_path(made, 0, min(length, size - 1))


@pytest.mark.parametrize(("most", "fits"), [(8, True), (7, False)])
def test_a_graph_that_is_too_large_says_how_to_make_it_smaller(most: int, fits: bool) -> None:
    graph = _graph(4, 3, 2)
    if fits:
        assert small_enough(graph, most) is graph
    else:
        with pytest.raises(InputError, match=r"the graph has 8 nodes .* --by with a few variables \(such as flag, count\)"):
            small_enough(graph, most)


def test_arrows_are_limited_too() -> None:
    crowded = networkx.MultiDiGraph(model="ring", complete=True)
    crowded.add_nodes_from([0, 1])
    crowded.add_edges_from([(0, 1)] * 7)
    with pytest.raises(InputError, match="7 arrows, and a picture shows at most 2 and 6"):
        small_enough(crowded, 2)


def test_the_picture_says_what_it_leaves_out() -> None:
    made = folded(quotient(_graph(9, 7, 1), ["count"]))
    (svg,) = render([(graph_dot(made, "ring: <never>"), "svg")])
    text = svg.decode()
    assert "ring: &lt;never&gt;" in text
    assert "here it begins" in text
    assert "here it ends" in text
    assert "left out" in text
