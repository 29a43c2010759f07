"""The choice behind a repair: the cheapest switches, compared with trying all of them."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hopcheck.properties.repair.choice import Answer, Cascade, Choice, Switch, choose

SECONDS = 20.0


def _cheapest(switches: list[Switch], cascades: list[Cascade]) -> tuple[int, ...] | None:
    """The cost of the cheapest choice, by looking at all of them."""
    best: tuple[int, ...] | None = None
    for lit in itertools.product([False, True], repeat=len(switches)):
        on = [number for number, each in enumerate(lit) if each]
        if all(cascade.holds(on) for cascade in cascades):
            cost = _cost(switches, {n for n, each in enumerate(lit) if each is not switches[n].on})
            best = cost if best is None else min(best, cost)
    return best


def _cost(switches: list[Switch], changed: set[int] | frozenset[int]) -> tuple[int, ...]:
    return tuple(sum(switches[n].cost[place] for n in changed) for place in range(2))


@st.composite
def _problems(draw: st.DrawFn) -> tuple[list[Switch], list[Cascade]]:
    count = draw(st.integers(1, 6))
    costs = st.tuples(st.integers(1, 2), st.integers(0, 3))
    switches = [Switch(draw(st.booleans()), draw(costs)) for _ in range(count)]
    rungs = st.lists(st.tuples(st.integers(0, count - 1), st.booleans()), max_size=4, unique_by=lambda rung: rung[0])
    cascades = draw(st.lists(st.builds(lambda found, base: Cascade(tuple(found), base), rungs, st.booleans()), max_size=5))
    return switches, cascades


@settings(max_examples=150, deadline=None)
@given(_problems())
def test_the_choice_is_the_cheapest_of_all(problem: tuple[list[Switch], list[Cascade]]) -> None:
    switches, cascades = problem
    best = _cheapest(switches, cascades)
    found = choose(switches, cascades, seconds=SECONDS)
    if best is None:
        assert found == Choice(Answer.IMPOSSIBLE)
        return
    on = [number for number, each in enumerate(switches) if each.on is not (number in found.changed)]
    assert all(cascade.holds(on) for cascade in cascades)
    assert _cost(switches, found.changed) == best


def test_a_stronger_rung_decides() -> None:
    cascade = Cascade(((0, False), (1, True)), base=False)
    assert [cascade.holds(on) for on in ([], [0], [1], [0, 1])] == [False, False, True, False]


def test_what_was_no_good_is_not_chosen_again() -> None:
    switches = [Switch(False, (1,)), Switch(False, (2,))]
    cascades = [Cascade(((0, True), (1, True)), base=False)]
    refused: list[frozenset[int]] = []
    for expected in ({0}, {1}, {0, 1}):
        found = choose(switches, cascades, not_these=refused, seconds=SECONDS)
        assert found == Choice(Answer.FOUND, frozenset(expected))
        refused.append(found.changed)
    assert choose(switches, cascades, not_these=refused, seconds=SECONDS).answer is Answer.IMPOSSIBLE


@pytest.mark.parametrize("base", [True, False])
def test_without_switches_the_base_decides(base: bool) -> None:
    answer = choose([], [Cascade((), base)], seconds=SECONDS).answer
    assert answer is (Answer.FOUND if base else Answer.IMPOSSIBLE)
