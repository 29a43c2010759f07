"""Options that several verbs have: the same name means the same everywhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

facts = click.option(
    "--facts",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Facts of QEMU builds (JSON, or gzip of it) in place of the bundled ones.",
)
baseline = click.option(
    "--baseline",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Known findings, each with its reason (TOML). Default: those of the bundled facts; none with --facts.",
)
out_dir = click.option(
    "--out-dir",
    type=click.Path(path_type=Path),
    default=Path("out"),
    show_default=True,
    metavar="DIR",
    help="Where counterexamples, pictures and full lists are written.",
)
workers = click.option(
    "--workers", type=click.IntRange(min=1), metavar="N", help="How many processes may work at once. Default: one a core."
)
timeout = click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=20.0,
    show_default=True,
    metavar="SECONDS",
    help="At most so long for each proof; what is not proved by then is unknown.",
)
report_format = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "jsonl"]),
    default="text",
    show_default=True,
    help="The result on standard output: text, one JSON document, or events as lines of JSON.",
)
everything = click.option("--all", "everything", is_flag=True, help="Show every finding in full.")
quiet = click.option("--quiet", "-q", is_flag=True, help="No progress on standard error.")
debug = click.option("--debug", is_flag=True, help="Show the traceback of an internal error.")


def options(*decorators: Callable[[F], F]) -> Callable[[F], F]:
    """Several options at once, shown in this order."""

    def decorate(function: F) -> F:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return decorate
