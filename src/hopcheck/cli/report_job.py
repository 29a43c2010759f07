"""Telling a saved report from the command line."""

from __future__ import annotations

from pathlib import Path

from hopcheck.cli import output
from hopcheck.cli.options import Reports
from hopcheck.report.formats.document import formatted
from hopcheck.report.formats.saved import saved
from hopcheck.report.handlers import check_formats, write_formats


def report_job(file: Path, *, form: str, reports: Reports, everything: bool) -> int:
    """Read it, tell it, and return the exit code of the run that it is of."""
    check_formats(reports)
    report = saved(file)
    write_formats(reports, report)
    output.write(formatted(form, report, output.look(), everything=everything))
    return report.exit_code
