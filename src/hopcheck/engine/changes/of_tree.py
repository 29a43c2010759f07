"""A change of a source tree: a patch that is applied in memory, or the commits of a repository. The tree stays as it is."""

from __future__ import annotations

from pathlib import Path

from hopcheck.engine.changed import Changed, Warned
from hopcheck.engine.changes.between import Told, between
from hopcheck.engine.own.since import Since
from hopcheck.engine.results import Began, Listener, ignore
from hopcheck.model.facts.load import bundled
from hopcheck.model.facts.schema import Facts
from hopcheck.model.importers.patch import apply, parse
from hopcheck.model.importers.source import CacheFile, import_source
from hopcheck.model.importers.tree import Tree
from hopcheck.model.importers.trees import Directory, open_range


def of_patch(
    content: bytes,
    file: str,
    tree: Tree,
    *,
    facts: Facts | None = None,
    cache: CacheFile | None = None,
    listener: Listener = ignore,
) -> Changed:
    """The change that a patch makes to a tree; ``file`` is what errors name, ``cache`` a file for what is read.

    Raises:
        InputError: it is no patch, it does not apply, or the tree is none of QEMU's.
    """
    applied = apply(tree, parse(content, file), file)
    notes = tuple(Warned(note.what, note.place) for note in applied.notes)
    return _of_trees(tree, applied.tree, Told(file, notes, applied.tree), facts, cache, listener)


def of_commits(
    repository: Path,
    text: str,
    *,
    facts: Facts | None = None,
    cache: CacheFile | None = None,
    listener: Listener = ignore,
) -> Changed:
    """The change that the commits ``BASE..HEAD`` of a repository make.

    Raises:
        InputError: there is no such repository or revision, or it holds no source tree of QEMU.
    """
    before, after = open_range(repository, text)
    return _of_trees(before, after, Told(text, (), after), facts, cache, listener)


def of_work_tree(
    found: Since, revision: str, *, facts: Facts | None = None, cache: CacheFile | None = None, listener: Listener = ignore
) -> Changed:
    """The change from a revision to the files of a work tree, whether they are committed or not.

    Raises:
        InputError: they are no source trees of QEMU, or cannot be read.
    """
    after = Directory(found.top)
    return _of_trees(found.before, after, Told(f"{revision} to {found.top}", (), after), facts, cache, listener)


def _of_trees(
    before: Tree, after: Tree, told: Told, facts: Facts | None, cache: CacheFile | None, listener: Listener
) -> Changed:
    listener(Began(f"reading {before.label}"))
    one = import_source(before, name=before.label, cache=cache)
    listener(Began(f"reading {after.label}"))
    other = import_source(after, name=after.label, version=one.version, cache=cache)
    return between(facts or bundled(), one, other, told)
