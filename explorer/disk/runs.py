"""The visited set on disk: sorted runs, and the exact removal of what is in them from what was found.

Delayed duplicate detection: nobody asks for a single state. The states that a level leads to are sorted in pieces that
fit into memory, the pieces are merged, and what a run of earlier states holds is left out on the way.
(R. E. Korf, "Best-First Frontier Search with Delayed Duplicate Detection", AAAI 2004; for runs that are merged as they
become many: O'Neil et al., "The Log-Structured Merge-Tree", Acta Informatica 33, 1996.)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType

import numpy as np

from hopcheck.explorer.disk import files
from hopcheck.explorer.disk.keys import Keys, distinct, key_type, put
from hopcheck.explorer.disk.levels import Words
from hopcheck.explorer.disk.run import Run, merged

LEAST = 1 << 16
"""The least memory that a store can do with, in bytes."""

MOST_RUNS = 16
"""Once there are more runs than this, the smaller half becomes one."""

_SORTED = 4
"""A quarter of the memory is for the piece that is being sorted (it is copied once);"""
_MERGED = 8
"""an eighth for the buffers of a merge (its pieces are copied a few times);"""
_WINDOW = 16
"""a sixteenth to read earlier states into;"""
_FENCES = 512
"""and for each of up to 2 * ``MOST_RUNS`` runs as much for its fences."""


class RunStore:
    """The states visited so far, in files without names in a directory, which go when the store does or its process.

    ``width``: words a state, which are not negative; ``memory_bytes``: what it holds in memory at most, at least
    ``LEAST``; what a caller passes in or keeps comes on top, and so does Python itself.

    Raises:
        ValueError: no width, or less memory than that.
    """

    def __init__(self, directory: Path, width: int, memory_bytes: int) -> None:
        if width < 1 or memory_bytes < LEAST:
            raise ValueError(f"states of {width} words in {memory_bytes} bytes: at least 1 and {LEAST} are needed")
        self.directory = directory
        self.width = width
        self.memory_bytes = memory_bytes
        self._dtype = key_type(width)
        self._runs: list[Run] = []
        files.sweep(directory)

    @property
    def states(self) -> int:
        """How many states have been visited."""
        return sum(each.states for each in self._runs)

    @property
    def nbytes(self) -> int:
        """Their size on the disk, in bytes; while runs are merged, up to twice that."""
        return sum(each.nbytes for each in self._runs)

    def subtract_and_add(self, candidates: Iterable[Words]) -> Run:
        """Of these states, those that have not been visited, in ascending order; from now on they have.

        ``candidates``: flat pieces in any order, with any duplicates. The caller closes the run that is returned; the
        store has its own share of it.

        Raises:
            DiskFullError: there is no room. The store is as it was before, and so it is after any other exception.
        """
        _replace(self._runs, self._fewer(self._runs))
        parts: list[Run] = []
        try:
            rest = self._sort(candidates, parts)
            pieces = self._merged(parts) if parts else self._slices(rest)
            found = self._write(map(self._unvisited, pieces))
        finally:
            _replace(parts, [])
        shared = found.share()
        self._runs.append(found)
        return shared

    def close(self) -> None:
        """Give back the room of all runs but those that callers still have. Closing twice does nothing."""
        _replace(self._runs, [])

    def __enter__(self) -> RunStore:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _sort(self, candidates: Iterable[Words], runs: list[Run]) -> Keys:
        """Sort the candidates into runs, appended to ``runs``; where they fit into memory, the sorted keys are returned."""
        held = np.empty(self._room(_SORTED), self._dtype)
        count = 0
        for words in candidates:
            if len(words) % self.width:
                raise ValueError(f"{len(words)} words are no whole number of states of {self.width} words")
            at, end = 0, len(words) // self.width
            while at < end:
                take = min(end - at, len(held) - count)
                put(words[at * self.width : (at + take) * self.width], held[count : count + take])
                at, count = at + take, count + take
                if count == len(held):
                    count = _sort_distinct(held)
                    # Where most were duplicates, there is room for more.
                    if 2 * count > len(held):
                        self._append(runs, held[:count])
                        count = 0
        count = _sort_distinct(held[:count])
        if not runs:
            return held[:count]
        self._append(runs, held[:count])
        return np.empty(0, self._dtype)

    def _append(self, runs: list[Run], keys: Keys) -> None:
        """Write sorted keys as one more run of these."""
        runs.append(self._write([keys]))
        _replace(runs, self._fewer(runs))

    def _unvisited(self, keys: Keys) -> Keys:
        """Those of the ascending keys that no run holds."""
        known = np.zeros(len(keys), np.bool_)
        window = np.empty(self._room(_WINDOW), self._dtype)
        for each in self._runs:
            each.mark(keys, known, window)
        return keys[~known]

    def _fewer(self, runs: list[Run]) -> list[Run]:
        """The same states in no more than ``MOST_RUNS`` runs."""
        if len(runs) <= MOST_RUNS:
            return runs
        ordered = sorted(runs, key=lambda each: each.states)
        small, large = ordered[: len(ordered) // 2], ordered[len(ordered) // 2 :]
        return [*large, self._write(self._merged(small))]

    def _merged(self, runs: list[Run]) -> Iterator[Keys]:
        return merged(runs, self._dtype, self._room(_MERGED) * self._dtype.itemsize)

    def _slices(self, keys: Keys) -> Iterator[Keys]:
        step = self._room(_MERGED)
        return (keys[at : at + step] for at in range(0, len(keys), step))

    def _write(self, pieces: Iterable[Keys]) -> Run:
        return Run.write(self.directory, pieces, self._dtype, self.memory_bytes // _FENCES)

    def _room(self, part: int) -> int:
        """How many keys fit into this part of the memory."""
        return max(1, self.memory_bytes // part // self._dtype.itemsize)


def _replace(runs: list[Run], others: list[Run]) -> None:
    """Put others in the place of some runs, and close those that are not among them."""
    old = list(runs)
    runs[:] = others
    for each in old:
        if each not in others:
            each.close()


def _sort_distinct(keys: Keys) -> int:
    """Sort keys in place, each once, and return how many there are now."""
    keys.sort()
    few = distinct(keys)
    keys[: len(few)] = few
    return len(few)
