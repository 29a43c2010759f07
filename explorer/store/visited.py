"""The visited set: knows every state that was found, and takes in new ones from any number of threads.

Exact: it holds indices, whole or as quotients, or points at the states themselves, never a digest. There are three forms.
"""

from __future__ import annotations

import itertools
import math
from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np

from hopcheck.explorer import kernels
from hopcheck.explorer.kernels.buckets import BLOCK, BLOCK_BITS, TRY_BITS, Lanes, Shape
from hopcheck.explorer.kernels.data import Words
from hopcheck.explorer.kernels.memory import LINE
from hopcheck.explorer.kernels.mixing import FIRST, SECOND
from hopcheck.explorer.lowering.layout import Layout
from hopcheck.explorer.store.arena import Arena
from hopcheck.explorer.store.log import Log
from hopcheck.explorer.store.team import Team

BITMAP = 1 << 18
"""Up to this many bytes the set is a bitmap from the start."""

SPARSE = 16
"""A table becomes a bitmap once that is no larger than so many times the next larger table: it is faster by then, and most
of the memory of a sparser one would be touched for nothing."""

SMALL = 1 << 25
"""Pointers of up to this many bytes grow fourfold."""

STRIPE = 1 << 16
"""Buckets that are moved at once when a table grows, in units of a run of blocks."""


class VisitedSet(ABC):
    """Which states are in the log."""

    def __init__(self, nbytes: int) -> None:
        self.nbytes = nbytes
        self._arena = Arena(nbytes)

    @property
    @abstractmethod
    def room(self) -> int:
        """How many states it may hold before it should grow."""

    @property
    @abstractmethod
    def limit(self) -> int:
        """How many states it can hold at all."""

    @abstractmethod
    def insert(self, targets: Words, begin: int, n: int, log: Log, room: int, own: Words) -> int:
        """Append to the log those of the targets ``begin:n`` that are new; the first target that was not looked at.

        It stops early once the log has more than ``room`` states, or where the set is full. ``own``: the range of the
        log that belongs to the calling thread.
        """

    @abstractmethod
    def unknown(self, targets: Words, n: int, log: Log) -> Words:
        """The numbers of those of the first ``n`` targets that are not in the set (some of them may be equal)."""

    @abstractmethod
    def larger(self) -> int:
        """The bytes of the next larger form, 0 where there is none."""

    @abstractmethod
    def grown(self, log: Log, team: Team) -> VisitedSet:
        """The next larger form with the same states; this one is of no use any more."""

    def settle(self, log: Log, owned: Sequence[Words]) -> None:  # noqa: B027 (most forms leave no holes)
        """At the end of a level, with no thread at work: leave no hole in the log."""


class Bitmap(VisitedSet):
    """A bit for every index there could be; it never grows."""

    def __init__(self, domain: int) -> None:
        super().__init__(bitmap_bytes(domain))
        self._bits = self._arena.array(np.int64)
        self._domain = domain

    @property
    def room(self) -> int:
        """See ``VisitedSet``."""
        return 1 << 62

    limit = room

    def insert(self, targets: Words, begin: int, n: int, log: Log, room: int, own: Words) -> int:
        """See ``VisitedSet``."""
        return kernels.insert_bitmap(self._bits, targets, begin, n, log.width + 1, log.words, log.counter, room)

    def unknown(self, targets: Words, n: int, log: Log) -> Words:
        """See ``VisitedSet``."""
        fresh = np.empty(n + 1, np.int64)
        return fresh[: kernels.without_bitmap(self._bits, targets, n, log.width + 1, fresh)]

    def larger(self) -> int:
        """See ``VisitedSet``."""
        return 0

    def grown(self, log: Log, team: Team) -> VisitedSet:
        """See ``VisitedSet``."""
        raise AssertionError("a bitmap has room for all states")

    def take(self, table: Buckets, begin: int, end: int) -> None:
        """Take in what is in some buckets of a table."""
        first, second = (pow(factor, -1, 1 << table.shape.bits) for factor in (FIRST, SECOND))
        kernels.bits_of_buckets(table.lanes, table.shape, first, second, begin, end, self._bits)


