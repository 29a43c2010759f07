"""The states found so far: the log and the set that knows them again, within the memory that may be taken."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from hopcheck.explorer.disk import RunStore
from hopcheck.explorer.exploration import OutOfDisk, OutOfMemory
from hopcheck.explorer.kernels.data import BATCH, Words
from hopcheck.explorer.lowering.layout import Layout
from hopcheck.explorer.store.log import Log
from hopcheck.explorer.store.team import Team
from hopcheck.explorer.store.visited import Pointers, VisitedSet, visited_set

LEAST = 1 << 22
"""Bytes of the log that must fit beside the set, so that it is worth writing them to a file."""


class Found:
    """``limit``: bytes that the log and the set may take, or None.

    Where they would take more, three things happen, one after the other: old states are written to a file; once the set
    cannot grow any more, it stays as it is, and later states are told apart on the disk (``overflow``).
    """

    def __init__(self, layout: Layout, team: Team, limit: int | None, directory: Path | None) -> None:
        self.layout = layout
        self.width = layout.width
        self.team = team
        self.limit = limit
        self.log = Log(layout)
        self.set: VisitedSet = visited_set(layout, limit)
        self.overflow: RunStore | None = None
        self._directory = directory
        self._made: Path | None = None
        self._filled = False

    @property
    def top(self) -> int:
        """How many states there are."""
        return self.log.top

    @property
    def nbytes(self) -> int:
        """Bytes of memory that the log and the set take."""
        store = 0 if self.overflow is None else self.overflow.memory_bytes
        return self.log.nbytes + self.set.nbytes + store

    @property
    def room(self) -> int:
        """The number of states at which threads that insert must stop, for ``relieve`` to make room."""
        return min(self._set_room, self._log_room) - (self.team.size + 1) * BATCH

    @property
    def _set_room(self) -> int:
        return self.set.limit if self._filled else self.set.room

    @property
    def _log_room(self) -> int:
        if self.limit is None:
            return self.log.capacity
        return min(self.log.capacity, self.log.first + max(0, self.limit - self.set.nbytes) // (8 * self.width))

    def add(self, words: Words, own: Words, starts: Sequence[int], *, filed: bool = False) -> None:
        """Log those of some states that are new: initial ones, or those of a checkpoint, all new, which ``filed`` says.

        The last are in the log's file already.
        """
        count = len(words) // self.width
        rows = words.reshape(count, self.width)
        targets = np.column_stack((rows, self.layout.indices(words))).reshape(-1) if self.layout.indexed else words
        at = 0
        while at < count and self.overflow is None:
            at = self.insert(targets, at, count, own)
            if at < count:
                self.relieve(starts, [own])
        if at < count and self.overflow is not None:
            rest = targets[at * self.layout.stride :]
            unknown = self.set.unknown(rest, count - at, self.log)
            self.tell_apart([np.ascontiguousarray(rows[at:][unknown]).reshape(-1)], filed=filed)

    def tell_apart(self, candidates: Iterable[Words], *, filed: bool = False) -> None:
        """Log those of some states, which the set does not have, that are new. See ``add``."""
        assert self.overflow is not None
        try:
            with self.overflow.subtract_and_add(candidates) as fresh:
                for words in fresh.chunks():
                    self.log.extend(words, filed=filed)
        except OSError as error:
            raise OutOfDisk(str(error)) from error

    def insert(self, targets: Words, begin: int, n: int, own: Words) -> int:
        """Append those of the targets ``begin:n`` that are new; the first target for which there was no room."""
        return self.set.insert(targets, begin, n, self.log, self.room, own)

    def relieve(self, starts: Sequence[int], own: Sequence[Words]) -> None:
        """Make room for more states, now that an insertion has stopped and no thread is at work.

        ``starts``: see ``Log.write``; ``own``: the ranges of the log that belong to threads: they are given back.
        Raises ``OutOfMemory`` or ``OutOfDisk`` where there is no room to be had.
        """
        stalled = self.top <= self.room  # it stopped although there was room: some bucket had none
        full = stalled or self.top > self._set_room - (self.team.size + 2) * BATCH
        self.set.settle(self.log, own)
        if full:
            size = self.set.larger()
            if size and not self.fits(self.log.nbytes + size) and self._can_spill and self.fits(size + LEAST):
                self._spill(starts)
            if size and self.fits(self.log.nbytes + size):
                self.set, self._filled = self.set.grown(self.log, self.team), False
                return
            if not stalled and not self._filled:
                self._filled = True
                return
            self._overflow(starts)
        elif self._can_spill and self.fits(self.set.nbytes + LEAST):
            self._spill(starts)
        else:
            self._overflow(starts)

    @property
    def _can_spill(self) -> bool:
        return not isinstance(self.set, Pointers)

    def fits(self, size: int) -> bool:
        """Whether the log and the set may take this many bytes."""
        return self.limit is None or size <= self.limit

    def _spill(self, starts: Sequence[int]) -> None:
        """Write all states to the file, and give back their memory."""
        self.write(starts, self.top)
        self.log.release()

    def write(self, starts: Sequence[int], until: int) -> None:
        """Have the states before ``until`` in the file."""
        try:
            self.log.write(until, starts, self._place())
        except OSError as error:
            raise OutOfDisk(str(error)) from error

    def _overflow(self, starts: Sequence[int]) -> None:
        """Let the set be, and tell states apart on the disk from now on."""
        if self.limit is None:
            raise OutOfMemory
        self.write(starts, self.top)
        if self._can_spill:
            self.log.release()
        self.log.freeze()
        left = self.limit - self.set.nbytes - self.log.nbytes
        self.overflow = RunStore(self._place(), self.width, max(left, LEAST))

    def _place(self) -> Path:
        """The directory for files, made where none was given."""
        if self._directory is not None:
            return self._directory
        if self._made is None:
            self._made = Path(tempfile.mkdtemp(prefix="hopcheck-"))
        return self._made

    def close(self) -> None:
        """Remove all files that are not a checkpoint's."""
        if self.overflow is not None:
            self.overflow.close()
        self.log.close()
        if self._made is not None:
            shutil.rmtree(self._made, ignore_errors=True)
