"""Writing compat entries into C text: an array's initialiser gets or loses entries, everything else stays byte for byte.

Only the initialiser is looked at: its braces, strings and comments. What a new entry looks like follows from the one above
it. Nothing is guessed: where the text is not an initialiser of plain entries, the caller is told to write it by hand.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hopcheck.model.errors import InputError
from hopcheck.model.facts.schema import Entry

_TOKEN = re.compile(
    r"""(?P<skip>/\*.*?\*/|//[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|\#[^\n]*)|(?P<open>\{)|(?P<close>\})|(?P<end>;)""",
    re.DOTALL,
)
_PRINTABLE = re.compile(r"[ !#-\[\]-~]*")
"""What may stand in a string without being escaped."""


@dataclass(frozen=True, slots=True)
class _Span:
    """Offsets of a text: of its first character, and behind its last."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Initialiser:
    """Where an array's braces are, the opening and the closing one, and the entries between them."""

    start: int
    close: int
    entries: tuple[_Span, ...]


def rewritten(
    content: bytes, file: str, *, added: Mapping[int, Sequence[Entry]], removed: Sequence[tuple[int, int, Entry]] = ()
) -> bytes:
    """The content of a C file with entries added to arrays and taken from them.

    ``added``: line on which an array's initialiser begins, to the entries that come to its end; ``removed``: such a line,
    the line of an entry in that array, and the entry. ``file`` is what errors name.

    Raises:
        InputError: there is no initialiser of plain entries at that line, or no such entry.
    """
    text = content.decode("latin-1")  # every byte is a character: what is not looked at comes back as it was
    # From the last array to the first, so that the lines of those that are still to come stay what they are.
    for line in sorted({*added, *(array for array, _, _ in removed)}, reverse=True):
        gone = [(place, entry) for array, place, entry in removed if array == line]
        for place, entry in sorted(gone, key=lambda each: each[0], reverse=True):
            span = _removal(text, _entry_at(text, file, _initialiser(text, file, line), place, entry))
            text = text[: span.start] + text[span.end :]
        entries = [_checked(each, file, line) for each in added.get(line, ())]
        if entries:
            text = _extended(text, _initialiser(text, file, line), entries)
    return text.encode("latin-1")


def _initialiser(text: str, file: str, line: int) -> _Initialiser:
    """The initialiser that begins on a line: its first brace there or after it, and what lies between."""
    at = _start_of(text, line)
    depth, start, begun, entries = 0, -1, -1, []
    for token in _TOKEN.finditer(text, at if at is not None else len(text)):
        if token["open"]:
            depth += 1
            if depth == 1:
                start = token.start()
            elif depth == 2:
                begun = token.start()
        elif token["close"]:
            depth -= 1
            if depth == 1:
                entries.append(_Span(begun, token.end()))
            elif depth == 0:
                return _Initialiser(start, token.start(), tuple(entries))
        if depth < 0 or (token["end"] and depth == 0):
            break
    raise InputError("holds no array of entries here", hint="write the entry by hand", file=file, line=line)


def _start_of(text: str, line: int) -> int | None:
    """The offset at which a line begins, counted from 1."""
    at = 0
    for _ in range(line - 1):
        at = text.find("\n", at) + 1
        if at == 0:
            return None
    return at if line > 0 else None


def _line_of(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1


def _entry_at(text: str, file: str, array: _Initialiser, line: int, entry: Entry) -> _Span:
    """The entry on a line; where several are there, the one that holds the property and the value as strings."""
    found = [each for each in array.entries if _line_of(text, each.start) <= line <= _line_of(text, each.end)]
    if len(found) > 1:
        wanted = (f'"{entry.property}"', f'"{entry.value}"')
        found = [each for each in found if all(word in text[each.start : each.end] for word in wanted)]
    if len(found) != 1:
        raise InputError("the entry is not found here", hint="take it away by hand", file=file, line=line)
    return found[0]


def _removal(text: str, entry: _Span) -> _Span:
    """What goes with an entry: its comma, and its lines where nothing else is on them."""
    end = entry.end
    comma = re.compile(r"[ \t]*,").match(text, end)
    if comma is not None:
        end = comma.end()
    start = text.rfind("\n", 0, entry.start) + 1
    rest = re.compile(r"[ \t\r]*(\n|$)").match(text, end)
    if rest is not None and not text[start : entry.start].strip():
        return _Span(start, rest.end())
    return _Span(entry.start, end)


def _extended(text: str, array: _Initialiser, entries: Sequence[Entry]) -> str:
    """The text with new lines before the closing brace, and with the comma that the last entry may lack."""
    newline = "\r\n" if "\r\n" in text[array.start : array.close + 2] else "\n"
    last = array.entries[-1] if array.entries else None
    margin = _margin(text, array.start) + "    "
    if last is not None and "\n" in text[array.start : last.start]:
        margin = _margin(text, last.start)
    lines = "".join(f"{margin}{_written(text, last, each, margin, newline)},{newline}" for each in entries)
    before, behind = text[: array.close].rstrip(" \t"), text[array.close :]
    indent = text[len(before) : array.close]
    if not before.endswith("\n"):  # all on one line: the closing brace gets a line of its own
        before, indent = before + newline, _margin(text, array.start)
    if last is not None and re.compile(r"[ \t]*,").match(before, last.end) is None:
        before = f"{before[: last.end]},{before[last.end :]}"
    return before + lines + indent + behind


def _margin(text: str, offset: int) -> str:
    """The white space that the line of an offset begins with."""
    match = re.compile(r"[ \t]*").match(text, text.rfind("\n", 0, offset) + 1)
    return match[0] if match is not None else ""


def _written(text: str, above: _Span | None, entry: Entry, margin: str, newline: str) -> str:
    """An entry in the manner of the one above it: named fields where that has them, else three strings."""
    model = text[above.start : above.end] if above is not None else "{  }"
    strings = (entry.driver, entry.property, entry.value)
    if ".driver" not in model:
        opened, closed = (" " if each.isspace() else "" for each in (model[1], model[-2]))
        optional = ", .optional = true" if entry.optional else ""
        return "{" + opened + ", ".join(f'"{each}"' for each in strings) + optional + closed + "}"
    named = [f'.{name:<8} = "{each}"' for name, each in zip(("driver", "property", "value"), strings, strict=True)]
    named += [".optional = true"] if entry.optional else []
    inside = "".join(f"{margin}    {each},{newline}" for each in named)
    return f"{{{newline}{inside}{margin}}}" if "\n" in model else f"{{ {', '.join(named)} }}"


def _checked(entry: Entry, file: str, line: int) -> Entry:
    """The entry, if its strings can be written without escapes."""
    for text in (entry.driver, entry.property, entry.value):
        if _PRINTABLE.fullmatch(text) is None:
            raise InputError(
                f"{text!r} cannot be written as a C string", hint="write the entry by hand", file=file, line=line
            )
    return entry
