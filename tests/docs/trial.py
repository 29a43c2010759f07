"""Trying a page: its blocks from top to bottom, from a home folder with the project's examples, as a reader would."""

from __future__ import annotations

import os
import shutil
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import entry_points
from pathlib import Path

import hopcheck
from tests.docs.pages import RUN, Block, Command, blocks
from tests.docs.shell import Shell, looks_like

PROJECT = Path(__file__).resolve().parents[2]

VERDICTS = (0, 1, 3)
"""Exit statuses that say something of the model, or of the tests; the others, that the question was wrong or hopcheck is."""

ERROR = "hopcheck: "
"""How a line begins that says what was wrong."""


class PageError(AssertionError):
    """A page says something else than what happens."""


def attempt(page: Path, folder: Path, *, prepare: Callable[[Path], None] | None = None) -> None:
    """Try every block of a page, beginning in the reader's home folder, which ``prepare`` fills. Raises ``PageError``."""
    home = folder / "home"
    shutil.copytree(PROJECT / "examples", home / "examples")
    if prepare is not None:
        prepare(home)
    earlier: list[str] = []
    with Shell(home, _environment(folder)) as shell:
        for block in blocks(page):
            if block.reason is None:
                _block(f"{page.name}:{block.line}", block, shell, earlier)


def _block(place: str, block: Block, shell: Shell, earlier: list[str]) -> None:
    current = Path(shell.run("pwd").lines[0])
    if block.text.startswith("#!"):
        return
    if block.file is not None:
        path = current / block.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text, "utf-8")
    elif block.language == "python":
        earlier.append(block.text)
        script = current / "page.py"
        script.write_text("".join(earlier), "utf-8")
        _commands(place, (Command("python -W error page.py", None, block.line),), shell)
        script.unlink()
    elif block.language in RUN:
        _commands(place, block.commands, shell)
    elif block.language == "toml":
        _toml(place, block.text)


def _toml(place: str, text: str) -> None:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PageError(f"{place}: this is no TOML: {error}") from None


def _commands(place: str, commands: tuple[Command, ...], shell: Shell) -> None:
    """Run commands. What a page does not show to fail must work; a verdict is no failure."""
    page = place.partition(":")[0]
    for command in commands:
        said = shell.run(command.text)
        shown = command.shown or ()
        told = "".join(f"\n    {line}" for line in said.lines)
        if shown and not looks_like(said.lines, shown):
            raise PageError(f"{page}:{command.line}: $ {command.text}\nwrites (exit status {said.status}){told}")
        verdict = said.status in VERDICTS and (shown or "hopcheck" in command.text)
        if said.status and not verdict and not any(line.startswith(ERROR) for line in shown):
            raise PageError(f"{page}:{command.line}: $ {command.text}\nends with {said.status}, and nothing says so{told}")


def _environment(folder: Path) -> Mapping[str, str]:
    """A reader's: this Python's commands, a home folder of its own, a terminal of 80 columns that is none."""
    programs = folder / "bin"
    programs.mkdir()
    for name, module in _programs():
        (programs / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {module} "$@"\n', "utf-8")
        (programs / name).chmod(0o755)
    kept = {name: os.environ[name] for name in ("LANG", "TMPDIR", "NUMBA_CACHE_DIR") if name in os.environ}
    plugins = {each.name for each in entry_points(group="pytest11")}
    return {
        **kept,
        "PATH": f"{programs}:{os.environ['PATH']}",
        "HOME": str(folder / "home"),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "PYTHONPATH": str(Path(hopcheck.__file__).resolve().parents[1]),
        "PYTEST_ADDOPTS": "" if "hopcheck" in plugins else "-p hopcheck.pytest_plugin",
        "COLUMNS": "80",
        **{f"GIT_{role}_{what}": "reader" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
        "GIT_CONFIG_NOSYSTEM": "1",
    }


def _programs() -> Iterator[tuple[str, str]]:
    yield "python", ""
    yield "python3", ""
    yield "hopcheck", "-m hopcheck"
    yield "pytest", "-m pytest"
