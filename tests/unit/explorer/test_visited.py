"""The visited set in each of its forms, against Python's own sets."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hopcheck.explorer.kernels.data import BATCH
from hopcheck.explorer.lowering.layout import Layout, Record, layout
from hopcheck.explorer.store import visited
from hopcheck.explorer.store.log import Log
from hopcheck.explorer.store.team import Team
from hopcheck.explorer.store.visited import Bitmap, Buckets, Pointers, VisitedSet, visited_set
from hopcheck.model.language import Range, SystemBuilder

ROUNDS = (1, 0, 10, 3000, BATCH + 1, 20_000, 130_000)


def numbered(*counts: int, indexed: bool = True) -> Layout:
    """The layout of a system whose variables have so many values."""
    system = SystemBuilder("numbers")
    for n, count in enumerate(counts):
        system.variable(f"v{n}", Range(0, count - 1))
    records = [Record.of_range(f"v{n}", 0, count) for n, count in enumerate(counts)]
    return layout(system.build(), records, word_bits=62 if indexed else 20, indexed=indexed)


def targets_of(made: Layout, states: np.ndarray) -> np.ndarray:
    words = made.pack(states)
    if not made.indexed:
        return words
    return np.column_stack((words.reshape(len(states), made.width), made.indices(words))).reshape(-1)


def logged(log: Log) -> list[tuple[int, ...]]:
    return list(map(tuple, log.layout.unpack(log.words[: log.top * log.width].copy()).tolist()))


def insert_all(found: VisitedSet, log: Log, targets: np.ndarray, count: int, team: Team) -> VisitedSet:
    """Insert, and let the set grow where it asks for it; the set afterwards."""
    own = np.zeros(2, np.int64)
    at = 0
    while True:
        at = found.insert(targets, at, count, log, min(found.room, found.limit), own)
        found.settle(log, [own])
        if at == count:
            return found
        found = found.grown(log, team)


@pytest.fixture
def team() -> Iterator[Team]:
    made = Team(2)
    yield made
    made.close()


# For each number of values: the lanes, or kind, at the beginning and at the end.
GROWTH = {
    (1 << 20,): (Bitmap, Bitmap),
    (1 << 62,): (np.int64, np.int64),
    ((1 << 41) - 5,): (np.int64, np.uint32),
    (3 * 10**8 + 1,): (np.uint32, np.uint32),
    (1 << 25,): (np.uint32, np.uint16),
    (1 << 13, 257): (np.uint16, Bitmap),
}


def form_of(found: VisitedSet) -> object:
    return found.lanes.dtype.type if isinstance(found, Buckets) else type(found)


@pytest.mark.parametrize("counts", GROWTH)
def test_it_holds_what_was_put_in(counts: tuple[int, ...], team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    first, last = GROWTH[counts]
    made = numbered(*counts)
    if first is not Bitmap:
        monkeypatch.setattr(visited, "BITMAP", 0)
        monkeypatch.setattr(visited, "SPARSE", 1)
    log, found = Log(made), visited_set(made)
    assert form_of(found) is first
    random = np.random.default_rng(7)
    seen: dict[tuple[int, ...], None] = {}
    for count in ROUNDS:
        states = np.stack([random.integers(0, each, count) for each in counts], axis=1)
        if counts == (1 << 62,):  # neighbours, and numbers that differ in their highest bits only
            states = (states & 0x3FF) | (states >> 50 << 50)
        found = insert_all(found, log, targets_of(made, states), count, team)
        seen.update(dict.fromkeys(map(tuple, states.tolist())))
        assert logged(log) == list(seen)
    assert form_of(found) is last
    asked = np.stack([random.integers(0, each, 5000) for each in counts], axis=1)
    asked[:2500] = np.array(list(seen))[random.integers(0, len(seen), 2500)]
    expected = [n for n, state in enumerate(map(tuple, asked.tolist())) if state not in seen]
    assert found.unknown(targets_of(made, asked), len(asked), log).tolist() == expected


@pytest.mark.parametrize("counts", [(1 << 14,), (1 << 13, 1 << 15), (300, 9, 1 << 17, 5, 1 << 19)])
def test_pointers_hold_what_was_put_in(counts: tuple[int, ...], team: Team) -> None:
    made = numbered(*counts, indexed=False)
    log, found = Log(made), visited_set(made)
    assert isinstance(found, Pointers)
    random = np.random.default_rng(5)
    seen: dict[tuple[int, ...], None] = {}
    for count in ROUNDS:
        states = np.stack([random.integers(0, each, count) for each in counts], axis=1)
        found = insert_all(found, log, targets_of(made, states), count, team)
        seen.update(dict.fromkeys(map(tuple, states.tolist())))
        assert logged(log) == list(seen)
    assert isinstance(found, Pointers)
    words = log.words[: log.top * log.width].copy()
    order = random.permutation(log.top)
    shuffled = words.reshape(-1, log.width)[order].reshape(-1)
    assert (found.find(shuffled, log.top, log.width, words) == order).all()
    other = made.pack(np.stack([random.integers(0, each, 5000) for each in counts], axis=1))
    known = {tuple(each) for each in words.reshape(-1, log.width).tolist()}
    expected = [n for n, each in enumerate(map(tuple, other.reshape(-1, log.width).tolist())) if each not in known]
    assert found.unknown(other, 5000, log).tolist() == expected


@pytest.mark.parametrize("indexed", [True, False])
def test_threads_insert_side_by_side(indexed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visited, "BITMAP", 0)
    monkeypatch.setattr(visited, "SPARSE", 1)
    made = numbered(1 << 20, 1 << 17, indexed=indexed)
    random = np.random.default_rng(11)
    # Each thread inserts the same states in another order: all of them race for every single one.
    states = np.stack([random.integers(0, 1 << 20, 9000), random.integers(0, 1 << 17, 9000)], axis=1)
    log, found = Log(made), visited_set(made)
    orders = [targets_of(made, states[random.permutation(len(states))]) for _ in range(4)]
    owned = [np.zeros(2, np.int64) for _ in orders]
    team = Team(4)
    for begin in range(0, len(states), 900):
        team.each(lambda n, begin=begin: found.insert(orders[n], begin, begin + 900, log, found.room, owned[n]), range(4))
    found.settle(log, owned)
    team.close()
    assert sorted(logged(log)) == sorted(set(map(tuple, states.tolist())))


def test_holes_are_filled(team: Team) -> None:
    """A thread takes a range of the log; what it leaves unused is filled with states from the end."""
    made = numbered(1 << 14, 1 << 15, indexed=False)
    log, found = Log(made), Pointers(made)
    owned = [np.zeros(2, np.int64) for _ in range(3)]
    states = np.array([(n, n * n) for n in range(150)], np.int64)
    for n, own in enumerate(owned):
        found.insert(targets_of(made, states[50 * n : 50 * (n + 1)]), 0, 50, log, found.room, own)
    assert log.top == 3 * BATCH
    found.settle(log, owned)
    assert log.top == 150
    assert sorted(logged(log)) == list(map(tuple, states.tolist()))
    assert len(found.unknown(targets_of(made, states), 150, log)) == 0
    assert [own.tolist() for own in owned] == [[0, 0]] * 3


def test_an_insertion_stops_where_there_is_no_room(team: Team) -> None:
    made = numbered(1 << 20)
    log, found = Log(made), visited_set(made)
    targets = targets_of(made, np.arange(5000).reshape(-1, 1))
    done = found.insert(targets, 0, 5000, log, 1000, np.zeros(2, np.int64))
    assert 1000 < done <= 1000 + BATCH
    assert log.top == done
    assert found.insert(targets, done, 5000, log, 9000, np.zeros(2, np.int64)) == 5000
    assert logged(log) == [(n,) for n in range(5000)]


def test_a_full_table_says_so() -> None:
    """Where all buckets of a block are full, an insertion stops although the table as a whole has room."""
    made = numbered(1 << 62)
    log, found = Log(made), Buckets.smallest(1 << 62)
    count = len(found.lanes) + 1
    targets = targets_of(made, np.arange(count).reshape(-1, 1))
    done = found.insert(targets, 0, count, log, 1 << 40, np.zeros(2, np.int64))
    assert found.room < done < count
    assert logged(log) == [(n,) for n in range(done)]


@given(st.integers(14, 62), st.data())
def test_the_shape_of_a_table_fits_its_indices(bits: int, data: st.DataObject) -> None:
    """Whatever the domain, a table that grew step by step still knows the least and the greatest index."""
    domain = data.draw(st.integers((1 << (bits - 1)) + 1, 1 << bits))
    made = numbered(domain)
    log, team = Log(made), Team(1)
    found: VisitedSet = Buckets.smallest(domain, 0)
    states = np.array([[0], [domain - 1], [domain // 2]], np.int64)
    targets = targets_of(made, states)
    found.insert(targets, 0, 3, log, 1000, np.zeros(2, np.int64))
    for _ in range(data.draw(st.integers(0, 5))):
        if isinstance(found, Bitmap):
            break
        size = found.larger()
        found = found.grown(log, team)
        assert found.nbytes == size
        assert len(found.unknown(targets, 3, log)) == 0
    assert log.top == 3
