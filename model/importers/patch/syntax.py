"""What a patch says: commits, the files that they change, and the hunks of each file."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Change(StrEnum):
    """What happens to a file."""

    MODIFY = "changes"
    """It keeps its name; it may have no hunks, where only its mode changes."""
    CREATE = "creates"
    """It did not exist."""
    DELETE = "deletes"
    """It no longer exists."""
    RENAME = "renames"
    """It has another name, and may have changed as well."""
    COPY = "copies"
    """Another file starts as it is, and may have changed as well."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a hunk: ``sign`` is a space, ``-`` or ``+``; ``text`` has its end of line, where it has one."""

    sign: str
    text: bytes


@dataclass(frozen=True, slots=True)
class Hunk:
    """A run of lines in context. ``line``: of its header in the patch; ``old``: where it starts in the file, from 1.

    ``old`` is 0 where the file has no lines before.
    """

    line: int
    old: int
    lines: tuple[Line, ...]

    @property
    def before(self) -> list[bytes]:
        """The lines that must be there."""
        return [each.text for each in self.lines if each.sign != "+"]

    @property
    def after(self) -> list[bytes]:
        """The lines in their place."""
        return [each.text for each in self.lines if each.sign != "-"]

    @property
    def leading(self) -> int:
        """Lines of context before the first change."""
        return next((i for i, each in enumerate(self.lines) if each.sign != " "), len(self.lines))

    @property
    def trailing(self) -> int:
        """Lines of context after the last change."""
        return next((i for i, each in enumerate(reversed(self.lines)) if each.sign != " "), len(self.lines))


@dataclass(frozen=True, slots=True)
class FilePatch:
    """What a commit does to one file. ``line``: where that begins in the patch; ``source``: the path before, "" for none.

    ``target``: the path after, "" for none. ``special``: it is a symbolic link or a submodule, no file.
    """

    line: int
    change: Change
    source: str
    target: str
    hunks: tuple[Hunk, ...]
    special: bool = False

    @property
    def path(self) -> str:
        """What messages call it."""
        return self.target or self.source


@dataclass(frozen=True, slots=True)
class Patch:
    """One commit, or a bare diff: its subject ("" for none), and its files in order."""

    title: str
    files: tuple[FilePatch, ...]
