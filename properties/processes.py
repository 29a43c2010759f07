"""A bounded pool of solver processes: each request in a process of its own, with a time limit that holds.

A process is started for one request and never used again. It leads a process group, which is killed when its answer is
there, when its time is over, and when the pool is closed: nothing it may have started survives it. There are no
threads: whoever owns the pool waits in ``next``.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Hashable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Generic, TypeVar

K = TypeVar("K", bound=Hashable)

WORKER = Path(__file__).with_name("worker.py")
LONGEST_ANSWER = 2**28
"""Bytes after which an answer is taken for nonsense."""

GRACE = 5.0
"""Seconds after which the kernel ends a process that its owner did not end."""


@dataclass(frozen=True, slots=True)
class Request:
    """One script for one solver; ``seconds`` of wall-clock time from the process's start, ``megabytes`` of memory."""

    solver: str
    smtlib: str
    seconds: float
    megabytes: int = 8192


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. ``answer``: sat, unsat or unknown; ``model``: the solver's text; ``reason``: why unknown."""

    answer: str
    model: str
    reason: str
    seconds: float


def command() -> list[str]:
    """The command line of a solver process (-P: nothing beside the worker's own file shadows the library)."""
    return [sys.executable, "-P", "-W", "ignore", str(WORKER)]


class _Child:
    """A running solver process."""

    __slots__ = ("_errors", "_process", "output", "pipe", "request", "started")

    def __init__(self, request: Request, arguments: list[str]) -> None:
        self.request = request
        self.output = bytearray()
        self.started = time.monotonic()
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 (closed by end)
        try:
            # A file and not a pipe: a script may be larger than a pipe holds, and nobody waits to write the rest.
            with tempfile.TemporaryFile() as script:
                script.write(
                    json.dumps(
                        {
                            "solver": request.solver,
                            "smtlib": request.smtlib,
                            "seconds": max(request.seconds, 0.0) + GRACE,
                            "megabytes": request.megabytes,
                            "parent": os.getpid(),
                        }
                    ).encode()
                )
                script.seek(0)
                self._process = subprocess.Popen(
                    arguments, stdin=script, stdout=subprocess.PIPE, stderr=self._errors, start_new_session=True
                )
        except BaseException:
            self._errors.close()
            raise
        assert self._process.stdout is not None
        self.pipe: IO[bytes] = self._process.stdout

    @property
    def deadline(self) -> float:
        return self.started + self.request.seconds

    def read(self) -> bool:
        """Take what is there; True when the answer is complete (or hopelessly long)."""
        piece = os.read(self.pipe.fileno(), 1 << 16)
        self.output += piece
        return not piece or len(self.output) > LONGEST_ANSWER

    def end(self) -> None:
        """Kill the process and everything it started, and take its exit status so that no zombie stays."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)  # before wait: until then the number is not used again
        self._process.wait()
        self.pipe.close()
        self._errors.close()

    def answer(self) -> Answer:
        """End the process and read its answer; what cannot be read is an unknown with the reason."""
        seconds = time.monotonic() - self.started
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(0.2)  # its output has ended: it is about to, and its own exit status tells more
        status = self._process.poll()
        self._errors.seek(max(0, self._errors.seek(0, os.SEEK_END) - 500))
        complaint = self._errors.read().decode(errors="replace").strip()
        self.end()
        try:
            made = json.loads(self.output)
            if made["answer"] not in ("sat", "unsat", "unknown"):
                raise ValueError(made["answer"])
            return Answer(made["answer"], str(made.get("model", "")), str(made.get("reason", "")), seconds)
        except (ValueError, KeyError, TypeError):
            how = "gave no readable answer" if self.output else "died without an answer"
            detail = f": {complaint}" if complaint else ""
            return Answer("unknown", "", f"the {self.request.solver} process {how} (status {status}){detail}", seconds)


class Pool(Generic[K]):
    """At most ``size`` solver processes at a time; requests wait in the order in which they came."""

    def __init__(self, size: int | None = None, command: Callable[[], list[str]] = command) -> None:
        self._size = max(1, size or os.cpu_count() or 1)
        self._command = command
        self._waiting: deque[tuple[K, Request]] = deque()
        self._running: dict[K, _Child] = {}
        self._selector = selectors.DefaultSelector()

    def __enter__(self) -> Pool[K]:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def __len__(self) -> int:
        return len(self._waiting) + len(self._running)

    def submit(self, key: K, request: Request) -> None:
        """Queue a request; ``next`` gives its answer under ``key``, which no other request may bear meanwhile."""
        self._waiting.append((key, request))
        self._start()

    def _start(self) -> None:
        while self._waiting and len(self._running) < self._size:
            key, request = self._waiting.popleft()
            child = _Child(request, self._command())
            self._running[key] = child
            self._selector.register(child.pipe, selectors.EVENT_READ, key)

    def next(self, until: float | None = None) -> tuple[K, Answer] | None:
        """Wait for an answer; None when none is awaited, or at the monotonic time ``until``."""
        while self._running:
            limit = min(child.deadline for child in self._running.values())
            if until is not None:
                limit = min(limit, until)
            for ready, _ in self._selector.select(max(0.0, limit - time.monotonic())):
                if self._running[ready.data].read():
                    return ready.data, self._take(ready.data).answer()
            now = time.monotonic()
            for key, child in self._running.items():
                if child.deadline <= now:
                    self._take(key).end()
                    reason = f"the time limit of {child.request.seconds:g} s was reached"
                    return key, Answer("unknown", "", reason, now - child.started)
            if until is not None and until <= now:
                return None
        return None

    def _take(self, key: K) -> _Child:
        child = self._running.pop(key)
        self._selector.unregister(child.pipe)
        self._start()
        return child

    def cancel(self, key: K) -> None:
        """Forget a request and end its process, if it is known."""
        self._waiting = deque(each for each in self._waiting if each[0] != key)
        if key in self._running:
            self._take(key).end()

    def close(self) -> None:
        """End every process and forget every request."""
        self._waiting.clear()
        for child in self._running.values():
            child.end()
        self._running.clear()
        self._selector.close()
