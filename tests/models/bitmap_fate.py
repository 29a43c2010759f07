"""Settings of the bitmaps model as one writes them, and what becomes of a bitmap."""

from __future__ import annotations

import functools
import json
import os
from pathlib import Path
from typing import Any

import pytest

from hopcheck.engine.libvirt.bitmaps import Fate, fates
from hopcheck.model.domain.bitmaps import Settings
from hopcheck.model.domain.settings import settings_from

PLAIN = {"where": "root", "node": "explicit", "device": "none", "layout": "same", "persistent": "no"}
PRESENT = {**PLAIN, "persistent": "yes"}
CASE_FILE = "libvirt-history.json"


@functools.cache
def case_file() -> dict[str, Any]:
    """The published cases; the test is skipped where the file is not at hand."""
    path = Path(os.environ.get("HOPCHECK_CASES") or Path(__file__).parent / "data") / CASE_FILE
    if path.is_file():
        document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return document
    pytest.skip(f"{CASE_FILE} is not here: name its folder in HOPCHECK_CASES")


def set_(**given: str) -> Settings:
    return settings_from(Settings, given)


def the_fate(settings: Settings) -> Fate:
    (row,) = fates(settings)
    (fate,) = row.fates
    return fate
