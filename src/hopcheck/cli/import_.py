"""``hopcheck import``: facts from source trees and binaries."""

from __future__ import annotations

from pathlib import Path

import click

from hopcheck.cli import options

EXAMPLES = """\b
Examples:
  hopcheck import qemu --binary /usr/bin/qemu-system-x86_64
  hopcheck import qemu --source ~/qemu --binary ~/qemu/build/qemu-system-arm
  hopcheck import qemu --source .@v9.1.0 --source .@v9.2.0 -o mine.json.gz
  hopcheck check --facts mine.json.gz

\b
A binary may be a script that starts one, with the arguments that the script
is given: so run binaries that need their own loader and libraries."""


@click.command("import", epilog=EXAMPLES)
@click.argument("product", type=click.Choice(["qemu"]))
@click.option("--source", "sources", multiple=True, metavar="TREE", help="A source tree: DIR, or REPOSITORY@REVISION.")
@click.option(
    "--binary",
    "binaries",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="A QEMU system emulator: it is started without a guest, and asked over QMP.",
)
@click.option(
    "--vmstate",
    type=click.Path(path_type=Path),
    metavar="DUMP",
    help="What the one build's -dump-vmstate wrote, in place of asking a binary for it.",
)
@click.option(
    "--name",
    "names",
    multiple=True,
    metavar="NAME",
    help="What the builds are called: one for each source, then one for each binary. Default: their versions.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="At most so long for each binary.",
)
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where the facts are written (gzip where it ends in .gz). Default: out/facts/NAME.json.gz.",
)
@options.options(options.quiet, options.debug)
def command(
    product: str,
    sources: tuple[str, ...],
    binaries: tuple[Path, ...],
    vmstate: Path | None,
    names: tuple[str, ...],
    timeout: float,
    output: Path | None,
    quiet: bool,
    debug: bool,
) -> int:
    """Read the facts of QEMU builds, for --facts of the other verbs: one file, with the builds oldest first.

    Nothing is built, and nothing of a source tree is executed. What could not be resolved is in the file, with its place.
    """
    from hopcheck.cli.import_job import Wanted, import_qemu

    builds = len(sources) + len(binaries)
    if not builds:
        raise click.UsageError("nothing to import: give --source or --binary")
    if names and len(names) != builds:
        raise click.UsageError(f"{len(names)} names for {builds} builds: give --name for each or for none")
    if vmstate and builds != 1:
        raise click.UsageError("--vmstate is for one build: import the others by themselves")
    return import_qemu(Wanted(sources, binaries, vmstate, names or ("",) * builds, timeout, output, quiet))
