"""C as text: comments and directives blanked line by line, and brackets matched without parsing.

Everything keeps its line: what is taken out leaves its newlines behind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

STRING = r'"(?:[^"\\\n]|\\[^\0])*"'
CHARACTER = r"'(?:[^'\\\n]|\\[^\0])*'"
_COMMENT = re.compile(rf"/\*.*?(?:\*/|\Z)|//(?:[^\n\\]|\\[^\0])*|{STRING}|{CHARACTER}", re.DOTALL)
_BRACKETS = re.compile(rf"{STRING}|{CHARACTER}|[(){{}}\[\],]")
_BRACES = re.compile(rf"{STRING}|{CHARACTER}|[{{}}()]")


class Lines:
    """Numbers the lines of a text whose first has a given number; fast for positions that ascend."""

    def __init__(self, text: str, first: int = 1) -> None:
        """Begin at the start of the text."""
        self._text = text
        self._first = self._line = first
        self._counted = 0

    def at(self, position: int) -> int:
        """Return the number of the line that holds a position."""
        if position < self._counted:
            self._line, self._counted = self._first, 0
        self._line += self._text.count("\n", self._counted, position)
        self._counted = position
        return self._line


def without_comments(text: str) -> str:
    """Return the text with every comment replaced by a space and its newlines, these continued as C sees one line."""
    if "/*" not in text and "//" not in text:
        return text
    return _COMMENT.sub(_blank_comment, text)


def _blank_comment(match: re.Match[str]) -> str:
    found = match.group()
    return " " + "\\\n" * found.count("\n") if found[0] == "/" else found


def blanked(text: str, ranges: list[tuple[int, int]]) -> str:
    """Return the text with ascending, disjoint ranges replaced by their newlines."""
    pieces: list[str] = []
    position = 0
    for start, end in ranges:
        pieces += (text[position:start], "\n" * text.count("\n", start, end))
        position = end
    pieces.append(text[position:])
    return "".join(pieces)


def matching(text: str, start: int) -> int:
    """Return the position after the bracket that closes the one at ``start``, -1 where none does."""
    depth = 0
    for match in _BRACKETS.finditer(text, start):
        token = match.group()
        if token in "([{":
            depth += 1
        elif token in ")]}":
            depth -= 1
            if depth == 0:
                return match.end()
    return -1


def split(text: str) -> list[tuple[int, str]]:
    """Return the parts between commas outside brackets, each with the position of its first character.

    Empty parts are left out, which is what C makes of a trailing comma in an initialiser.
    """
    parts: list[tuple[int, str]] = []
    depth = start = 0
    for match in _BRACKETS.finditer(text):
        token = match.group()
        if token in "([{":
            depth += 1
        elif token in ")]}":
            depth -= 1
        elif token == "," and depth == 0:
            _append(parts, text, start, match.start())
            start = match.end()
    _append(parts, text, start, len(text))
    return parts


def _append(parts: list[tuple[int, str]], text: str, start: int, end: int) -> None:
    part = text[start:end]
    bare = part.strip()
    if bare:
        parts.append((start + len(part) - len(part.lstrip()), bare))


def arguments(text: str) -> list[str]:
    """Return the arguments of a call from the text between its parentheses; empty ones count."""
    found: list[str] = []
    depth = start = 0
    for match in _BRACKETS.finditer(text):
        token = match.group()
        if token in "([{":
            depth += 1
        elif token in ")]}":
            depth -= 1
        elif token == "," and depth == 0:
            found.append(text[start : match.start()].strip())
            start = match.end()
    found.append(text[start:].strip())
    return [] if found == [""] else found


def braced(text: str) -> Iterator[tuple[int, int, int]]:
    """Yield the outermost groups of braces outside parentheses.

    Each is (end of the one before, position of its opening brace, position after its closing one). A group that is
    never closed ends the text with a last triple whose third number is -1.
    """
    depth = before = opened = parentheses = 0
    for match in _BRACES.finditer(text):
        token = match.group()
        if token == "{" and not parentheses:
            if depth == 0:
                opened = match.start()
            depth += 1
        elif token == "}" and depth:
            depth -= 1
            if depth == 0:
                yield before, opened, match.end()
                before = match.end()
        elif depth == 0 and token == "(":
            parentheses += 1
        elif depth == 0 and token == ")":
            parentheses = max(0, parentheses - 1)
    if depth:
        yield before, opened, -1
