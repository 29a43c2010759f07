"""What a user names on the command line as a build: a bundled one, a facts file, a source tree, a revision, a binary."""

from __future__ import annotations

import os
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from hopcheck.engine.results import Began, Listener, ignore
from hopcheck.model.errors import InputError
from hopcheck.model.facts.load import load
from hopcheck.model.facts.schema import Build, Facts

if TYPE_CHECKING:
    from hopcheck.model.importers.source import CacheFile

_FACTS = (".json", ".json.gz")
_MAGIC = (b"\x1f\x8b", b"{")
"""How a facts file begins: gzip, or JSON."""


@dataclass(frozen=True, slots=True)
class Operand:
    """``text``: what the user wrote; ``known``: the build is one of the known facts, not read from elsewhere."""

    text: str
    build: Build
    known: bool


def open_operand(text: str, known: Facts, *, cache: CacheFile | None = None, listener: Listener = ignore) -> Operand:
    """The build that a text names; the name of a known build comes first, so write ``./7.2`` for a folder of that name.

    ``FILE`` or ``FILE:BUILD`` is a facts file, ``DIR`` a source tree, ``REPOSITORY@REVISION`` a git revision, and any
    other file a QEMU binary, which is started. ``cache``: a file to keep facts of trees in.

    Raises:
        InputError: there is nothing of that name, or it cannot be read.
    """
    if any(build.name == text for build in known.builds):
        return Operand(text, known.build(text), True)
    file, colon, name = text.rpartition(":")
    path = Path(text)
    if _is_facts(path):
        return Operand(text, _from_facts(path, ""), False)
    if colon and _is_facts(Path(file)):
        return Operand(text, _from_facts(Path(file), name), False)
    repository, at, _ = text.rpartition("@")
    if os.path.isdir(text) or (at and os.path.isdir(repository)):
        listener(Began(f"reading {text}"))
        return Operand(text, _from_tree(text, cache), False)
    if os.path.isfile(text):
        listener(Began(f"asking {text}"))
        return Operand(text, _from_binary(path), False)
    raise _nothing(text, known)


def _is_facts(path: Path) -> bool:
    """Whether a path is meant as a facts file: by its name, else by how it begins."""
    if path.name.endswith(_FACTS):
        return True
    if not os.path.isfile(path):  # unlike Path.is_file it takes what no file system can hold for nothing
        return False
    try:
        with path.open("rb") as stream:
            begins = stream.read(64).lstrip()
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", hint="give a readable file", file=str(path)) from None
    return begins.startswith(_MAGIC)


def _from_facts(path: Path, name: str) -> Build:
    builds = load(path).builds
    names = ", ".join(build.name for build in builds)
    if name:
        found = next((build for build in builds if build.name == name), None)
        if found is None:
            raise InputError(f"holds no build {name!r}", hint=f"write one of {names}", file=str(path))
        return found
    if len(builds) > 1:
        what = f"holds {len(builds)} builds"
        raise InputError(what, hint=f"name one of {names}, as in {path}:{builds[-1].name}", file=str(path))
    return builds[0]


def _from_tree(text: str, cache: CacheFile | None) -> Build:
    from hopcheck.model.importers.source import import_source
    from hopcheck.model.importers.trees import open_tree

    return import_source(open_tree(text), name=text, cache=cache)


def _from_binary(path: Path) -> Build:
    if not path.stat().st_size:
        raise InputError("is empty", hint="give a facts file, a source tree or a QEMU binary", file=str(path))
    if not os.access(path, os.X_OK):
        what = "is neither a facts file nor a program"
        raise InputError(what, hint="give a facts file, a source tree or a QEMU binary", file=str(path))
    from hopcheck.model.importers.binary import import_binary

    return import_binary(path)


def _nothing(text: str, known: Facts) -> InputError:
    names = [build.name for build in known.builds]
    near = get_close_matches(text, names, 1)
    guess = f"did you mean {near[0]!r}?" if near else f"known builds are {', '.join(names)}"
    hint = f"{guess} A file, a folder or REPOSITORY@REVISION will do as well" if near else guess
    return InputError(f"there is no build, file or folder {text!r}", hint=hint)
