"""Proving a proposed cookie from the command line."""

from __future__ import annotations

import sys
from pathlib import Path

from hopcheck.cli import output
from hopcheck.cli.options import Reports
from hopcheck.engine.libvirt.prove_cookie import prove_cookie
from hopcheck.engine.searching import Searching
from hopcheck.model.errors import InputError
from hopcheck.report.progress import progress
from hopcheck.report.text.cookies import proposal_text


def cookie_job(
    proposal: Path, *, form: str, reports: Reports, prove_seconds: float, quiet: bool, searching: Searching
) -> int:
    """Check it, say what comes out, and return the exit code."""
    if form != "text" or reports:
        other = form if form != "text" else next(iter(reports.values()))
        raise InputError(f"a cookie's answer is text, not {other}", hint="leave --format and --report out")
    with progress(sys.stderr, moving=output.is_terminal(sys.stderr), wanted=not quiet) as listener:
        result = prove_cookie(proposal, listener=listener, prove_seconds=prove_seconds, searching=searching)
    output.write(proposal_text(result, output.look()))
    return result.exit_code
