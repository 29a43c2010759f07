"""The kernels: loops over plain arrays that know nothing of the model, compiled once a machine."""

from typing import Any

from hopcheck.explorer.kernels.bitmap import insert_bitmap, without_bitmap
from hopcheck.explorer.kernels.buckets import bits_of_buckets, insert_buckets, move_buckets, without_buckets
from hopcheck.explorer.kernels.canonical import canonical
from hopcheck.explorer.kernels.graph import reach_back, reverse
from hopcheck.explorer.kernels.judging import judge
from hopcheck.explorer.kernels.pointers import find, insert_pointers, refill_pointers, relocate
from hopcheck.explorer.kernels.sieve import SIEVE_WORDS, fill_sieve, sift
from hopcheck.explorer.kernels.successors import expand

__all__ = [
    "KERNELS",
    "SIEVE_WORDS",
    "bits_of_buckets",
    "canonical",
    "compiled_here",
    "expand",
    "fill_sieve",
    "find",
    "insert_bitmap",
    "insert_buckets",
    "insert_pointers",
    "judge",
    "move_buckets",
    "reach_back",
    "refill_pointers",
    "relocate",
    "reverse",
    "sift",
    "without_bitmap",
    "without_buckets",
]

KERNELS: tuple[Any, ...] = (
    bits_of_buckets,
    canonical,
    expand,
    fill_sieve,
    find,
    insert_bitmap,
    insert_buckets,
    insert_pointers,
    judge,
    move_buckets,
    reach_back,
    refill_pointers,
    relocate,
    reverse,
    sift,
    without_bitmap,
    without_buckets,
)
"""Every kernel."""


def compiled_here() -> int:
    """How many kernels this process had to compile, because the disk did not have them."""
    return sum(misses for each in KERNELS for misses in each.stats.cache_misses.values())
