"""The log: the words of all states, in the order in which they were found; levels follow one another.

State n has the words ``n * width:(n + 1) * width`` of the log, for ever. Where memory is short, states are in a file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hopcheck.explorer.disk import LevelFile
from hopcheck.explorer.kernels.data import Words
from hopcheck.explorer.lowering.layout import Layout
from hopcheck.explorer.lowering.vector import Codes
from hopcheck.explorer.store.arena import Arena
from hopcheck.model.language import Expr
from hopcheck.model.language.walk import free

CHUNK = 1 << 17
"""States that are read from the file, or written to it, at once."""


class Log:
    """``words``: the memory of all states, whether they are there or not; ``counter[0]``: how many there are, as threads
    that append see it; ``first``: the states from this number on are in memory, up to ``last`` (None: to the end).
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.width = layout.width
        self._arena = Arena.endless()
        self.words: Words = self._arena.array(np.int64)
        self.counter: Words = np.zeros(1, np.int64)
        self.first = 0
        self.last: int | None = None
        self.file: LevelFile | None = None
        self._unlink = False

    @property
    def top(self) -> int:
        """How many states there are."""
        return int(self.counter[0])

    def forget(self, states: int) -> None:
        """Forget the states from this number on."""
        if self.file is not None and self.file.states > states:
            self.file.truncate_to(states)
        self.counter[0] = states

    @property
    def capacity(self) -> int:
        """How many states memory could be reserved for."""
        return len(self.words) // self.width

    @property
    def nbytes(self) -> int:
        """Bytes of memory taken."""
        end = self.top if self.last is None else self.last
        return 8 * self.width * (end - self.first)

    # reading ----------------------------------------------------------------------------------------------------------

    def chunks(self, begin: int, end: int) -> Iterator[tuple[int, Words, int]]:
        """The states ``begin:end`` piece by piece: the number of the first, words, and how many states they are."""
        while begin < end:
            words, count = self.piece(begin, min(end, begin + CHUNK))
            yield begin, words, count
            begin += count

    def piece(self, begin: int, end: int) -> tuple[Words, int]:
        """Some of the states ``begin:end``, from the first on: words, and how many states they are."""
        last = self.top if self.last is None else self.last
        if self.first <= begin < last:
            end = min(end, last)
            return self.words[begin * self.width : end * self.width], end - begin
        assert self.file is not None
        if begin < self.first:
            end = min(end, self.first)
        end = min(end, begin + CHUNK)
        return self.file.read(begin, end), end - begin

    def gather(self, numbers: NDArray[np.int64]) -> Words:
        """The words of the states with these numbers."""
        found = np.empty((len(numbers), self.width), np.int64)
        if not len(numbers):
            return found.reshape(-1)
        if self.first <= numbers.min() and (self.last is None or numbers.max() < self.last):
            rows: Words = self.words[: self.top * self.width].reshape(-1, self.width)[numbers]
            return rows.reshape(-1)
        order = np.argsort(numbers, kind="stable")
        ascending = numbers[order]
        at = 0
        while at < len(ascending):
            begin = int(ascending[at])
            words, count = self.piece(begin, min(begin + CHUNK, self.top))
            end = int(np.searchsorted(ascending, begin + count))
            found[order[at:end]] = words.reshape(-1, self.width)[ascending[at:end] - begin]
            at = end
        return found.reshape(-1)

    def columns(self, expr: Expr, numbers: NDArray[np.int64]) -> dict[str, Codes]:
        """The codes of the variables that the expression reads, by name, in the states with these numbers."""
        words = self.gather(numbers)
        return {name: self.layout.column(words, self.layout.position[name]) for name in free(expr)}

    # the file ---------------------------------------------------------------------------------------------------------

    def keep_in(self, file: LevelFile) -> None:
        """Have this file take the states; it belongs to the caller, and may hold the first states already."""
        self.file = file

    def write(self, until: int, starts: Sequence[int], directory: Path | None) -> None:
        """Write the states before number ``until`` to the file, which is made in the directory where there is none.

        ``starts``: where each level begins, and where the last one ends that is known to the end.
        Raises ``OSError`` where the disk does not take them.
        """
        if self.file is None:
            assert directory is not None
            self.file = LevelFile.create(directory / "states.bin", self.width)
            self._unlink = True
        file = self.file
        while True:
            ended = len(file.levels) + 1
            border = starts[ended] if ended < len(starts) else until
            end = min(border, until, file.states + CHUNK)
            if end > file.states:
                file.append(self.words[file.states * self.width : end * self.width])
            elif ended < len(starts) and file.states == starts[ended]:
                file.end_level()
            else:
                return

    def release(self) -> None:
        """Give back the memory of all states that are in the file."""
        assert self.file is not None
        end = min(self.file.states, self.top)
        self._arena.release(0, end * self.width * 8)
        self.first = end

    def freeze(self) -> None:
        """From now on states go to the file only; those in memory stay there."""
        self.last = self.top

    def extend(self, words: Words, *, filed: bool) -> None:
        """Append states to the file, which has all those before; or just count them, where it has them already."""
        assert self.file is not None
        if not filed:
            assert self.file.states == self.top
            self.file.append(words)
        self.counter[0] += len(words) // self.width

    def close(self) -> None:
        """Remove the file if it is the log's own."""
        if self.file is not None and self._unlink:
            self.file.close(delete=True)
        self.file = None
