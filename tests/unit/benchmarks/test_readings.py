"""What is read of the output of each engine."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from instances import Counts, Instance
from measure import Usage
from peers import spin
from peers.c import C, Limit, nearest_structure, table_bytes
from peers.engine import AbsentError, Engine, MeasurementError
from peers.hopcheck import Hopcheck
from peers.rumur import Rumur
from peers.spin import Spin
from peers.tlc import Tlc

PAN = """
State-vector 28 byte, depth reached 42, errors: 0
   571936 states, stored
\t  571936 nominal states (stored-atomic)
  1478513 states, matched
  2050449 transitions (= stored+matched)
   26.181\tequivalent memory usage for states (stored*(State-vector + overhead))
   48.136\tactual memory usage for states
   16.000\tmemory used for hash table (-w21)
   64.047\ttotal actual memory usage
"""

RUMUR = """
Status:

\tNo error found.

State Space Explored:

\t571936 states, 2050448 rules fired in 1s.
"""

TLC = """
Model checking completed. No error has been found.
2050449 states generated, 571936 distinct states found, 0 states left on queue.
The depth of the complete state graph search is 43.
"""

HOPCHECK = {
    "states": 571_936,
    "transitions": 2_050_448,
    "depth": 42,
    "wall_s": 0.5,
    "cpu_s": 0.4,
    "visited_bytes": 8,
    "trace_length": None,
}

COUNTS = Counts(571_936, 2_050_448, 42)


def said(text: str, returncode: int = 0) -> Usage:
    return Usage(1.0, 1.0, 1, returncode, False, text, "")


def test_spin_counts_the_start_as_a_transition() -> None:
    reading = Spin(1).read(said(PAN))
    assert reading.counts == COUNTS
    assert reading.visited_bytes == int((48.136 + 16) * 2**20)


def test_the_depth_of_a_depth_first_search_is_not_compared() -> None:
    assert spin.read(said(PAN), breadth_first=False).counts == Counts(571_936, 2_050_448, None)


def test_rumur_and_tlc() -> None:
    assert Rumur(1).read(said(RUMUR)).counts == Counts(571_936, 2_050_448, None)
    assert Tlc(4, None).read(said(TLC)).counts == COUNTS


def test_c() -> None:
    text = '{"states": 5, "transitions": 9, "depth": 2, "seconds": 0.25, "visited_bytes": 64}'
    reading = C("slots", 1).read(said(text))
    assert (reading.counts, reading.wall_s, reading.visited_bytes) == (Counts(5, 9, 2), 0.25, 64)


def test_limit() -> None:
    text = '{"operations": 100, "marked": 60, "seconds": 0.5, "table_bytes": 4096}'
    assert Limit(1).read(said(text)).details == {"operations_per_s": 200}
    with pytest.raises(MeasurementError, match="too small"):
        Limit(1).read(said(text.replace("0.5", "0.0")))


def test_the_limit_is_measured_for_the_table_of_hopcheck(tmp_path: Path) -> None:
    instance = Instance(3, 2)
    with pytest.raises(AbsentError, match="hopcheck-2"):
        Limit(2).command(instance, tmp_path, {})
    seen = {"hopcheck-2": Hopcheck(2).read(said(json.dumps(HOPCHECK | {"visited_bytes": 1 << 23})))}
    command = Limit(2).command(instance, tmp_path, seen)
    assert list(command[1:6]) == ["slots", str(1 << 23), "571936", "2050448", "2"]


def test_hopcheck() -> None:
    reading = Hopcheck(1).read(said(json.dumps(HOPCHECK)))
    assert (reading.counts, reading.wall_s, reading.cpu_s) == (COUNTS, 0.5, 0.4)


def test_an_explorer_that_lacks_something_is_absent() -> None:
    with pytest.raises(AbsentError, match="one worker only"):
        Hopcheck(4).read(said('{"absent": "this explorer has one worker only"}'))


def test_a_trace_that_is_not_a_shortest_one_is_an_error() -> None:
    with pytest.raises(MeasurementError, match="43 steps"):
        Hopcheck(1, witness=True).read(said(json.dumps(HOPCHECK | {"trace_length": 43})))


@pytest.mark.parametrize(
    ("engine", "text"),
    [
        (Spin(1), PAN.replace("errors: 0", "errors: 1")),
        (Spin(1), PAN + "error: max search depth too small"),
        (Spin(1), ""),
        (Rumur(1), RUMUR.replace("No error found", "1 error(s) found")),
        (Rumur(1), ""),
        (Tlc(1, None), TLC.replace("0 states left", "7 states left")),
        (Tlc(1, None), TLC.replace("No error has been found", "Invariant Safe is violated")),
        (C("bitmap", 1), "the invariant is violated"),
    ],
)
def test_a_run_that_found_an_error_or_says_nothing_is_no_measurement(engine: Engine, text: str) -> None:
    with pytest.raises(MeasurementError):
        engine.read(said(text))


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: Spin(1), PAN),
        (lambda: Rumur(1), RUMUR),
        (lambda: Tlc(1, None), TLC),
        (lambda: C("slots", 1), '{"states": 5}'),
        (lambda: Hopcheck(1), json.dumps(HOPCHECK)),
    ],
)
def test_a_run_that_failed_is_no_measurement(make: Callable[[], Engine], text: str) -> None:
    with pytest.raises(MeasurementError, match="ended with 1"):
        make().read(said(text, returncode=1))


@pytest.mark.parametrize("structure", ["bitmap", "quotient", "slots"])
def test_a_set_is_compared_with_the_structure_of_its_size(structure: str) -> None:
    instance = Instance(4, 2)
    for share in (0.9, 1.0, 1.1):
        assert nearest_structure(int(table_bytes(structure, instance) * share), instance) == structure
