"""Progress on standard error: a line that moves on a terminal, a plain line every few seconds elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TextIO

from hopcheck.engine.results import Began, Checked, Done, Event, Listener, Progress, Saved, ignore
from hopcheck.report.text.notation import count

if TYPE_CHECKING:
    from rich.status import Status

INTERVAL = 5.0
"""Seconds between two plain lines."""


def told(event: Event) -> str:
    """What is going on, in a few words; "" for what is no news."""
    match event:
        case Began(what):
            return what
        case Progress(what, level, states, rate, left):
            return f"{what}: level {level}, {count(states, 'state')}, {rate:,.0f} a second{_left(*left)}"
        case Saved(what, directory):
            return f"{what}: saved in {directory}"
        case Checked(result):
            name = f"{result.model} {result.variant}".strip()
            return f"{name}: {result.prop.name} is {result.verdict.outcome.value}"
        case Done(result):
            return f"{result.model} is done"


def _left(least: float, greatest: float | None) -> str:
    """How long it may still take; "" where that is no time."""
    if greatest is None:
        return f", {_duration(least)} left or more" if least >= 1 else ""
    if greatest < 1:
        return ""
    least, greatest = max(1.0, least), max(1.0, greatest)
    both = _duration(least) == _duration(greatest)
    return f", about {_duration(least)} left" if both else f", {_duration(least)} to {_duration(greatest)} left"


def _duration(seconds: float) -> str:
    """In the unit that fits."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:,.0f} h"


@contextmanager
def progress(stream: TextIO, *, moving: bool, wanted: bool = True) -> Iterator[Listener]:
    """A listener that tells progress while the block runs; ``moving``: the stream is a terminal that can be redrawn."""
    if not wanted:
        yield ignore
    elif moving:
        # Imported here and not above: only a terminal needs it, and it takes a while.
        from rich.console import Console

        with Console(file=stream, highlight=False).status("starting") as status:
            yield _Moving(status)
    else:
        yield PlainProgress(lambda line: _write(stream, line))


def _write(stream: TextIO, line: str) -> None:
    try:
        stream.write(line + "\n")
        stream.flush()
    except OSError:
        # Nobody reads it any more; the result is what matters.
        return


@dataclass(frozen=True, slots=True)
class _Moving:
    status: Status

    def __call__(self, event: Event) -> None:
        from rich.text import Text

        self.status.update(Text(told(event)))


@dataclass(slots=True)
class PlainProgress:
    """Writes the first news, and then the latest whenever ``interval`` seconds have gone by."""

    write: Callable[[str], None]
    interval: float = INTERVAL
    clock: Callable[[], float] = time.monotonic
    _started: float = field(init=False)
    _last: float | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._started = self.clock()

    def __call__(self, event: Event) -> None:
        """Tell it, or keep silent."""
        now = self.clock()
        if self._last is None or now - self._last >= self.interval:
            self._last = now
            self.write(f"hopcheck: {now - self._started:4.0f} s  {told(event)}")