def bitmap_bytes(domain: int) -> int:
    """The bytes of a bitmap."""
    return ((domain + 63) >> 6) * 8


class Buckets(VisitedSet):
    """Quotients of indices, in lanes as small as the table's size allows; it grows by a third or by half at a time."""

    def __init__(self, domain: int, upper: int, run: int, dtype: type[np.generic], most: float = math.inf) -> None:
        bits = (domain - 1).bit_length()
        super().__init__((run << upper) * LINE)
        self.lanes: Lanes = self._arena.array(dtype)
        lower = bits - upper
        starts = [-(-(sub << lower) // run) for sub in range(run)]
        self.shape = Shape(bits, upper, run, np.array(starts, np.int64))
        self._domain = domain
        self._most = most
        self._load = 0.85 if self.lanes.itemsize < 8 else 0.75

    @classmethod
    def smallest(cls, domain: int, most: float = math.inf) -> Buckets:
        """The table to begin with. ``most``: bytes that a sparse bitmap may take."""
        upper, run = BLOCK_BITS, 4
        return cls(domain, upper, run, _lane((domain - 1).bit_length(), upper, run), most)

    @property
    def room(self) -> int:
        """See ``VisitedSet``."""
        return int(len(self.lanes) * self._load)

    @property
    def limit(self) -> int:
        """See ``VisitedSet``."""
        return int(len(self.lanes) * 0.9)

    def insert(self, targets: Words, begin: int, n: int, log: Log, room: int, own: Words) -> int:
        """See ``VisitedSet``."""
        shape, stride = self.shape, log.width + 1
        return kernels.insert_buckets(self.lanes, shape, targets, begin, n, stride, log.words, log.counter, room)

    def unknown(self, targets: Words, n: int, log: Log) -> Words:
        """See ``VisitedSet``."""
        fresh = np.empty(n + 1, np.int64)
        return fresh[: kernels.without_buckets(self.lanes, self.shape, targets, n, log.width + 1, fresh)]

    def larger(self) -> int:
        """See ``VisitedSet``."""
        upper, run, _ = self._next()
        table = (run << upper) * LINE
        return bitmap_bytes(self._domain) if self._is_dense(table) else table

    def _is_dense(self, table: int) -> bool:
        """Whether a bitmap should come next, and not a table of so many bytes."""
        bitmap = bitmap_bytes(self._domain)
        return bitmap <= table or bitmap <= min(SPARSE * table, self._most)

    def _next(self) -> tuple[int, int, type[np.generic]]:
        """The shape of the next larger table: one with more lanes, whatever their width."""
        bits, wanted = self.shape.bits, len(self.lanes)
        upper, run = BLOCK_BITS, 4
        while True:
            dtype = _lane(bits, upper, run)
            if (run << upper) * (LINE // np.dtype(dtype).itemsize) > wanted * 1.2 and upper < bits - 4:
                return upper, run, dtype
            upper, run = (upper, 6) if run == 4 else (upper + 1, 4)

    def grown(self, log: Log, team: Team) -> VisitedSet:
        """See ``VisitedSet``."""
        upper, run, dtype = self._next()
        if self._is_dense((run << upper) * LINE):
            bitmap = Bitmap(self._domain)
            # One thread: neighbouring bits come from anywhere in the table.
            for begin, end in self._stripes(1):
                bitmap.take(self, begin, end)
                self._arena.release(0, end * LINE)
            return bitmap
        new = Buckets(self._domain, upper, run, dtype, self._most)
        full = []

        def move_all(stripes: list[tuple[int, int]]) -> None:
            for begin, end in stripes:
                if not kernels.move_buckets(self.lanes, self.shape, new.lanes, new.shape, begin, end):
                    full.append((begin, end))
                self._arena.release(stripes[0][0] * LINE, end * LINE)

        team.each(move_all, _dealt(self._stripes(self.shape.run), team.size))
        assert not full, "a table that was enlarged is full"
        return new

    def _stripes(self, run: int) -> list[tuple[int, int]]:
        """Ranges of buckets whose states go to ranges of their own in any larger table."""
        unit, total = run * BLOCK, len(self.lanes) * self.lanes.itemsize // LINE
        step = max(1, STRIPE // unit) * unit
        return [(begin, min(begin + step, total)) for begin in range(0, total, step)]


def _dealt(stripes: list[tuple[int, int]], hands: int) -> list[list[tuple[int, int]]]:
    """Each thread a contiguous part, so that memory is released and taken in order."""
    size = -(-len(stripes) // hands)
    return [stripes[begin : begin + size] for begin in range(0, len(stripes), size)]


def _lane(bits: int, upper: int, run: int) -> type[np.generic]:
    """The narrowest lane that holds what is left of an index, and the number of the try."""
    rests = -(-(1 << (bits - upper)) // run) if bits > upper else 1
    need = (rests - 1).bit_length() + TRY_BITS
    return np.uint16 if need <= 16 else np.uint32 if need <= 32 else np.int64


class Pointers(VisitedSet):
    """Open addressing for states without an index: the slots point into the log."""

    def __init__(self, layout: Layout, slots: int = 1 << 14) -> None:
        super().__init__(8 * slots)
        self.slots: Words = self._arena.array(np.int64)
        self._layout = layout

    @classmethod
    def of(cls, layout: Layout, words: Words, states: int) -> Pointers:
        """The pointers to some states, all different."""
        size = 1 << 14
        while states > size * 0.6:
            size *= 2
        made = cls(layout, size)
        kernels.refill_pointers(made.slots, layout.width, words, 0, states)
        return made

    @property
    def room(self) -> int:
        """See ``VisitedSet``."""
        return min(int(len(self.slots) * 0.6), (1 << 32) - 2**20)

    @property
    def limit(self) -> int:
        """See ``VisitedSet``."""
        return min(int(len(self.slots) * 0.9), (1 << 32) - 2**20)

    def insert(self, targets: Words, begin: int, n: int, log: Log, room: int, own: Words) -> int:
        """See ``VisitedSet``."""
        return kernels.insert_pointers(self.slots, targets, begin, n, log.width, log.words, log.counter, room, own)

    def unknown(self, targets: Words, n: int, log: Log) -> Words:
        """See ``VisitedSet``."""
        return np.flatnonzero(self.find(targets, n, log.width, log.words) < 0)

    def find(self, targets: Words, n: int, stride: int, words: Words) -> Words:
        """The numbers in ``words`` of the first ``n`` targets, of ``stride`` numbers each; -1 for those not there."""
        positions = np.empty(n, np.int64)
        kernels.find(self.slots, targets, n, stride, self._layout.width, words, positions)
        return positions

    def larger(self) -> int:
        """See ``VisitedSet``."""
        return 8 * self._larger

    @property
    def _larger(self) -> int:
        """The slots of the next larger form: while it is small, growing often would cost more than it saves."""
        return len(self.slots) * (4 if self.nbytes <= SMALL else 2)

    def grown(self, log: Log, team: Team) -> VisitedSet:
        """See ``VisitedSet``."""
        self._arena.release(0, self.nbytes)
        new = Pointers(self._layout, self._larger)
        parts = np.linspace(0, log.top, team.size + 1, dtype=np.int64).tolist()
        team.each(
            lambda part: kernels.refill_pointers(new.slots, log.width, log.words, *part),
            list(itertools.pairwise(parts)),
        )
        return new

    def settle(self, log: Log, owned: Sequence[Words]) -> None:
        """See ``VisitedSet``."""
        holes = [place for own in owned for place in range(int(own[0]), int(own[1]))]
        top = log.top - len(holes)
        tail = iter(sorted(set(range(top, log.top)) - set(holes)))
        for hole in sorted(holes):
            if hole < top:
                kernels.relocate(self.slots, log.width, log.words, next(tail), hole)
        log.counter[0] = top
        for own in owned:
            own[:] = 0


def visited_set(layout: Layout, limit: int | None = None) -> VisitedSet:
    """The form that suits the number of states there could be, and the memory (in bytes) that there is for them."""
    if layout.domain is None:
        return Pointers(layout)
    most = math.inf if limit is None else limit / 2
    if bitmap_bytes(layout.domain) <= min(BITMAP, most):
        return Bitmap(layout.domain)
    return Buckets.smallest(layout.domain, most)
