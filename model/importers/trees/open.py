"""From what the user wrote to a tree: ``DIR``, ``REPOSITORY@REVISION``, or ``BASE..HEAD`` in a repository."""

from __future__ import annotations

import re
from pathlib import Path

from hopcheck.model.errors import InputError
from hopcheck.model.importers.tree import Tree
from hopcheck.model.importers.trees.directory import Directory
from hopcheck.model.importers.trees.git import Repository
from hopcheck.model.importers.trees.revision import Revision


def open_tree(text: str) -> Tree:
    """Return the tree that a text names; a directory of that name comes first.

    Raises:
        InputError: there is no such directory, repository or revision; a repository without files names no revision.
    """
    path = Path(text)
    if path.is_dir():
        if _is_bare(path):
            raise InputError("is a repository without files", hint=f"write {text}@REVISION", file=text)
        return Directory(path)
    repository, at, revision = text.rpartition("@")
    if at and repository and Path(repository).is_dir():
        return Revision(repository, revision)
    if at and repository:
        raise InputError("there is no such repository", hint="write REPOSITORY@REVISION", file=repository)
    return Directory(path)


def open_range(repository: str | Path, text: str) -> tuple[Revision, Revision]:
    """Return the trees before and after the commits ``BASE..HEAD``; without an end they go up to ``HEAD``.

    Before them is where HEAD left BASE, so that what BASE got meanwhile is no part of the change.

    Raises:
        InputError: it is no range, there is no such repository or revision, or the two have no common ancestor.
    """
    ends = _RANGE.fullmatch(text)
    if ends is None:
        raise InputError(f"{text!r} is no range of commits", hint="write BASE..HEAD")
    found = Repository(Path(repository))
    one, other = (found.resolve(each or "HEAD", "commit") for each in ends.groups())
    return Revision(found, found.merge_base(one, other)), Revision(found, other)


def is_range(text: str) -> bool:
    """Return whether a text reads ``BASE..HEAD``."""
    return _RANGE.fullmatch(text) is not None


_RANGE = re.compile(r"((?:[^.]|\.(?!\.))+)\.\.\.?(?!/)((?:[^.]|\.(?!\.))*)")


def _is_bare(path: Path) -> bool:
    """Return whether a directory is a repository itself, rather than a tree."""
    return (path / "HEAD").is_file() and (path / "objects").is_dir() and (path / "refs").is_dir()
