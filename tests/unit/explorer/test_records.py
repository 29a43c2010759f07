"""What is stored as one number, and what follows from the rest and need not be told apart."""

from __future__ import annotations

import numpy as np
import pytest

from hopcheck.explorer.lowering.layout import Layout, Record
from hopcheck.explorer.lowering.lower import Forms
from hopcheck.model.domain.fleet import fleet
from hopcheck.model.language import Bool, Expr, Parameter, Range, System, SystemBuilder, becomes, reachable

from ...semantics.lowering import lowered  # noqa: TID252 (folders of tests are no package)


def layout_of(system: System) -> Layout:
    return lowered(system, Forms(weigh=False)).layout


def followers(system: System) -> set[str]:
    """The variables that states are not told apart by, although they change."""
    return {
        name for each in layout_of(system).slots if each.record.count > 1 and not each.radix for name in each.record.names
    }


def record_of(system: System, name: str) -> Record:
    made = layout_of(system)
    return made.slots[made.fields[made.position[name]].slot].record


def rows(record: Record) -> list[tuple[int, ...]]:
    return sorted(zip(*(record.column(name).tolist() for name in record.names), strict=True))


@pytest.mark.parametrize(("vms", "in_flight"), [(2, 1), (2, 2), (3, 2), (4, 2), (4, 3)])
def test_the_counter_of_a_fleet_follows(vms: int, in_flight: int) -> None:
    system = fleet(vms, in_flight)
    assert followers(system) == {"cnt"}
    machines = [each.record.count for each in layout_of(system).slots if len(each.record.names) == 7]
    assert machines == [82] * vms


def test_the_records_of_a_component_are_those_it_can_reach() -> None:
    """In the fleet of two the records of a machine are exactly the combinations it has, for its surroundings are free."""
    system = fleet(2)
    record = record_of(system, "phase0")
    positions = [system.index[name] for name in record.names]
    had = {tuple(state[p] for p in positions) for level in reachable(system) for state in level}
    assert had <= set(rows(record))
    assert len(record.names) == 7
    assert record.count == 82


def test_variables_of_one_table_are_closed_jointly() -> None:
    system = SystemBuilder("joint")
    a, b = (system.variable(name, Range(0, 3), initial=0) for name in "ab")
    system.action("both", guard=a < 3, updates=[becomes(a, a + 1), becomes(b, a + 1)])
    assert rows(record_of(system.build(), "a")) == [(n, n) for n in range(4)]


def test_a_variable_that_never_changes_takes_no_room() -> None:
    system = SystemBuilder("still")
    system.variable("still", Range(0, 9), initial=4)
    n = system.variable("n", Range(0, 3), initial=0)
    system.action("up", guard=n < 3, updates=[becomes(n, n + 1)])
    made = layout_of(system.build())
    assert made.domain == 4
    assert made.slots[made.fields[0].slot].bits == 0
    assert made.unpack(made.pack(np.array([[4, 2]]))).tolist() == [[4, 2]]


def counting(change: int = 1, *, initial: object = 0, leak: bool = False, free: bool = False) -> System:
    """Two components go up and down again, and count; see the tests for what may be wrong with it."""
    system = SystemBuilder("counting")
    total = system.variable("total", Range(0, 6), initial=initial)
    ons: list[Expr] = []
    for n in range(2):
        on = system.variable(f"on{n}", Bool, initial=False)
        level = system.variable(f"level{n}", Range(0, 39), initial=0)  # wide: each component gets a table of its own
        ons.append(on)
        room = total + change <= 6
        system.action(
            "go",
            guard=~on & room & (level != 2),
            updates=[becomes(on, True), becomes(total, total + change)],
            labels={"n": n},
        )
        system.action(
            "back",
            guard=on & (total > 0) & (level != 1),
            updates=[becomes(on, False), becomes(total, total - 1)],
            labels={"n": n},
        )
        system.action("climb", guard=level < 39, updates=[becomes(level, level + 1)], labels={"n": n})
        if leak:
            system.action("leak", guard=on & (total < 6), updates=[becomes(total, total + 1)], labels={"n": n})
    if free:
        value = Parameter("value", Range(0, 1))
        system.action("set", value, guard=ons[0] & (total == value), updates=[becomes(total, 1 - value)])
    return system.build()


def test_a_counter_follows() -> None:
    assert followers(counting()) == {"total"}


@pytest.mark.parametrize(
    "system",
    [counting(2), counting(initial=[0, 1]), counting(leak=True), counting(free=True)],
    ids=["goes up by two and down by one", "two initial values", "moves by itself", "is set"],
)
def test_a_counter_that_does_not_follow_is_told_apart(system: System) -> None:
    assert followers(system) == set()


def test_what_is_known_of_a_counter_is_what_others_say() -> None:
    """With the follower left out of the index, its value is the same wherever the index is the same."""
    system = counting()
    made = layout_of(system)
    states = np.array([state for level in reachable(system) for state in level], np.int64)
    indices = made.indices(made.pack(states))
    total = states[:, system.index["total"]]
    assert len(np.unique(indices)) == len(np.unique(np.column_stack((indices, total)), axis=0)) == len(states)
    assert (total == states[:, system.index["on0"]] + states[:, system.index["on1"]]).all()
