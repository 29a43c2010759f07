"""Where interchangeable components stand in a state, so that kernels can put them in order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hopcheck.explorer.exploration import DisagreementError
from hopcheck.explorer.kernels.canonical import Interchangeable
from hopcheck.explorer.lowering.layout import Layout, Slot
from hopcheck.model.errors import LimitError
from hopcheck.model.language import System

KEY_BITS = 62
"""Bits that a component's slots may hold together, to be compared as one number."""


def interchangeable(system: System, layout: Layout) -> Interchangeable:
    """Where the components of the system's symmetries stand.

    Raises ``LimitError`` where one takes too many bits.
    """
    components: list[int] = []
    count: list[int] = []
    first: list[int] = []
    where: list[Slot] = []
    for group in system.symmetries:
        placed = [_slots(layout, names) for names in group]
        alike = [[(layout.slots[slot].record.count, layout.slots[slot].bits) for slot in slots] for slots in placed]
        if any(each != alike[0] for each in alike):
            raise DisagreementError("interchangeable components are not stored alike")
        if sum(bits for _, bits in alike[0]) > KEY_BITS:
            raise LimitError(f"a component ({group[0][0]}, ...) takes more than {KEY_BITS} bits: too wide for symmetry")
        components.append(len(group))
        count.append(len(placed[0]))
        first.append(len(where))
        where += [layout.slots[slot] for slots in placed for slot in slots]
    return Interchangeable(
        np.array(components, np.int64),
        np.array(count, np.int64),
        np.array(first, np.int64),
        np.array([each.word for each in where], np.int64),
        np.array([each.shift for each in where], np.int64),
        np.array([each.bits for each in where], np.int64),
    )


def _slots(layout: Layout, names: Sequence[str]) -> list[int]:
    """The slots of a component, in the order of its variables."""
    return list(dict.fromkeys(layout.fields[layout.position[name]].slot for name in names))
