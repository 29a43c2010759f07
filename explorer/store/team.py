"""Threads that work side by side: kernels let go of the interpreter's lock."""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def cores() -> int:
    """The processors that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        return os.cpu_count() or 1


class Team:
    """``size`` threads, of which the caller's is one; the others start when there is work for them."""

    def __init__(self, size: int) -> None:
        self.size = max(1, size)
        self._pool: ThreadPoolExecutor | None = None

    def each(self, work: Callable[[T], object], items: Iterable[T], stop: Callable[[], object] = lambda: None) -> None:
        """Do the work for every item; returns when all is done.

        ``stop``: is called when the caller's own part was interrupted, to have the others end soon: errors are raised
        once they have.
        """
        todo = list(items)
        if not todo:
            return
        first, *rest = todo
        if rest and self._pool is None:
            self._pool = ThreadPoolExecutor(self.size - 1 or 1, "hopcheck")
        jobs = [self._pool.submit(work, each) for each in rest] if self._pool is not None else []
        try:
            work(first)
        except BaseException:
            stop()
            raise
        finally:
            for job in jobs:
                job.exception()
        for job in jobs:
            job.result()

    def share(self, work: Callable[[T], object], items: Iterable[T]) -> None:
        """Do the work for every item; each thread takes the next one when it is done. Few items are done by the caller."""
        left = iter(items)
        begun = list(itertools.islice(left, 2))
        if len(begun) < 2:
            for item in begun:
                work(item)
            return
        lock = threading.Lock()
        waiting = itertools.chain(begun, left)

        def run(_: int) -> None:
            while True:
                with lock:
                    try:
                        item = next(waiting)
                    except StopIteration:
                        return
                work(item)

        self.each(run, range(self.size))

    def close(self) -> None:
        """End the threads."""
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None
