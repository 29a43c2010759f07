"""What the tests of the command line share: a way to run it, and small facts in files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

import hopcheck as package
from hopcheck.cli.app import run
from hopcheck.model.facts.load import dump

from .toy import toy_facts

SOURCES = str(Path(package.__file__).resolve().parents[1])
"""Where hopcheck is: processes that a test starts find it from any folder."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the command line answered."""

    code: int
    out: str
    err: str


Hopcheck = Callable[..., Answer]


@pytest.fixture
def hopcheck(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Hopcheck:
    """Run the command line in an empty folder, as if not on a terminal and 80 columns wide."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("PYTHONPATH", SOURCES)
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str | Path) -> Answer:
        code = run([str(each) for each in arguments])
        captured = capfd.readouterr()
        return Answer(code, captured.out, captured.err)

    return call


@pytest.fixture(scope="session")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Facts with four mistakes."""
    path = tmp_path_factory.mktemp("facts") / "broken.json"
    dump(toy_facts(), path)
    return path


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Facts in which nothing ever changes."""
    path = tmp_path_factory.mktemp("facts") / "sound.json"
    dump(toy_facts(broken=False), path)
    return path
