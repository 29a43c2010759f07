"""One sorted run: distinct states in ascending order in a scratch file, of which only a few keys are held in memory."""

from __future__ import annotations

import os
import weakref
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from hopcheck.explorer.disk import files
from hopcheck.explorer.disk.keys import Keys, distinct, find, words_of
from hopcheck.explorer.disk.levels import Words

STRIDE_BYTES = 1 << 16
"""A run is looked up in blocks of this size, or larger ones where there would be too many."""

GAP = 8
"""So many blocks that nobody asks for are read along rather than skipped: seeking would take longer."""


class Run:
    """Distinct states in ascending order, on disk until the run is closed or garbage.

    ``directory``: where it takes its room; ``states``: how many there are.
    ``fences``: the first key of each block of ``stride`` keys.
    """

    def __init__(self, directory: Path, descriptor: int, states: int, fences: Keys, stride: int) -> None:
        self.directory = directory
        self.states = states
        self._descriptor = descriptor
        self._fences = fences
        self._stride = stride
        self._finish = weakref.finalize(self, os.close, descriptor)

    @classmethod
    def write(cls, directory: Path, pieces: Iterable[Keys], dtype: np.dtype[np.generic], fence_bytes: int) -> Run:
        """A new run of the keys in these pieces, which ascend throughout and are distinct.

        ``fence_bytes``: what its fences may take in memory (at least two keys).

        Raises:
            DiskFullError: there is no room; what was written is given back.
        """
        descriptor = files.scratch(directory)
        try:
            states, stride = 0, max(1, STRIDE_BYTES // dtype.itemsize)
            most = max(2, fence_bytes // (2 * dtype.itemsize))  # half: they are copied as they grow
            fences = np.empty(0, dtype)
            for keys in pieces:
                files.write_all(descriptor, keys, states * dtype.itemsize, directory)
                further = keys[-states % stride :: stride]
                while len(fences) + len(further) > most:
                    fences, stride = fences[::2].copy(), 2 * stride
                    further = keys[-states % stride :: stride]
                fences = np.concatenate([fences, further])
                states += len(keys)
            return cls(directory, descriptor, states, fences, stride)
        except BaseException:
            os.close(descriptor)
            raise

    @property
    def nbytes(self) -> int:
        """Its size on the disk, in bytes."""
        return self.states * self._fences.itemsize

    def share(self) -> Run:
        """The same run once more, to be closed on its own: the room is given back when all have been closed."""
        return Run(self.directory, os.dup(self._descriptor), self.states, self._fences, self._stride)

    def read(self, begin: int, into: Keys) -> None:
        """Read as many keys as ``into`` has room for, from the number ``begin`` on."""
        files.read_all(self._descriptor, into, begin * into.itemsize, self.directory)

    def chunks(self, chunk_bytes: int = files.BLOCK_BYTES) -> Iterator[Words]:
        """Its states in ascending order, flat, piece by piece, of at most ``chunk_bytes`` (or one state)."""
        step = max(1, chunk_bytes // self._fences.itemsize)
        for begin in range(0, self.states, step):
            keys = np.empty(min(step, self.states - begin), self._fences.dtype)
            self.read(begin, keys)
            yield words_of(keys)

    def mark(self, keys: Keys, known: NDArray[np.bool_], window: Keys) -> None:
        """Set ``known`` of those of the ascending ``keys`` that are in the run. ``window``: room to read into."""
        for begin, end in self._extents(keys):
            for at in range(begin, end, len(window)):
                piece = window[: min(len(window), end - at)]
                self.read(at, piece)
                low = int(np.searchsorted(keys, piece[:1])[0])
                high = int(np.searchsorted(keys, piece[-1:], side="right")[0])
                known[low:high] |= find(keys[low:high], piece)

    def _extents(self, keys: Keys) -> list[tuple[int, int]]:
        """Which parts of the run (numbers of states) must be read to find these keys."""
        # Where each block's keys begin among those sought; the last border is that of what follows the last block.
        borders = np.append(np.searchsorted(keys, self._fences), len(keys))
        blocks = np.flatnonzero(np.diff(borders))
        if not len(blocks):
            return []
        cuts = np.flatnonzero(np.diff(blocks) > GAP) + 1
        first, last = blocks[np.append(0, cuts)], blocks[np.append(cuts - 1, len(blocks) - 1)]
        ends = np.minimum((last + 1) * self._stride, self.states)
        return list(zip((first * self._stride).tolist(), ends.tolist(), strict=True))

    def close(self) -> None:
        """Give back its room. Closing twice does nothing."""
        self._finish()

    def __enter__(self) -> Run:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def merged(runs: list[Run], dtype: np.dtype[np.generic], buffer_bytes: int) -> Iterator[Keys]:
    """The union of some runs: ascending pieces of distinct keys, each a new array of at most ``buffer_bytes``.

    The buffers take as much again, and so does a piece while it is made, half as much again while it is sorted.
    """
    cursors = [_Cursor(run, np.empty(max(1, buffer_bytes // dtype.itemsize // len(runs)), dtype)) for run in runs]
    while cursors := [each for each in cursors if each.fill()]:
        # Of no run is anything left on the disk that is not above this key.
        bound = np.sort(np.concatenate([each.last for each in cursors]))[:1]
        piece = np.concatenate([each.take(bound) for each in cursors])
        piece.sort(kind="stable")  # this kind finds the ascending parts, and only merges them
        piece = distinct(piece)
        yield piece


class _Cursor:
    """How far a run has been merged: the next keys of it, in memory."""

    def __init__(self, run: Run, buffer: Keys) -> None:
        self._run = run
        self._buffer = buffer
        self._read = self._at = self._end = 0

    def fill(self) -> bool:
        """Fill the buffer up from the disk; False where the run has ended."""
        left = self._end - self._at
        self._buffer[:left] = self._buffer[self._at : self._end].copy()
        more = min(len(self._buffer) - left, self._run.states - self._read)
        self._run.read(self._read, self._buffer[left : left + more])
        self._at, self._end, self._read = 0, left + more, self._read + more
        return self._end > 0

    @property
    def last(self) -> Keys:
        """The last key in memory, as an array of one."""
        return self._buffer[self._end - 1 : self._end]

    def take(self, bound: Keys) -> Keys:
        """The keys up to and including the bound; to be copied before the buffer is filled again."""
        begin = self._at
        self._at += int(np.searchsorted(self._buffer[begin : self._end], bound, side="right")[0])
        return self._buffer[begin : self._at]
