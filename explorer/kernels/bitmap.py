"""The visited set as one bit for every index there could be. Any number of threads may insert at once."""

from __future__ import annotations

import numpy as np

from hopcheck.explorer.kernels.compile import kernel
from hopcheck.explorer.kernels.data import BATCH, Words
from hopcheck.explorer.kernels.logging import append
from hopcheck.explorer.kernels.memory import fetch_or, load, load_shared, prefetch, store


@kernel
def insert_bitmap(bits: Words, targets: Words, begin: int, n: int, stride: int, log: Words, top: Words, room: int) -> int:
    """Append to the log those of the targets ``begin:n`` whose index is new; how far it got (see ``append``)."""
    fresh = np.empty(BATCH, np.int64)
    for at in range(begin, n, BATCH):
        if load_shared(top, 0) > room:
            return at
        end = min(at + BATCH, n)
        for j in range(at, end):
            prefetch(bits, load(targets, (j + 1) * stride - 1) >> 6)
        count = 0
        for j in range(at, end):
            index = load(targets, (j + 1) * stride - 1)
            bit = 1 << (index & 63)
            if load_shared(bits, index >> 6) & bit == 0 and fetch_or(bits, index >> 6, bit) & bit == 0:
                store(fresh, count, j)
                count += 1
        append(targets, stride, fresh, count, stride - 1, log, top)
    return n


@kernel
def without_bitmap(bits: Words, targets: Words, n: int, stride: int, fresh: Words) -> int:
    """Write the numbers of those of the ``n`` targets that are not in the set to ``fresh``; how many there are."""
    count = 0
    for at in range(0, n, BATCH):
        end = min(at + BATCH, n)
        for j in range(at, end):
            prefetch(bits, load(targets, (j + 1) * stride - 1) >> 6)
        for j in range(at, end):
            index = load(targets, (j + 1) * stride - 1)
            store(fresh, count, j)
            count += (load(bits, index >> 6) >> (index & 63)) & 1 ^ 1
    return count
