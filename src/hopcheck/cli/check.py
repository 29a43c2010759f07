"""``hopcheck check``: the main job."""

from __future__ import annotations

from pathlib import Path

import click

from hopcheck.cli import options

EXAMPLES = """\b
Examples:
  hopcheck check
  hopcheck check num_queues --format json
  hopcheck check models/lock.py --cache
  hopcheck check --changed-since origin/master
  hopcheck check fleet --set vms=5 --memory 2G --no-prove
  hopcheck check device_config --no-prove --all | less"""


@click.command("check", epilog=EXAMPLES)
@click.argument("models", nargs=-1, metavar="[MODEL]...")
@options.options(
    options.facts,
    options.baseline,
    options.report_format,
    options.report_files,
    options.out_dir,
    options.settings,
    options.workers,
    options.memory,
    options.timeout,
    options.resume,
    options.symmetry,
    options.slicing,
    options.cache,
)
@click.option(
    "--changed-since",
    "revision",
    metavar="REV",
    help="Check only what differs from a git revision: models and changes, or, in a QEMU tree, the tree itself.",
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
    reports: tuple[tuple[str, Path], ...],
    out_dir: Path,
    settings: tuple[str, ...],
    workers: int | None,
    memory: int | None,
    timeout: float | None,
    resume: bool,
    symmetry: bool,
    slicing: bool,
    cache: bool,
    revision: str | None,
    prove: bool,
    vacuity: str,
    everything: bool,
    quiet: bool,
    debug: bool,
) -> int:
    """Check the bundled models (all, or those named), device_config on the facts of QEMU builds.

    Shows the verdict of every property, then what breaks in real QEMU, then how much the verdicts stand for. Names of
    models: see hopcheck models. The path of a Python file is a model of your own: the file is run. A TOML file is a change:
    it is proved, as hopcheck prove does.

    With --changed-since: of the models that are named, or of the models and changes that [tool.hopcheck] of the project
    names, those that differ from where HEAD left REV, committed or not. In a source tree of QEMU without such a table, what
    differs is proved, as hopcheck prove does.
    """
    from hopcheck.cli.change_job import is_written
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
        cache=cache,
        prove=prove,
        vacuity_is_error=vacuity == "error",
        form=form,
        reports=options.files(reports),
        out_dir=out_dir,
        everything=everything,
        quiet=quiet,
    )
    if revision is None and not any(map(is_written, models)):
        return main_job(wanted)
    from hopcheck.cli.files_job import files_job

    return files_job(wanted, revision)
