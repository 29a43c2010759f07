"""Building is linear: a model of thousands of action instances is nothing special."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

from hopcheck.model.language import (
    Bool,
    Enum,
    Expr,
    Lookup,
    Parameter,
    Range,
    System,
    SystemBuilder,
    all_of,
    becomes,
    ground,
    table,
)
from hopcheck.model.language.expr import variable

ROWS = Enum(*(f"row{number}" for number in range(2_000)))


def wide(parts: int) -> System:
    s = SystemBuilder("wide")
    row = s.variable("row", ROWS)
    numbers = [s.variable(f"n{each}", Range(0, 7), initial=0) for each in range(parts)]
    flags = [s.variable(f"f{each}", Bool, initial=False) for each in range(parts)]
    cost = table("Cost", [Range(0, 5), Bool], Range(0, 7), [each % 8 for each in range(12)])
    p = Parameter("p", Range(0, 9))
    for each in range(parts):
        n, f, m = numbers[each], flags[each], numbers[(each + 1) % parts]
        s.action(
            "up",
            p,
            guard=(n < 7) & (n != p) & (f | (m >= 2)),
            updates=[becomes(n, n + 1), becomes(f, ~f & (p < 5))],
            labels={"part": each},
        )
        s.action(
            "look",
            guard=(n <= 5) & (Lookup(cost, n, f) > 3) & (row == f"row{each}"),
            updates=[becomes(m, Lookup(cost, n, f))],
            labels={"part": each},
        )
    return s.build()


def calls(work: Callable[[], object]) -> int:
    """How many Python functions are called: a measure of the work that no other load on the machine changes."""
    count = 0

    def counted(frame: FrameType, event: str, arg: object) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(counted)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def test_five_thousand_instances() -> None:
    assert len(ground(wide(455))) == 5_005


def test_the_cost_of_grounding_does_not_grow_with_the_square() -> None:
    small, large = wide(20), wide(160)
    assert calls(lambda: ground(large)) < 8 * 1.5 * calls(lambda: ground(small))


def test_the_cost_of_building_does_not_grow_with_the_square() -> None:
    def chained(length: int, start: int) -> Expr:
        n = variable("n", Range(0, 9))
        return all_of((n + each) * 0 + each <= n + each for each in range(start, start + length))

    # Different numbers each time: what is built once is shared afterwards.
    assert calls(lambda: chained(8_000, 100_000)) < 8 * 1.5 * calls(lambda: chained(1_000, 0))
