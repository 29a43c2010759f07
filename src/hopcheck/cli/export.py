"""``hopcheck export``: a model for another engine."""

from __future__ import annotations

from pathlib import Path

import click

from hopcheck.cli import options

EXAMPLES = """\b
Examples:
  hopcheck export fleet --to promela -o fleet.pml
  hopcheck export num_queues --variant "no entry, any" --to tla -o Queues.tla
  hopcheck export num_queues --variant "entry, any" --unbounded --to smt2
  hopcheck export device_config --device-property intel-iommu --to murphi"""


@click.command("export", epilog=EXAMPLES)
@click.argument("model", metavar="MODEL")
@click.option(
    "--to",
    "target",
    type=click.Choice(["murphi", "promela", "tla", "smt2"]),
    required=True,
    help="For rumur, for SPIN, for TLC, or for any SMT solver.",
)
@options.settings
@click.option("--variant", metavar="NAME", help="Which variant of the model, or a beginning of its name.")
@click.option("--unbounded", is_flag=True, help="The instance of any size, where the variant has one.")
@click.option(
    "--property", "properties", multiple=True, metavar="NAME", help="Only this property (may be given several times)."
)
@click.option(
    "--bound",
    type=click.IntRange(min=0, max=1000),
    metavar="K",
    help="With smt2: ask whether a run of up to K steps meets a violation. Default: definitions only.",
)
@click.option(
    "--device-property",
    "device_property",
    metavar="NAME",
    help="With device_config: only the rows of device properties whose name begins so, such as intel-iommu.aw-bits.",
)
@click.option("--rows", type=click.IntRange(min=1), metavar="N", help="With device_config: only the first N rows.")
@click.option(
    "--output",
    "-o",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where to write it; of tla, the configuration beside it. Default: standard output.",
)
@options.options(options.facts, options.quiet, options.debug)
def command(
    model: str,
    target: str,
    settings: tuple[str, ...],
    variant: str | None,
    unbounded: bool,
    properties: tuple[str, ...],
    bound: int | None,
    device_property: str | None,
    rows: int | None,
    file: Path | None,
    facts: Path | None,
    quiet: bool,
    debug: bool,
) -> int:
    """Write a bundled model and its properties in the language of another engine.

    The states, the transitions and the verdicts are the same there; the first lines of what is written say how to run it.
    What the other language cannot state is left out, and said.
    """
    from hopcheck.cli.export_job import Wanted, export

    wanted = Wanted(
        model=model,
        target=target,
        given=options.given(settings),
        variant=variant,
        unbounded=unbounded,
        properties=properties,
        bound=bound,
        device_property=device_property,
        rows=rows,
        facts=facts,
        file=file,
        quiet=quiet,
    )
    return export(wanted)
