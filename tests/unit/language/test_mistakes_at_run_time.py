"""What only a state shows: the interpreter names the action, the statement and the state."""

from __future__ import annotations

import pytest

from hopcheck.model.errors import ModelError
from hopcheck.model.language import (
    Bool,
    Enum,
    Lookup,
    Parameter,
    Range,
    SystemBuilder,
    becomes,
    holds,
    initial_states,
    reachable,
    successors,
    table,
)

from .blame import blames

SHORT = table("Short", [Range(0, 2)], Range(0, 9), [4, 5, 6])


def test_an_update_outside_its_type() -> None:
    s = SystemBuilder("counter")
    n = s.variable("n", Range(0, 3), initial=0)
    mood = s.variable("mood", Enum("calm", "busy"), initial="busy")
    with blames(
        "more(by=2) gives n the value 4, which lies outside Range(0, 3), in the state n=2, mood=busy",
        "strengthen the guard of more, or widen the range of n",
    ):
        s.action(
            "more",
            Parameter("by", Range(2, 2)),
            guard=mood == "busy",
            updates=[
                becomes(mood, mood),
                becomes(n, n + Parameter("by", Range(2, 2))),  # blamed
            ],
        )
        list(reachable(s.build()))


def test_an_update_below_its_type() -> None:
    s = SystemBuilder("counter")
    n = s.variable("n", Range(-1, None), initial=0)
    with blames(
        "less(host=a) gives n the value -2, which lies outside Range(-1, None), in the state n=-1",
        "strengthen the guard of less, or widen the range of n",
    ):
        s.action("less", updates=[becomes(n, n - 1)], labels={"host": "a"})  # blamed
        list(reachable(s.build()))


def test_a_lookup_outside_its_table_in_a_guard() -> None:
    s = SystemBuilder("counter")
    n = s.variable("n", Range(0, 3), initial=0)
    s.action("more", guard=n < 3, updates=[becomes(n, n + 1)])
    with blames(
        "look looks up Short[3], which lies outside [Range(0, 2)], in the state n=3",
        "guard the lookup, or make the table larger",
    ):
        s.action("look", guard=Lookup(SHORT, n) == 4)  # blamed
        list(reachable(s.build()))


def test_a_lookup_outside_its_table_in_an_update() -> None:
    s = SystemBuilder("counter")
    n = s.variable("n", Range(0, 3), initial=3)
    p = s.variable("p", Bool, initial=True)
    with blames(
        "look(k=False) looks up Short[3], which lies outside [Range(0, 2)], in the state n=3, p=True",
        "guard the lookup, or make the table larger",
    ):
        s.action(
            "look",
            Parameter("k", Bool),
            updates=[
                becomes(n, 0),
                becomes(p, Lookup(SHORT, n) == 4),  # blamed
            ],
        )
        list(reachable(s.build()))


def test_a_lookup_outside_its_table_at_the_start_and_in_a_property() -> None:
    s = SystemBuilder("counter")
    n = s.variable("n", Range(0, 3))
    with blames(
        "the initial condition looks up Short[3], which lies outside [Range(0, 2)], in the state n=3",
        "guard the lookup, or make the table larger",
    ):
        s.initially(Lookup(SHORT, n) < 9)  # blamed
        list(initial_states(s.build()))
    with blames(
        "a property looks up Short[3], which lies outside [Range(0, 2)], in the state n=3",
        "guard the lookup, or make the table larger",
    ):
        wide = Lookup(SHORT, n) < 8  # blamed
        holds(s.build(), wide, (3,))


def test_the_statement_is_blamed_and_not_an_equal_lookup_elsewhere() -> None:
    first = SystemBuilder("first")
    first.action("fine", guard=Lookup(SHORT, first.variable("n", Range(0, 3), initial=0)) == 4)
    list(reachable(first.build()))
    second = SystemBuilder("second")
    n = second.variable("n", Range(0, 3), initial=3)
    with blames(
        "look looks up Short[3], which lies outside [Range(0, 2)], in the state n=3",
        "guard the lookup, or make the table larger",
    ):
        second.action("look", guard=Lookup(SHORT, n) == 4)  # blamed
        list(reachable(second.build()))


def test_a_guard_that_does_not_hold_protects_its_updates() -> None:
    s = SystemBuilder("counter")
    n = s.variable("n", Range(0, 3), initial=3)
    s.action("look", guard=n < 3, updates=[becomes(n, Lookup(SHORT, n) - 3)])
    assert [list(level) for level in reachable(s.build())] == [[(3,)]]


def test_a_state_of_another_shape() -> None:
    s = SystemBuilder("counter")
    s.variable("n", Range(0, 3), initial=3)
    with pytest.raises(ValueError, match="zip"):
        list(successors(s.build(), (0, 1)))
    assert not issubclass(ValueError, ModelError)
