"""Importing from the command line: each source in turn, one document, one file, and a summary."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from hopcheck.cli import output
from hopcheck.cli.cache import source_cache
from hopcheck.engine.results import Began, Listener
from hopcheck.model.errors import InputError
from hopcheck.model.facts.load import dump
from hopcheck.model.facts.schema import Build
from hopcheck.model.importers.binary import import_binary, read_dump
from hopcheck.model.importers.document import document
from hopcheck.model.importers.source import import_source
from hopcheck.model.importers.trees import open_tree
from hopcheck.report.progress import progress
from hopcheck.report.text.imported import Timed, summary

_FOLDER = Path("out") / "facts"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the user asked for, as the options say it; ``names``: one a build, "" for its version."""

    sources: tuple[str, ...]
    binaries: tuple[Path, ...]
    vmstate: Path | None
    names: tuple[str, ...]
    timeout: float
    file: Path | None
    quiet: bool


def import_qemu(wanted: Wanted) -> int:
    """Import all builds and write one file, whole or not at all; the exit code is 0."""
    if wanted.file is not None and not wanted.file.absolute().parent.is_dir():
        raise InputError("there is no such folder", hint="make it, or name another", file=str(wanted.file.parent))
    with progress(sys.stderr, moving=output.is_terminal(sys.stderr), wanted=not wanted.quiet) as listener:
        imported = list(_imported(wanted, listener))
    facts = document([each.build for each in imported], "the imported builds")
    names = [build.name for build in facts.builds]
    file = wanted.file or _FOLDER / f"{_file_name(names)}.json.gz"
    if wanted.file is None:
        file.parent.mkdir(parents=True, exist_ok=True)
    try:
        dump(facts, file)
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror})", hint="name another file with -o", file=str(file)) from None
    took = {each.build.name: each.seconds for each in imported}
    output.write(summary([Timed(build, took[build.name]) for build in facts.builds], file))
    return 0


def _imported(wanted: Wanted, listener: Listener) -> Iterator[Timed]:
    """Yield the builds in the order of the options: sources, then binaries."""
    count = len(wanted.sources)
    for text, name in zip(wanted.sources, wanted.names[:count], strict=True):
        began = time.monotonic()
        listener(Began(f"reading {text}"))
        build = import_source(open_tree(text), name=name, cache=source_cache())
        yield _finished(build, wanted, began)
    for path, name in zip(wanted.binaries, wanted.names[count:], strict=True):
        began = time.monotonic()
        listener(Began(f"asking {path}"))
        build = import_binary(path, name=name, seconds=wanted.timeout, vmstate=wanted.vmstate is None)
        yield _finished(build, wanted, began)


def _finished(build: Build, wanted: Wanted, began: float) -> Timed:
    """The build with its name and the dump that was given for it."""
    vmstate = build.vmstate if wanted.vmstate is None else read_dump(wanted.vmstate)
    named = msgspec.structs.replace(build, name=build.name or build.version, vmstate=vmstate)
    return Timed(named, time.monotonic() - began)


def _file_name(names: list[str]) -> str:
    """The first and the last name, with nothing in it that means something in a path."""
    ends = names[0] if len(names) == 1 else f"{names[0]}..{names[-1]}"
    return re.sub(r"[^\w.+-]", "_", ends)[:100]
