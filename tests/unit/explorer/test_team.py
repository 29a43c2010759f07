"""Work is done once, by several threads, and its errors reach whoever asked for it."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from hopcheck.explorer.store.team import Team, cores


@pytest.fixture(params=[1, 2, 4])
def team(request: pytest.FixtureRequest) -> Iterator[Team]:
    made = Team(request.param)
    yield made
    made.close()


@pytest.mark.parametrize("count", [0, 1, 2, 100])
def test_everything_is_done_once(team: Team, count: int) -> None:
    for way in (team.each, team.share):
        done: list[int] = []
        way(done.append, range(count))
        assert sorted(done) == list(range(count))


def test_the_callers_thread_takes_part_and_others_do(team: Team) -> None:
    met = threading.Barrier(team.size, timeout=60)
    names: set[str] = set()

    def work(number: int) -> None:
        met.wait()
        names.add(threading.current_thread().name)

    team.each(work, range(team.size))
    assert threading.current_thread().name in names
    assert len(names) == team.size


@pytest.mark.parametrize("bad", [0, 1, 3])
def test_errors_are_raised_once_all_is_done(team: Team, bad: int) -> None:
    done: list[int] = []

    def work(number: int) -> None:
        if number == bad:
            raise ValueError(f"number {number}")
        done.append(number)

    with pytest.raises(ValueError, match=f"number {bad}"):
        team.each(work, range(4))
    if team.size > 1:
        assert sorted(done) == [n for n in range(4) if n != bad]
    with pytest.raises(ValueError, match=f"number {bad}"):
        team.share(work, range(4))


def test_the_others_are_stopped_when_the_caller_is_interrupted() -> None:
    team, stopped = Team(2), threading.Event()

    def work(number: int) -> None:
        if number == 0:
            raise KeyboardInterrupt
        assert stopped.wait(60)

    with pytest.raises(KeyboardInterrupt):
        team.each(work, range(2), stopped.set)
    team.close()


def test_a_team_has_somebody_and_no_more_than_there_are_cores() -> None:
    assert Team(0).size == 1
    assert cores() >= 1
