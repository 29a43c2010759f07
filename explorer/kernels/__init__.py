"""The kernels: loops over plain arrays that know nothing of the model, compiled once a machine."""

from typing import Any

from hopcheck.explorer.kernels.graph import reach_back, reverse
from hopcheck.explorer.kernels.insert import (
    find,
    insert_bitmap,
    insert_index,
    insert_slots,
    refill_index,
    refill_slots,
)
from hopcheck.explorer.kernels.judging import judge
from hopcheck.explorer.kernels.successors import expand

__all__ = [
    "compiled_here",
    "expand",
    "find",
    "insert_bitmap",
    "insert_index",
    "insert_slots",
    "judge",
    "reach_back",
    "refill_index",
    "refill_slots",
    "reverse",
]

KERNELS: tuple[Any, ...] = (
    expand,
    find,
    insert_bitmap,
    insert_index,
    insert_slots,
    judge,
    reach_back,
    refill_index,
    refill_slots,
    reverse,
)


def compiled_here() -> int:
    """How many kernels this process had to compile, because the disk did not have them."""
    return sum(misses for each in KERNELS for misses in each.stats.cache_misses.values())
