"""Where in the modeller's own source something was written."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

_LANGUAGE = str(Path(__file__).parent)
_DATACLASS = "<string>"  # the file name that dataclasses give to the code they generate


@dataclass(frozen=True, slots=True)
class Location:
    """A file and a line in it, counted from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


def here() -> Location:
    """The innermost frame outside the language: the line the modeller wrote."""
    frame = sys._getframe(1)
    while frame.f_back is not None:
        file = frame.f_code.co_filename
        if not file.startswith(_LANGUAGE) and file != _DATACLASS:
            break
        frame = frame.f_back
    return Location(frame.f_code.co_filename, frame.f_lineno)
