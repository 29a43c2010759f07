"""How kernels are compiled: once a machine, kept on disk, and never used after any of their sources changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from numba import njit

F = TypeVar("F", bound=Callable[..., object])


def _stamp() -> str:
    """SHA-256 of every source file in this folder."""
    content = hashlib.sha256()
    for file in sorted(Path(__file__).parent.glob("*.py")):
        content.update(file.read_bytes())
    return content.hexdigest()


STAMP = _stamp()


def part(function: F) -> F:
    """Compile as a part of the kernels that call it."""
    made: F = njit(nogil=True, error_model="numpy", boundscheck=False)(function)
    return made


def kernel(function: F) -> F:
    """Compile at the first call on this machine; later processes load the machine code from disk.

    numba's cache asks only whether the file with the function itself changed, not those with the parts and intrinsics
    it calls. So its stamp of freshness is replaced by one over all of them. Where there is no place to write a cache,
    the kernel is compiled in every process.
    """
    made = part(function)
    try:
        made.enable_caching()  # type: ignore[attr-defined]
    except RuntimeError:
        return made
    made._cache._cache_file._source_stamp = STAMP  # type: ignore[attr-defined]
    return made
