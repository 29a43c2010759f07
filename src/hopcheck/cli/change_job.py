"""Proving a change from the command line: a TOML file, a patch on a tree, or the commits of a repository."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from hopcheck.cli import output
from hopcheck.cli.cache import source_cache
from hopcheck.cli.main_job import handler_of, write_files
from hopcheck.cli.options import Reports
from hopcheck.engine.changed import Changed
from hopcheck.engine.changes import of_commits, of_patch, written
from hopcheck.engine.prove_change import prove
from hopcheck.engine.results import Began, Listener
from hopcheck.engine.searching import Searching
from hopcheck.model.errors import InputError
from hopcheck.model.facts.load import load
from hopcheck.model.importers.patch.parse import MAX_PATCH
from hopcheck.model.importers.trees import is_range, open_tree
from hopcheck.report.folder import Folder
from hopcheck.report.gathering.report import report_of_change
from hopcheck.report.handlers import All
from hopcheck.report.progress import progress

STDIN = "-"
"""The change that is read from standard input."""


def change_job(
    opened: Callable[[Listener], Changed],
    *,
    form: str,
    reports: Reports,
    out_dir: Path,
    prove_seconds: float,
    quiet: bool,
    searching: Searching,
) -> int:
    """Run it, write everything, and return the exit code; ``opened``: how the change is opened."""
    folder = Folder(out_dir, "prove")
    folder.check()
    handler = handler_of(form, True, str(folder.path), reports)
    with progress(sys.stderr, moving=output.is_terminal(sys.stderr), wanted=not quiet) as told:
        listener = All((handler, told))
        result = prove(opened(listener), listener=listener, prove_seconds=prove_seconds, searching=searching)
        report = report_of_change(result)
        listener(Began(f"writing {folder.path}"))
        pictures = write_files(folder, report, [result.after])
    handler.finish(report, pictures)
    return report.exit_code


def open_change(change: str, *, tree: str | None, facts: Path | None, listener: Listener) -> Changed:
    """The change that the user names: a file, ``-`` for a patch on standard input, or ``BASE..HEAD``.

    Raises:
        InputError: it cannot be read, does not apply, or needs a tree that is not named.
    """
    known = None if facts is None else load(facts)
    if is_written(change):
        if tree is not None:
            hint = "leave --tree out: a TOML file names the build that it changes"
            raise InputError("speaks of facts, not of a tree", hint=hint, file=change)
        return written(Path(change), known)
    commits = change != STDIN and not Path(change).exists() and is_range(change)
    if tree is None:
        hint = "give its repository with --tree" if commits else "give the source tree that it applies to with --tree"
        raise InputError("is a range of commits" if commits else "is a patch", hint=hint, file=change)
    if commits:
        return of_commits(Path(tree), change, facts=known, cache=source_cache(), listener=listener)
    name = "standard input" if change == STDIN else change
    return of_patch(_patch(change), name, open_tree(tree), facts=known, cache=source_cache(), listener=listener)


def is_written(change: str) -> bool:
    """Whether the user names a change written by hand."""
    return change.endswith(".toml")


def _patch(change: str) -> bytes:
    """The content of a patch: no more than a patch may have."""
    if change == STDIN:
        if sys.stdin is None:
            raise InputError("standard input is closed", hint="give a patch on it, or name a file")
        return sys.stdin.buffer.read(MAX_PATCH + 1)
    try:
        with Path(change).open("rb") as stream:
            return stream.read(MAX_PATCH + 1)
    except OSError as error:
        hint = "give a patch, a TOML file, or BASE..HEAD with --tree REPOSITORY"
        raise InputError(f"cannot be read ({error.strerror})", hint=hint, file=change) from None
