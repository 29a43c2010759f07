"""Looking for a few states among many: nearly all of the others are told by one bit."""

from __future__ import annotations

from hopcheck.explorer.kernels.compile import kernel, part
from hopcheck.explorer.kernels.data import Words
from hopcheck.explorer.kernels.memory import load, store

SIEVE_BITS = 16
SIEVE_WORDS = 1 << (SIEVE_BITS - 6)
"""The sieve: a bit for each value of a short hash (8 KiB: it stays in the nearest cache)."""


@part
def short(states: Words, origin: int, width: int) -> int:
    """A hash of ``SIEVE_BITS`` bits."""
    h: int = load(states, origin)
    for w in range(1, width):
        h = h * 31 + load(states, origin + w)
    return ((h * -7046029254386353131) >> (64 - SIEVE_BITS)) & ((1 << SIEVE_BITS) - 1)


@kernel
def fill_sieve(states: Words, n: int, width: int, sieve: Words) -> None:
    """Mark these states."""
    for j in range(n):
        h = short(states, j * width, width)
        store(sieve, h >> 6, load(sieve, h >> 6) | 1 << (h & 63))


@kernel
def sift(sieve: Words, states: Words, n: int, width: int, found: Words) -> int:
    """Write the numbers of those states whose bit is marked to ``found``; how many there are."""
    count = 0
    for j in range(n):
        h = short(states, j * width, width)
        store(found, count, j)
        count += (load(sieve, h >> 6) >> (h & 63)) & 1
    return count
