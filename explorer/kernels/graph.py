"""The graph of the states as arrays of edges, and the search backwards in it.

States are numbered as in the log. ``uint32`` numbers suffice: an index has no room for more states either.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from hopcheck.explorer.kernels.compile import kernel
from hopcheck.explorer.kernels.data import Words

Numbers: TypeAlias = NDArray[np.uint32]


@kernel
def reverse(sources: Numbers, targets: Numbers, first: Words, incoming: Numbers) -> None:
    """Sort edges by their target (a counting sort).

    ``first``: one number more than there are states, zero at the start; afterwards the sources of the edges into
    state s are ``incoming[first[s]:first[s + 1]]``.
    """
    for e in range(len(targets)):
        first[np.int64(targets[e])] += 1
    total = np.int64(0)
    for each in range(len(first)):
        total += first[each]
        first[each] = total  # the end of the edges into s: each edge below moves it back by one
    for e in range(len(targets)):
        s = np.int64(targets[e])
        first[s] -= 1
        incoming[first[s]] = sources[e]


@kernel
def reach_back(first: Words, incoming: Numbers, queue: Numbers, queued: int, good: NDArray[np.bool_]) -> int:
    """Mark in ``good`` every state from which a marked one can be reached; how many are marked in the end.

    ``queue``: room for all states; its first ``queued`` ones are those marked at the start.
    """
    taken = 0
    while taken < queued:
        s = np.int64(queue[taken])
        taken += 1
        for e in range(first[s], first[s + 1]):
            source = np.int64(incoming[e])
            if not good[source]:
                good[source] = True
                queue[queued] = source
                queued += 1
    return queued
