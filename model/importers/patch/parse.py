"""Reading a patch: ``git format-patch`` (one or a whole series), ``git diff``, or ``diff -u``, in bytes.

Strict where leniency would change the meaning: a hunk has the lines that its header counts, and nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NoReturn

from hopcheck.model.errors import InputError
from hopcheck.model.importers.patch.messages import Message, messages
from hopcheck.model.importers.patch.paths import PathError, checked, stripped, unquote
from hopcheck.model.importers.patch.syntax import Change, FilePatch, Hunk, Line, Patch

MAX_PATCH = 64 << 20
"""Bytes of a patch that are accepted."""

_HUNK = re.compile(rb"@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@")
_BINARY = re.compile(rb"(?:GIT binary patch|Binary files .* differ|Files .* differ)\s*")
_LINKS = (b"120000", b"160000")


def parse(content: bytes, file: str) -> tuple[Patch, ...]:
    """Return the commits of a patch in order; ``file`` is what errors name.

    Raises:
        InputError: too large, no diff in it, a damaged hunk, a binary file, a merge, or a path outside the tree.
    """
    if len(content) > MAX_PATCH:
        raise InputError(f"is larger than {MAX_PATCH} bytes", hint="give the patches one by one", file=file)
    found = [patch for each in messages(content, file) if (patch := _Parser(each, file).patch()).files]
    if not found:
        raise InputError("holds no diff", hint="write it with git format-patch, git diff or diff -u", file=file)
    return tuple(found)


@dataclass(slots=True)
class _Head:
    """The lines between ``diff --git`` and the first hunk."""

    line: int
    named: bytes = b""
    source: bytes = b""
    target: bytes = b""
    change: Change = Change.MODIFY
    moved: dict[str, bytes] = field(default_factory=dict)
    special: bool = False


class _Parser:
    """Goes through the lines of one message."""

    def __init__(self, message: Message, file: str) -> None:
        self._message = message
        self._lines: Sequence[bytes] = message.lines
        self._at = 0
        self._file = file

    def patch(self) -> Patch:
        """Return the commit; without files where the message holds no diff, as a cover letter does."""
        files = []
        while self._at < len(self._lines):
            line = self._line
            if line.startswith((b"diff --cc ", b"diff --combined ")):
                self._fail("is the diff of a merge", "give the commits that were merged, or BASE..HEAD")
            if line.startswith(b"diff --git "):
                files.append(self._git_file())
            elif self._plain_begins():
                files.append(self._file_patch(_Head(self._number)))
            elif _BINARY.fullmatch(line):
                self._binary("a binary file")
            else:
                self._at += 1
        return Patch(self._message.title, tuple(files))

    @property
    def _line(self) -> bytes:
        return self._lines[self._at] if self._at < len(self._lines) else b""

    @property
    def _number(self) -> int:
        return self._message.first + self._at

    def _fail(self, what: str, hint: str, line: int | None = None) -> NoReturn:
        raise InputError(what, hint=hint, file=self._file, line=line or self._number)

    def _binary(self, path: str) -> NoReturn:
        hint = "leave it out, as in git format-patch ... -- . ':!PATH', or give BASE..HEAD of a repository"
        self._fail(f"changes {path}, which is binary: there is no text to apply", hint)

    def _plain_begins(self) -> bool:
        following = self._lines[self._at + 1 : self._at + 3]
        return (
            self._line.startswith(b"--- ")
            and len(following) == 2
            and following[0].startswith(b"+++ ")
            and following[1].startswith(b"@@ ")
        )

    def _git_file(self) -> FilePatch:
        """Read a file from ``diff --git`` on."""
        head = _Head(self._number, named=self._line[len(b"diff --git ") :].rstrip(b"\r\n"))
        self._at += 1
        while not self._plain_begins() and self._extended(head):
            self._at += 1
        if _BINARY.fullmatch(self._line):
            self._binary(self._paths(head)[1] or self._paths(head)[0])
        return self._file_patch(head)

    def _extended(self, head: _Head) -> bool:
        """Take in one of git's own header lines; return whether it was one."""
        line = self._line.rstrip(b"\r\n")
        key, _, value = line.partition(b" ")
        for words, change in _MOVES.items():
            if line.startswith(words):
                head.change = change
                head.moved[words.split()[1].decode()] = line[len(words) :]
                return True
        if line.startswith((b"new file mode ", b"deleted file mode ")):
            head.change = Change.CREATE if key == b"new" else Change.DELETE
        elif not line.startswith((b"old mode ", b"new mode ", b"index ", b"similarity index ", b"dissimilarity index ")):
            return False
        head.special |= value.endswith(_LINKS)
        return True

    def _file_patch(self, head: _Head) -> FilePatch:
        """Read the names and the hunks that follow."""
        if self._plain_begins():
            head.source, head.target = (self._lines[self._at + i][4:].rstrip(b"\r\n") for i in (0, 1))
            self._at += 2
        source, target = self._paths(head)
        change = head.change
        if change is Change.MODIFY and not (source and target):
            change = Change.DELETE if source else Change.CREATE
        hunks = []
        while self._line.startswith(b"@@ "):
            hunks.append(self._hunk(target or source))
        if change is Change.CREATE:
            source = ""
        elif change is Change.DELETE:
            target = ""
        return FilePatch(head.line, change, source, target, tuple(hunks), head.special)

    def _paths(self, head: _Head) -> tuple[str, str]:
        try:
            if head.moved:
                return checked(unquote(head.moved.get("from", b""))), checked(unquote(head.moved.get("to", b"")))
            if head.target:
                return stripped(unquote(head.source), unquote(head.target))
            # Without hunks both names are the same but for their prefixes, and equally long.
            half = len(head.named) // 2
            if head.named[half : half + 1] != b" ":
                self._fail(f"which file is meant by {head.named!r}?", "write it with git format-patch", head.line)
            return stripped(unquote(head.named[:half]), unquote(head.named[half + 1 :]))
        except PathError as error:
            self._fail(str(error), "name files by their path below the top of the tree", head.line)

    def _hunk(self, path: str) -> Hunk:
        """Read a hunk: exactly the lines that its header counts."""
        header, start = _HUNK.match(self._line), self._number
        if header is None:
            self._fail(f"the header of a hunk of {path} is damaged", "write the patch with git format-patch")
        counts = [1 if header[i] is None else int(header[i]) for i in (2, 4)]
        lines: list[Line] = []
        self._at += 1
        while any(counts):
            sign = self._line[:1]
            if sign in (b" ", b"-", b"\n", b"\r") and counts[0] and (sign == b"-" or counts[1]):
                lines.append(Line("-" if sign == b"-" else " ", self._line[1:] if sign in (b" ", b"-") else self._line))
                counts[0] -= 1
                counts[1] -= sign != b"-"
            elif sign == b"+" and counts[1]:
                lines.append(Line("+", self._line[1:]))
                counts[1] -= 1
            elif sign == b"\\" and lines:
                lines[-1] = _without_end(lines[-1])
            else:
                self._fail(f"a hunk of {path} breaks off: its header counts more lines", "fetch or write the patch again")
            self._at += 1
        if self._line.startswith(b"\\") and lines:
            lines[-1] = _without_end(lines[-1])
            self._at += 1
        if self._line[:1] in (b"+", b" ") or (self._line[:1] == b"-" and not self._ends()):
            self._fail(f"a hunk of {path} goes on beyond what its header counts", "fetch or write the patch again")
        return Hunk(start, int(header[1]), tuple(lines))

    def _ends(self) -> bool:
        """Return whether a line with a dash is no part of a hunk: a mail's signature, or the next file of a bare diff."""
        return self._line.rstrip() in (b"--", b"---") or self._plain_begins()


_MOVES = {
    b"rename from ": Change.RENAME,
    b"rename to ": Change.RENAME,
    b"copy from ": Change.COPY,
    b"copy to ": Change.COPY,
}


def _without_end(line: Line) -> Line:
    return replace(line, text=line.text.removesuffix(b"\n"))
