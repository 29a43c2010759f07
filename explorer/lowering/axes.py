"""Every combination of the records of some slots: what tables are laid out over."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hopcheck.explorer.kernels.data import Keys, Words
from hopcheck.explorer.lowering.layout import Layout, Piece
from hopcheck.explorer.lowering.vector import Codes


@dataclass(frozen=True, slots=True, eq=False)
class Axes:
    """One axis a slot.

    ``slots``: their numbers; ``places``: where each begins in a key; ``bits``: of a key; ``shape``: the records of each;
    ``keys``: the key of every combination, flattened; ``codes``: for each variable that stands in one of them its codes,
    along the slot's axis.
    """

    slots: tuple[int, ...]
    pieces: tuple[Piece, ...]
    places: dict[int, int]
    bits: int
    shape: tuple[int, ...]
    keys: Words
    codes: dict[str, Codes]

    def flat(self, values: NDArray[np.generic]) -> NDArray[np.generic]:
        """An array that broadcasts to the combinations, with one number for each of them."""
        return np.broadcast_to(values, self.shape).reshape(-1)


def axes(layout: Layout, slots: Collection[int]) -> Axes:
    """The axes of these slots."""
    chosen = tuple(sorted(slots))
    pieces, places = layout.key(chosen)
    shape = tuple(layout.slots[slot].record.count for slot in chosen)
    keys = np.zeros((), np.int64)
    codes: dict[str, Codes] = {}
    for axis, slot in enumerate(chosen):
        record = layout.slots[slot].record
        along = [-1 if i == axis else 1 for i in range(len(chosen))]
        keys = keys + (np.arange(record.count, dtype=np.int64).reshape(along) << places[slot])
        for name in record.names:
            codes[name] = record.column(name).reshape(along)
    bits = sum(layout.slots[slot].bits for slot in chosen)
    return Axes(chosen, pieces, places, bits, shape, np.ravel(np.broadcast_to(keys, shape)), codes)


def gathering(over: Collection[Axes], base: Words) -> Keys:
    """How kernels gather keys over these axes. ``base``: where the cells of each table begin among all cells."""
    pieces = [piece for each in over for piece in each.pieces]
    return Keys(
        first=np.concatenate(([0], np.cumsum([len(each.pieces) for each in over], dtype=np.int64))).astype(np.int64),
        word=np.array([each.word for each in pieces], np.int64),
        shift=np.array([each.shift for each in pieces], np.int64),
        mask=np.array([each.mask for each in pieces], np.int64),
        place=np.array([each.place for each in pieces], np.int64),
        base=base,
    )
