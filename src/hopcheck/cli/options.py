"""Options that several verbs have: the same name means the same everywhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

FORMATS = ("text", "json", "jsonl", "junit", "sarif", "itf", "markdown", "html")
"""The formats of a report."""

Reports: TypeAlias = Mapping[Path, str]
"""The files that the user wants, each with its format."""

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
    "--workers",
    type=click.IntRange(min=1),
    metavar="N",
    help="How many threads search, and processes prove, at once. Default: one a core.",
)


class Size(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """A number of bytes: ``500M``, ``2G``, ``1.5GiB``."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The bytes."""
        if isinstance(value, int):
            return value
        found = re.fullmatch(r"(\d{1,9}(?:\.\d{1,3})?)\s*([kmgt]?)(?:i?b)?", str(value).strip().lower())
        if found is None:
            self.fail(f"{value!r} is no size: write a number of bytes with a unit, such as 500M or 2G", param, ctx)
        return int(float(found[1]) * 1024 ** " kmgt".index(found[2] or " "))


memory = click.option(
    "--memory",
    type=Size(),
    metavar="SIZE",
    help="What the process may take, such as 2G; near it searches go on on disk. Default: what is free, less a fifth.",
)
resume = click.option("--resume", is_flag=True, help="Go on with searches that were stopped, from DIR/checkpoints.")
symmetry = click.option(
    "--symmetry", is_flag=True, help="Count states that differ only in the order of interchangeable components as one."
)
slicing = click.option(
    "--slice", "slicing", is_flag=True, help="Search only what the properties can see; deadlocks are then not looked for."
)
settings = click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="NAME=VALUE",
    help="Set something of the one model that is named, as hopcheck models NAME lists it; may be given several times.",
)
timeout = click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="At most so long for each search and each proof. Default: 20 for a proof, and no end for a search.",
)
report_format = click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="The result on standard output. jsonl: events as lines of JSON, as they happen; itf: every run that it found.",
)


class ReportFile(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """A format and a file: ``sarif=hopcheck.sarif``."""

    name = "report"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, Path]:
        """The format, and the file."""
        if isinstance(value, tuple):
            return value
        form, equals, file = str(value).partition("=")
        if not equals or not file:
            self.fail(f"{value!r} names no file: write FORMAT=FILE, such as sarif=hopcheck.sarif", param, ctx)
        if form not in FORMATS:
            self.fail(f"there is no format {form!r}: write one of {', '.join(FORMATS)}", param, ctx)
        return form, Path(file)


report_files = click.option(
    "--report",
    "reports",
    type=ReportFile(),
    multiple=True,
    metavar="FORMAT=FILE",
    help="Write the result to a file, in any format of --format, besides; may be given several times: all or none appear.",
)
cache = click.option(
    "--cache", is_flag=True, help="Keep what the engines answer, and use it again: in hopcheck's folder of XDG_CACHE_HOME."
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


def given(settings: Sequence[str]) -> dict[str, str]:
    """The settings by name; a usage error for what is not ``NAME=VALUE``, or set twice."""
    made: dict[str, str] = {}
    for each in settings:
        name, equals, value = each.partition("=")
        if not equals or not name.strip():
            raise click.UsageError(f"--set {each!r} sets nothing: write NAME=VALUE")
        if name.strip() in made:
            raise click.UsageError(f"--set sets {name.strip()!r} twice")
        made[name.strip()] = value.strip()
    return made


def files(reports: Sequence[tuple[str, Path]]) -> Reports:
    """The files with their formats; a usage error for a file that is named twice."""
    made: dict[Path, str] = {}
    for form, path in reports:
        if path in made:
            raise click.UsageError(f"--report names {path} twice")
        made[path] = form
    return made
