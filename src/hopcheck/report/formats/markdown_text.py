"""Text of others in Markdown: escaped, so that a name can neither make a table, a link, a mention nor a command."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape

_MEANT = re.compile(r"[\\`*_\[\]~$]|^(?:[-+#=>]|[0-9]+(?=[.)]))")
"""What means something to Markdown: some characters everywhere, some at the beginning of a line."""

_CALLS = re.compile(r"(@|://|^/)(?=\w)")
"""What calls somebody, makes a link by itself, or is a command to GitLab."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
"""Control characters, and those that turn the direction of text around or are not seen."""

_APART = "\\1\N{ZERO WIDTH SPACE}"
_PIPE = r"\|"


def plain(text: str) -> str:
    """Text within a line: nothing in it means anything; ``@`` is kept apart from what follows, so that nobody is called."""
    apart = _CALLS.sub(_APART, _one_line(text))
    return _MEANT.sub(_escaped, apart).replace("&", "&amp;").replace("<", "&lt;")


def _escaped(found: re.Match[str]) -> str:
    """A backslash before what it means something to; a number at the beginning loses its meaning with its full stop."""
    return f"{found[0]}\\" if found[0].isdigit() else f"\\{found[0]}"


def code(text: str) -> str:
    """Text as code within a line, also of a table; the fence is longer than any in it."""
    told = _one_line(text) or '""'
    fence = _fence(told, 1)
    space = " " if told.startswith("`") or told.endswith("`") else ""
    return f"{fence}{space}{told}{space}{fence}"


def block(text: str, language: str = "") -> str:
    """Text as a block of code; its lines stay as they are, but for characters that nobody could see."""
    lines = [_CONTROL.sub("\N{REPLACEMENT CHARACTER}", line) for line in text.replace("\t", "    ").split("\n")]
    fence = _fence("\n".join(lines), 3)
    return "\n".join((f"{fence}{language}", *lines, fence))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Cells that are Markdown already, as a table; what would part a cell in two is escaped, in code too."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', _PIPE) for cell in cells)} |" for cells in lines)


def details(summary: str, body: str) -> str:
    """A part that is closed until somebody opens it: the summary is anybody's text, the body Markdown already."""
    told = escape(_CALLS.sub(_APART, _one_line(summary)))
    return f"<details><summary>{told}</summary>\n\n{body}\n\n</details>"


def _one_line(text: str) -> str:
    return " ".join(_CONTROL.sub(" ", text).split())


def _fence(text: str, least: int) -> str:
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    return "`" * max(least, longest + 1)
