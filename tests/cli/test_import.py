"""``hopcheck import``: what it writes, and that the other verbs read it."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

from hopcheck.model.facts.load import load

from .conftest import Hopcheck

FAKE = Path(__file__).parents[1] / "unit" / "importers" / "binary" / "fake_qemu.py"


@pytest.fixture
def qemu(tmp_path: Path) -> Path:
    """A script that starts the fake QEMU."""
    script = tmp_path / "qemu"
    script.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -S {shlex.quote(str(FAKE))} "$@"\n')
    script.chmod(0o755)
    return script


def test_a_binary(hopcheck: Hopcheck, qemu: Path) -> None:
    answer = hopcheck("import", "qemu", "--binary", qemu)
    assert answer.code == 0, answer.err
    assert "asking" in answer.err
    assert "2 machine types, 2 with their compat entries" in answer.out
    assert "1 section of vmstate" in answer.out
    assert "written to out/facts/9.1.2.json.gz" in answer.out
    (build,) = load("out/facts/9.1.2.json.gz").builds
    assert build.origin == "qemu fake (reports 9.1.2), asked over QMP"


def test_several_are_one_document_that_is_checked(hopcheck: Hopcheck, qemu: Path) -> None:
    names = ("--name", "one", "--name", "other", "--output", "mine.json")
    answer = hopcheck("import", "qemu", "--binary", qemu, "--binary", qemu, *names, "--quiet")
    assert (answer.code, answer.err) == (0, "")
    assert "written to mine.json" in answer.out
    assert [build.name for build in load("mine.json").builds] == ["one", "other"]
    checked = hopcheck("check", "device_config", "--facts", "mine.json", "--quiet")
    assert checked.code in {0, 3}, checked.err
    assert "over 2 builds" in " ".join(checked.out.split())


def test_vmstate_of_a_dump(hopcheck: Hopcheck, qemu: Path) -> None:
    section = '{"Name": "disk", "version_id": 7, "minimum_version_id": 1}'
    Path("dump.json").write_text(f'{{"vmschkmachine": {{"Name": "pc"}}, "disk": {section}}}')
    answer = hopcheck("import", "qemu", "--binary", qemu, "--vmstate", "dump.json", "-o", "mine.json.gz")
    assert answer.code == 0, answer.err
    (build,) = load("mine.json.gz").builds
    assert build.vmstate is not None
    assert build.vmstate["disk"].version == 7


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ([], "nothing to import: give --source or --binary"),
        (["--binary", "nowhere"], "cannot be started"),
        (["--source", "nowhere"], "nowhere"),
        (["--binary", "QEMU", "--binary", "QEMU"], "two builds are called '9.1.2'; give each a name"),
        (["--binary", "QEMU", "--name", "a", "--name", "b"], "2 names for 1 builds"),
        (["--binary", "QEMU", "--binary", "QEMU", "--vmstate", "dump.json"], "--vmstate is for one build"),
        (["--binary", "QEMU", "--vmstate", "nowhere.json"], "nowhere.json: cannot be read"),
        (["--binary", "QEMU", "-o", "nowhere/mine.json"], "there is no such folder"),
    ],
)
def test_bad_input(hopcheck: Hopcheck, qemu: Path, arguments: list[str], text: str) -> None:
    before = set(Path().rglob("*"))
    answer = hopcheck("import", "qemu", *[str(qemu) if each == "QEMU" else each for each in arguments])
    assert (answer.code, answer.out) == (2, "")
    assert text in answer.err
    assert answer.err.count("\n") <= 3
    assert "Traceback" not in answer.err
    assert set(Path().rglob("*")) == before
