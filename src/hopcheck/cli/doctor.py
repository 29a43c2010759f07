"""``hopcheck doctor``: does this installation work?"""

from __future__ import annotations

import click

from hopcheck.cli import options

EXAMPLES = """\b
Examples:
  hopcheck doctor

\b
Exit codes: 0 everything works, 70 something does not."""


@click.command("doctor", epilog=EXAMPLES)
@options.debug
def command(debug: bool) -> int:
    """Does this installation work? Versions, kernels and their cache, solvers, facts, pictures.

    Each engine does a tiny check. The first run on a machine compiles the kernels, which takes about a minute; later ones
    load them.
    """
    from hopcheck.cli.doctor_job import doctor

    return doctor()
