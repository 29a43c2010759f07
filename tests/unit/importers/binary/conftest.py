"""A fake QEMU, started by a script: binaries with their own loader are started so too."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

FAKE = Path(__file__).with_name("fake_qemu.py")

Fake = Callable[..., Path]


@pytest.fixture
def fake(tmp_path: Path) -> Fake:
    """Return what makes a script that runs the fake in a mode; ``before``: a line of shell that comes first."""

    def make(mode: str = "friendly", before: str = "") -> Path:
        script = tmp_path / f"qemu-{mode.replace(' ', '-')}"
        run = f'FAKE_MODE={shlex.quote(mode)} exec {shlex.quote(sys.executable)} -S {shlex.quote(str(FAKE))} "$@"'
        script.write_text(f"#!/bin/sh\n{before}\n{run}\n")
        script.chmod(0o755)
        return script

    return make
