"""Python in a process of its own, with its own seed for the hashes of text."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import hopcheck

SOURCE = Path(hopcheck.__file__).parent.parent


def run(code: str, *arguments: str, seed: int) -> str:
    """What the code prints."""
    path = os.pathsep.join(filter(None, (str(SOURCE), os.environ.get("PYTHONPATH"))))
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env=os.environ | {"PYTHONPATH": path, "PYTHONHASHSEED": str(seed)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
