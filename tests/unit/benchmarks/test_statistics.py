"""Ratios by round, medians, and the verdicts of the acceptance table."""

from __future__ import annotations

from typing import Any

import pytest
from acceptance import LARGE, SMALL, WIDE, Row, rows
from instances import Counts, Instance
from ratios import Samples, Spread, cpu, rate, wall
from rounds import Sample
from starts import Start
from table import aligned, of_absent, of_acceptance, of_instance, of_starts


def sample(engine: str, number: int = 1, instance: Instance = SMALL, **given: Any) -> Sample:
    plain: dict[str, Any] = {
        "threads": int(engine.rpartition("-")[2]) if engine[-1].isdigit() else 1,
        "states": 100,
        "transitions": 400,
        "depth": 5,
        "wall_s": 1.0,
        "cpu_s": 1.0,
        "process_wall_s": 1.5,
        "process_cpu_s": 1.5,
        "build_s": 0.5,
        "peak_bytes": 1_000_000,
        "visited_bytes": 300,
        "load_before": 0.0,
        "details": {},
    }
    return Sample(engine=engine, instance=instance.name, round=number, **(plain | given))


def test_ratios_pair_the_runs_of_a_round() -> None:
    samples = Samples(
        (
            sample("spin-bfs", 1, cpu_s=20.0),
            sample("spin-bfs", 2, cpu_s=60.0),
            sample("spin-bfs", 3, cpu_s=1.0),
            sample("hopcheck-1", 1, cpu_s=1.0),
            sample("hopcheck-1", 2, cpu_s=2.0),
            sample("hopcheck-1", 2, WIDE, cpu_s=7.0),
        )
    )
    assert samples.ratios("spin-bfs", "hopcheck-1", SMALL.name, cpu) == [20.0, 30.0]
    assert samples.ratios("rumur-1", "hopcheck-1", SMALL.name, cpu) == []


def test_the_rate_of_the_limit_is_its_own() -> None:
    assert rate(sample("hopcheck-1", wall_s=2.0)) == 200
    assert rate(sample("limit-1", transitions=None, details={"operations_per_s": 500})) == 500
    assert rate(sample("limit-1", transitions=None)) is None


def test_spread() -> None:
    assert Spread.of([5.0, 1.0, 2.0]) == Spread(2.0, 1.0, 5.0, 3)
    assert Spread.of([]) is None


@pytest.mark.parametrize(
    ("at_least", "values", "verdict"),
    [
        (True, [20.0], "reached"),
        (True, [19.9, 25.0, 3.0], "above the minimum of 15x"),
        (True, [14.0], "missed"),
        (False, [20.0], "reached"),
        (False, [20.1, 20.1, 1.0], "missed"),
        (True, [], "not measured"),
    ],
)
def test_the_median_decides(at_least: bool, values: list[float], verdict: str) -> None:
    minimum = 15.0 if at_least else None
    assert Row("claim", "x", 20, at_least, Spread.of(values), minimum).verdict == verdict


def test_every_row_is_filled_from_its_own_runs() -> None:
    samples = Samples(
        (
            sample("hopcheck-1", cpu_s=1.0, visited_bytes=8 << 25),
            sample("hopcheck-4", wall_s=0.5, visited_bytes=8 << 25),
            sample("spin-bfs", cpu_s=21.0),
            sample("spin-ncore-4", wall_s=11.0),
            sample("rumur-1", cpu_s=60.0),
            sample("rumur-4", wall_s=30.0),
            sample("tlc-4", wall_s=200.0),
            sample("c-slots-1", cpu_s=0.5),
            sample("c-bitmap-1", cpu_s=0.1),
            sample("c-slots-4", wall_s=0.4),
            sample("limit-1", transitions=None, details={"operations_per_s": 500}),
            sample("hopcheck-1-witness", cpu_s=1.25),
            sample("hopcheck-4", instance=LARGE, wall_s=70.0, peak_bytes=2_500_000_000),
            sample("hopcheck-4-symmetry", instance=LARGE, wall_s=2.0),
            sample("hopcheck-1", instance=WIDE, cpu_s=1.0),
            sample("spin-bfs", instance=WIDE, cpu_s=11.0),
        )
    )
    starts = [Start("cold", 200, 1, 7, 2.0, 2.0, 1, 0.0, {}), Start("again", 200, 1, 7, 1.0, 1.0, 1, 0.0, {})]
    medians = [row.spread and round(row.spread.median, 3) for row in rows(samples, starts, 4)]
    peers = [21.0, 22.0, 60.0, 60.0, 400.0]
    by_hand = [2.0, 0.8, 1.25, None]
    memory = [(8 << 25) / 100, None, None]
    large = [70.0, 2.5, 2.0, None]
    begun = [2.0, 1.0, None, None]
    own = [25.0, 11.0]
    assert medians == [*peers, *by_hand, *memory, *large, *begun, *own]


def test_with_one_thread_there_is_one_row_of_each() -> None:
    claims = [row.claim for row in rows(Samples(()), [], 1)]
    assert len(set(claims)) == len(claims)
    assert all(row.verdict == "not measured" for row in rows(Samples(()), [], 1))


def test_the_tables_say_what_was_measured() -> None:
    samples = Samples((sample("hopcheck-1", wall_s=2.0), sample("spin-bfs", wall_s=44.0)))
    text = of_instance(samples, SMALL.name)
    assert text.startswith("fleet(4,2): 100 states, 400 transitions\n")
    line = next(line for line in text.splitlines() if line.startswith("spin-bfs"))
    assert "22.0" in line.split()
    shown = of_acceptance([Row("claim", "x", 20, True, Spread.of([22.0, 21.0, 30.0])), Row("other", " s", 3, False, None)])
    assert "22.00x" in shown
    assert "21.00 to 30.00" in shown
    assert "not measured" in shown
    parts = {"import_s": 0.1, "build_s": 0.2, "explore_s": 0.3, "kernels_compiled": 3}
    assert "kernels not yet compiled" in of_starts([Start("first", 200, 1, 7, 5.0, 5.0, 1, 0.0, parts)])
    assert of_absent({"tlc": "no jar"}, {"spin": "broken"}) == "absent: tlc: no jar\nFAILED: spin: broken"


def test_columns_are_aligned() -> None:
    assert aligned([("a", "bb"), ("ccc", "d")]) == "a    bb\nccc   d"


def test_counts_are_compared_where_both_are_known() -> None:
    assert Counts(5, 9, 2).differ_from(Counts(5, None, 2)) is None
    assert Counts(5, 9, None).differ_from(Counts(5, 8, 2)) == "transitions 9 instead of 8"


def test_wall_is_the_search_alone() -> None:
    assert wall(sample("hopcheck-1", wall_s=2.0, process_wall_s=3.0)) == 2.0
