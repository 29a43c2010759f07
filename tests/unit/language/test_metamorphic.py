"""Changes to a model that must not change what can be counted."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from hopcheck.model.language import Bool, Expr, System, SystemBuilder, becomes, holds, reachable, successors

from .fleet import fleet
from .systems import Plan, Rule, counts, plans, terms


def edges(system: System) -> int:
    return sum(1 for level in reachable(system) for state in level for _ in successors(system, state))


@given(st.data(), plans())
@settings(max_examples=20, deadline=None)
def test_names_and_the_order_of_declarations_do_not_count(data: st.DataObject, plan: Plan) -> None:
    system = plan.system()
    order = data.draw(st.permutations(range(len(plan.variables))))
    shuffled = replace(plan, rules=tuple(data.draw(st.permutations(plan.rules))))
    for other in (plan.system(suffix="-renamed"), plan.system(order=order), shuffled.system()):
        assert counts(other) == counts(system)
        assert edges(other) == edges(system)


@given(st.data(), plans())
@settings(max_examples=20, deadline=None)
def test_asking_adds_no_states(data: st.DataObject, plan: Plan) -> None:
    system = plan.system()
    before = counts(system)
    invariant: Expr = data.draw(terms(plan.variables))(plan.exprs())
    system.check(invariant)
    for level in reachable(system):
        for state in level:
            holds(system, invariant, state)
    assert counts(system) == before


@given(plans())
@settings(max_examples=20, deadline=None)
def test_a_rule_that_never_applies_and_a_variable_that_never_changes_add_nothing(plan: Plan) -> None:
    never = Rule("never", lambda v: False, ((plan.variables[0][0], lambda v: v[plan.variables[0][0]]),), True)
    assert counts(replace(plan, rules=(never, *plan.rules)).system()) == counts(plan.system())
    assert counts(replace(plan, variables=(*plan.variables, ("idle", Bool, True))).system()) == counts(plan.system())


@given(st.data(), plans())
@settings(max_examples=20, deadline=None)
def test_a_stronger_guard_reaches_no_more(data: st.DataObject, plan: Plan) -> None:
    first, *rest = plan.rules
    also = data.draw(terms(plan.variables))
    stronger = replace(first, guard=lambda v: first.guard(v) & also(v))
    few = {state for level in reachable(replace(plan, rules=(stronger, *rest)).system()) for state in level}
    assert few <= {state for level in reachable(plan.system()) for state in level}


def test_independent_copies_multiply() -> None:
    def blinkers(number: int) -> System:
        s = SystemBuilder("blinkers")
        for each in range(number):
            light = s.variable(f"light{each}", Bool, initial=False)
            s.action("blink", updates=[becomes(light, ~light)], labels={"number": each})
        return s.build()

    assert [counts(blinkers(number)) for number in (1, 2, 3)] == [[1, 1], [1, 2, 1], [1, 3, 3, 1]]


def test_a_model_with_known_numbers() -> None:
    levels = counts(fleet(2, 2))
    assert (sum(levels), len(levels) - 1) == (16_336, 29)
