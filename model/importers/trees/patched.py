"""A tree with some files replaced, added or deleted in memory; the tree itself stays as it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from types import MappingProxyType

from hopcheck.model.errors import InputError
from hopcheck.model.importers.tree import Tree
from hopcheck.model.importers.trees.identity import identity


class Patched:
    """``changes``: path to the new content, None for a file that is gone. A renamed file is one gone and one added."""

    def __init__(self, base: Tree, changes: Mapping[str, bytes | None], label: str) -> None:
        """Lay changes over a tree."""
        self.base = base
        self.label = label
        self.changes: Mapping[str, bytes | None] = MappingProxyType(dict(changes))

    @cached_property
    def files(self) -> Mapping[str, str]:
        """Path to identity; those of unchanged files are the tree's own."""
        return _Overlay(self.base.files, {p: None if c is None else identity(c) for p, c in self.changes.items()})

    def read(self, path: str) -> bytes:
        """Return the content of a file.

        Raises:
            InputError: there is no such file, or it cannot be read.
        """
        if path not in self.changes:
            return self.base.read(path)
        content = self.changes[path]
        if content is None:
            raise InputError(f"holds no file {path}", hint="the change deletes it", file=self.label)
        return content

    def read_all(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Yield files with their contents. Raises ``InputError`` as `read` does."""
        asked = list(paths)
        untouched = self.base.read_all([path for path in asked if path not in self.changes])
        for path in asked:
            yield next(untouched) if path not in self.changes else (path, self.read(path))


def changed_paths(before: Tree, after: Tree) -> tuple[str, ...]:
    """Return the paths whose content differs between two trees, sorted."""
    if isinstance(after, Patched) and after.base is before:
        paths: Iterable[str] = after.changes
    else:
        paths = before.files.keys() | after.files.keys()
    return tuple(sorted(path for path in paths if before.files.get(path) != after.files.get(path)))


class _Overlay(Mapping[str, str]):
    """A mapping laid over another, which stays as lazy as it is; None takes a key away."""

    def __init__(self, under: Mapping[str, str], over: Mapping[str, str | None]) -> None:
        self._under = under
        self._over = over

    def __getitem__(self, path: str) -> str:
        if path not in self._over:
            return self._under[path]
        found = self._over[path]
        if found is None:
            raise KeyError(path)
        return found

    def __contains__(self, path: object) -> bool:
        return self._over[path] is not None if path in self._over else path in self._under  # type: ignore[index]

    def __iter__(self) -> Iterator[str]:
        yield from (path for path in self._under if path not in self._over)
        yield from (path for path, found in self._over.items() if found is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)
