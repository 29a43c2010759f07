"""Expanding a level: threads take pieces of it, and put what they find into the visited set.

Which thread finds a state, and in which order, differs from run to run; what is found does not.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from hopcheck.explorer.expander import Chunk, Expander
from hopcheck.explorer.exploration import OutOfTime
from hopcheck.explorer.kernels.data import Tally, Words
from hopcheck.explorer.lowering.lower import Lowered
from hopcheck.explorer.store.found import Found

SMALL = 1 << 13
"""A level with fewer states than this is expanded by one thread: waking others takes longer."""

PIECE_LEAST, PIECE_MOST = 1 << 10, 1 << 15
"""States that a thread takes at once."""

HELD = 1 << 21
"""Numbers (8 bytes each) that a thread holds of states that are to be told apart on the disk."""

Numbers = NDArray[np.int64]


class Worker:
    """One thread's part: an expander, what is left of its piece, and targets that the set had no room for."""

    def __init__(self, lowered: Lowered, *, stuck: bool) -> None:
        self.expander = Expander(lowered, stuck=stuck)
        self.own: Words = np.zeros(2, np.int64)
        self.offending: list[Numbers] = []
        self.stuck: list[Numbers] = []
        self.held: list[Words] = []
        self.expanded: list[tuple[int, int]] = []
        self._begin = self._at = self._end = 0
        self._words: Words = np.zeros(0, np.int64)
        self._chunk: Chunk | None = None
        self._taken = 0

    @property
    def busy(self) -> bool:
        """Whether something is left of its piece."""
        return self._chunk is not None or self._at < self._end

    @property
    def waits(self) -> bool:
        """Whether it has targets that the set had no room for."""
        return self._chunk is not None

    def clear(self) -> None:
        """Forget what is left of a level."""
        self._at = self._end = 0
        self._chunk = None
        self.own[:] = 0
        self.offending, self.stuck, self.held, self.expanded = [], [], [], []

    def detach(self) -> None:
        """Copy what is left of the piece: the log's memory may be given back."""
        if self._at < self._end:
            width = self.expander.moves.width
            self._words = self._words[self._at * width : self._end * width].copy()
            self._begin, self._at, self._end = self._begin + self._at, 0, self._end - self._at

    def run(self, level: Level) -> None:
        """Work until nothing is left of the level, or the set has no room, or time is up."""
        held = 0
        while held < HELD:
            if self._chunk is not None:
                held += self._put(level.found, self._chunk)
                if self._chunk is not None:
                    return
            if level.late():
                return
            if self._at == self._end:
                piece = level.take()
                if piece is None:
                    return
                self._begin, self._words, self._end = piece
                self._at = 0
            before = self._at
            self._at, chunk = self.expander.next(self._words, before, self._end)
            self.expanded.append((self._begin + before, self._begin + self._at))
            if len(chunk.offending):
                self.offending.append(chunk.offending + self._begin)
            if len(chunk.stuck):
                self.stuck.append(chunk.stuck + self._begin)
            self._chunk, self._taken = chunk, 0

    def _put(self, found: Found, chunk: Chunk) -> int:
        """Put targets into the set, or aside where it is full for good: how many numbers were put aside."""
        if found.overflow is None:
            self._taken = found.insert(chunk.targets, self._taken, chunk.count, self.own)
            if self._taken == chunk.count:
                self._chunk = None
            return 0
        stride = self.expander.moves.stride
        rows = chunk.targets[: chunk.count * stride].reshape(chunk.count, stride)
        # Those that the set took before it was full are in it: they are not unknown.
        words = rows[found.set.unknown(chunk.targets, chunk.count, found.log), : found.width].reshape(-1)
        self.held.append(words)
        self._chunk = None
        return len(words)


