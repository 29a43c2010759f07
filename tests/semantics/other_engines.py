"""Running other people's model checkers on exported models, and reading what they say."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from hopcheck.model.export import Exported

JAR = os.environ.get("TLA2TOOLS", "")
"""Where TLC is."""


@dataclass(frozen=True, slots=True)
class Found:
    """``said``: what the tool says is wrong, one text each; empty where it has searched everything and found nothing."""

    states: int
    transitions: int
    said: tuple[str, ...]


Engine = Callable[[Exported, Path, str], Found]
"""``optimise``: a flag for the compiler, which takes longer than most of these models run."""

needs_spin = pytest.mark.skipif(not (shutil.which("spin") and shutil.which("gcc")), reason="needs spin and gcc")
needs_rumur = pytest.mark.skipif(not (shutil.which("rumur") and shutil.which("gcc")), reason="needs rumur and gcc")
needs_tlc = pytest.mark.skipif(
    not (shutil.which("java") and JAR), reason="needs java and the path of tla2tools.jar in TLA2TOOLS"
)


def spin(exported: Exported, folder: Path, optimise: str) -> Found:
    """All that SPIN finds: it goes on after an error."""
    (folder / "model.pml").write_text(exported.text)
    _run(["spin", "-o2", "-a", "model.pml"], folder)
    _run(["gcc", optimise, "-w", "-DSAFETY", "-DNOREDUCE", "-o", "pan", "pan.c"], folder)
    text = _run(["./pan", "-m1000000", "-w20", "-c0"], folder)
    assert "max search depth too small" not in text
    said = dict.fromkeys(re.findall(r"^pan:\d+: (.*) \(at depth -?\d+\)$", text, re.MULTILINE))
    assert bool(said) == (_number(r"errors: (\d+)", text) > 0), text
    return Found(_number(r"(\d+) states, stored", text), _number(r"(\d+) transitions \(", text), tuple(said))


def rumur(exported: Exported, folder: Path, optimise: str) -> Found:
    """What rumur finds until its first error; it is called as the model's own first lines say."""
    (folder / "model.m").write_text(exported.text)
    deadlock = re.search(r"--deadlock-detection (\w+)", exported.text)
    assert deadlock is not None
    options = ["--deadlock-detection", deadlock[1], "--threads", "1", "--output", "model.c"]
    _run(["rumur", *options, "model.m"], folder)
    _run(["gcc", optimise, "-w", "-mcx16", "-o", "model", "model.c", "-lpthread"], folder)
    text = _run(["./model"], folder, fails=True)
    error = re.search(r"error trace for the error:\s+(.*)", text)
    assert ("No error found" in text) == (error is None), text
    states, fired = _number(r"(\d+) states, \d+ rules fired", text), _number(r"states, (\d+) rules fired", text)
    return Found(states, fired, (error[1],) if error else ())


def tlc(exported: Exported, folder: Path, _: str) -> Found:
    """What TLC finds until its first error; its transitions include one for each initial state."""
    (folder / "Model.tla").write_text(exported.text)
    (folder / "Model.cfg").write_text(exported.configuration)
    java = ["java", "-XX:+UseSerialGC", "-cp", JAR, "tlc2.TLC", "-nowarning", "-workers", "1"]
    text = _run([*java, "-config", "Model.cfg", "Model.tla"], folder, fails=True)
    said = dict.fromkeys(re.findall(r"^Error: (.*)$", text, re.MULTILINE))
    said.pop("The behavior up to this point is:", None)
    assert ("No error has been found" in text) == (not said), text
    if "distinct states found" not in text:
        return Found(0, 0, tuple(said))
    generated = _number(r"(\d+) states generated,", text)
    return Found(_number(r"(\d+) distinct states found", text), generated, tuple(said))


def _run(command: list[str], folder: Path, *, fails: bool = False) -> str:
    """What the command writes; ``fails``: it may end with another exit code than 0."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace", check=False)
    assert fails or done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def _number(pattern: str, text: str) -> int:
    """The last number that the text gives."""
    found = re.findall(pattern, text)
    assert found, text
    return int(found[-1])
