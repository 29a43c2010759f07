"""``hopcheck certify``: certificates, re-checked without the engines that made them."""

from __future__ import annotations

from pathlib import Path

import click

from hopcheck.cli import options

EXAMPLES = """\b
Examples:
  hopcheck certify out/check/certificates/fleet-2-machines.json
  hopcheck certify out/check/certificates/*.json --quiet
  hopcheck certify FILE --states 5000000 --timeout 600
  hopcheck certify FILE --alone

\b
Exit codes: 0 all re-checked, 1 a certificate is wrong, 2 no certificate,
3 something could not be re-checked."""


@click.command("certify", epilog=EXAMPLES)
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@click.option(
    "--states",
    type=click.IntRange(min=1),
    metavar="N",
    default=300_000,
    show_default=True,
    help="At most so many states of each exhausted search are seen again.",
)
@click.option(
    "--timeout",
    "seconds",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    default=120.0,
    show_default=True,
    help="At most so long for each search and each question to cvc5.",
)
@click.option("--alone", is_flag=True, help="Do not ask whether the models are those of this installation.")
@options.options(options.facts, options.everything, options.quiet, options.debug)
def command(
    files: tuple[Path, ...],
    states: int,
    seconds: float,
    alone: bool,
    facts: Path | None,
    everything: bool,
    quiet: bool,
    debug: bool,
) -> int:
    """Re-check certificates of safe verdicts: what is in them, by code that shares nothing with the engines.

    Each file is read as it stands. Exhausted searches are made again in plain Python, state by state; of proofs the
    obligations in the file are answered by cvc5, and so are obligations that are derived anew from the system in the file.
    The system and its properties are then compared with the bundled model of that name, on the bundled facts or on those
    of --facts.
    """
    from hopcheck.cli.certify_job import Wanted, certify

    return certify(Wanted(files, states, seconds, alone, facts, everything, quiet))
