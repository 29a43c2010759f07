"""The fleet: states and transitions as SPIN, rumur, TLC and a C program count them."""

from __future__ import annotations

import pytest

from hopcheck.explorer import Verdict, explore
from hopcheck.model.domain.fleet import fleet, invariants

COUNTS = {(2, 2): (16_336, 49_536, 29), (3, 2): (571_936, 2_050_448, 42), (4, 2): (17_636_416, 71_495_872, 54)}


@pytest.mark.parametrize(("vms", "in_flight"), COUNTS)
def test_counts_and_invariants(vms: int, in_flight: int) -> None:
    system = fleet(vms, in_flight)
    found = explore(system, always=invariants(system))
    assert found.complete
    assert (found.states, found.transitions, found.depth) == COUNTS[vms, in_flight]
    assert {each.verdict for each in found.answers.values()} == {Verdict.HOLDS}
    assert all(found.fired.values())


def test_the_machines_are_interchangeable() -> None:
    (group,) = fleet(3).symmetries
    assert len(group) == 3
    assert group[1] == ("phase1", "host1", "src1", "dst1", "off1", "acc1", "proto1")
