"""The log: all states in the order in which they were found. Any number of threads may append at once."""

from __future__ import annotations

from hopcheck.explorer.kernels.compile import part
from hopcheck.explorer.kernels.data import Words
from hopcheck.explorer.kernels.memory import fetch_add, load, store


@part
def append(targets: Words, stride: int, fresh: Words, count: int, width: int, log: Words, top: Words) -> None:
    """Append the words of ``count`` targets, whose numbers are in ``fresh``. ``top[0]``: how many states there are.

    A thread takes room for all of them at once, so that the log has no holes. Whoever calls has made sure that it has
    room for a batch of every thread beyond the number of states at which insertion stops.
    """
    if count == 0:
        return
    to = fetch_add(top, 0, count) * width
    for k in range(count):
        begin = load(fresh, k) * stride
        for w in range(width):
            store(log, to, load(targets, begin + w))
            to += 1
