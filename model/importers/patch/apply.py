"""Applying a patch in memory, like ``git apply``: exact lines, perhaps elsewhere than stated, and no fuzz.

Stricter than git in one thing: where a hunk is not where it says and its lines occur more than once, nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from hopcheck.model.errors import InputError
from hopcheck.model.importers.patch.lines import split_lines
from hopcheck.model.importers.patch.syntax import Change, FilePatch, Hunk, Patch
from hopcheck.model.importers.tree import Tree
from hopcheck.model.importers.trees.patched import Patched


@dataclass(frozen=True, slots=True)
class Note:
    """Something that was done otherwise than the patch says; ``place``: its file and line."""

    what: str
    place: str


@dataclass(frozen=True, slots=True)
class Applied:
    """A tree with a patch applied, and what the reader should know about how."""

    tree: Patched
    notes: tuple[Note, ...]


def apply(tree: Tree, patches: Sequence[Patch], file: str) -> Applied:
    """Return the tree with all commits of a patch applied, one after another; ``file`` is what errors name.

    Raises:
        InputError: a commit does not apply: the patch's line, the file, and its line are named.
    """
    work = _Work(tree, file)
    for patch in patches:
        work.commit(patch)
    label = f"{tree.label} with {file}"
    return Applied(Patched(tree, work.written, label), tuple(work.notes))


class _Work:
    """The files as they are while commits are applied."""

    def __init__(self, tree: Tree, file: str) -> None:
        self._tree = tree
        self._file = file
        self.written: dict[str, bytes | None] = {}
        self.notes: list[Note] = []

    def commit(self, patch: Patch) -> None:
        """Apply one commit. Files that it renames or copies are read as they were before it."""
        moves = [each for each in patch.files if each.change in (Change.RENAME, Change.COPY)]
        moved = {each.source: self._read(each, each.source) for each in moves}
        for each in moves:
            if each.change is Change.RENAME:
                self.written[each.source] = None
        for each in patch.files:
            if each.special:
                place = f"{self._file}:{each.line}"
                self.notes.append(Note(f"{each.path} is a link or a submodule, and is left out", place))
            else:
                self._file_patch(each, moved)

    def _file_patch(self, each: FilePatch, moved: dict[str, bytes]) -> None:
        if each.target and each.target != each.source and self._exists(each.target):
            self._fail(each, f"{each.change} {each.target}, which exists already", "perhaps the patch is applied already")
        if each.change is Change.CREATE:
            before = b""
        else:
            before = moved[each.source] if each.source in moved else self._read(each, each.source)
        after = self._hunks(each, before)
        if each.change is Change.DELETE:
            if after:
                what = f"deletes {each.source}, but {len(split_lines(after))} of its lines are not in the patch"
                self._fail(each, what, "make the patch against this tree")
            self.written[each.source] = None
        else:
            self.written[each.target] = after

    def _exists(self, path: str) -> bool:
        return self.written[path] is not None if path in self.written else path in self._tree.files

    def _read(self, each: FilePatch, path: str) -> bytes:
        if not self._exists(path):
            self._fail(each, f"{each.change} {path}, which {self._tree.label} does not have", "make it against this tree")
        known = self.written.get(path)
        return self._tree.read(path) if known is None else known

    def _fail(self, each: FilePatch, what: str, hint: str) -> NoReturn:
        raise InputError(what, hint=hint, file=self._file, line=each.line)

    def _hunks(self, each: FilePatch, content: bytes) -> bytes:
        old = split_lines(content)
        new: list[bytes] = []
        done = shift = 0
        for number, hunk in enumerate(each.hunks, 1):
            expected = max(hunk.old - (1 if hunk.before else 0), 0) + shift
            place = self._place(each, number, hunk, old, expected, done)
            if place != expected:
                lines = place - expected
                told = f"hunk {number} of {each.path} applies {abs(lines)} lines further {'down' if lines > 0 else 'up'}"
                self.notes.append(Note(told, f"{self._file}:{hunk.line}"))
            shift += place - expected
            new += [*old[done:place], *hunk.after]
            done = place + len(hunk.before)
        return b"".join([*new, *old[done:]])

    def _place(self, each: FilePatch, number: int, hunk: Hunk, old: list[bytes], expected: int, done: int) -> int:
        """Return where a hunk goes: where it says it does, else in the only other place with its lines."""
        wanted, last = hunk.before, len(old) - len(hunk.before)
        places = _candidates(old, wanted, expected, done)
        # As git has it: a hunk from line 1 on belongs to the beginning, one without lines after its change to the end.
        if hunk.old <= 1:
            places = [place for place in places if place == 0]
        if not hunk.trailing:
            places = [place for place in places if place == last]
        if expected in places:
            return expected
        if len(places) == 1:
            return places[0]
        name = f"hunk {number} does not apply to {each.path}"
        if places:
            at = ", ".join(str(place + 1) for place in places[:4])
            problem = f"{name} at line {expected + 1}, and its lines are at lines {at}"
        else:
            problem = f"{name} at line {self._differs(hunk, old, expected)}"
        raise InputError(problem, hint="make the patch against this tree", file=self._file, line=hunk.line)

    def _differs(self, hunk: Hunk, old: list[bytes], expected: int) -> str:
        """Return the first line that is not as the patch has it, and both texts; or that the patch is applied already."""
        after = hunk.after
        if after and old[expected : expected + len(after)] == after:
            return f"{expected + 1}, where the file is as the patch makes it"
        for offset, line in enumerate(hunk.before):
            place = expected + offset
            found = old[place] if 0 <= place < len(old) else None
            if found != line:
                there = "the file ends" if found is None else f"the file has {_shown(found)}"
                return f"{place + 1}, where the patch has {_shown(line)} and {there}"
        return f"{expected + 1}: it has no context that tells where it belongs"


def _candidates(old: list[bytes], wanted: list[bytes], expected: int, lowest: int) -> list[int]:
    """Return all places at which the lines stand; where there are no lines to look for, the stated place alone."""
    if not wanted:
        return [expected] if lowest <= expected <= len(old) else []
    ends = range(lowest, len(old) - len(wanted) + 1)
    return [place for place in ends if old[place] == wanted[0] and old[place : place + len(wanted)] == wanted]


def _shown(line: bytes) -> str:
    """Return a line for a message: short, printable, with how it ends where that is unusual."""
    text = line.decode(errors="replace")
    end = " without a line end" if not text.endswith("\n") else " with a carriage return" if text.endswith("\r\n") else ""
    text = text.strip()
    return repr(text if len(text) <= 60 else f"{text[:57]}...") + end
