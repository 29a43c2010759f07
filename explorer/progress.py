"""How long a search may still take: honest about how little is known of what was not yet seen.

At least what is known must be expanded. Beyond it, levels tell by how they grow: in most models each is larger than the
one before by a factor that falls, first above one, then below. Where it falls, it is taken to go on falling, at between
half and twice the pace; where it does not, there is no upper end but the number of states there could be.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

LEVELS = 6
"""Levels from which the pace is taken."""

FURTHER = 100_000
"""Levels that are looked ahead."""


BEYOND = 2.0**128
"""States beyond which an extrapolation says no more than that there are many: no machine holds so many."""


def further_states(levels: Sequence[int], most: float) -> tuple[float, float]:
    """The least and the greatest number of states that further levels may have, given the sizes of those so far.

    ``most``: no more than this many (infinity: unknown).
    """
    sizes = [size for size in levels[-LEVELS - 1 :] if size > 0]
    if len(sizes) < 4:
        return 0.0, most
    growth = [math.log(later / earlier) for earlier, later in itertools.pairwise(sizes)]
    half = len(growth) // 2
    pace = (sum(growth[half:]) / (len(growth) - half) - sum(growth[:half]) / half) / (len(growth) / 2)
    if pace >= 0:
        if growth[-1] >= 0:
            return 0.0, most
        ratio = math.exp(growth[-1])
        return 0.0, min(most, sizes[-1] * ratio / (1 - ratio) * 2)
    least, greatest = _ahead(sizes[-1], growth[-1], 2 * pace), _ahead(sizes[-1], growth[-1], pace / 2)
    return min(least, most), most if greatest >= BEYOND else min(greatest, most)


def _ahead(size: float, growth: float, pace: float) -> float:
    """The sum of further levels while the logarithm of their growth changes by ``pace`` each time, up to ``BEYOND``."""
    total = 0.0
    for _ in range(FURTHER):
        growth += pace
        size *= math.exp(min(growth, 50.0))
        total += size
        if size < 1 or total > BEYOND:
            break
    return min(total, BEYOND)


def time_left(
    levels: Sequence[int], waiting: int, done: int, seconds: float, domain: int | None
) -> tuple[float, float | None]:
    """The least and the greatest number of seconds that the search may still take (None: nobody knows).

    ``levels``: the sizes of all levels that are known to the end; ``waiting``: states that are known and not expanded;
    ``done``: states expanded so far, in ``seconds``; ``domain``: how many states there could be.
    """
    speed = done / max(seconds, 1e-9)
    if speed <= 0:
        return 0.0, None
    most = math.inf if domain is None else max(0.0, float(domain - done - waiting))
    least, greatest = further_states(levels, most)
    return (waiting + least) / speed, None if math.isinf(greatest) else (waiting + greatest) / speed
