"""Drawing a finding, or a run of a model, from the command line."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hopcheck.cli import output
from hopcheck.cli.select import select, select_violation
from hopcheck.cli.select_run import model_named, select_run
from hopcheck.engine.results import Listener
from hopcheck.model.errors import InputError
from hopcheck.report.files import Run
from hopcheck.report.folder import write_file
from hopcheck.report.gathering.report import property_report, violation_reports
from hopcheck.report.gathering.runs import run_of, run_of_property
from hopcheck.report.pictures.chain import chain_dot
from hopcheck.report.pictures.graph import graph_dot
from hopcheck.report.pictures.neighbourhood import as_graphml, neighbourhood
from hopcheck.report.pictures.render import render
from hopcheck.report.pictures.sequence import sequence_svg
from hopcheck.report.pictures.state_graph import MOST_NODES, folded, quotient, small_enough
from hopcheck.report.pictures.trace import trace_dot
from hopcheck.report.progress import progress
from hopcheck.report.schema.report import PropertyReport
from hopcheck.report.text.verdicts import title

_AROUND = 2
"""So many steps around the run states are looked at where nothing is said."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the user asked for: what to draw (``prop`` and ``given``: of a model), how much of it, and into which file.

    ``around``: steps beside the run, None for the run alone; ``by``: variables in which states of one node agree.
    """

    what: str
    prop: str | None
    given: Mapping[str, str]
    around: int | None
    by: tuple[str, ...]
    fold: bool
    most: int | None
    form: str
    target: Path | None


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What is drawn: the run, what it is called, and the picture of the run alone, as DOT or as SVG."""

    run: Run
    title: str
    dot: str
    svg: str | None = None


def graph(wanted: Wanted, *, facts: Path | None, quiet: bool) -> int:
    """Write the picture; the exit code is 0."""
    target = wanted.target
    if wanted.form == "png" and target is None and sys.stdout.isatty():
        raise InputError("a PNG is nothing for a terminal", hint="name a file with --output FILE.png")
    if target is not None and not target.absolute().parent.is_dir():
        raise InputError("is no folder", hint="give another file with --output", file=str(target.absolute().parent))
    with progress(sys.stderr, moving=output.is_terminal(sys.stderr), wanted=not quiet) as listener:
        content = _content(_selected(wanted, facts, listener), wanted)
    if target is None:
        output.write_bytes(content)
    else:
        write_file(target, content)
    return 0


def _selected(wanted: Wanted, facts: Path | None, listener: Listener) -> _Drawn:
    """The run that the user means."""
    model = model_named(wanted.what)
    if model is not None:
        result, settings = select_run(model, wanted.prop, wanted.given, listener)
        return _states(run_of_property(result, settings), property_report(result))
    if wanted.prop is not None or wanted.given:
        raise InputError(
            f"{wanted.what!r} is no model", hint="--property and --set are for models: hopcheck models lists them"
        )
    violation = select_violation(wanted.what, listener, facts)
    if violation is not None:
        return _states(run_of(violation), violation_reports([violation])[0].shown)
    found = select(wanted.what, facts, listener)
    return _Drawn(Run(found.result.system, found.result.trace), found.report.id, chain_dot(found.report))


def _states(run: Run, shown: PropertyReport) -> _Drawn:
    """A run of the protocol as SVG is a picture of who calls whom; every other run, and form, shows the states."""
    assert shown.trace is not None
    svg = None if run.control is None else sequence_svg(shown, shown.trace, run.control)
    return _Drawn(run, f"{title(shown)}: {shown.name}", trace_dot(shown, shown.trace), svg)


def _content(drawn: _Drawn, wanted: Wanted) -> bytes:
    if wanted.form != "graphml" and wanted.around is None and not wanted.by:
        if wanted.form == "svg" and drawn.svg is not None:
            return drawn.svg.encode()
        return _rendered(drawn.dot, wanted.form)
    around = _AROUND if wanted.around is None else wanted.around
    made = neighbourhood(drawn.run.system, drawn.run.trace, distance=around)
    if wanted.by:
        made = quotient(made, wanted.by)
    if wanted.form == "graphml":
        return as_graphml(made)
    if wanted.fold:
        made = folded(made)
    return _rendered(graph_dot(small_enough(made, wanted.most or MOST_NODES), drawn.title), wanted.form)


def _rendered(dot: str, form: str) -> bytes:
    match form:
        case "svg":
            return render([(dot, "svg")])[0]
        case "png":
            return render([(dot, "png")])[0]
        case _:
            return dot.encode()
