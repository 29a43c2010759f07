"""Explaining the compat entries of a build from the command line."""

from __future__ import annotations

import sys
from pathlib import Path

from hopcheck.cli import output
from hopcheck.cli.cache import source_cache
from hopcheck.engine.repairing.necessity import necessity
from hopcheck.model.errors import InputError
from hopcheck.model.facts.load import load
from hopcheck.report.formats.encode import to_json
from hopcheck.report.progress import progress
from hopcheck.report.schema.entries import entries_report
from hopcheck.report.text.necessity import necessity_text


def entries_job(build: str | None, tree: str | None, *, form: str, facts: Path | None, quiet: bool) -> int:
    """Say of every entry what it is good for; the exit code is 0."""
    if build is not None and tree is not None:
        raise InputError("--build and --tree name two builds", hint="give one of them")
    known = None if facts is None else load(facts)
    with progress(sys.stderr, moving=output.is_terminal(sys.stderr), wanted=not quiet) as listener:
        made = necessity(known, build=build, tree=tree, cache=source_cache(), listener=listener)
    json = form == "json"
    output.write(to_json(entries_report(made)).decode() if json else necessity_text(made, output.look()))
    return 0
