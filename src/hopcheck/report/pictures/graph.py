"""A state graph as DOT: the run that it was made around in bold, what it could have done instead in grey."""

from __future__ import annotations

from collections.abc import Mapping

import graphviz
import networkx

from hopcheck.report.pictures.labels import cell, font, label, lines, row, table
from hopcheck.report.pictures.palette import BAD, BAD_GROUND, FONT, GROUND, INK, LINE, PAPER, QUIET
from hopcheck.report.pictures.state_graph import VARIABLE, begins
from hopcheck.report.text.chain import text
from hopcheck.report.text.notation import count

_TEXT_WIDTH = 90
"""Characters in a line of the text over the graph."""

_MOST_VALUES = 8
"""So many variables stand in a node: those that differ from the beginning of the run, where they are more."""

_LONGEST_ACTION = 44
"""Characters of an action on an edge: a longer one pushes everything apart."""


def graph_dot(graph: networkx.MultiDiGraph, title: str) -> str:
    """The DOT text of a state graph."""
    made = graphviz.Digraph(
        "states",
        graph_attr={
            "rankdir": "TB",
            "bgcolor": GROUND,
            "fontname": FONT,
            "pad": "0.2",
            "ranksep": "0.4",
            "labelloc": "t",
            "labeljust": "l",
            "label": label(_title(graph, title)),
        },
        node_attr={"shape": "plain", "fontname": FONT},
        edge_attr={"fontname": FONT, "arrowsize": "0.7"},
    )
    last = max((told["position"] for told in graph.nodes.values()), default=0)
    start: Mapping[str, object] = next(filter(begins, graph.nodes.values()), {})
    for node, told in graph.nodes.items():
        made.node(f"s{node}", label=label(_node(told, start, last)))
    for source, target, told in graph.edges(data=True):
        colour = INK if told["on_trace"] else LINE
        style = {"color": colour, "penwidth": "2" if told["on_trace"] else "1"}
        made.edge(f"s{source}", f"s{target}", label=label(_action(told)), **style)
    return str(made.source)


def _title(graph: networkx.MultiDiGraph, title: str) -> str:
    states = sum(told.get("states", 1) for told in graph.nodes.values())
    left_out = sum(told.get("folded", 0) for *_, told in graph.edges(data=True))
    said = f"{count(states + left_out, 'state')} around the run"
    if any("states" in told for told in graph.nodes.values()):
        said += f", as {count(len(graph) + left_out, 'node')}"
    if left_out:
        said += f"; {count(left_out, 'node')} on runs of single steps left out"
    if not graph.graph["complete"]:
        said += "; there are more"
    told = [font(each, size=13, bold=True) for each in title.splitlines()[:1]]
    told += lines(f"{said}.", _TEXT_WIDTH, colour=QUIET)
    return table(*(row(cell(each, ALIGN="LEFT")) for each in told))


def _node(told: Mapping[str, object], start: Mapping[str, object], last: int) -> str:
    """A node: its values; of many only those that differ from where the run begins."""
    values = {name.removeprefix(VARIABLE): value for name, value in told.items() if name.startswith(VARIABLE)}
    if len(values) > _MOST_VALUES and told is not start:
        values = {name: value for name, value in values.items() if start.get(VARIABLE + name) != value}
    shown = list(values.items())[:_MOST_VALUES]
    rows = [row(cell(font(f"{name} = {_value(value)}", size=10), ALIGN="LEFT")) for name, value in shown]
    if len(values) > len(shown):
        rows.append(row(cell(font(f"and {len(values) - len(shown)} more", size=10, colour=QUIET), ALIGN="LEFT")))
    states = told.get("states")
    if isinstance(states, int) and states > 1:
        rows.append(row(cell(font(count(states, "state"), size=9, colour=QUIET), ALIGN="LEFT")))
    ends = told["position"] == last
    if ends or begins(told):
        head = font("here it ends" if ends else "here it begins", size=10, colour=BAD if ends else QUIET, bold=True)
        rows.insert(0, row(cell(head, ALIGN="LEFT")))
    if not rows:
        rows.append(row(cell(font("as at the beginning", size=10, colour=QUIET))))
    ground, line = (BAD_GROUND, BAD) if ends else (PAPER, LINE if told["position"] == -1 else INK)
    return table(*rows, BORDER=1, COLOR=line, BGCOLOR=ground, CELLPADDING=3)


def _value(value: object) -> str:
    return text(value) if isinstance(value, bool | int | str) else str(value)


def _action(told: Mapping[str, object]) -> str:
    action = str(told["action"])
    short = action if len(action) <= _LONGEST_ACTION else f"{action[: _LONGEST_ACTION - 3]}..."
    steps, left_out = told.get("steps", 1), told.get("folded", 0)
    times = f" ({steps} times)" if isinstance(steps, int) and steps > 1 else ""
    if isinstance(left_out, int) and left_out:
        times = f" ({left_out + 1} steps)"
    colour = INK if told["on_trace"] else QUIET
    return table(row(cell(font(f"{short}{times}", size=9, colour=colour, bold=bool(told["on_trace"])), CELLPADDING=3)))
