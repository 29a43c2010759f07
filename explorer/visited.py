"""The states found so far: the log, in the order in which they were found, and the set that knows them again.

Exact: the set holds states or points at them in the log, never a digest of them. There are three forms of it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from hopcheck.explorer import kernels
from hopcheck.explorer.exploration import OutOfMemory
from hopcheck.explorer.kernels.data import Words
from hopcheck.explorer.layout import Layout
from hopcheck.model.language import Expr
from hopcheck.model.language.walk import free

BITMAP_BITS = 28
"""Up to this many bits a state, the set is one bit for each state there could be (32 MiB)."""

LOAD = 0.6
"""The set grows beyond this load; where memory does not allow it, it is filled up to ``FULL``."""
FULL = 0.9

LEAST = 1 << 13
"""Slots of a small set, and states of a small log."""

MOST = (1 << 32) - 2
"""An index has no room for more states than this."""


@dataclass(slots=True)
class Budget:
    """What may be held. ``limit``: bytes, or None; ``fixed``: bytes that the lowered model and buffers take."""

    limit: int | None
    fixed: int

    def allows(self, size: int) -> bool:
        """Whether ``size`` bytes of log and set may be held."""
        return self.limit is None or self.fixed + size <= self.limit


class VisitedSet(ABC):
    """Which states are in the log."""

    _load: ClassVar[float] = LOAD
    _full: ClassVar[float] = FULL
    _most: ClassVar[float] = float("inf")

    def __init__(self, slots: int = LEAST) -> None:
        self._slots = np.zeros(slots, np.int64)

    @property
    def nbytes(self) -> int:
        """Its size in bytes."""
        return self._slots.nbytes

    @property
    def room(self) -> float:
        """How many states it may hold before it should grow."""
        return min(len(self._slots) * self._load, self._most)

    @property
    def limit(self) -> float:
        """How many states it can hold at all, short of searching for ever."""
        return min(len(self._slots) * self._full, self._most)

    @abstractmethod
    def insert(self, targets: Words, n: int, log: Words, top: int) -> int:
        """Append the first ``n`` targets that are new to the log; the new number of states."""

    def grow(self, log: Words, top: int) -> None:
        """Double it, and take in the log's states again."""
        size = 2 * len(self._slots)
        # Filled again from the log and not from the old slots, so that the two are never held at once.
        self._slots = np.zeros(0, np.int64)
        self._slots = np.zeros(size, np.int64)
        self._refill(log, top)

    @abstractmethod
    def _refill(self, log: Words, top: int) -> None: ...


class Bitmap(VisitedSet):
    """A bit for every state there could be; it never grows."""

    _load = _full = float("inf")

    def __init__(self, bits: int) -> None:
        super().__init__(max(1, 1 << bits >> 6))

    def insert(self, targets: Words, n: int, log: Words, top: int) -> int:
        """See ``VisitedSet``."""
        return kernels.insert_bitmap(self._slots, targets, n, log, top)

    def _refill(self, log: Words, top: int) -> None:
        raise AssertionError("a bitmap has room for all states")


class Slots(VisitedSet):
    """Open addressing for states of one word: the slots hold the states themselves."""

    def insert(self, targets: Words, n: int, log: Words, top: int) -> int:
        """See ``VisitedSet``."""
        return kernels.insert_slots(self._slots, targets, n, log, top)

    def _refill(self, log: Words, top: int) -> None:
        kernels.refill_slots(self._slots, log, top)


class Index(VisitedSet):
    """Open addressing for states of any width: the slots point into the log."""

    _most = MOST

    def __init__(self, width: int, slots: int = LEAST) -> None:
        super().__init__(slots)
        self._width = width

    @classmethod
    def of(cls, width: int, log: Words, top: int) -> Index:
        """The index of a log whose ``top`` states are all different."""
        size = LEAST
        while top > size * LOAD:
            size *= 2
        made = cls(width, size)
        made._refill(log, top)
        return made

    def insert(self, targets: Words, n: int, log: Words, top: int) -> int:
        """See ``VisitedSet``."""
        return kernels.insert_index(self._slots, targets, n, self._width, log, top)

    def find(self, targets: Words, n: int, log: Words) -> Words:
        """The numbers in the log of the first ``n`` targets; -1 for those that are not there."""
        positions = np.empty(n, np.int64)
        kernels.find(self._slots, targets, n, self._width, log, positions)
        return positions

    def _refill(self, log: Words, top: int) -> None:
        kernels.refill_index(self._slots, self._width, log, top)


def visited_set(layout: Layout, budget: Budget) -> VisitedSet:
    """The form that suits the states' width and the memory."""
    if layout.width > 1:
        return Index(layout.width)
    small = layout.used[0] <= BITMAP_BITS and budget.allows((1 << layout.used[0]) // 4)
    return Bitmap(layout.used[0]) if small else Slots()


class Found:
    """The log and its set, kept in step. ``top``: how many states there are; ``log``: their words, with room to spare."""

    def __init__(self, layout: Layout, budget: Budget) -> None:
        self.width = layout.width
        self.set = visited_set(layout, budget)
        self.log: Words = np.empty(LEAST * layout.width, np.int64)
        self.top = 0
        self._budget = budget

    @property
    def nbytes(self) -> int:
        """Bytes of the log and the set."""
        return self.log.nbytes + self.set.nbytes

    def states(self, begin: int, end: int) -> Words:
        """The words of some states."""
        return self.log[begin * self.width : end * self.width]

    def column(self, layout: Layout, position: int, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """The codes of one variable in the states with these numbers."""
        at = layout.fields[position]
        return ((self.log[numbers * self.width + at.word] >> at.shift) & at.mask) + at.low

    def columns(self, layout: Layout, expr: Expr, numbers: NDArray[np.int64]) -> dict[str, NDArray[np.int64]]:
        """The codes of the variables that the expression reads, by name, in the states with these numbers."""
        names = free(expr)
        return {each.name: self.column(layout, i, numbers) for i, each in enumerate(layout.fields) if each.name in names}

    def insert(self, targets: Words, n: int) -> None:
        """Add the targets that are new; raises ``OutOfMemory``, leaving the states as they were, where they do not fit."""
        if n == 0:
            return
        self._make_room(self.top + n)
        self.top = self.set.insert(targets, n, self.log, self.top)

    def _make_room(self, states: int) -> None:
        # For small logs a smaller set would do: but the worst case is cheap to provide for.
        while states > self.set.room:
            if states > MOST or not self._budget.allows(self.log.nbytes + 2 * self.set.nbytes):
                if states <= self.set.limit:
                    break
                raise OutOfMemory
            self.set.grow(self.log, self.top)
        if states * self.width > len(self.log):
            size = max(2 * len(self.log), states * self.width)
            if not self._budget.allows(self.nbytes + 8 * size):
                size = states * self.width + len(self.log) // 16
                if not self._budget.allows(self.nbytes + 8 * size):
                    raise OutOfMemory
            log = np.empty(size, np.int64)
            log[: self.top * self.width] = self.log[: self.top * self.width]
            self.log = log
