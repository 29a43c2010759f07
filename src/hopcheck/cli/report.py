"""``hopcheck report``: a saved report in another format."""

from __future__ import annotations

from pathlib import Path

import click

from hopcheck.cli import options

EXAMPLES = """\b
Examples:
  hopcheck report out/check/report.json
  hopcheck report out/prove/report.json --format markdown
  hopcheck report out/check/report.json --report sarif=a.sarif"""


@click.command("report", epilog=EXAMPLES)
@click.argument("file", metavar="REPORT.json", type=click.Path(path_type=Path))
@options.options(options.report_format, options.report_files, options.everything, options.debug)
def command(file: Path, form: str, reports: tuple[tuple[str, Path], ...], everything: bool, debug: bool) -> int:
    """Tell a report that was saved as JSON in any other format.

    Every run writes one, OUT/check/report.json and so on; a repair's is what hopcheck repair --format json tells. The exit
    code is that of the run.
    """
    from hopcheck.cli.report_job import report_job

    return report_job(file, form=form, reports=options.files(reports), everything=everything)
