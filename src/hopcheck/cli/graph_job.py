"""Drawing a finding from the command line."""

from __future__ import annotations

import sys
from pathlib import Path

from hopcheck.cli import output
from hopcheck.cli.select import Selected, select
from hopcheck.model.errors import InputError
from hopcheck.report.chain_picture import chain_dot
from hopcheck.report.folder import write_file
from hopcheck.report.neighbourhood import graphml
from hopcheck.report.progress import progress
from hopcheck.report.render import render


def graph(finding: str, *, form: str, target: Path | None, facts: Path | None, quiet: bool) -> int:
    """Write the picture; the exit code is 0."""
    if form == "png" and target is None and sys.stdout.isatty():
        raise InputError("a PNG is nothing for a terminal", hint="name a file with --output FILE.png")
    if target is not None and not target.absolute().parent.is_dir():
        raise InputError("is no folder", hint="give another file with --output", file=str(target.absolute().parent))
    with progress(sys.stderr, moving=output.is_terminal(sys.stderr), wanted=not quiet) as listener:
        content = _drawn(select(finding, facts, listener), form)
    if target is None:
        output.write_bytes(content)
    else:
        write_file(target, content)
    return 0


def _drawn(selected: Selected, form: str) -> bytes:
    if form == "graphml":
        return graphml(selected.result.system, selected.result.trace)
    dot = chain_dot(selected.report)
    match form:
        case "svg":
            return render([(dot, "svg")])[0]
        case "png":
            return render([(dot, "png")])[0]
        case _:
            return dot.encode()
