"""Proving a proposed cookie from the command line."""

from __future__ import annotations

import sys
from pathlib import Path

from hopcheck.cli import output
from hopcheck.engine.prove_cookie import prove_cookie
from hopcheck.model.errors import InputError
from hopcheck.report.cookies_text import proposal_text
from hopcheck.report.progress import progress


def cookie_job(proposal: Path, *, form: str, prove_seconds: float, quiet: bool) -> int:
    """Check it, say what comes out, and return the exit code."""
    if form != "text":
        raise InputError(f"a cookie's answer is text, not {form}", hint="leave --format out")
    with progress(sys.stderr, moving=output.is_terminal(sys.stderr), wanted=not quiet) as listener:
        result = prove_cookie(proposal, listener=listener, prove_seconds=prove_seconds)
    output.write(proposal_text(result, output.look()))
    return result.exit_code
