"""The visited set as pointers into the log: for states that have no index of 62 bits. Any number of threads may insert.

Open addressing with linear probing; a slot holds half a hash, and the number of a state in the log plus one. The state is
in the log before the slot speaks of it, so a thread takes a range of the log beforehand; what it leaves unused of it is
filled once all threads are done.
"""

from __future__ import annotations

import numpy as np

from hopcheck.explorer.kernels.compile import kernel, part
from hopcheck.explorer.kernels.data import BATCH, Words
from hopcheck.explorer.kernels.memory import claim, fetch_add, load, load_shared, prefetch, store
from hopcheck.explorer.kernels.mixing import mix_words

POSITION = 0xFFFFFFFF
"""The lower half of a slot: the number of a state in the log, plus one."""


@part
def same(states: Words, origin: int, stride: int, log: Words, position: int, width: int) -> bool:
    """Whether two states are equal, word for word."""
    for w in range(width):  # noqa: SIM110 (compiled: a loop is what there is)
        if load(states, origin * stride + w) != load(log, position * width + w):
            return False
    return True


@part
def gather(slots: Words, states: Words, begin: int, count: int, stride: int, width: int, log: Words, hashes: Words) -> None:
    """Compute the hashes of a batch; fetch its slots, then the states in the log that the slots speak of."""
    last = len(slots) - 1
    for j in range(count):
        h = mix_words(states, (begin + j) * stride, width)
        prefetch(slots, h & last)
        store(hashes, j, h)
    for j in range(count):
        h = load(hashes, j)
        slot = load_shared(slots, h & last)
        if slot != 0 and (slot ^ h) & ~POSITION == 0:
            prefetch(log, ((slot & POSITION) - 1) * width)


@part
def probe(slots: Words, place: int, states: Words, state: int, stride: int, h: int, width: int, log: Words) -> int:
    """From this place on, the place of the slot that speaks of the state, or of the empty slot where it belongs."""
    last = len(slots) - 1
    while True:
        slot = load_shared(slots, place)
        if slot == 0:
            return place
        # The upper half of a slot is that of the hash: another one is another state.
        if (slot ^ h) & ~POSITION == 0 and same(states, state, stride, log, (slot & POSITION) - 1, width):
            return place
        place = (place + 1) & last


@kernel
def insert_pointers(
    slots: Words, targets: Words, begin: int, n: int, width: int, log: Words, top: Words, room: int, own: Words
) -> int:
    """Append to the log those of the targets ``begin:n`` that are new; how far it got.

    ``top[0]``: where the log ends; beyond ``room`` no batch is begun. ``own``: the range of the log that this thread has
    taken and not used yet.
    """
    hashes = np.empty(BATCH, np.int64)
    last = len(slots) - 1
    for at in range(begin, n, BATCH):
        if load_shared(top, 0) > room:
            return at
        count = min(BATCH, n - at)
        gather(slots, targets, at, count, width, width, log, hashes)
        for j in range(count):
            h = load(hashes, j)
            place = probe(slots, h & last, targets, at + j, width, h, width, log)
            while load_shared(slots, place) == 0:
                if own[0] == own[1]:
                    own[0] = fetch_add(top, 0, BATCH)
                    own[1] = own[0] + BATCH
                for w in range(width):
                    store(log, own[0] * width + w, load(targets, (at + j) * width + w))
                if claim(slots, place, (h & ~POSITION) | (own[0] + 1)) == 0:
                    own[0] += 1
                    break
                place = probe(slots, place, targets, at + j, width, h, width, log)
    return n


@kernel
def refill_pointers(slots: Words, width: int, log: Words, begin: int, end: int) -> None:
    """Put the states ``begin:end`` of the log, all different, into the slots."""
    last = len(slots) - 1
    for j in range(begin, end):
        if j + 32 < end:
            prefetch(slots, mix_words(log, (j + 32) * width, width) & last)
        h = mix_words(log, j * width, width)
        place = h & last
        while claim(slots, place, (h & ~POSITION) | (j + 1)) != 0:
            place = (place + 1) & last


@kernel
def relocate(slots: Words, width: int, log: Words, source: int, target: int) -> None:
    """Move a state of the log to another place in it, and have its slot speak of that."""
    last = len(slots) - 1
    h = mix_words(log, source * width, width)
    place = h & last
    while load(slots, place) & POSITION != source + 1 or (load(slots, place) ^ h) & ~POSITION != 0:
        place = (place + 1) & last
    for w in range(width):
        store(log, target * width + w, load(log, source * width + w))
    store(slots, place, (h & ~POSITION) | (target + 1))


@kernel
def find(slots: Words, targets: Words, n: int, stride: int, width: int, log: Words, positions: Words) -> None:
    """The number in the log of each target, or -1 where it is not there."""
    hashes = np.empty(BATCH, np.int64)
    last = len(slots) - 1
    for begin in range(0, n, BATCH):
        count = min(BATCH, n - begin)
        gather(slots, targets, begin, count, stride, width, log, hashes)
        for j in range(count):
            h = load(hashes, j)
            place = probe(slots, h & last, targets, begin + j, stride, h, width, log)
            slot = load(slots, place)
            store(positions, begin + j, -1 if slot == 0 else (slot & POSITION) - 1)
