"""Settings of the storage model as one writes them, and the verdict on each disk."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from hopcheck.engine.libvirt.storage import Judged, judged
from hopcheck.model.domain.settings import settings_from
from hopcheck.model.domain.storage import Settings


def set_(text: str = "") -> Settings:
    """Settings as they are written on the command line."""
    return settings_from(Settings, dict(each.split("=") for each in text.split()))


@cache
def judgements(text: str = "") -> tuple[Judged, ...]:
    return judged(set_(text))


def document() -> dict[str, Any]:
    """The file of cases, the tests' own or that in the folder named by HOPCHECK_CASES."""
    own = Path(__file__).parent / "data"
    path = Path(os.environ.get("HOPCHECK_CASES") or own) / "libvirt-history.json"
    if not path.exists():
        pytest.skip(f"{path} is not there; name its folder in HOPCHECK_CASES")
    read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return read
