"""Standard output and standard error: what they can show, and what happens when nobody reads on."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from hopcheck.report.text.page import Look

_NARROWEST, _WIDEST = 60, 120
"""Columns of a page: narrower is not readable, wider lines are not read."""


def write(text: str) -> None:
    """Write to standard output. When the reader is gone, be quiet from here on: the exit code still tells the verdict."""
    _write(text.encode(errors="replace"))


def write_bytes(content: bytes) -> None:
    """The same for pictures."""
    _write(content)


def _write(content: bytes) -> None:
    try:
        sys.stdout.flush()
        stream = getattr(sys.stdout, "buffer", None)
        if stream is None:
            sys.stdout.write(content.decode())
        else:
            stream.write(content)
        sys.stdout.flush()
    except BrokenPipeError:
        _be_quiet()


def _be_quiet() -> None:
    """Standard output goes nowhere, so that Python's own flush at the end finds nothing to complain about."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def is_terminal(stream: TextIO) -> bool:
    """Whether somebody looks at the stream, on something that can move a cursor."""
    return stream.isatty() and os.environ.get("TERM", "") != "dumb"


def look() -> Look:
    """How text on standard output may look: as wide as the terminal, or ``COLUMNS``, or 80; colour only where seen."""
    from hopcheck.report.text.page import Look

    columns = shutil.get_terminal_size((80, 24)).columns
    colour = is_terminal(sys.stdout) and not os.environ.get("NO_COLOR")
    return Look(min(max(columns, _NARROWEST), _WIDEST), colour)
