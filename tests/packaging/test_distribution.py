"""What is published says of itself what is true, and leaves none of its files behind."""

from __future__ import annotations

import os
import tomllib
from fnmatch import fnmatch
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

import hopcheck
from hopcheck.__main__ import main

PROJECT = Path(__file__).resolve().parents[2]
PACKAGE = Path(hopcheck.__file__).resolve().parent
MADE = (".pyc", ".nbi", ".nbc")
"""Endings of what Python and numba write beside the sources."""


@pytest.fixture(scope="module")
def described() -> Any:
    """What ``pyproject.toml`` says."""
    return tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))


def test_the_version_is_the_same_everywhere(described: Any) -> None:
    newest = next(line for line in (PROJECT / "CHANGELOG.md").read_text("utf-8").splitlines() if line.startswith("## "))
    assert described["project"]["version"] == hopcheck.__version__ == newest.split()[1].rstrip(",")


def test_every_file_of_the_package_is_published(described: Any) -> None:
    patterns = described["tool"]["setuptools"]["package-data"]["*"]
    left_behind = [
        Path(folder, name).relative_to(PACKAGE).as_posix()
        for folder, _, names in os.walk(PACKAGE, followlinks=True)
        for name in names
        if not name.endswith((".py", *MADE)) and not any(fnmatch(name, pattern) for pattern in patterns)
    ]
    assert left_behind == []


def test_types_and_licence_are_published(described: Any) -> None:
    assert (PACKAGE / "py.typed").is_file()
    assert "Apache License" in (PROJECT / "LICENSE").read_text("utf-8")
    assert described["project"]["license"] == "Apache-2.0"
    assert described["project"]["license-files"] == ["LICENSE"]


def test_entry_points_exist(described: Any) -> None:
    scripts, plugins = described["project"]["scripts"], described["project"]["entry-points"]["pytest11"]
    assert scripts == {"hopcheck": f"{main.__module__}:{main.__name__}"}
    assert [name for name in plugins.values() if find_spec(name) is None] == []


def test_extras_that_others_name_exist(described: Any) -> None:
    extras = described["project"]["optional-dependencies"]
    named = {
        name
        for needs in extras.values()
        for need in needs
        if need.startswith("hopcheck[")
        for name in need.removeprefix("hopcheck[").rstrip("]").split(",")
    }
    assert named <= set(extras)