class Level:
    """One level on its way: the states ``begin:end`` of the log, of which pieces are handed out."""

    def __init__(self, found: Found, begin: int, end: int, workers: int, watch: Watch) -> None:
        self.found = found
        self._watch = watch
        self._caller = threading.get_ident()
        self._stopped = False
        self._at, self._end = begin, end
        self._step = min(PIECE_MOST, max(PIECE_LEAST, (end - begin) // (4 * workers)))
        self._lock = threading.Lock()

    def late(self) -> bool:
        """Whether to stop now. In the caller's thread, the search's progress is told on the way."""
        if threading.get_ident() == self._caller:
            self._watch.tell(self._at)
        return self._stopped or self._watch.late()

    def stop(self) -> None:
        """Have all threads stop soon."""
        self._stopped = True

    @property
    def left(self) -> bool:
        """Whether some of it was not handed out."""
        return self._at < self._end

    def take(self) -> tuple[int, Words, int] | None:
        """The next piece: the number of its first state, words, and how many states they are."""
        with self._lock:
            if self._at >= self._end:
                return None
            begin = self._at
            words, count = self.found.log.piece(begin, min(begin + self._step, self._end))
            self._at += count
            return begin, words, count


class Watch(Protocol):
    """What a search keeps an eye on while a level is expanded."""

    def late(self) -> bool:
        """Whether the search's time is up."""

    def tell(self, at: int) -> None:
        """The states before number ``at`` have been handed out to be expanded."""


class Frontier:
    """All threads of a search."""

    def __init__(self, lowered: Lowered, found: Found, watch: Watch, *, stuck: bool) -> None:
        self.found = found
        self.workers = [Worker(lowered, stuck=stuck) for _ in range(found.team.size)]
        self._watch = watch
        self._lowered = lowered

    def expand(self, begin: int, end: int, starts: Sequence[int]) -> None:
        """Take every step that leaves the states ``begin:end``, and log what is new.

        Raises ``OutOfTime``, ``OutOfMemory`` or ``OutOfDisk``; then some steps were taken, and others not.
        """
        level = Level(self.found, begin, end, len(self.workers), self._watch)
        team = self.workers if end - begin > SMALL else self.workers[:1]
        for each in team:
            each.clear()
        if self.found.overflow is not None:
            self.found.write(starts, begin)  # the file is told where the last level ended
        while self.found.overflow is None:
            self._work(level, team)
            if not any(each.waits for each in team):
                break
            for each in team:
                each.detach()
            self.found.relieve(starts, [each.own for each in team])
        if self.found.overflow is not None:
            self._tell_apart(level, team)
        self.found.set.settle(self.found.log, [each.own for each in team])

    def _work(self, level: Level, team: Sequence[Worker]) -> None:
        self.found.team.each(lambda each: each.run(level), team, level.stop)
        if self._watch.late():
            raise OutOfTime

    def _tell_apart(self, level: Level, team: Sequence[Worker]) -> None:
        """The rest of the level, once the set is full for good."""

        def candidates() -> Iterator[Words]:
            while level.left or any(each.busy for each in team):
                self._work(level, team)
                for each in team:
                    yield from each.held
                    each.held = []

        self.found.tell_apart(candidates())

    def undo(self, begin: int) -> None:
        """Forget what was counted of a level that was not expanded to its end. ``begin``: its first state."""
        undone = Expander(self._lowered)
        for first, last in [each for worker in self.workers for each in worker.expanded if each[0] >= begin]:
            for _, words, count in self.found.log.chunks(first, last):
                for _chunk in undone.chunks(words, 0, count):
                    pass
        tally = self.tally()
        self.set_tally(Tally(*(now - then for now, then in zip(tally, undone.tally, strict=True))))
        for worker in self.workers:
            worker.clear()

    @property
    def nbytes(self) -> int:
        """Bytes of buffers and counters."""
        return sum(each.expander.nbytes for each in self.workers)

    def offending(self) -> list[Numbers]:
        """The numbers of states that make an error of the model; they are handed over once."""
        return _handed_over([each.offending for each in self.workers])

    def stuck(self) -> list[Numbers]:
        """The numbers of states in which nothing can happen; they are handed over once."""
        return _handed_over([each.stuck for each in self.workers])

    @property
    def edges(self) -> int:
        """The steps that all threads took."""
        return sum(int(each.expander.tally.edges[0]) for each in self.workers)

    def tally(self) -> Tally:
        """What all threads counted together."""
        tallies = [each.expander.tally for each in self.workers]
        return Tally(*(np.sum([getattr(each, name) for each in tallies], axis=0) for name in Tally._fields))

    def set_tally(self, tally: Tally) -> None:
        """Make this what was counted."""
        for number, each in enumerate(self.workers):
            for name in Tally._fields:
                getattr(each.expander.tally, name)[:] = getattr(tally, name) if number == 0 else 0


def _handed_over(lists: Sequence[list[Numbers]]) -> list[Numbers]:
    found = [numbers for each in lists for numbers in each]
    for each in lists:
        each.clear()
    return found
