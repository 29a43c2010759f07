"""The states of a search in a file: level after level, in the order in which they were found."""

from __future__ import annotations

import errno
import os
import weakref
import zlib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hopcheck.explorer.disk import files
from hopcheck.model.errors import InputError

Words = NDArray[np.int64]
"""Packed states, flat: as many words a state as the file's width."""

_WORD = np.dtype("<i8")
"""A word in the file, whatever the machine's byte order."""

START_AFRESH = "take an earlier copy of the whole directory, or start the search afresh in another one"
"""What can be done about a search on disk that is damaged."""


@dataclass(frozen=True, slots=True)
class Level:
    """A level that has ended: how many states it has, and the CRC-32 of their bytes in the file."""

    states: int
    crc32: int


class LevelFile:
    """An append-only file of packed states, numbered from 0, with the borders of its levels in memory.

    ``path``: where it is; ``width``: words a state. States are readable as soon as they are appended. The file is
    locked by nobody: a checkpoint's lock guards it. Every method raises ``OSError`` where the disk fails.
    """

    def __init__(self, path: Path, width: int, descriptor: int, levels: Sequence[Level] = ()) -> None:
        self.path = path
        self.width = width
        self._descriptor = descriptor
        self._finish = weakref.finalize(self, os.close, descriptor)
        self._levels = list(levels)
        self._starts = [0, *accumulate(each.states for each in levels)]
        # States, and the CRC-32 of those of the level that has not ended: one value, so that an interrupt cannot part them.
        self._end = (self._starts[-1], 0)
        self._kept = self._starts[-1]
        self._unsafe = False

    @classmethod
    def create(cls, path: Path, width: int) -> LevelFile:
        """A new file without states; ``FileExistsError`` is an ``OSError`` here: nothing is overwritten."""
        return cls(path, width, files.open_regular(path, os.O_RDWR | os.O_CREAT | os.O_EXCL))

    @classmethod
    def open(cls, path: Path, width: int, levels: Sequence[Level]) -> LevelFile:
        """A file that holds these levels, which ``verify`` can confirm; what follows them in it is not looked at.

        Raises:
            InputError: the file is shorter than its levels.
        """
        opened = cls(path, width, files.open_regular(path, os.O_RDWR), levels)
        size, wanted = os.fstat(opened._descriptor).st_size, opened._offset(opened.states)
        if size < wanted:
            opened.close()
            raise InputError(
                f"is cut short: {size} bytes, of which there should be {wanted}", hint=START_AFRESH, file=str(path)
            )
        return opened

    @property
    def states(self) -> int:
        """How many states it holds, those of the level that has not ended included."""
        return self._end[0]

    @property
    def levels(self) -> tuple[Level, ...]:
        """The levels that have ended."""
        return tuple(self._levels)

    @property
    def starts(self) -> tuple[int, ...]:
        """The number of the first state of each level, that of the level that has not ended included."""
        return tuple(self._starts)

    @property
    def nbytes(self) -> int:
        """The size of its states on the disk, in bytes."""
        return self._offset(self.states)

    def append(self, words: Words) -> None:
        """Append states to the level that has not ended.

        Raises:
            DiskFullError: there is no room. None of these states was appended, those before are kept.
            ValueError: not a whole number of states.
        """
        if len(words) % self.width:
            raise ValueError(f"{len(words)} words are no whole number of states of {self.width} words")
        data = np.ascontiguousarray(words, _WORD)
        states, crc = self._end
        try:
            files.write_all(self._descriptor, data, self._offset(states), self.path)
        except OSError:
            # Only to give the room back: reading goes by the number of states, not by the file's length.
            with suppress(OSError):
                os.ftruncate(self._descriptor, self._offset(states))
            raise
        self._end = (states + len(words) // self.width, zlib.crc32(files.octets(data), crc))

    def end_level(self) -> None:
        """End the level; the next state appended begins another one. A level may be empty."""
        states, crc = self._end
        self._levels.append(Level(states - self._starts[-1], crc))
        self._starts.append(states)
        self._end = (states, 0)

    def read(self, begin: int, end: int) -> Words:
        """The states with the numbers from ``begin`` up to but not including ``end``, as a new array.

        Raises:
            ValueError: there are no such states.
        """
        if not 0 <= begin <= end <= self.states:
            raise ValueError(f"no states {begin} to {end} in a file of {self.states}")
        words = np.empty((end - begin) * self.width, _WORD)
        files.read_all(self._descriptor, words, self._offset(begin), self.path)
        return words.astype(np.int64, copy=False)

    def chunks(self, begin: int, end: int, chunk_bytes: int = files.BLOCK_BYTES) -> Iterator[Words]:
        """The same states in order, piece by piece, of at most ``chunk_bytes`` (or one state)."""
        step = max(1, chunk_bytes // (_WORD.itemsize * self.width))
        for at in range(begin, end, step):
            yield self.read(at, min(at + step, end))

    def verify(self, level: int) -> bool:
        """Whether the states of a level that has ended are those that were written."""
        begin, end = self._starts[level], self._starts[level + 1]
        return self._crc(begin, end) == self._levels[level].crc32

    def keep(self) -> None:
        """Have all levels that have ended on the disk, and never forget them: a checkpoint will speak of them.

        Once this has failed it fails for ever: the kernel reports a write that it lost only once, and what a later call
        says of those states would not be true.
        """
        was_unsafe, self._unsafe = self._unsafe, True
        if was_unsafe:
            raise OSError(errno.EIO, "states were lost on their way to the disk", str(self.path))
        self._kept = self._starts[-1]
        files.sync(self._descriptor, self.path)
        self._unsafe = False

    def truncate_to(self, states: int) -> None:
        """Forget all states from the number ``states`` on; a level that is cut has not ended any more.

        Raises:
            ValueError: there are fewer states than that, or a checkpoint needs more.
        """
        if not self._kept <= states <= self.states:
            raise ValueError(f"of {self.states} states, {self._kept} must stay: cannot keep {states}")
        kept = bisect_right(self._starts, states) - 1
        crc = self._crc(self._starts[kept], states)
        del self._levels[kept:], self._starts[kept + 1 :]
        self._end = (states, crc)
        with files.naming(self.path):
            os.ftruncate(self._descriptor, self._offset(states))

    def close(self, *, delete: bool = False) -> None:
        """Let go of the file, and with ``delete`` remove it. Closing twice does nothing."""
        self._finish()
        if delete:
            with files.naming(self.path):
                self.path.unlink(missing_ok=True)

    def _offset(self, states: int) -> int:
        return states * self.width * _WORD.itemsize

    def _crc(self, begin: int, end: int) -> int:
        crc = 0
        for words in self.chunks(begin, end):
            crc = zlib.crc32(files.octets(words.astype(_WORD, copy=False)), crc)
        return crc
