"""Memory that is reserved in plenty, and taken only where it is written to.

A reservation costs nothing: the kernel gives a page when it is first touched, and takes it back when it is released. So
an array can grow without being copied, and shrink from its beginning.
"""

from __future__ import annotations

import mmap
import sys

import numpy as np
from numpy.typing import DTypeLike, NDArray

MAP_NORESERVE = 0x4000 if sys.platform == "linux" else 0
HUGE = 1 << 21
"""Bytes of a huge page."""

MOST, LEAST = 1 << 40, 1 << 26
"""Bytes that are reserved for what may grow without a known end, where the system allows it; and at least."""


class Arena:
    """A reserved range of memory, zero where nothing was written, beginning at a page."""

    def __init__(self, nbytes: int) -> None:
        flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | MAP_NORESERVE
        self._map = mmap.mmap(-1, max(nbytes, mmap.PAGESIZE), flags=flags)
        if nbytes >= HUGE and hasattr(mmap, "MADV_HUGEPAGE"):
            self._map.madvise(mmap.MADV_HUGEPAGE)
        self.nbytes = nbytes

    @classmethod
    def endless(cls) -> Arena:
        """The largest one to be had."""
        size = MOST
        while size > LEAST:
            try:
                return cls(size)
            except (OSError, ValueError, OverflowError):
                size //= 4
        return cls(LEAST)

    def array(self, dtype: DTypeLike) -> NDArray[np.int64]:
        """All of it, as an array."""
        item = np.dtype(dtype).itemsize
        return np.frombuffer(self._map, dtype, self.nbytes // item)

    def release(self, begin: int, end: int) -> None:
        """Give back the whole (huge) pages between these bytes; what they held is lost.

        Whoever gives back piece by piece begins each time where the first piece began: pages on a border go along.
        """
        first, last = -(-begin // HUGE) * HUGE, end // HUGE * HUGE
        if last > first and hasattr(mmap, "MADV_DONTNEED"):
            self._map.madvise(mmap.MADV_DONTNEED, first, last - first)
