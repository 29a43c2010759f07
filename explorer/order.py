"""The order in which states are compared: as tuples of codes, in the order of declaration, whatever their layout."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray


def least_of_each(
    groups: NDArray[np.int64], column: Callable[[int, NDArray[np.int64]], NDArray[np.int64]], columns: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The least state of each group.

    ``groups``: the group of each state; ``column(i, which)``: the codes of variable i in the states of these numbers.
    Returns the groups, ascending, and for each the number of its least state (the first of several equal ones).
    """
    alive = np.argsort(groups, kind="stable")
    names, first = np.unique(groups[alive], return_index=True)
    for position in range(columns):
        if len(alive) == len(names):
            break
        codes = column(position, alive)
        least = np.minimum.reduceat(codes, first)
        keep = codes == np.repeat(least, np.diff(np.append(first, len(alive))))
        alive = alive[keep]
        _, first = np.unique(groups[alive], return_index=True)
    return names, alive[first]


def least(column: Callable[[int, NDArray[np.int64]], NDArray[np.int64]], columns: int, count: int) -> int:
    """The number of the least of ``count`` states (at least one)."""
    _, found = least_of_each(np.zeros(count, np.int64), column, columns)
    return int(found[0])
