"""The visited set: exact, in one of three forms, each filled in batches whose cache lines are fetched ahead.

Every form works beside the log, the array of all states in the order in which they were found. ``insert_*`` appends to
the log those of ``n`` targets that are not in the set, and returns the new number of states in it. Whoever calls has
made sure that the log has room for all of them and that the set stays loaded below 1, or it would search for ever.
"""

from __future__ import annotations

import numpy as np

from hopcheck.explorer.kernels.compile import kernel, part
from hopcheck.explorer.kernels.data import Words
from hopcheck.explorer.kernels.memory import load, prefetch, store

BATCH = 256
"""Targets whose places are computed and fetched before the first of them is looked up."""

POSITION = 0xFFFFFFFF
"""The lower half of a slot of an index: the number of a state in the log, plus one."""


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


@kernel
def insert_bitmap(bits: Words, targets: Words, n: int, log: Words, top: int) -> int:
    """One bit for every state there could be; states are one word."""
    for begin in range(0, n, BATCH):
        end = min(begin + BATCH, n)
        for j in range(begin, end):
            prefetch(bits, load(targets, j) >> 6)
        for j in range(begin, end):
            state = load(targets, j)
            bit = 1 << (state & 63)
            found = load(bits, state >> 6)
            if found & bit == 0:
                store(bits, state >> 6, found | bit)
                store(log, top, state)
                top += 1
    return top


@kernel
def insert_slots(slots: Words, targets: Words, n: int, log: Words, top: int) -> int:
    """Open addressing with linear probing; a slot holds a state of one word plus one, or 0. Slots: a power of two."""
    places = np.empty(BATCH, np.int64)
    last = len(slots) - 1
    for begin in range(0, n, BATCH):
        count = min(BATCH, n - begin)
        for j in range(count):
            place = mix(load(targets, begin + j)) & last
            prefetch(slots, place)
            store(places, j, place)
        for j in range(count):
            state = load(targets, begin + j)
            place = load(places, j)
            while True:
                found = load(slots, place)
                if found == state + 1:
                    break
                if found == 0:
                    store(slots, place, state + 1)
                    store(log, top, state)
                    top += 1
                    break
                place = (place + 1) & last
    return top


@kernel
def refill_slots(slots: Words, log: Words, top: int) -> None:
    """Put the ``top`` states of the log, all different, into empty slots."""
    last = len(slots) - 1
    for j in range(top):
        if j + 32 < top:
            prefetch(slots, mix(load(log, j + 32)) & last)
        place = mix(load(log, j)) & last
        while load(slots, place) != 0:
            place = (place + 1) & last
        store(slots, place, load(log, j) + 1)


@part
def same(states: Words, state: int, log: Words, position: int, width: int) -> bool:
    """Whether two states are equal, word for word."""
    for w in range(width):  # noqa: SIM110 (compiled: a loop is what there is)
        if load(states, state * width + w) != load(log, position * width + w):
            return False
    return True


@part
def gather(slots: Words, states: Words, begin: int, count: int, width: int, log: Words, hashes: Words) -> None:
    """Compute the hashes of a batch; fetch its slots, then the states in the log that the slots speak of."""
    last = len(slots) - 1
    for j in range(count):
        h = mix_words(states, (begin + j) * width, width)
        prefetch(slots, h & last)
        store(hashes, j, h)
    for j in range(count):
        h = load(hashes, j)
        slot = load(slots, h & last)
        if slot != 0 and (slot ^ h) & ~POSITION == 0:
            prefetch(log, ((slot & POSITION) - 1) * width)


@part
def probe(slots: Words, states: Words, state: int, h: int, width: int, log: Words) -> int:
    """The place of the slot that speaks of the state, or of the empty slot where it belongs."""
    last = len(slots) - 1
    place = h & last
    while True:
        slot = load(slots, place)
        if slot == 0:
            return place
        # The upper half of a slot is that of the hash: another one is another state.
        if (slot ^ h) & ~POSITION == 0 and same(states, state, log, (slot & POSITION) - 1, width):
            return place
        place = (place + 1) & last


@kernel
def insert_index(slots: Words, targets: Words, n: int, width: int, log: Words, top: int) -> int:
    """Open addressing with linear probing; a slot holds half a hash and a number in the log, the states stay there."""
    hashes = np.empty(BATCH, np.int64)
    for begin in range(0, n, BATCH):
        count = min(BATCH, n - begin)
        gather(slots, targets, begin, count, width, log, hashes)
        for j in range(count):
            h = load(hashes, j)
            place = probe(slots, targets, begin + j, h, width, log)
            if load(slots, place) == 0:
                store(slots, place, (h & ~POSITION) | (top + 1))
                for w in range(width):
                    store(log, top * width + w, load(targets, (begin + j) * width + w))
                top += 1
    return top


@kernel
def refill_index(slots: Words, width: int, log: Words, top: int) -> None:
    """Put the ``top`` states of the log, all different, into empty slots."""
    last = len(slots) - 1
    for j in range(top):
        if j + 32 < top:
            prefetch(slots, mix_words(log, (j + 32) * width, width) & last)
        h = mix_words(log, j * width, width)
        place = h & last
        while load(slots, place) != 0:
            place = (place + 1) & last
        store(slots, place, (h & ~POSITION) | (j + 1))


@kernel
def find(slots: Words, targets: Words, n: int, width: int, log: Words, positions: Words) -> None:
    """The number in the log of each of ``n`` targets, -1 for one that is not there."""
    hashes = np.empty(BATCH, np.int64)
    for begin in range(0, n, BATCH):
        count = min(BATCH, n - begin)
        gather(slots, targets, begin, count, width, log, hashes)
        for j in range(count):
            place = probe(slots, targets, begin + j, load(hashes, j), width, log)
            positions[begin + j] = (load(slots, place) & POSITION) - 1
