"""What the tests of the plugin share: pytest in a project of its own, with hopcheck as if it were installed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

import hopcheck as package
from hopcheck.model.facts.load import dump
from tests.cli.toy import toy_facts

ROOT = Path(__file__).parents[2]
SOURCES = Path(package.__file__).resolve().parents[1]

MODEL = '''\
"""A counter."""

from dataclasses import dataclass

from hopcheck.model.domain.settings import setting
from hopcheck.model.language import Range, SystemBuilder, becomes
from hopcheck.properties import always, fails, holds, sound


@dataclass(frozen=True)
class Settings:
    top: int = setting(2, "Where it stops.")


VARIANTS = {"low": Settings(), "high": Settings(4)}


def system(settings):
    model = SystemBuilder("counter")
    n = model.variable("n", Range(0, 5), initial=0)
    model.action("up", guard=n < settings.top, updates=[becomes(n, n + 1)])
    model.action("down", guard=n == 5, updates=[becomes(n, 0)])
    return model.build()


def properties(system):
    n = system["n"]
    return [
        always("small", n < 3, "It stays small.", expected=holds("it stops"), variants={"high": fails("it goes on")}),
        sound(),
    ]
'''

CHANGE = """\
base = "8.2"
build = "8.3"
machine = "8.3"

[[default]]
driver = "toy-device"
property = "queues"
value = 7
"""
ENTRY = """
[[entry]]
array = "hw_compat_8_2"
driver = "toy-device"
property = "queues"
value = 1
"""


@dataclass(frozen=True, slots=True)
class Ran:
    """How a run of pytest ended: its exit code, and what it wrote."""

    code: int
    out: str

    @property
    def counts(self) -> Mapping[str, int]:
        """How many tests passed, failed, ..., by the last line."""
        last = self.out.strip().splitlines()[-1]
        return {what: int(number) for number, what in re.findall(r"(\d+) (passed|failed|errors?|deselected)", last)}


Pytest = Callable[..., Ran]


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that makes Python believe that hopcheck is installed, with the entry points of its pyproject.toml."""
    folder = tmp_path_factory.mktemp("installed")
    about = folder / "hopcheck_under_test-0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: hopcheck-under-test\nVersion: 0\n")
    points = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]["pytest11"]
    (about / "entry_points.txt").write_text(
        "[pytest11]\n" + "".join(f"{name} = {where}\n" for name, where in points.items())
    )
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a model, a safe change and an unsafe one, on facts of builds that never were."""
    folder = tmp_path / "project"
    for name, text in {
        "pyproject.toml": '[tool.hopcheck]\nchanges = ["changes/*.toml"]\nmodels = ["models/*.py"]\nfacts = "facts.json"\n',
        "changes/good.toml": CHANGE + ENTRY,
        "changes/bad.toml": CHANGE,
        "models/counter.py": MODEL,
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    dump(toy_facts(broken=False), folder / "facts.json")
    return folder


@pytest.fixture
def run(project: Path, installed: Path, tmp_path: Path) -> Pytest:
    """Run pytest in the project, in a process of its own."""

    def call(*arguments: str, python: tuple[str, ...] = (), **environment: str) -> Ran:
        done = subprocess.run(
            [sys.executable, *python, "-m", "pytest", "-p", "no:cacheprovider", *arguments],
            cwd=project,
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": f"{installed}{os.pathsep}{SOURCES}",
                "XDG_CACHE_HOME": str(tmp_path / "cache"),
                "COLUMNS": "100",
                **environment,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return Ran(done.returncode, done.stdout)

    return call
