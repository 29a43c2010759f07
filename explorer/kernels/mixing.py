"""Spreading the bits of numbers, so that a part of them can serve as a place in a table."""

from __future__ import annotations

from hopcheck.explorer.kernels.compile import part
from hopcheck.explorer.kernels.data import Words
from hopcheck.explorer.kernels.memory import load

FIRST, SECOND = 0x1E3779B97F4A7C15, 0x1C4CEB9FE1A85EC5
"""Odd factors (of 61 bits: a product with them wraps, and is masked)."""


@part
def mix(x: int) -> int:
    """Spread the bits of a number over all of it (arithmetic wraps; every right shift is masked)."""
    x ^= (x >> 32) & 0xFFFFFFFF
    x *= -7046029254386353131  # 2**64 divided by the golden ratio, made odd
    return x ^ ((x >> 29) & 0x7FFFFFFFF)


@part
def mix_words(states: Words, origin: int, width: int) -> int:
    """The same for a state of several words."""
    h = 0
    for w in range(width):
        h = mix(h * 3 + load(states, origin + w))
    return h


@part
def scramble(x: int, bits: int) -> int:
    """A permutation of the numbers below 2**``bits`` (at most 62) that spreads neighbours over all of them."""
    mask, half = (1 << bits) - 1, (bits + 1) >> 1
    x ^= x >> half
    x = (x * FIRST) & mask
    x ^= x >> half
    x = (x * SECOND) & mask
    return x ^ (x >> half)


@part
def unscramble(x: int, bits: int, first: int, second: int) -> int:
    """The inverse. ``first`` and ``second``: the inverses of the two factors, modulo 2**``bits``."""
    mask, half = (1 << bits) - 1, (bits + 1) >> 1
    x ^= x >> half  # half of the bits or more: an exclusive-or that undoes itself
    x = (x * second) & mask
    x ^= x >> half
    x = (x * first) & mask
    return x ^ (x >> half)
