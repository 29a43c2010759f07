"""The snippets of a page: what its fences hold, in order, and what the page says of them.

| fence | what becomes of it |
|---|---|
| ``console`` | each ``$ command`` is run (lines after ``> `` belong to it); what it writes must look like what follows it |
| ``sh`` | each line is run, as if typed; a block that begins with ``#!`` or names a file is a file |
| ``python`` | run, after the page's earlier ones; a block that names a file is a file |
| ``toml``, ``yaml``, ``json`` | a file, where the block names one; other TOML is read |
| ``text``, ``diff`` and no word | shown only |

A block names a file by a comment in its first line that is a path and nothing else: ``# examples/change.toml``, or with a
remark after a colon. ``<!-- not run: REASON -->`` before a fence leaves it out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

RUN = frozenset({"console", "sh", "python"})
WRITTEN = frozenset({"toml", "yaml", "json", "python", "sh"})
SHOWN = frozenset({"", "text", "diff", "markdown", "c"})

_FENCE = re.compile(r"(?P<indent> *)```(?P<language>\S*)(?P<rest>.*)")
_NOT_RUN = re.compile(r"\s*<!-- not run: (?P<reason>.+) -->")
_FILE = re.compile(r"(?:#|//) (?P<path>[\w.@-]+(?:/[\w.@-]+)*\.\w+|(?:[\w.@-]+/)+[\w.@-]+)(?::.*)?")


@dataclass(frozen=True, slots=True)
class Block:
    """A fence of a page: its language, its text, the line it begins at, and why it is not run, where the page says so."""

    language: str
    text: str
    line: int
    reason: str | None

    @property
    def file(self) -> str | None:
        """The file that the block is written to, by its first line."""
        found = _FILE.fullmatch(self.text.partition("\n")[0].strip())
        return found["path"] if found and self.language in WRITTEN else None

    @property
    def commands(self) -> tuple[Command, ...]:
        """The commands of a ``console`` or ``sh`` block."""
        return tuple(_console(self) if self.language == "console" else _script(self))


@dataclass(frozen=True, slots=True)
class Command:
    """What is typed, what the page shows of its output (None: nothing), and the page's line."""

    text: str
    shown: tuple[str, ...] | None
    line: int


def blocks(page: Path) -> tuple[Block, ...]:
    """The blocks of a page; raises ``ValueError`` for a fence that is not closed or of a language nobody knows."""
    return tuple(_blocks(page.name, page.read_text("utf-8").splitlines()))


def _blocks(name: str, lines: list[str]) -> Iterator[Block]:
    reason: str | None = None
    at = 0
    while at < len(lines):
        opened = _FENCE.fullmatch(lines[at])
        if opened is None:
            said = _NOT_RUN.fullmatch(lines[at])
            reason = said["reason"] if said else reason if not lines[at].strip() else None
            at += 1
            continue
        language, indent = opened["language"], opened["indent"]
        if language not in RUN | WRITTEN | SHOWN:
            raise ValueError(f"{name}:{at + 1}: nobody knows how to try a block of {language!r}")
        end = next((n for n in range(at + 1, len(lines)) if lines[n].strip() == "```"), None)
        if end is None:
            raise ValueError(f"{name}:{at + 1}: the block is not closed")
        text = "".join(line.removeprefix(indent) + "\n" for line in lines[at + 1 : end])
        yield Block(language, text, at + 1, reason)
        reason, at = None, end + 1


def _console(block: Block) -> Iterator[Command]:
    command: list[str] = []
    shown: list[str] = []
    begun = block.line
    for number, line in enumerate(block.text.splitlines(), start=block.line + 1):
        if line.startswith("$ "):
            if command:
                yield Command("\n".join(command), tuple(shown) or None, begun)
            command, shown, begun = [line[2:]], [], number
        elif not command:
            raise ValueError(f"line {number}: a console block begins with a command, as in '$ hopcheck'")
        elif not shown and (line.startswith("> ") or command[-1].endswith("\\")):
            command.append(line.removeprefix("> "))
        else:
            shown.append(line)
    if command:
        yield Command("\n".join(command), tuple(shown) or None, begun)


def _script(block: Block) -> Iterator[Command]:
    held: list[str] = []
    for number, line in enumerate(block.text.splitlines(), start=block.line + 1):
        held.append(line)
        if not line.endswith("\\"):
            text = "\n".join(held)
            if text.strip() and not text.lstrip().startswith("#"):
                yield Command(text, None, number)
            held = []
