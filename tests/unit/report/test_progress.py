"""Progress: plain lines every few seconds, and never an error of its own."""

from __future__ import annotations

import io
from collections.abc import Iterator

from hopcheck.engine.results import Began, Progress
from hopcheck.report.progress import PlainProgress, progress, told


def test_plain_lines_come_every_few_seconds() -> None:
    lines: list[str] = []
    times: Iterator[float] = iter([0.0, 0.0, 1.0, 4.9, 6.0, 7.0])
    listener = PlainProgress(lines.append, interval=5.0, clock=lambda: next(times))
    for what in ("first", "second", "third", "fourth", "fifth"):
        listener(Began(what))
    assert lines == ["hopcheck:    0 s  first", "hopcheck:    6 s  fourth"]


def test_what_is_told() -> None:
    assert told(Progress("toy", 3, 12345, 67890.4)) == "toy: level 3, 12,345 states, 67,890 a second"


def test_no_progress_is_no_output() -> None:
    stream = io.StringIO()
    with progress(stream, moving=False, wanted=False) as listener:
        listener(Began("anything"))
    assert stream.getvalue() == ""


def test_a_closed_stream_is_no_error() -> None:
    class Closed(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    with progress(Closed(), moving=False) as listener:
        listener(Began("anything"))


def test_a_terminal_gets_a_line_that_moves() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    with progress(stream, moving=True) as listener:
        listener(Began("exploring [red]toy[/red]"))
    assert "exploring [red]toy[/red]" in stream.getvalue()
