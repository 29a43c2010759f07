"""DOT texts to pictures, drawn by the Graphviz that the pygraphviz wheel brings along."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, TypeAlias

Form: TypeAlias = Literal["svg", "png"]

_RENDERER = Path(__file__).with_name("renderer.py")
"""Run as a file: it needs nothing of hopcheck, and so does not depend on where hopcheck was found."""

PATIENCE = 20.0
"""Seconds for the first picture and a quarter of one for each further: far more than they take."""


class NoPicturesError(Exception):
    """Pictures cannot be drawn on this machine: one sentence with the reason and what to do."""


def render(asked: Sequence[tuple[str, Form]]) -> tuple[bytes, ...]:
    """The pictures, in order. Raises ``NoPicturesError``."""
    if not asked:
        return ()
    try:
        done = subprocess.run(
            [sys.executable, "-P", str(_RENDERER)],
            input=json.dumps(asked).encode(),
            capture_output=True,
            timeout=PATIENCE + len(asked) / 4,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoPicturesError(f"no picture can be drawn ({error}); the DOT texts can be drawn elsewhere") from None
    if done.returncode != 0:
        raise NoPicturesError(_why(done.stderr.decode(errors="replace")))
    return tuple(base64.b64decode(picture) for picture in json.loads(done.stdout))


def _why(complaint: str) -> str:
    last = complaint.strip().splitlines()[-1:] or ["the process that draws ended without a word"]
    hint = "; pip install --force-reinstall 'pygraphviz>=2.0.4' brings its own Graphviz" if "pygraphviz" in complaint else ""
    return f"no picture can be drawn ({last[0][:200]}){hint}"
