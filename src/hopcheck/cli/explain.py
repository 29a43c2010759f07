"""``hopcheck explain``: what a word, a model or a finding means."""

from __future__ import annotations

from pathlib import Path

import click

from hopcheck.cli import options

EXAMPLES = """\b
Examples:
  hopcheck explain
  hopcheck explain pvpanic-pci.events
  hopcheck explain 3
  hopcheck explain num_queues
  hopcheck explain "late entry\""""


@click.command("explain", epilog=EXAMPLES)
@click.argument("what", required=False, metavar="[FINDING|MODEL|WORD]")
@options.options(options.facts, options.quiet, options.debug)
def command(what: str | None, facts: Path | None, quiet: bool, debug: bool) -> int:
    """What a finding, a model, or a word of the reports means.

    A finding is named by its number in the list of hopcheck check, by its id, or by a unique beginning of it. Without an
    argument, all words are explained.
    """
    from hopcheck.cli.explain_job import explain

    return explain(what, facts=facts, quiet=quiet)
