"""How much memory the process takes, and how much of a stated limit is left for a search."""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path

from hopcheck.model.errors import InputError

RESERVE = 72 << 20
"""Bytes that Python, numpy and the machine code of kernels still take once a search is under way."""

LEAST = 8 << 20
"""Bytes that a search needs for its states at the very least."""


def taken() -> int:
    """Bytes of physical memory that the process takes now."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024


def available() -> int | None:
    """Bytes of physical memory that could be taken without swapping; None where the system does not say."""
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        pass
    return None


def left_of(limit: int) -> int:
    """What is left for a search of ``limit`` bytes that the process may take; an input error where that is too little."""
    here = taken() + RESERVE
    if limit < here + LEAST:
        raise InputError(
            f"{limit >> 20} MiB of memory are too little", hint=f"allow at least {(here + 2 * LEAST) >> 20} MiB"
        )
    return limit - here
