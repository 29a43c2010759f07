"""A directory as a tree. It is only read, and nothing outside it is: symbolic links are no part of the tree."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path

from hopcheck.model.errors import InputError
from hopcheck.model.importers.trees.identity import MAX_FILE, identity

MAX_FILES = 500_000
"""Files that a directory may hold: fifty times as many as QEMU's sources."""

_SKIPPED = frozenset({".git", ".hg", ".svn"})


class Directory:
    """The regular files below a directory, but for those larger than `MAX_FILE` and those whose names are not UTF-8.

    Which files there are is looked up once; a file's identity is computed from its content when somebody asks for it.
    """

    def __init__(self, path: str | Path) -> None:
        """Take a directory; nothing is read yet.

        Raises:
            InputError: there is no such directory.
        """
        self.path = Path(path)
        if not self.path.is_dir():
            what = "is no directory" if self.path.exists() else "there is no such directory"
            raise InputError(what, hint="name a QEMU source tree", file=str(path))

    @property
    def label(self) -> str:
        """The directory."""
        return str(self.path)

    @cached_property
    def files(self) -> Mapping[str, str]:
        """Path to identity; identities are computed one by one, when they are asked for.

        Raises:
            InputError: a folder cannot be read, or there are more than `MAX_FILES` files.
        """
        return _Identities(self)

    def read(self, path: str) -> bytes:
        """Return the content of a file.

        Raises:
            InputError: there is no such file, it cannot be read, or it grew beyond `MAX_FILE`.
        """
        if path not in self.files:
            raise InputError(f"holds no file {path}", hint="name a QEMU source tree", file=self.label)
        place = str(self.path / path)
        try:
            # Neither a link nor a pipe that took the file's place since the directory was listed.
            handle = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
            with os.fdopen(handle, "rb") as stream:
                if not stat.S_ISREG(os.fstat(handle).st_mode):
                    raise InputError("is no regular file any more", hint="run it again", file=place)
                content = stream.read(MAX_FILE + 1)
        except OSError as error:
            raise InputError(f"cannot be read ({error.strerror})", hint="make it readable", file=place) from None
        if len(content) > MAX_FILE:
            raise InputError(f"grew beyond {MAX_FILE} bytes", hint="run it again", file=place)
        return content

    def read_all(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Yield files with their contents. Raises ``InputError`` as `read` does."""
        for path in paths:
            yield path, self.read(path)


class _Identities(Mapping[str, str]):
    """The paths of a directory; each identity is computed once, when it is asked for."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._found: dict[str, str | None] = dict.fromkeys(_paths(directory.path))

    def __getitem__(self, path: str) -> str:
        known = self._found[path]
        if known is None:
            known = self._found[path] = identity(self._directory.read(path))
        return known

    def __contains__(self, path: object) -> bool:
        return path in self._found

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


def _paths(top: Path) -> list[str]:
    """Return the paths of all files of a directory that belong to the tree, sorted."""
    found: list[str] = []
    folders = [""]
    while folders:
        folder = folders.pop()
        try:
            with os.scandir(top / folder) as listing:
                for each in listing:
                    path = f"{folder}{each.name}"
                    if each.is_symlink() or not _is_text(path):
                        continue
                    if each.is_dir(follow_symlinks=False):
                        if each.name not in _SKIPPED:
                            folders.append(f"{path}/")
                    elif each.is_file(follow_symlinks=False) and each.stat(follow_symlinks=False).st_size <= MAX_FILE:
                        found.append(path)
        except OSError as error:
            raise InputError(f"cannot be read ({error.strerror})", hint="make it readable", file=str(top / folder)) from None
        if len(found) > MAX_FILES:
            raise InputError(
                f"holds more than {MAX_FILES} files", hint="name a QEMU source tree, not a folder of them", file=str(top)
            )
    return sorted(found)


def _is_text(path: str) -> bool:
    """Return whether a name can be written down: the file system allows bytes that are no text."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True
