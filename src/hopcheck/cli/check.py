"""``hopcheck check``: the main job."""

from __future__ import annotations

from pathlib import Path

import click

from hopcheck.cli import options

EXAMPLES = """\b
Examples:
  hopcheck check
  hopcheck check num_queues --format json
  hopcheck check fleet --set vms=5 --memory 2G --no-prove
  hopcheck check device_config --no-prove --all | less"""


@click.command("check", epilog=EXAMPLES)
@click.argument("models", nargs=-1, metavar="[MODEL]...")
@options.options(
    options.facts,
    options.baseline,
    options.report_format,
    options.out_dir,
    options.settings,
    options.workers,
    options.memory,
    options.timeout,
    options.resume,
    options.symmetry,
    options.slicing,
)
@click.option("--prove/--no-prove", default=True, show_default=True, help="Also prove what is exhausted.")
@click.option(
    "--vacuity",
    type=click.Choice(["warn", "error"]),
    default="warn",
    show_default=True,
    help="What holds only because nothing happens: a warning, or exit code 4.",
)
@options.options(options.everything, options.quiet, options.debug)
def command(
    models: tuple[str, ...],
    facts: Path | None,
    baseline: Path | None,
    form: str,
    out_dir: Path,
    settings: tuple[str, ...],
    workers: int | None,
    memory: int | None,
    timeout: float | None,
    resume: bool,
    symmetry: bool,
    slicing: bool,
    prove: bool,
    vacuity: str,
    everything: bool,
    quiet: bool,
    debug: bool,
) -> int:
    """Check the bundled models (all, or those named), device_config on the facts of QEMU builds.

    Shows the verdict of every property, then what breaks in real QEMU, then how much the verdicts stand for. Names of
    models: see hopcheck models.
    """
    from hopcheck.cli.main_job import Wanted, main_job

    wanted = Wanted(
        models=models,
        facts=facts,
        baseline=baseline,
        given=options.given(settings),
        workers=workers,
        memory=memory,
        timeout=timeout,
        resume=resume,
        symmetry=symmetry,
        slicing=slicing,
        prove=prove,
        vacuity_is_error=vacuity == "error",
        form=form,
        out_dir=out_dir,
        everything=everything,
        quiet=quiet,
    )
    return main_job(wanted)
