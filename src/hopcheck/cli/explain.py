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
  hopcheck explain protocol.two-generals-both-run
  hopcheck explain num_queues
  hopcheck explain cookies --src libvirt=1.1,qemu=1.3 --dst libvirt=9,qemu=8
  hopcheck explain storage --set policy=thread
  hopcheck explain bitmaps --policy mapping
  hopcheck explain entries --build 9.2
  hopcheck explain "late entry"
  hopcheck explain HOP031
  hopcheck explain codes"""


@click.command("explain", epilog=EXAMPLES)
@click.argument("what", required=False, metavar="[FINDING|MODEL|WORD|CODE]")
@click.option("--src", metavar="RELEASES", help="With cookies: the source's, such as libvirt=1.1.0,qemu=1.3.")
@click.option("--dst", metavar="RELEASES", help="With cookies: the destination's.")
@click.option("--policy", metavar="NAME", help="With bitmaps: the same as --set policy=NAME.")
@click.option("--build", metavar="NAME", help="With entries: the known build. Default: the newest source tree.")
@click.option("--tree", metavar="TREE", help="With entries: a QEMU source tree, or REPOSITORY@REVISION.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="With entries: text, or one JSON document.",
)
@click.option(
    "--timeout",
    "seconds",
    metavar="SECONDS",
    type=click.FloatRange(min=0),
    default=20.0,
    show_default=True,
    help="With a finding of a model: how long to look for settings with which it would hold.",
)
@options.options(options.settings, options.facts, options.quiet, options.debug)
def command(
    what: str | None,
    src: str | None,
    dst: str | None,
    policy: str | None,
    build: str | None,
    tree: str | None,
    form: str,
    seconds: float,
    settings: tuple[str, ...],
    facts: Path | None,
    quiet: bool,
    debug: bool,
) -> int:
    """What a finding, a model, or a word of the reports means; and what a model answers.

    explain cookies --src ... --dst ...: what happens between two hosts of these releases; explain storage, explain
    bitmaps: what their policy decides, as set with --set.

    explain entries: for every compat entry of a build, the chain of migrations that breaks without it, or that none does.

    A finding is named by its number in the list of hopcheck check, by its id, or by a unique beginning of it. The id is
    quicker: for a number the whole list is made anew. Without an
    argument, all words are explained. Explained of a finding are also the conjuncts of the property that are false at the
    end of its run, and what would have to be different. A code (HOP031) stands in messages and reports; explain codes lists
    them.
    """
    if what == "entries":
        from hopcheck.cli.entries_job import entries_job

        return entries_job(build, tree, form=form, facts=facts, quiet=quiet)
    if build is not None or tree is not None:
        raise click.UsageError("--build and --tree are for entries: write hopcheck explain entries")
    if form != "text":
        raise click.UsageError("--format is for entries: write hopcheck explain entries")
    from hopcheck.cli.explain_job import explain
    from hopcheck.cli.query import Query

    query = Query(src, dst, options.given(settings), policy)
    return explain(what, query, facts=facts, quiet=quiet, seconds=seconds)
