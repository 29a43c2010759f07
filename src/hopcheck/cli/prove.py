"""``hopcheck prove``: a change written by hand."""

from __future__ import annotations

from pathlib import Path

import click

from hopcheck.cli import options

EXAMPLES = """\b
Example:
  hopcheck prove examples/new-default-without-entry.toml
  hopcheck prove examples/cookie-optional.toml

\b
The file names a base, a new build, and what it does differently:
  base = "11.0pre"
  build = "11.2"
  machine = "11.2"
  [[default]]
  driver = "virtio-blk-device"
  property = "queue-size"
  value = 512
  [[entry]]
  array = "hw_compat_11_0"
  driver = "virtio-blk-device"
  property = "queue-size"
  value = 256"""


@click.command("prove", epilog=EXAMPLES)
@click.argument("change", type=click.Path(path_type=Path), metavar="FILE.toml")
@options.options(
    options.facts,
    options.report_format,
    options.out_dir,
    options.timeout,
    options.quiet,
    options.debug,
)
def command(
    change: Path,
    facts: Path | None,
    form: str,
    out_dir: Path,
    timeout: float | None,
    quiet: bool,
    debug: bool,
) -> int:
    """Is a change of defaults and compat entries, written by hand, safe for every chain of migrations? Is a cookie?

    The change is applied to facts in memory; what it touches is checked over all chains through all known builds and the
    changed one, with the change and without it. A file with a table [cookie] proposes an element of libvirt's migration
    cookie: it is checked between hosts of all releases.
    """
    from hopcheck.cli.change_job import change_job
    from hopcheck.cli.cookie_job import cookie_job
    from hopcheck.cli.main_job import PROOF_SECONDS
    from hopcheck.model.domain.cookies.proposal import is_proposal

    if is_proposal(change):
        return cookie_job(change, form=form, prove_seconds=timeout or PROOF_SECONDS, quiet=quiet)
    return change_job(change, facts=facts, form=form, out_dir=out_dir, prove_seconds=timeout or PROOF_SECONDS, quiet=quiet)
