"""Preprocessor directives of one file: its macros, its includes, and the branches that are read.

Nothing is configured, so of ``#if`` .. ``#else`` the first branch is read, except where a condition is known for a
system emulator on a common host (`_FALSE`). What another branch would have said is noted, not guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from hopcheck.model.importers.source.summary import Macro, Note
from hopcheck.model.importers.source.text import Lines, blanked

_DIRECTIVE = re.compile(r"^[ \t]*#[ \t]*(\w+)((?:[^\n\\]|\\[^\0])*)", re.MULTILINE)
_DEFINE = re.compile(r"\s*(\w+)(\([^()]*\))?((?:[^\0])*)")
_INCLUDE = re.compile(r'\s*"([^"\n]+)"')
_CONDITION = re.compile(r"\s*(!?)\s*(?:defined)?\s*\(?\s*(\w+)\s*\)?\s*")
_FALSE = (
    frozenset({"CONFIG_USER_ONLY", "CONFIG_LINUX_USER", "CONFIG_BSD_USER", "__cplusplus", "0"})
    | frozenset({"_WIN32", "WIN32", "CONFIG_WIN32", "__MINGW32__", "CONFIG_DARWIN", "__APPLE__", "__OpenBSD__"})
    | frozenset({"HOST_BIG_ENDIAN", "HOST_WORDS_BIGENDIAN", "TARGET_BIG_ENDIAN"})
)
_MATTERS = re.compile(r"DEFINE_PROP|GlobalProperty|TypeInfo|compat_props_add|set_props")
MAX_BODY = 8192
"""Longer macro bodies are not kept: the longest that declares properties has about 2,000 characters."""


@dataclass(slots=True)
class Branch:
    """One ``#if`` that is open: whether a branch was taken, whether this one is, and where dropping began."""

    taken: bool
    live: bool
    outer: bool
    start: int = 0


@dataclass(slots=True)
class Directives:
    """What the directives of a text say. ``code`` is the text without them and without branches that are not read."""

    code: str = ""
    includes: list[str] = field(default_factory=list)
    macros: list[Macro] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


def read_directives(text: str) -> Directives:
    """Return what the directives of a text without comments say."""
    return _Reader(text).read()


class _Reader:
    """One pass over the directives; ``ranges`` collects what is blanked."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._found = Directives()
        self._ranges: list[tuple[int, int]] = []
        self._open: list[Branch] = []
        self._lines = Lines(text)

    def read(self) -> Directives:
        """Return what was found."""
        for match in _DIRECTIVE.finditer(self._text):
            name, rest = match.group(1), match.group(2)
            if name in {"if", "ifdef", "ifndef", "elif", "else", "endif"}:
                self._condition(name, rest, match)
            elif self._live:
                self._ranges.append(match.span())
                if name == "define":
                    self._define(rest, match.start())
                elif name == "include":
                    path = _INCLUDE.match(rest)
                    if path:
                        self._found.includes.append(path.group(1))
        unclosed = next((branch for branch in self._open if branch.outer and not branch.live), None)
        if unclosed is not None:
            self._drop(unclosed.start, len(self._text))
        self._found.code = blanked(self._text, self._ranges).replace("\\\n", "\n")
        return self._found

    @property
    def _live(self) -> bool:
        return not self._open or self._open[-1].live

    def _condition(self, name: str, rest: str, match: re.Match[str]) -> None:
        if name in {"if", "ifdef", "ifndef"}:
            live = self._live
            if live:
                self._ranges.append(match.span())
            taken = live and _holds(name, rest)
            self._open.append(Branch(taken, taken, live, match.end()))
            return
        if not self._open:
            self._ranges.append(match.span())
            return
        here = self._open[-1]
        if here.outer and not here.live:
            self._drop(here.start, match.end())
        elif here.outer:
            self._ranges.append(match.span())
        if name == "endif":
            self._open.pop()
            return
        here.live = here.outer and not here.taken and (name == "else" or _holds("if", rest))
        here.taken |= here.live
        here.start = match.end()

    def _drop(self, start: int, end: int) -> None:
        """Leave a branch out, and say so where it could have mattered."""
        self._ranges.append((start, end))
        lost = _MATTERS.search(self._text, start, end)
        if lost:
            reason = "it is in a branch of a preprocessor condition that is not read"
            self._found.notes.append(Note(self._lines.at(lost.start()), lost.group(), reason))

    def _define(self, rest: str, start: int) -> None:
        match = _DEFINE.match(rest)
        if match is None or len(rest) > MAX_BODY:
            return
        name, listed, body = match.groups()
        parameters = None
        if listed is not None:
            listed = listed[1:-1].replace("\\\n", " ")
            parameters = tuple(part.strip() for part in listed.split(",") if part.strip())
        body = body.replace("\\\n", " ").strip()
        if body or parameters is not None:
            self._found.macros.append(Macro(name, parameters, body, self._lines.at(start)))


def _holds(name: str, condition: str) -> bool:
    """Return whether a condition holds, as far as anybody can tell: an unknown one does."""
    match = _CONDITION.fullmatch(condition)
    if match is None:
        return True
    negated = (name == "ifndef") != (match.group(1) == "!")
    return (match.group(2) not in _FALSE) or negated
