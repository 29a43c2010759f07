"""Of all states that differ in the order of interchangeable components only, the one that stands for them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hopcheck.explorer.kernels.compile import kernel
from hopcheck.explorer.kernels.data import Index, Words
from hopcheck.explorer.kernels.memory import load, store
from hopcheck.explorer.kernels.successors import index_of


class Interchangeable(NamedTuple):
    """Groups of components. Group g has ``components[g]`` of them, of ``slots[g]`` slots each, component after component
    from ``first[g]`` on: slot i is the ``bits[i]`` bits of word ``word[i]`` from ``shift[i]`` on.
    """

    components: Words
    slots: Words
    first: Words
    word: Words
    shift: Words
    bits: Words


@kernel
def canonical(groups: Interchangeable, numbering: Index, states: Words, n: int, stride: int, width: int) -> None:
    """Sort the components of each of ``n`` states (``stride`` numbers each) by what their slots hold, and number it anew.

    What a component's slots hold fits into 62 bits.
    """
    keys = np.empty(max(groups.components.max(), 1), np.int64)
    for j in range(n):
        changed = False
        for g in range(len(groups.components)):
            count, slots, first = groups.components[g], groups.slots[g], groups.first[g]
            for c in range(count):
                key = 0
                for i in range(first + c * slots, first + (c + 1) * slots):
                    bits = load(groups.bits, i)
                    word = load(states, j * stride + load(groups.word, i))
                    key = (key << bits) | ((word >> load(groups.shift, i)) & ((1 << bits) - 1))
                at = c
                while at > 0 and load(keys, at - 1) > key:
                    store(keys, at, load(keys, at - 1))
                    at -= 1
                    changed = True
                store(keys, at, key)
            if not changed:
                continue
            for c in range(count):
                key = load(keys, c)
                for i in range(first + (c + 1) * slots - 1, first + c * slots - 1, -1):
                    bits, shift, place = load(groups.bits, i), load(groups.shift, i), j * stride + load(groups.word, i)
                    mask = (1 << bits) - 1
                    store(states, place, (load(states, place) & ~(mask << shift)) | ((key & mask) << shift))
                    key >>= bits
        if changed and stride > width:
            store(states, j * stride + width, index_of(numbering, states, j * stride))
