"""Building is linear: a model of thousands of action instances takes seconds at most."""

from __future__ import annotations

import time
from collections.abc import Callable

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


def seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def test_five_thousand_instances() -> None:
    made: list[int] = []
    assert seconds(lambda: made.append(len(ground(wide(455))))) < 5
    assert made == [5_005]


def test_the_cost_does_not_grow_with_the_square() -> None:
    def chained(length: int) -> Expr:
        n = variable("n", Range(0, 9))
        return all_of((n + each) * 0 + each <= n + each for each in range(length))

    once = min(seconds(lambda: chained(1_000)) for _ in range(3))
    assert min(seconds(lambda: chained(8_000)) for _ in range(2)) < 8 * 4 * max(once, 0.005)
