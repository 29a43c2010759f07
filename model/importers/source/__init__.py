"""Facts from a QEMU source tree: nothing is built, nothing is executed, and system headers are not needed.

Two stages, kept apart. `summarise` turns the bytes of one file into a small `Summary`; `link` turns the summaries of
all files into a `Build`. What a file says is kept in a cache under its content, so that a second import of a changed
tree reads the changed files only. Whatever cannot be resolved is in `Build.unresolved` with its place.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from hopcheck.model.errors import InputError
from hopcheck.model.facts.schema import Build
from hopcheck.model.importers.source.cache import CacheFile, open_cache
from hopcheck.model.importers.source.link import link
from hopcheck.model.importers.source.qapi import summarise_schema
from hopcheck.model.importers.source.release import release_of
from hopcheck.model.importers.source.selection import is_schema, selected
from hopcheck.model.importers.source.summarise import summarise
from hopcheck.model.importers.source.summary import Summary
from hopcheck.model.importers.tree import Tree

__all__ = ["CacheFile", "import_source"]

Progress = Callable[[int, int], None]
"""Told how many files have been read, and how many there are to read."""


def import_source(
    tree: Tree, *, name: str, version: str = "", cache: CacheFile | None = None, progress: Progress | None = None
) -> Build:
    """Return the facts of a source tree.

    ``name``: what the build is called. ``version``: what it is ordered by, "" for what the tree's ``VERSION`` says
    (`release_of`). ``cache``: a file to keep summaries and results in; one that cannot be used is replaced.

    Raises:
        InputError: the tree is no QEMU source tree, or a file of it cannot be read.
    """
    if "VERSION" not in tree.files:
        raise InputError("has no file VERSION", hint="give the top folder of a QEMU source tree", file=tree.label)
    release = release_of(tree.read("VERSION").decode("utf-8", "replace"), f"{tree.label}: VERSION", version)
    paths = selected(tree.files)
    with open_cache(cache) as kept:
        identities = {path: tree.files[path] for path in paths}
        known = kept.build(identities, release)
        if known is None:
            summaries = kept.summaries(identities)
            missing = [path for path in paths if path not in summaries]
            fresh: dict[str, Summary] = {}
            for i, (path, data) in enumerate(tree.read_all(missing)):
                fresh[path] = summarise_schema(data) if is_schema(path) else summarise(path, data)
                if progress is not None and i % 100 == 0:
                    progress(i, len(missing))
            kept.keep(identities, fresh)
            known = link({**summaries, **fresh}, release, name, tree.label)
            kept.keep_build(identities, release, known)
    return msgspec.structs.replace(known, name=name, version=release.version, origin=tree.label)
