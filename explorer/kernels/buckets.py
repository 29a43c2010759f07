"""The visited set as an exact table of quotients. Any number of threads may insert at once.

An index of ``bits`` bits is scrambled by a permutation. The upper part of the result says in which bucket (a cache line)
it belongs, and only the rest is stored, in a lane of 16, 32 or 64 bits: that is why a state takes so little, although the
set is exact. There are m * 2**j buckets, for any j and m from 4 to 7: the j upper bits choose a run of m of them.

Where a bucket is full, others of the same block are tried; the lane notes which try it was. The lanes of a bucket are
filled from the lowest on and never change, so a thread that claims the lowest free lane has seen all others, or fails.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from hopcheck.explorer.kernels.compile import kernel, part
from hopcheck.explorer.kernels.data import BATCH, Words
from hopcheck.explorer.kernels.logging import append
from hopcheck.explorer.kernels.memory import LINE, claim, load, load_shared, lowest_bit, match, prefetch, store
from hopcheck.explorer.kernels.mixing import scramble, unscramble

Lanes: TypeAlias = NDArray[np.uint16] | NDArray[np.uint32] | NDArray[np.int64]

TRY_BITS = 4
TRIES = 15
"""Buckets that are tried; where all are full, the table is."""

BLOCK_BITS = 9
BLOCK = 1 << BLOCK_BITS
"""Buckets of a block, which are tried for one another (32 KiB: the same page)."""


class Shape(NamedTuple):
    """``bits``: of an index; ``upper``: j; ``run``: m; ``start``: where each bucket of a run begins among the rests."""

    bits: int
    upper: int
    run: int
    start: Words


@part
def home(shape: Shape, scrambled: int) -> tuple[int, int]:
    """The bucket where a scrambled index belongs, and what of it is stored."""
    lower = shape.bits - shape.upper
    rest = scrambled & ((1 << lower) - 1)
    sub = (rest * shape.run) >> lower
    return (scrambled >> lower) * shape.run + sub, rest - load(shape.start, sub)


@part
def scrambled_of(shape: Shape, bucket: int, rest: int) -> int:
    """The inverse of ``home``."""
    upper = bucket // shape.run
    scrambled: int = (upper << (shape.bits - shape.upper)) + load(shape.start, bucket - upper * shape.run) + rest
    return scrambled


@part
def tried(bucket: int, rest: int, attempt: int) -> int:
    """The bucket of the attempt: in the same block, by steps that depend on what is stored."""
    step = ((rest * 0x9E3779B1) >> 7) | 1
    return (bucket & ~(BLOCK - 1)) | ((bucket + attempt * step) & (BLOCK - 1))


@kernel
def insert_buckets(
    table: Lanes, shape: Shape, targets: Words, begin: int, n: int, stride: int, log: Words, top: Words, room: int
) -> int:
    """Append to the log those of the targets ``begin:n`` whose index is new; how far it got (see ``append``)."""
    lanes = LINE // table.itemsize
    fresh, buckets, rests = np.empty(BATCH, np.int64), np.empty(BATCH, np.int64), np.empty(BATCH, np.int64)
    for at in range(begin, n, BATCH):
        if load_shared(top, 0) > room:
            return at
        size = min(BATCH, n - at)
        for j in range(size):
            bucket, rest = home(shape, scramble(load(targets, (at + j + 1) * stride - 1), shape.bits))
            prefetch(table, bucket * lanes)
            store(buckets, j, bucket)
            store(rests, j, rest)
        count = 0
        for j in range(size):
            bucket, rest = load(buckets, j), load(rests, j)
            attempt, place, key = 0, bucket * lanes, (rest << TRY_BITS) + 1
            while True:
                found = match(table, place, key)
                if found & 0xFFFFFFFF:
                    break
                if found != 0:
                    there = claim(table, place + lowest_bit(found >> 32), key)
                    if there == 0:
                        store(fresh, count, at + j)
                        count += 1
                        break
                    if there == key:
                        break
                    continue  # another thread was faster: look again
                attempt += 1
                if attempt == TRIES:
                    append(targets, stride, fresh, count, stride - 1, log, top)
                    return at + j
                place, key = tried(bucket, rest, attempt) * lanes, key + 1
        append(targets, stride, fresh, count, stride - 1, log, top)
    return n


@kernel
def without_buckets(table: Lanes, shape: Shape, targets: Words, n: int, stride: int, fresh: Words) -> int:
    """Write the numbers of those of the ``n`` targets that are not in the set to ``fresh``; how many there are."""
    lanes = LINE // table.itemsize
    buckets, rests = np.empty(BATCH, np.int64), np.empty(BATCH, np.int64)
    count = 0
    for at in range(0, n, BATCH):
        size = min(BATCH, n - at)
        for j in range(size):
            bucket, rest = home(shape, scramble(load(targets, (at + j + 1) * stride - 1), shape.bits))
            prefetch(table, bucket * lanes)
            store(buckets, j, bucket)
            store(rests, j, rest)
        for j in range(size):
            bucket, rest = load(buckets, j), load(rests, j)
            known = False
            for attempt in range(TRIES):
                found = match(table, tried(bucket, rest, attempt) * lanes, ((rest << TRY_BITS) | attempt) + 1)
                if found != 0:
                    known = found & 0xFFFFFFFF != 0
                    break
            if not known:
                store(fresh, count, at + j)
                count += 1
    return count


@part
def put(table: Lanes, shape: Shape, scrambled: int) -> bool:
    """Store what is not yet in the table, which no other thread works on here; False where it is full."""
    lanes = LINE // table.itemsize
    bucket, rest = home(shape, scrambled)
    for attempt in range(TRIES):
        place, key = tried(bucket, rest, attempt) * lanes, ((rest << TRY_BITS) | attempt) + 1
        free = match(table, place, key) >> 32
        if free != 0:
            store(table, place + lowest_bit(free), key)
            return True
    return False


@kernel
def move_buckets(old: Lanes, old_shape: Shape, new: Lanes, new_shape: Shape, begin: int, end: int) -> bool:
    """Put what is in the buckets ``begin:end`` of a table into a larger one; False where that is full."""
    lanes = LINE // old.itemsize
    for bucket in range(begin, end):
        for lane in range(lanes):
            key = int(load(old, bucket * lanes + lane))
            if key == 0:
                break
            rest, attempt = (key - 1) >> TRY_BITS, (key - 1) & ((1 << TRY_BITS) - 1)
            if not put(new, new_shape, scrambled_of(old_shape, tried(bucket, rest, -attempt), rest)):
                return False
    return True


@kernel
def bits_of_buckets(old: Lanes, shape: Shape, first: int, second: int, begin: int, end: int, bits: Words) -> None:
    """Set the bit of every index in the buckets ``begin:end``. ``first``, ``second``: see ``unscramble``."""
    lanes = LINE // old.itemsize
    for bucket in range(begin, end):
        for lane in range(lanes):
            key = int(load(old, bucket * lanes + lane))
            if key == 0:
                break
            rest, attempt = (key - 1) >> TRY_BITS, (key - 1) & ((1 << TRY_BITS) - 1)
            scrambled = scrambled_of(shape, tried(bucket, rest, -attempt), rest)
            index = unscramble(scrambled, shape.bits, first, second)
            store(bits, index >> 6, load(bits, index >> 6) | 1 << (index & 63))
