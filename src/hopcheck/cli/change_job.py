"""Proving a change from the command line."""

from __future__ import annotations

import sys
from pathlib import Path

from hopcheck.cli import output
from hopcheck.cli.main_job import handler_of, write_files
from hopcheck.engine.prove_change import prove_change
from hopcheck.engine.results import Began
from hopcheck.model.facts.load import load
from hopcheck.report.folder import Folder
from hopcheck.report.gather import report_of_change
from hopcheck.report.handlers import All
from hopcheck.report.progress import progress


def change_job(change: Path, *, facts: Path | None, form: str, out_dir: Path, prove_seconds: float, quiet: bool) -> int:
    """Run it, write everything, and return the exit code."""
    folder = Folder(out_dir, "prove")
    folder.check()
    known = None if facts is None else load(facts)
    handler = handler_of(form, True, str(folder.path))
    with progress(sys.stderr, moving=output.is_terminal(sys.stderr), wanted=not quiet) as told:
        listener = All((handler, told))
        result = prove_change(change, facts=known, listener=listener, prove_seconds=prove_seconds)
        report = report_of_change(result)
        listener(Began(f"writing {folder.path}"))
        write_files(folder, report, [result.after])
    handler.finish(report)
    return report.exit_code
