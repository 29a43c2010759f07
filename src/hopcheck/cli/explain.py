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
  hopcheck explain cookies --src libvirt=1.1,qemu=1.3 --dst libvirt=9,qemu=8
  hopcheck explain storage --set policy=thread
  hopcheck explain bitmaps --set policy=mapping
  hopcheck explain "late entry\""""


@click.command("explain", epilog=EXAMPLES)
@click.argument("what", required=False, metavar="[FINDING|MODEL|WORD]")
@click.option("--src", metavar="RELEASES", help="With cookies: the source's, such as libvirt=1.1.0,qemu=1.3.")
@click.option("--dst", metavar="RELEASES", help="With cookies: the destination's.")
@options.options(options.settings, options.facts, options.quiet, options.debug)
def command(
    what: str | None,
    src: str | None,
    dst: str | None,
    settings: tuple[str, ...],
    facts: Path | None,
    quiet: bool,
    debug: bool,
) -> int:
    """What a finding, a model, or a word of the reports means; and what a model answers.

    explain cookies --src ... --dst ...: what happens between two hosts of these releases; explain storage, explain
    bitmaps: what their policy decides, as set with --set.

    A finding is named by its number in the list of hopcheck check, by its id, or by a unique beginning of it. Without an
    argument, all words are explained.
    """
    from hopcheck.cli.explain_job import explain
    from hopcheck.cli.query import Query

    query = Query(src, dst, options.given(settings))
    return explain(what, query, facts=facts, quiet=quiet)
