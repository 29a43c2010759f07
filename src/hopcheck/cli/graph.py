"""``hopcheck graph``: the chain of a finding as a picture or a graph."""

from __future__ import annotations

from pathlib import Path

import click

from hopcheck.cli import options

EXAMPLES = """\b
Examples:
  hopcheck graph pvpanic-pci.events --format svg --output pvpanic.svg
  hopcheck graph 3 > finding-3.dot"""


@click.command("graph", epilog=EXAMPLES)
@click.argument("finding", metavar="FINDING")
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
def command(finding: str, form: str, target: Path | None, facts: Path | None, quiet: bool, debug: bool) -> int:
    """Draw the shortest chain of migrations that shows a finding.

    A finding is named by its number in the list of hopcheck check, by its id, or by a unique beginning of it. No system
    package is needed: Graphviz comes with hopcheck.
    """
    from hopcheck.cli.graph_job import graph

    return graph(finding, form=form, target=target, facts=facts, quiet=quiet)
