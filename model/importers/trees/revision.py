"""A git revision as a tree: read object by object, without a work tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path

from hopcheck.model.errors import InputError
from hopcheck.model.importers.trees.git import Repository
from hopcheck.model.importers.trees.identity import MAX_FILE


class Revision:
    """The regular files of a revision, but for those larger than `MAX_FILE`; an identity is a blob's object name."""

    def __init__(self, repository: Repository | str | Path, revision: str) -> None:
        """Look up a revision: whatever names a commit or a tree.

        Raises:
            InputError: there is no such repository or revision, or git is not installed.
        """
        self.repository = repository if isinstance(repository, Repository) else Repository(Path(repository))
        self.revision = revision
        self.tree = self.repository.resolve(revision, "tree")

    @property
    def label(self) -> str:
        """``repository@revision``."""
        return f"{self.repository.path}@{self.revision}"

    @cached_property
    def files(self) -> Mapping[str, str]:
        """Path to the object name of its content. Raises ``InputError`` where git cannot tell."""
        found = self.repository.files(self.tree)
        return {path: blob.name for path, blob in sorted(found.items()) if blob.size <= MAX_FILE}

    def read(self, path: str) -> bytes:
        """Return the content of a file.

        Raises:
            InputError: there is no such file, or the repository lacks its content.
        """
        ((_, content),) = self.read_all([path])
        return content

    def read_all(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Yield files with their contents. Raises ``InputError`` as `read` does."""
        asked = list(paths)
        unknown = next((path for path in asked if path not in self.files), None)
        if unknown is not None:
            raise InputError(f"holds no file {unknown}", hint="name a QEMU source tree", file=self.label)
        contents = self.repository.blobs((self.files[path] for path in asked), MAX_FILE)
        yield from zip(asked, contents, strict=True)
