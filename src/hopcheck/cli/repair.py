"""``hopcheck repair``: the entries that make a change safe."""

from __future__ import annotations

from pathlib import Path

import click

from hopcheck.cli import options
from hopcheck.cli.prove import tree as tree_option

EXAMPLES = """\b
Examples:
  hopcheck repair examples/new-default-without-entry.toml
  hopcheck repair my.patch --tree ~/qemu
  hopcheck repair master..HEAD --tree ~/qemu --apply

\b
Exit codes: 0 repaired, or nothing to repair; 1 no set of entries can help;
2 bad usage or input; 3 a fact is missing, or a limit was reached."""


@click.command("repair", epilog=EXAMPLES)
@click.argument("change", metavar="CHANGE")
@tree_option
@click.option("--apply", is_flag=True, help="Write the repair into the tree: all of it, or nothing.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "junit", "sarif", "markdown", "diff"]),
    default="text",
    show_default=True,
    help="The result on standard output; diff: the diff and nothing else.",
)
@options.report_files
@options.options(options.facts, options.out_dir, options.timeout, options.quiet, options.debug)
def command(
    change: str,
    tree: str | None,
    apply: bool,
    form: str,
    reports: tuple[tuple[str, Path], ...],
    facts: Path | None,
    out_dir: Path,
    timeout: float | None,
    quiet: bool,
    debug: bool,
) -> int:
    """Which compat entries make a change safe for every chain of migrations?

    CHANGE is what hopcheck prove takes. The fewest entries are looked for that keep what guests have been promised, on the
    most general driver that is right for all its subtypes; entries that the change itself added may go, released ones
    stay. What is printed has been proved with the change. Where no set of entries can help, it says which builds are
    islands, and what each possible choice breaks.

    With --tree the repair is a patch on the tree with the change. --apply writes it into a directory whose files are those
    of the change: a repository where HEAD of BASE..HEAD is checked out, or files that a patch does not touch.
    """
    from hopcheck.cli.main_job import PROOF_SECONDS
    from hopcheck.cli.repair_job import Wanted, repair_job

    wanted = Wanted(change, tree, apply, form, options.files(reports), out_dir)
    return repair_job(wanted, facts=facts, seconds=timeout or PROOF_SECONDS, quiet=quiet)
