"""Initialiser lists taken apart: elements, the macros that they come through, and designated fields."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from hopcheck.model.importers.source.expansion import substitute
from hopcheck.model.importers.source.names import Names
from hopcheck.model.importers.source.program import Place
from hopcheck.model.importers.source.summary import Macro
from hopcheck.model.importers.source.text import Lines, matching, split

_FIELD = re.compile(r"\.\s*([\w.]+)(?:\[\w+\])?\s*=\s*((?:[^\0])*)")
_CALL = re.compile(r"[A-Za-z_]\w*\s*\(")
_INDEX = re.compile(r"\[[^\[\]]*\]\s*=\s*")
_NEXT = re.compile(r"\s*[A-Z_{]")
_MAX_STEPS = 16
_MAX_ELEMENTS = 4000


@dataclass(frozen=True, slots=True)
class Element:
    """One element of an array, the line that it is written on, and the macros that it came through, outermost first.

    ``text`` begins with a brace, or is something that no macro of the tree explains.
    """

    text: str
    line: int
    via: tuple[Macro, ...] = ()

    @property
    def is_braced(self) -> bool:
        """Return whether it is an initialiser."""
        return self.text.startswith("{")


def elements_of(place: Place, names: Names) -> Iterator[Element]:
    """Yield the elements of an array in order; macros are replaced by the elements that they stand for."""
    start = place.initialiser
    stack = [Element(text, line) for text, line in _written(start.text, start.line)][::-1]
    for _ in range(_MAX_ELEMENTS):
        if not stack:
            return
        element = stack.pop()
        call = None if element.is_braced or len(element.via) >= _MAX_STEPS else names.call(element.text, place.path)
        if call is None:
            yield element
            continue
        macro, given = call
        body = substitute(macro, given) if macro.parameters is not None else macro.body
        via = (*element.via, macro)
        stack += [Element(text, element.line, via) for text, _ in _written(body, 0)][::-1]
    if stack:
        yield Element(f"more than {_MAX_ELEMENTS} elements", start.line)


def _written(text: str, line: int) -> Iterator[tuple[str, int]]:
    """Yield the first elements of a list as written, with their lines."""
    return islice(_parts(text, line), _MAX_ELEMENTS + 1)


def _parts(text: str, line: int) -> Iterator[tuple[str, int]]:
    """Yield the elements of a list; two without a comma between them are two."""
    lines = Lines(text, line)
    for position, part in split(text):
        here = lines.at(position)
        index = _INDEX.match(part)
        rest = part[index.end() :] if index else part
        while True:
            call = _CALL.match(rest)
            opening = 0 if rest.startswith("{") else call.end() - 1 if call else -1
            end = matching(rest, opening) if opening >= 0 else -1
            if end < 0 or _NEXT.match(rest, end) is None:
                yield rest, here
                break
            yield rest[:end], here
            tail = rest[end:].lstrip()
            here += rest.count("\n", 0, len(rest) - len(tail))
            rest = tail


def fields_of(text: str, positions: tuple[str, ...] = ()) -> dict[str, str]:
    """Return the fields of an initialiser (without its outer braces); ``positions`` names those without a name."""
    found: dict[str, str] = {}
    unnamed = iter(positions)
    for _, part in split(text):
        match = _FIELD.fullmatch(part)
        name = match.group(1) if match else next(unnamed, None)
        if name is not None:
            found.setdefault(name, match.group(2).strip() if match else part)
    return found
