"""Reading and writing files whole or not at all, and what is said when a disk is full.

Every file is opened by a name inside a given directory that is neither a link nor a device, and never mapped: mapped
pages would count as memory of the process.
"""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

SCRATCH = ".hopcheck-scratch"
"""How the name of a scratch file ends, for the instant that it has one."""

BLOCK_BYTES = 1 << 22
"""How much is read at once of a file that is read from end to end, in bytes."""

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class DiskFullError(OSError):
    """There is no room for the file ``filename``: the disk or a quota is full, or the file may not grow further.

    Whatever was complete before can still be read.
    """


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Have errors of the operating system name this file, and be ``DiskFullError`` where there is no room."""
    try:
        yield
    except DiskFullError:
        raise
    except OSError as error:
        code = error.errno or errno.EIO
        kind = DiskFullError if code in _FULL else OSError
        raise kind(code, os.strerror(code), error.filename or str(path)) from error


def open_regular(path: Path, flags: int) -> int:
    """Open a file that is neither a link nor a device, and return its descriptor; ``OSError`` where it is one."""
    with naming(path):
        # O_NONBLOCK: opening a named pipe must not wait for its other end.
        opened = os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, 0o666)
        if not stat.S_ISREG(os.fstat(opened).st_mode):
            os.close(opened)
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        return opened


def octets(data: NDArray[Any]) -> memoryview:
    """The bytes of a contiguous array, without a copy."""
    return data.reshape(-1).view(np.uint8).data


def write_all(descriptor: int, data: NDArray[Any], offset: int, path: Path) -> None:
    """Write a contiguous array at ``offset`` (bytes); ``DiskFullError`` where there is no room for all of it."""
    left = octets(data)
    with naming(path):
        while left:
            written = os.pwrite(descriptor, left, offset)
            if written == 0:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            left, offset = left[written:], offset + written


def read_all(descriptor: int, into: NDArray[Any], offset: int, path: Path) -> None:
    """Fill a contiguous array from ``offset`` (bytes) on; ``OSError`` where the file ends before."""
    left = octets(into)
    with naming(path):
        while left:
            read = os.preadv(descriptor, [left], offset)
            if read == 0:
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            left, offset = left[read:], offset + read


def sync(descriptor: int, path: Path) -> None:
    """Have a file's content, and its length, on the disk."""
    with naming(path):
        os.fdatasync(descriptor)


def sync_directory(path: Path) -> None:
    """Have a directory's names on the disk."""
    with naming(path):
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def write_new(path: Path, parts: list[NDArray[Any]]) -> None:
    """Write a file that did not exist (or was a left-over), and have it on the disk; its name is not yet safe there."""
    with naming(path):
        path.unlink(missing_ok=True)
    descriptor = open_regular(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    try:
        offset = 0
        for part in parts:
            write_all(descriptor, part, offset, path)
            offset += part.nbytes
        sync(descriptor, path)
    finally:
        os.close(descriptor)


def scratch(directory: Path) -> int:
    """Open a file without a name: it is gone when its descriptor is closed, by a kill or a power cut too."""
    with naming(directory):
        opened, name = tempfile.mkstemp(suffix=SCRATCH, dir=directory)
        with suppress(FileNotFoundError):
            os.unlink(name)
        return opened


def sweep(directory: Path) -> None:
    """Remove what processes left behind that were killed in the instant in which a scratch file has a name."""
    with naming(directory):
        for each in directory.glob(f"*{SCRATCH}"):
            each.unlink(missing_ok=True)
