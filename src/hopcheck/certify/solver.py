"""Asking cvc5, in a process of its own with limits of time and memory: a script may be anybody's."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

CHILD = Path(__file__).with_name("child.py")
MEGABYTES = 4096


@dataclass(frozen=True, slots=True)
class Answer:
    """``answer``: unsat, sat, or unknown with the ``reason``."""

    answer: str
    reason: str = ""


def ask(scripts: Sequence[str], *, seconds: float) -> tuple[Answer, ...]:
    """What cvc5 says of each script; ``seconds``: for each. What could not be asked any more is unknown."""
    if not scripts:
        return ()
    limit = seconds * len(scripts) + 30
    request = {"scripts": list(scripts), "seconds": seconds, "limit": limit, "megabytes": MEGABYTES}
    with tempfile.TemporaryFile() as file:
        file.write(json.dumps(request).encode())
        file.seek(0)
        command = [sys.executable, "-P", "-W", "ignore", str(CHILD)]
        try:
            done = subprocess.run(
                command, stdin=file, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=limit, check=False
            )
            printed = done.stdout
        except subprocess.TimeoutExpired as late:
            printed = late.stdout or b""
    found = [_answer(line) for line in printed.decode(errors="replace").splitlines()]
    lost = Answer("unknown", "cvc5 ended without an answer")
    return tuple(found[number] if number < len(found) else lost for number in range(len(scripts)))


def _answer(line: str) -> Answer:
    try:
        made = json.loads(line)
        if made["answer"] in ("sat", "unsat"):
            return Answer(made["answer"])
        return Answer("unknown", str(made.get("reason", "")))
    except (ValueError, KeyError, TypeError):
        return Answer("unknown", "cvc5 gave no readable answer")
