"""Repairing a change from the command line."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hopcheck.cli import output
from hopcheck.cli.cache import source_cache
from hopcheck.cli.change_job import open_change
from hopcheck.cli.options import Reports
from hopcheck.engine.repairing.repair import repair
from hopcheck.engine.repairing.result import Ending, RepairResult
from hopcheck.engine.repairing.tree import Rewriting, rewriting, write
from hopcheck.model.errors import InputError
from hopcheck.report.folder import File, Folder
from hopcheck.report.formats.document import REPAIR_FORMATS, formatted
from hopcheck.report.formats.encode import to_json
from hopcheck.report.gathering.repair import repair_report
from hopcheck.report.handlers import check_formats, write_formats
from hopcheck.report.progress import progress
from hopcheck.report.schema.repair import RepairReport
from hopcheck.report.text.page import Look


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the user asked for: the change, its tree, whether to write the repair into it, and how to show it.

    ``reports``: files for the result, each with its format; ``out_dir``: the folder for what is always written.
    """

    change: str
    tree: str | None
    apply: bool
    form: str
    reports: Reports
    out_dir: Path


def repair_job(wanted: Wanted, *, facts: Path | None, seconds: float, quiet: bool) -> int:
    """Look for a repair, show it, write it where that is wanted, and return the exit code."""
    target, folder = _target(wanted), Folder(wanted.out_dir, "repair")
    folder.check()
    check_formats(wanted.reports, REPAIR_FORMATS)
    with progress(sys.stderr, moving=output.is_terminal(sys.stderr), wanted=not quiet) as listener:
        changed = open_change(wanted.change, tree=wanted.tree, facts=facts, listener=listener)
        result = repair(changed, listener=listener, seconds=seconds, prove_seconds=seconds)
        made, problem = _text(result)
    written: tuple[Path, ...] = ()
    if target is not None and result.ending is Ending.REPAIRED:
        if made is None:
            raise InputError(problem, hint="leave --apply out", file=wanted.tree)
        written = write(made, target)
    diff = made.diff if made is not None else ""
    report = repair_report(result, diff=diff, no_diff=problem, written=[str(path) for path in written])
    write_formats(wanted.reports, report)
    folder.write(_files(report))
    output.write(formatted(wanted.form, report, output.look()))
    return result.exit_code


def _text(result: RepairResult) -> tuple[Rewriting | None, str]:
    """The repair as text on the tree, or why there is none; neither where there is no tree, or nothing to write."""
    if result.edits.arrays:
        return None, f"the repair needs {', '.join(result.edits.arrays)}, which the tree has not"
    try:
        return rewriting(result.changed, result.edits, cache=source_cache()), ""
    except InputError as error:
        return None, str(error)


def _files(report: RepairReport) -> Iterator[File]:
    """What is always written: the report as data and as text, and the diff where there is one."""
    yield File("report.json", to_json(report))
    yield File("report.txt", formatted("text", report, Look()).encode())
    if report.diff:
        yield File("repair.diff", report.diff.encode())


def _target(wanted: Wanted) -> Path | None:
    """Where the repair is to be written; None where it is not to be."""
    if not wanted.apply:
        return None
    if wanted.tree is None:
        raise InputError("there is no tree to write a repair into", hint="give it with --tree DIR, or leave --apply out")
    if not Path(wanted.tree).is_dir():
        raise InputError("is no directory to write into", hint="give --tree DIR, or leave --apply out", file=wanted.tree)
    return Path(wanted.tree)
