"""``hopcheck diff``: which verdicts change from one build to another."""

from __future__ import annotations

from pathlib import Path

import click

from hopcheck.cli import options

EXAMPLES = """\b
Examples:
  hopcheck diff 9.2 10.0
  hopcheck diff 7.2 ./qemu-7.2.22
  hopcheck diff qemu.git@v9.1.0 qemu.git@stable-9.1
  hopcheck diff 10.0.13 /usr/bin/qemu-system-x86_64
  hopcheck diff facts 10.0.13 10.0.13-debian --all

\b
A build is the name of a known one (as 9.2 or 10.0.13-debian), a facts file
(FILE.json.gz, or FILE.json.gz:BUILD where it holds several), the folder of a
source tree, REPOSITORY@REVISION, or a QEMU binary, which is started.

\b
The verdict of a pair, for a machine type and a device property: the guest is
booted on one build and migrated to the other. It migrates, differs (it loads,
and the guest sees another device), fails, or is unknown. Compared are pairs
of NEW with every build against the same pairs of OLD, on what both know.

\b
Exit codes: 0 no verdict gets worse, 1 some does, 2 bad usage or input, 3 none
gets worse as far as is known. With facts: 0, or 1 where a tree and a binary
differ and no rule explains it."""


@click.command("diff", epilog=EXAMPLES)
@click.argument("operands", nargs=-1, metavar="[facts] OLD NEW")
@options.options(
    options.facts,
    options.report_format,
    options.report_files,
    options.out_dir,
    options.workers,
    options.timeout,
    options.everything,
    options.quiet,
    options.debug,
)
def command(
    operands: tuple[str, ...],
    facts: Path | None,
    form: str,
    reports: tuple[tuple[str, Path], ...],
    out_dir: Path,
    workers: int | None,
    timeout: float | None,
    everything: bool,
    quiet: bool,
    debug: bool,
) -> int:
    """Which verdicts change where the build NEW takes the place of OLD: of pairs, of chains; and why?

    With the word facts: what the two builds' facts agree on and differ in, by cause.
    """
    from hopcheck.cli.diff_job import Wanted, diff_job, facts_job

    of_facts = len(operands) == 3 and operands[0] == "facts"
    if not of_facts and len(operands) != 2:
        raise click.UsageError(f"two builds are compared, and {len(operands)} are given: write OLD NEW, or facts OLD NEW")
    old, new = operands[-2:]
    wanted = Wanted(old, new, facts, form, options.files(reports), out_dir, workers, timeout, everything, quiet)
    return facts_job(wanted) if of_facts else diff_job(wanted)
