"""Why a property is false at the end of a run: the right conjuncts, their values, and values that mend them."""

from __future__ import annotations

import pytest

from hopcheck.engine.check import check
from hopcheck.engine.falsity import Falsity, conjuncts, falsity
from hopcheck.model.language import Bool, Expr, Range, System, SystemBuilder, after, all_of, becomes, holds
from hopcheck.properties import Outcome
from hopcheck.properties.kinds import Property, always, can_always_reach, never_stuck, step
from hopcheck.properties.verdict import fails

EXPECTED = fails("it was built so")


def counter() -> System:
    s = SystemBuilder("counter")
    count = s.variable("count", Range(0, 3), initial=0)
    on = s.variable("on", Bool, initial=True)
    s.action("count", guard=count < 3, updates=[becomes(count, count + 1), becomes(on, count < 2)])
    return s.build()


def why(prop: Property) -> Falsity:
    system = counter()
    (result,) = check(system, [prop], prove_seconds=0)
    assert result.verdict.outcome is Outcome.UNSAFE
    assert result.verdict.trace is not None
    return falsity(system, prop, result.verdict.trace)


def test_the_false_conjuncts_of_an_invariant() -> None:
    system = counter()
    count, on = system["count"], system["on"]
    found = why(always("all", (count < 3) & (count >= 0) & on, "", expected=EXPECTED))
    assert found.conjuncts == 2  # a counter that is at least 0 is no question
    assert [each.text for each in found.false] == ["count < 3", "on"]
    assert [dict(each.values) for each in found.false] == [{"count": "3"}, {"on": "False"}]
    assert dict(found.false[0].instead) == {"count": ("0", "1", "2")}
    assert dict(found.false[1].instead) == {"on": ("True",)}


def test_what_an_implication_asks_for_is_taken_apart() -> None:
    system = counter()
    count, on = system["count"], system["on"]
    found = why(always("implied", (count == 3).implies((count > 1) & on), "", expected=EXPECTED))
    assert found.conjuncts == 2
    (only,) = found.false
    assert only.text == "(count != 3) | on"
    assert dict(only.instead) == {"count": ("0", "1", "2"), "on": ("True",)}


def test_taking_apart_changes_nothing() -> None:
    system = counter()
    count, on = system["count"], system["on"]
    expr = (count == 1).implies(on & (count < 2)) & ~(on & (count == 0))
    for state in ((number, flag) for number in range(4) for flag in range(2)):
        parts = conjuncts(expr)
        assert holds(system, all_of(parts), state) == holds(system, expr, state)


def test_a_property_of_steps() -> None:
    count = counter()["count"]
    found = why(step("slow", after(count) <= 2, "", expected=EXPECTED))
    (only,) = found.false
    assert dict(only.values) == {"count'": "3"}
    assert dict(only.instead) == {"count'": ("0", "1", "2")}


def _reached(expr: Expr) -> Property:
    return can_always_reach("back", expr, "", expected=EXPECTED)


@pytest.mark.parametrize(
    ("prop", "said"),
    [
        (never_stuck("goes on", "", expected=EXPECTED), "no action can happen"),
        (_reached(counter()["count"] == 0), "no run leads to"),
    ],
)
def test_what_no_state_alone_violates(prop: Property, said: str) -> None:
    found = why(prop)
    assert found.false == ()
    assert said in found.said
