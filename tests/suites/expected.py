"""Where other people's models and the published answers lie, and what is known of each model.

The directory named by ``HOPCHECK_SUITES``, or the one beside the repository: one folder a suite, in it the models and
``expected.json``, which maps each model's name to its answers. Other people's models carry no licence to copy them.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hopcheck.model.errors import InputError

VARIABLE = "HOPCHECK_SUITES"
WORKERS = int(os.environ.get("HOPCHECK_WORKERS", "0")) or None
"""Threads of each search (``HOPCHECK_WORKERS``); none said: one a core."""

BESIDE = Path(__file__).resolve().parents[3] / "shared" / "suites"


@dataclass(frozen=True, slots=True)
class Case:
    """A model file and its published answers (None where there is no entry); its name is the file's, less extensions."""

    name: str
    path: Path
    published: dict[str, Any] | None

    @property
    def answers(self) -> dict[str, Any]:
        """What is published (null means: not); the test fails where there is nothing, or no number of states."""
        if self.published is None:
            pytest.fail(f"{self.path} has no entry {self.name!r} in expected.json beside it: add one with its states")
        if not isinstance(self.published.get("states"), int):
            pytest.fail(f"the entry {self.name!r} in expected.json beside {self.path} has no number of states: add it")
        return {key: value for key, value in self.published.items() if value is not None}


def root() -> Path:
    """The directory of all suites."""
    named = os.environ.get(VARIABLE)
    return Path(named) if named else BESIDE


def cases(suite: str, extension: str) -> list[Any]:
    """One parameter a model file of this suite, for ``pytest.mark.parametrize``; a skipped one where there is none."""
    folder = root() / suite
    files = sorted(folder.glob(f"*{extension}")) if folder.is_dir() else []
    if not files:
        reason = f"{folder} holds no *{extension}: set {VARIABLE} to a directory with the suites"
        return [pytest.param(None, id="absent", marks=pytest.mark.skip(reason=reason))]
    listed = folder / "expected.json"
    published = _published(listed) if listed.is_file() else {}
    named = [(path.name.removesuffix(extension), path) for path in files]
    return [pytest.param(Case(name, path, published.get(name)), id=name) for name, path in named]


def _published(listed: Path) -> dict[str, dict[str, Any]]:
    try:
        published = json.loads(listed.read_bytes())
    except ValueError as broken:
        raise InputError(f"this is no JSON ({broken})", hint="correct it", file=str(listed)) from broken
    if not isinstance(published, dict) or not all(isinstance(entry, dict) for entry in published.values()):
        raise InputError("this is no object of objects", hint='write {"model": {"states": 1}}', file=str(listed))
    return published
