"""How long it may still take: an honest range, or nothing."""

from __future__ import annotations

import math

from hypothesis import example, given
from hypothesis import strategies as st

from hopcheck.explorer.progress import further_states, time_left

SIZES = st.lists(st.integers(0, 10**12), max_size=60)
FLEET = (1, 11, 59, 177, 360, 628, 1076, 1876, 3480, 6382, 10420, 15666, 23406, 34674, 50942, 75054, 107484, 147144,
         196748, 256764, 324815, 403193, 491232, 578905, 660489, 733586, 798292, 866084, 938328, 990872, 999836, 966462,
         915992, 883614, 872640, 847872, 776286, 663688, 547314, 464436, 418144, 379632, 323172, 248319, 174318, 120642,
         92561, 76781, 61331, 43312, 25234, 11242, 4152, 1192, 96)  # fmt: skip
"""The levels of fleet(4, 2)."""


@given(SIZES, st.floats(0, 1e15) | st.just(math.inf))
def test_further_states_are_a_range(levels: list[int], most: float) -> None:
    low, high = further_states(levels, most)
    assert 0 <= low <= high <= most


@given(
    SIZES,
    st.integers(0, 10**12),
    st.integers(0, 10**12),
    st.floats(0, 1e6),
    st.none() | st.integers(0, 1 << 62),
)
@example([1, 1, 208, 1, 1, 553051], 0, 1, 0.0, None)
def test_the_time_left_is_a_range(levels: list[int], waiting: int, done: int, seconds: float, domain: int | None) -> None:
    low, high = time_left(levels, waiting, done, seconds, domain)
    assert low >= 0
    assert math.isfinite(low)
    assert high is None or low <= high < math.inf


def test_nothing_is_known_at_the_beginning() -> None:
    assert time_left([1], 1, 0, 0.0, None) == (0.0, None)
    assert time_left([1, 5], 5, 1, 1.0, None) == (5.0, None)


def test_a_domain_is_an_upper_end() -> None:
    assert time_left([1, 5], 5, 1, 1.0, 100) == (5.0, 99.0)
    assert time_left([1, 5], 5, 1, 1.0, 3) == (5.0, 5.0)


def test_while_levels_grow_faster_and_faster_there_is_no_end() -> None:
    assert further_states([2**n**2 for n in range(8)], math.inf) == (0.0, math.inf)


def test_past_the_crest_the_truth_is_in_the_range() -> None:
    """On a model whose levels are known, from where levels shrink to the end."""
    inside = 0
    shrinking = range(34, len(FLEET) - 1)
    for last in shrinking:
        low, high = further_states(FLEET[:last], math.inf)
        inside += low <= sum(FLEET[last:]) <= high
    assert inside >= len(shrinking) // 2
