"""A repair as text: the C files of a tree with entries added and taken away, shown as a diff and written whole or not."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from hopcheck.engine.changed import Changed
from hopcheck.model.domain.device_config.edits import Edits, edited, entries_added
from hopcheck.model.errors import InputError
from hopcheck.model.facts.schema import Build, Entry
from hopcheck.model.importers.initializer import rewritten
from hopcheck.model.importers.patch.unified import unified
from hopcheck.model.importers.source import CacheFile, import_source
from hopcheck.model.importers.tree import Tree
from hopcheck.model.importers.trees.patched import Patched


@dataclass(frozen=True, slots=True)
class Rewriting:
    """The tree before and after the repair, and the difference as a patch."""

    before: Tree
    after: Patched

    @property
    def diff(self) -> str:
        """A unified diff that applies to the tree with the change."""
        return unified(self.before, self.after)


def rewriting(changed: Changed, edits: Edits, *, cache: CacheFile | None = None) -> Rewriting | None:
    """The repair in the change's own tree; None where there is no tree, or where an array has to be made by hand first.

    What was written is read again: it must say what was proved.

    Raises:
        InputError: an array's text is none that entries can be added to.
    """
    tree, build = changed.tree, changed.after
    if tree is None or edits.arrays or not len(edits):
        return None
    files: dict[str, bytes | None] = {}
    for path, (added, removed) in _by_file(build, edits).items():
        files[path] = rewritten(tree.read(path), path, added=added, removed=removed)
    after = Patched(tree, files, f"{tree.label} with the repair")
    again = import_source(after, name=build.name, version=build.version, cache=cache)
    wanted = edited(build, edits)
    if entries_added(wanted, again) or entries_added(again, wanted):
        raise InputError(
            f"the entries cannot be written into {', '.join(files)} as its text stands",
            hint="write them by hand",
            file=tree.label,
        )
    return Rewriting(tree, after)


_Edited = tuple[dict[int, list[Entry]], list[tuple[int, int, Entry]]]
"""Entries to add by the line of their array, and entries to take away with their array's line and their own."""


def _by_file(build: Build, edits: Edits) -> Mapping[str, _Edited]:
    files: dict[str, _Edited] = {}
    for placed in (*edits.added, *edits.removed):
        array = build.compat_arrays[placed.array]
        if not array.file or not array.line:
            raise InputError(f"where {placed.array} begins is not known", hint=f"write {placed} by hand", file=build.name)
        added, removed = files.setdefault(array.file, ({}, []))
        if placed in edits.added:
            added.setdefault(array.line, []).append(placed.entry)
        else:
            _, _, line = placed.entry.origin.rpartition(":")
            removed.append((array.line, int(line) if line.isdigit() else array.line, placed.entry))
    return files


def write(made: Rewriting, folder: Path) -> tuple[Path, ...]:
    """Write the repaired files into a folder that holds the tree with the change: all of them, or none.

    Raises:
        InputError: a file there is not the one that was read, is no plain file, lies behind a link, or cannot be written.
    """
    targets = {_target(folder, path, made.before.read(path)): made.after.read(path) for path in sorted(made.after.changes)}
    ready: list[tuple[Path, Path]] = []
    old: dict[Path, bytes] = {}
    try:
        for target, content in targets.items():
            ready.append((_beside(target, content), target))
        for beside, target in ready:
            old[target] = target.read_bytes()
            os.replace(beside, target)
    except OSError as error:
        for target in old:
            with suppress(OSError):
                os.replace(_beside(target, old[target]), target)
        raise InputError(f"cannot be written ({error.strerror}); nothing was changed", file=str(error.filename)) from None
    finally:
        for beside, _ in ready:
            with suppress(OSError):
                beside.unlink()
    return tuple(targets)


def _target(folder: Path, path: str, content: bytes) -> Path:
    """The file to be written, if it is the one that was read."""
    here = folder
    for part in Path(path).parts:
        here = here / part
        if here.is_symlink():
            raise InputError("is a link, through which nothing is written", hint="apply the diff by hand", file=str(here))
    try:
        if not stat.S_ISREG(here.lstat().st_mode):
            raise InputError("is no plain file", hint="apply the diff by hand", file=str(here))
        found = here.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", hint="apply the diff by hand", file=str(here)) from None
    if found != content:
        raise InputError(
            "is not the file with the change that was looked at",
            hint="apply the change first, and give the tree with it as BASE..HEAD; or apply the diff by hand",
            file=str(here),
        )
    return here


def _beside(target: Path, content: bytes) -> Path:
    """A new file with the content and the mode of the target, in its folder."""
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    os.chmod(name, stat.S_IMODE(target.stat().st_mode))
    return Path(name)
