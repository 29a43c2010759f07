"""``hopcheck graph``: a chain, a run, or the states around it, as a picture or a graph."""

from __future__ import annotations

from pathlib import Path

import click

from hopcheck.cli import options

EXAMPLES = """\b
Examples:
  hopcheck graph pvpanic-pci.events --format svg --output pvpanic.svg
  hopcheck graph 3 > finding-3.dot
  hopcheck graph protocol.two-generals-both-run --format svg -o calls.svg
  hopcheck graph protocol --property AT_MOST_ONE_RUNNING --set fence=none
  hopcheck graph storage --property NO_STALE_READ --by src,dst -o stale.dot
  hopcheck graph num_queues --property "configuration preserved" \\
      --set "policy=no entry" --around 1"""


@click.command("graph", epilog=EXAMPLES)
@click.argument("what", metavar="FINDING|MODEL")
@click.option("--property", "prop", metavar="NAME", help="With a model: draw a shortest run that shows this property.")
@options.settings
@click.option(
    "--around",
    type=click.IntRange(min=0),
    metavar="STEPS",
    help="Draw the states within so many steps of the run too. Default with --by: 2.",
)
@click.option("--by", metavar="VAR[,VAR]", help="States that agree in these variables are one node.")
@click.option("--fold/--no-fold", default=True, show_default=True, help="Draw a run of single steps as one arrow.")
@click.option(
    "--most",
    type=click.IntRange(min=1),
    metavar="NODES",
    help="The most nodes that a picture may have. Default: 60.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["dot", "svg", "png", "graphml"]),
    default="dot",
    show_default=True,
    help="DOT text, a picture, or the explored neighbourhood as GraphML.",
)
@click.option(
    "--output",
    "-o",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where to write it. Default: standard output.",
)
@options.options(options.facts, options.quiet, options.debug)
def command(
    what: str,
    prop: str | None,
    settings: tuple[str, ...],
    around: int | None,
    by: str | None,
    fold: bool,
    most: int | None,
    form: str,
    target: Path | None,
    facts: Path | None,
    quiet: bool,
    debug: bool,
) -> int:
    """Draw the shortest chain of migrations, or run of a model, that shows a finding or a property.

    A finding is named by its number in the list of hopcheck check, by its id, or by a unique beginning of it. The id is
    quicker: for a number the whole list is made anew. Of a model
    the run that shows a property is drawn, in the model as --set sets it. With --around or --by the states around the run
    are drawn: never all that there are. No system package is needed: Graphviz comes with hopcheck.
    """
    from hopcheck.cli.graph_job import Wanted, graph

    names = tuple(filter(None, (each.strip() for each in (by or "").split(","))))
    if by is not None and not names:
        raise click.UsageError(f"--by {by!r} names no variable: write VAR or VAR,VAR")
    wanted = Wanted(what, prop, options.given(settings), around, names, fold, most, form, target)
    return graph(wanted, facts=facts, quiet=quiet)
