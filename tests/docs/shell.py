"""A shell that keeps its folder and variables from command to command, as a reader's does."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

_MARK = "-- the command has ended with"
_PROGRESS = re.compile(r"hopcheck: +\d+ s  .*")


@dataclass(frozen=True, slots=True)
class Said:
    """What a command wrote, on both streams, without progress; and its exit status."""

    lines: tuple[str, ...]
    status: int


class Shell:
    """One bash, with a folder and an environment of its own."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            ["bash", "--norc", "--noprofile"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env=dict(environment),
            text=True,
            encoding="utf-8",
        )

    def __enter__(self) -> Shell:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._process.communicate()

    def run(self, command: str) -> Said:
        """Run a command to its end. ``$?`` is the status of the one before."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        end = f'status=$?; printf "\\n%s %d\\n" "{_MARK}" $status; (exit $status)'
        self._process.stdin.write(f"{{ {command}\n}} </dev/null\n{end}\n")
        self._process.stdin.flush()
        lines: list[str] = []
        for line in self._process.stdout:
            if line.startswith(_MARK):
                return Said(tuple(_tidy(lines)), int(line.removeprefix(_MARK)))
            lines.append(line.rstrip())
        raise AssertionError(f"the shell ended over {command!r}: {lines}")


def _tidy(lines: Sequence[str]) -> list[str]:
    """Without progress, and without empty lines at the ends."""
    said = [line for line in lines if not _PROGRESS.fullmatch(line)]
    while said and not said[-1]:
        said.pop()
    return said


def looks_like(said: Sequence[str], shown: Sequence[str]) -> bool:
    """Whether the output is what a page shows: ``...`` is any number of lines, or within a line any text."""
    pattern = "".join(r"(?:.*\n)*?" if line.strip() == "..." else _line(line) + r"\n" for line in shown)
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in said)) is not None


def _line(shown: str) -> str:
    return ".*".join(re.escape(part) for part in shown.rstrip().split("..."))
