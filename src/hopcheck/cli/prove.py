"""``hopcheck prove``: a patch, commits, a change written by hand, or a proposed cookie."""

from __future__ import annotations

from pathlib import Path

import click

from hopcheck.cli import options

EXAMPLES = """\b
Examples:
  hopcheck prove 0001-new-default.patch --tree ~/qemu
  git format-patch --stdout v10.1.0.. | hopcheck prove - --tree .@v10.1.0
  hopcheck prove master..topic --tree ~/qemu
  hopcheck prove examples/new-default-without-entry.toml
  hopcheck prove examples/cookie-optional.toml

\b
A TOML file names a base, a new build, and what it does differently:
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

tree = click.option(
    "--tree",
    metavar="TREE",
    help="The QEMU sources that a patch applies to: a directory, or REPOSITORY@REVISION. For BASE..HEAD the repository.",
)


@click.command("prove", epilog=EXAMPLES)
@click.argument("change", metavar="CHANGE")
@options.options(
    tree,
    options.facts,
    options.report_format,
    options.report_files,
    options.out_dir,
    options.timeout,
    options.cache,
    options.quiet,
    options.debug,
)
def command(
    change: str,
    tree: str | None,
    facts: Path | None,
    form: str,
    reports: tuple[tuple[str, Path], ...],
    out_dir: Path,
    timeout: float | None,
    cache: bool,
    quiet: bool,
    debug: bool,
) -> int:
    """Is a change of defaults, compat entries or machine types safe for every chain of migrations? Is a cookie?

    CHANGE is a patch (git format-patch, one or a whole series, or a diff; - is standard input), BASE..HEAD, or a TOML file.
    A patch is applied in memory: the tree is only read. What the change touches is checked over all chains through all
    known builds and the changed one, with the change and without it: what breaks without it too does not count.

    A tree in development is changed on its way to its release: the machine types that it has not released are no promise
    yet, and no guest stays on the tree as it was. A released tree without the change is a place for guests of its own.

    A TOML file with a table [cookie] proposes an element of libvirt's migration cookie: it is checked between hosts of all
    releases.
    """
    from hopcheck.cli.cache import verdict_cache
    from hopcheck.cli.change_job import change_job, is_written, open_change
    from hopcheck.cli.cookie_job import cookie_job
    from hopcheck.cli.main_job import PROOF_SECONDS
    from hopcheck.engine.searching import Searching
    from hopcheck.model.domain.cookies.proposal import is_proposal

    seconds, files = timeout or PROOF_SECONDS, options.files(reports)
    searching = Searching(cache=verdict_cache(cache))
    if is_written(change) and is_proposal(Path(change)):
        return cookie_job(Path(change), form=form, reports=files, prove_seconds=seconds, quiet=quiet, searching=searching)
    return change_job(
        lambda listener: open_change(change, tree=tree, facts=facts, listener=listener),
        form=form,
        reports=files,
        out_dir=out_dir,
        prove_seconds=seconds,
        quiet=quiet,
        searching=searching,
    )
