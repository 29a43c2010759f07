"""What an export says to its reader: names, meanings and places in one line that no language takes for the comment's end."""

from __future__ import annotations

import re
from pathlib import PurePath

from hopcheck.model.language import Location

_MARKS = re.compile(r"(?<=\*)(?=[/)])|(?<=[/(])(?=\*)")  # between the two signs that open or close a comment


def plain(text: str) -> str:
    """``text`` in one line of printable ASCII, without a sign that opens or closes a comment."""
    line = " ".join(text.split()).encode("ascii", "backslashreplace").decode()
    return _MARKS.sub(" ", "".join(each for each in line if each.isprintable()))


def place(location: Location) -> str:
    """File and line where something was written: the same on every machine."""
    parts = PurePath(location.file).parts
    inside = parts[len(parts) - parts[::-1].index("hopcheck") :] if "hopcheck" in parts else parts[-1:]
    return plain(f"{'/'.join(inside)}:{location.line}")
