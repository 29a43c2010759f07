"""A QEMU process that is only asked: no guest, no devices of the host, a folder of its own, and an end in any case.

The binary is not trusted. It gets no environment but a search path, may write neither large files nor core dumps, and is
killed with its process group. (Nothing here keeps a malicious program from what any program of this user may do.)
"""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from hopcheck.model.errors import InputError

MAX_WRITTEN = 64 << 20
"""Bytes that a process may write to one file: a dump of the vmstate of 11.1 has about 1 MB."""

_SAID = 2000
"""Bytes of the end of standard error that are read for a message."""

_LOOK = 0.01
"""Seconds between two looks whether a process has ended."""

_QUIET = ("-machine", "none", "-S", "-display", "none", "-nodefaults", "-no-user-config")
"""No board, nothing runs, no window, no default devices, no configuration files."""


@dataclass(frozen=True, slots=True)
class QemuProcess:
    """A running binary: ``folder`` is its working directory, private, removed at the end; ``errors``: its complaints."""

    process: subprocess.Popen[bytes]
    folder: Path
    errors: BinaryIO

    def ended(self, deadline: float) -> bool:
        """Wait for the end of the process, until a deadline of `time.monotonic`; return whether it came.

        The process is not reaped here: as long as it is not, the number of its group cannot belong to others.
        """
        while os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            if time.monotonic() > deadline:
                return False
            time.sleep(_LOOK)
        return True

    def stop(self) -> None:
        """Kill what is left of the process group."""
        os.killpg(self.process.pid, signal.SIGKILL)

    def last_words(self) -> str:
        """Return the last line that the process wrote to standard error, "" where there is none; printable."""
        number = self.errors.fileno()
        written = os.fstat(number).st_size
        lines = os.pread(number, _SAID, max(0, written - _SAID)).decode("utf-8", "replace").split("\n")
        said = next((line.strip() for line in reversed(lines) if line.strip()), "")
        return "".join(letter if letter.isprintable() else "?" for letter in said)[-300:]


@contextmanager
def running(binary: Path, arguments: Sequence[str], *, inherit: Sequence[int] = ()) -> Iterator[QemuProcess]:
    """Start a binary without a guest; it is killed with its process group when the block is left.

    ``inherit``: file descriptors that the process gets beside its standard ones.

    Raises:
        InputError: it cannot be started.
    """
    command = [str(binary), *_QUIET, *arguments]
    with (
        tempfile.TemporaryDirectory(prefix="hopcheck-", ignore_cleanup_errors=True) as folder,
        tempfile.TemporaryFile() as errors,
    ):
        process = _start(command, folder, errors, inherit)
        started = QemuProcess(process, Path(folder), errors)
        try:
            resource.prlimit(process.pid, resource.RLIMIT_CORE, (0, 0))
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (MAX_WRITTEN, MAX_WRITTEN))
            yield started
        finally:
            started.stop()
            process.wait()


def _start(command: list[str], folder: str, errors: BinaryIO, inherit: Sequence[int]) -> subprocess.Popen[bytes]:
    environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "HOME": folder, "TMPDIR": folder}
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            cwd=folder,
            env=environment,
            pass_fds=inherit,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        hint = "give a QEMU system emulator for this host, or a script that starts one"
        raise InputError(f"cannot be started ({reason})", hint=hint, file=command[0]) from None
