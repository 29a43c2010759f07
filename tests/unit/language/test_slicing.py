"""A slice gives the same answers as the whole system, at the same distance."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hopcheck.explorer.search import explore
from hopcheck.model.errors import ModelError
from hopcheck.model.language import (
    FALSE,
    TRUE,
    Bool,
    Expr,
    Parameter,
    Range,
    SystemBuilder,
    after,
    becomes,
    influence,
    initial_states,
    reachable,
    replay,
    slice_for,
)
from hopcheck.model.language.expr import variable

from .fleet import fleet
from .systems import Plan, distance, plans, step_distance, terms


@given(st.data(), plans())
@settings(max_examples=40, deadline=None)
def test_states_are_as_far_away_in_the_slice(data: st.DataObject, plan: Plan) -> None:
    system = plan.system()
    assume(any(True for _ in initial_states(system)))
    goal: Expr = data.draw(terms(plan.variables))(plan.exprs())
    part = slice_for(system, goal)
    assert set(part.index) == influence(system, goal) or not influence(system, goal)
    assert distance(part, goal) == distance(system, goal)


@given(st.data(), plans())
@settings(max_examples=40, deadline=None)
def test_steps_are_as_far_away_in_the_slice(data: st.DataObject, plan: Plan) -> None:
    system = plan.system()
    assume(any(True for _ in initial_states(system)))
    now, then = (data.draw(terms(plan.variables)) for _ in range(2))
    names = plan.exprs()
    rule = now(names).implies(then({name: after(each) for name, each in names.items()}))
    part = slice_for(system, rule)
    assert step_distance(part, ~rule) == step_distance(system, ~rule)


def lamp() -> SystemBuilder:
    s = SystemBuilder("lamp")
    light, switch, clock, day = (
        s.variable("light", Bool, initial=False),
        s.variable("switch", Bool, initial=False),
        s.variable("clock", Range(0, 3), initial=0),
        s.variable("day", Bool, initial=True),
    )
    k = Parameter("k", Range(0, 3))
    s.action("press", updates=[becomes(switch, ~switch)])
    s.action("glow", updates=[becomes(light, switch)])
    s.action("tick", k, guard=clock != k, updates=[becomes(clock, k), becomes(day, ~day)])
    s.fair("tick", "glow")
    return s


def test_only_what_the_question_can_see_is_left() -> None:
    system = lamp().build()
    part = slice_for(system, system["light"])
    assert [each.name for each in part.variables] == ["light", "switch"]
    assert [each.name for each in part.actions] == ["press", "glow"]
    assert part.fair == {"glow"}
    assert influence(system, system["switch"]) == {"switch"}
    assert influence(system, system["day"]) == {"day", "clock"}


def test_a_parameter_that_nothing_left_reads_goes() -> None:
    s = lamp()
    spin, turned = s.variable("spin", Bool, initial=False), s.variable("turned", Range(0, 3), initial=0)
    k = Parameter("k", Range(0, 3))
    s.action("turn", k, guard=~spin, updates=[becomes(spin, True), becomes(turned, k)])
    system = s.build()
    (turn,) = slice_for(system, spin).actions
    assert turn.parameters == ()
    assert [update.name for update in turn.updates] == ["spin"]


def test_a_slice_for_everything_is_the_system() -> None:
    system = lamp().build()
    assert slice_for(system, system["light"] & system["day"]) is system


def test_a_slice_for_nothing_is_the_smallest_that_stands_for_itself() -> None:
    system = lamp().build()
    part = slice_for(system, TRUE)
    assert set(part.index) == influence(system, *(each.expr for each in part.variables))
    assert len(part.index) == min(len(influence(system, each.expr)) for each in system.variables)


def test_a_rule_that_idling_breaks_sees_every_action() -> None:
    system = lamp().build()
    switch = system["switch"]
    flips = after(switch) != switch
    part = slice_for(system, flips)
    assert {each.name for each in part.actions} == {"press", "glow", "tick"}
    assert step_distance(part, ~flips) == step_distance(system, ~flips) == 1
    keeps = switch.implies(switch) & (after(switch) == switch)
    assert [each.name for each in slice_for(system, keeps).actions] == ["press"]


def test_what_the_start_relates_stays_together() -> None:
    s = lamp()
    one, two = s.variable("one", Range(0, 1)), s.variable("two", Range(0, 1))
    s.initially(one != two)
    system = s.build()
    part = slice_for(system, one == 0)
    assert [each.name for each in part.variables] == ["one", "two"]
    assert [each.name for each in slice_for(system, system["switch"]).variables] == ["switch"]
    assert sum(map(len, reachable(part))) == 2


def test_symmetries_that_survive() -> None:
    system = fleet(2, 1)
    by_all = slice_for(system, (system["phase0"] == "idle") & (system["phase1"] == "idle"))
    assert by_all.symmetries == (
        (
            ("phase0", "target0", "protocol0"),
            ("phase1", "target1", "protocol1"),
        ),
    )


def test_symmetries_that_do_not_survive() -> None:
    s = SystemBuilder("rooms")
    rooms = []
    for number in range(2):
        light, switch = (s.variable(f"{kind}{number}", Bool, initial=False) for kind in ("light", "switch"))
        s.action("press", updates=[becomes(switch, ~switch)], labels={"room": number})
        s.action("glow", updates=[becomes(light, switch)], labels={"room": number})
        rooms.append([light, switch])
    day = s.variable("day", Bool)
    s.symmetric(rooms)
    system = s.build()
    assert slice_for(system, day).symmetries == ()
    assert slice_for(system, rooms[0][0]).symmetries == ()
    assert slice_for(system, rooms[0][1] & rooms[1][0]).symmetries == ()
    assert slice_for(system, rooms[0][1] & rooms[1][1]).symmetries == ((("switch0",), ("switch1",)),)


def test_a_stranger_is_an_error() -> None:
    with pytest.raises(ModelError, match="is no variable of lamp"):
        slice_for(lamp().build(), variable("stranger", Bool))


def test_a_long_chain_of_influence_is_fast() -> None:
    s = SystemBuilder("chain")
    links = [s.variable(f"x{number}", Bool, initial=False) for number in range(3_000)]
    for first, second in itertools.pairwise(links):
        s.action("pass", guard=second, updates=[becomes(first, True)], labels={"to": str(first)})
    system = s.build()
    assert len(influence(system, links[0])) == 3_000
    assert len(influence(system, links[-1])) == 1


def test_what_is_asked_of_steps_may_speak_of_the_state_before_only() -> None:
    system = SystemBuilder("steps")
    a, b = (system.variable(name, Bool, initial=False) for name in "ab")
    system.action("flip", guard=b, updates=[becomes(a, ~a)])
    system.action("rise", guard=~b, updates=[becomes(b, True)])
    made = system.build()
    # That a holds before every step fails at once, by a step that leaves a alone.
    assert {each.name for each in slice_for(made, of_steps=(a,)).actions} == {"flip", "rise"}
    assert {each.name for each in slice_for(made, b).actions} == {"rise"}


def test_a_slice_that_sees_nothing_is_a_system_of_its_own() -> None:
    builder = SystemBuilder("moving")
    x = builder.variable("x", Range(0, 1), initial=0)
    builder.variable("y", Range(0, 0), initial=0)
    builder.action("move", updates=[becomes(x, 1)])
    system = builder.build()
    small = slice_for(system, of_steps=[FALSE])
    assert [each.name for each in small.variables] == ["x"]
    found = explore(system, step={"nothing happens": FALSE}, slicing=True)
    trace = found.answers["nothing happens"].trace
    assert trace is not None
    replay(system, trace)
