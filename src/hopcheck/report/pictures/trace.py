"""A counterexample of any model as DOT: states from top to bottom with the variables that each step changed."""

from __future__ import annotations

from collections.abc import Mapping

import graphviz

from hopcheck.report.pictures.labels import cell, font, label, lines, row, struck, table
from hopcheck.report.pictures.palette import BAD, BAD_GROUND, FONT, GROUND, INK, LINE, PAPER, QUIET
from hopcheck.report.schema.report import Plain, PropertyReport, TraceReport
from hopcheck.report.text.chain import text
from hopcheck.report.text.verdicts import title

_TEXT_WIDTH = 70
"""Characters in a line of the text over the states."""

_MOST_INITIAL = 12
"""So many variables of the initial state are shown; the JSON has all."""


def trace_dot(prop: PropertyReport, trace: TraceReport) -> str:
    """The DOT text of a counterexample."""
    graph = graphviz.Digraph(
        "trace",
        graph_attr={
            "rankdir": "TB",
            "bgcolor": GROUND,
            "fontname": FONT,
            "pad": "0.2",
            "ranksep": "0.35",
            "labelloc": "t",
            "labeljust": "l",
            "label": label(_title(prop)),
        },
        node_attr={"shape": "plain", "fontname": FONT},
        edge_attr={"fontname": FONT, "color": INK, "penwidth": "1.4", "arrowsize": "0.8"},
    )
    graph.node("s0", label=label(_initial(trace.initial)))
    last = len(trace.steps)
    for number, step in enumerate(trace.steps, 1):
        graph.node(f"s{number}", label=label(_state(step.changed, bad=number == last)))
        action = table(row(cell(font(step.label, size=11, bold=True), CELLPADDING=4)))
        graph.edge(f"s{number - 1}", f"s{number}", label=label(action))
    return str(graph.source)


def _title(prop: PropertyReport) -> str:
    told = [font(prop.name, size=15, bold=True)]
    told += lines(title(prop), _TEXT_WIDTH) + lines(prop.meaning, _TEXT_WIDTH, colour=QUIET)
    return table(*(row(cell(each, ALIGN="LEFT")) for each in told))


def _initial(values: Mapping[str, Plain]) -> str:
    shown = list(values.items())[:_MOST_INITIAL]
    rows = [row(cell(font(f"{name} = {text(value)}", size=10), ALIGN="LEFT")) for name, value in shown]
    if len(values) > len(shown):
        rows.append(row(cell(font(f"and {len(values) - len(shown)} more", size=10, colour=QUIET), ALIGN="LEFT")))
    return _box("at the start", rows, bad=False)


def _state(changed: Mapping[str, tuple[Plain, Plain]], *, bad: bool) -> str:
    rows = [row(cell(_change(name, old, new, bad), ALIGN="LEFT")) for name, (old, new) in changed.items()]
    if not rows:
        rows = [row(cell(font("nothing changes", size=10, colour=QUIET), ALIGN="LEFT"))]
    return _box("violated here" if bad else "", rows, bad=bad)


def _change(name: str, old: Plain, new: Plain, bad: bool) -> str:
    colour = BAD if bad else INK
    before = struck(text(old), size=10, colour=QUIET)
    return font(f"{name}: ", size=10) + before + font(f" {text(new)}", size=11, colour=colour, bold=True)


def _box(head: str, rows: list[str], *, bad: bool) -> str:
    top = [row(cell(font(head, size=10, colour=BAD if bad else QUIET), ALIGN="LEFT"))] if head else []
    ground, line = (BAD_GROUND, BAD) if bad else (PAPER, LINE)
    return table(*top, *rows, BORDER=1, COLOR=line, BGCOLOR=ground, CELLPADDING=4)
