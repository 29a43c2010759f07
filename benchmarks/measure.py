"""One process and what it takes: wall time, CPU time of all its threads and descendants, peak memory."""

from __future__ import annotations

import ctypes
import os
import resource
import select
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

PR_SET_CHILD_SUBREAPER = 36
"""Of prctl(2): processes whose parent has ended become children of this one."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What one process took.

    ``wall_s``: from its start to its end, in seconds; ``cpu_s``: of all its threads and descendants;
    ``peak_bytes``: the most memory that was resident in any one of these processes (Linux counts what this process held
    when it started them, too: some 18 MB); ``output`` and ``errors``: what it
    wrote to its two streams.
    """

    wall_s: float
    cpu_s: float
    peak_bytes: int
    returncode: int
    timed_out: bool
    output: str
    errors: str


def run(command: Sequence[str], folder: Path, timeout_s: float, environment: Mapping[str, str] | None = None) -> Usage:
    """Run a command in ``folder`` to its end; after ``timeout_s`` seconds it is killed.

    What it leaves running in its process group is killed, too, and counted.
    """
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors, _adopting_orphans():
        began = time.perf_counter()
        child = subprocess.Popen(
            list(command),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
            env=None if environment is None else {**os.environ, **environment},
            start_new_session=True,
        )
        try:
            ended = _ends_within(child.pid, timeout_s)
            wall = time.perf_counter() - began
        finally:
            # Nobody has asked for its status yet, so that its number still belongs to it and its group.
            os.killpg(child.pid, signal.SIGKILL)
            _, status, used = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)  # it is no longer there for Popen to ask
            everyone = [used, *_left_of(child.pid)]
        return Usage(
            wall_s=wall,
            cpu_s=sum(each.ru_utime + each.ru_stime for each in everyone),
            peak_bytes=max(each.ru_maxrss for each in everyone) * 1024,
            returncode=child.returncode,
            timed_out=not ended,
            output=_text(output),
            errors=_text(errors),
        )


@contextmanager
def _adopting_orphans() -> Iterator[None]:
    """Let the time of processes count whose parent ends without waiting for them, as SPIN's do."""
    _adopt(1)
    try:
        yield
    finally:
        _adopt(0)


def _adopt(switch: int) -> None:
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, switch, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl: orphans cannot be adopted")


def _ends_within(pid: int, timeout_s: float) -> bool:
    handle = os.pidfd_open(pid)
    try:
        waiting = select.poll()
        waiting.register(handle, select.POLLIN)
        return bool(waiting.poll(timeout_s * 1000))
    finally:
        os.close(handle)


def _left_of(group: int) -> Iterator[resource.struct_rusage]:
    """What the other processes of the group took, once their parents are gone."""
    while True:
        try:
            _, _, used = os.wait4(-group, 0)
        except ChildProcessError:
            return
        yield used


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace")
