"""Where in the modeller's own source something was written."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

_LANGUAGE = str(Path(__file__).parent) + os.sep
_GENERATED = "<string>"  # the file name of the methods that dataclasses generate, and of ``python -c``


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
        code = frame.f_code
        generated = code.co_filename == _GENERATED and code.co_name.startswith("__")
        if not generated and not code.co_filename.startswith(_LANGUAGE):
            break
        frame = frame.f_back
    return Location(frame.f_code.co_filename, frame.f_lineno)
