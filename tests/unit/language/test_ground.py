"""The actions spelled out say what the interpreter does, its errors included."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings

from hopcheck.model.errors import ModelError
from hopcheck.model.language import (
    FALSE,
    TRUE,
    If,
    Lookup,
    Op,
    Parameter,
    Range,
    State,
    Step,
    System,
    SystemBuilder,
    becomes,
    evaluate,
    ground,
    reachable,
    successors,
    symbolic,
    table,
)
from hopcheck.model.language.walk import free

from .fleet import fleet
from .systems import Plan, plans

SHORT = table("Short", [Range(0, 2)], Range(0, 9), [0, 2, 1])


class Wrong(Exception):  # noqa: N818 (an outcome, like any other)
    """The transitions say that the model is in error."""


def steps(system: System, state: State) -> list[Step]:
    """The successors according to the transitions."""
    now = dict(zip(system.index, state, strict=True))
    made = []
    for each in ground(system):
        if not evaluate(each.guard_sound, now):
            raise Wrong(each.label)
        if not evaluate(each.guard, now):
            continue
        if not evaluate(each.sound, now):
            raise Wrong(each.label)
        after = now | {name: evaluate(value, now) for name, value in each.updates}
        made.append(Step(each.action, each.arguments, tuple(after.values())))
    return made


def assert_same(system: System, state: State) -> None:
    try:
        expected = list(successors(system, state))
    except ModelError:
        with pytest.raises(Wrong):
            steps(system, state)
    else:
        assert steps(system, state) == expected


@given(plans())
@settings(max_examples=40, deadline=None)
def test_transitions_are_the_successors(plan: Plan) -> None:
    system = plan.system()
    for state in itertools.islice(itertools.chain.from_iterable(reachable(system)), 20):
        assert_same(system, state)


def risky() -> System:
    """Updates that may leave their range, lookups that may miss, guarded and not, with a parameter wider than a table."""
    s = SystemBuilder("risky")
    n, m = s.variable("n", Range(0, 3)), s.variable("m", Range(0, 4))
    k = Parameter("k", Range(0, 5))
    s.action("guarded", k, guard=(k <= 2) & (Lookup(SHORT, k) == n), updates=[becomes(m, k)])
    s.action("within", k, guard=k > n, updates=[becomes(m, If(k <= 2, Lookup(SHORT, k), 4))])
    s.action("bounded", guard=n < 3, updates=[becomes(n, n + 1)])
    s.action("unbounded", guard=m == 1, updates=[becomes(n, n + 1)])
    s.action("missing", guard=m == 2, updates=[becomes(m, Lookup(SHORT, n))])
    s.action("blind", guard=(m == 3) & (Lookup(SHORT, n) < 9), updates=[])
    s.action("never", k, guard=k > 5)
    return s.build()


@pytest.mark.parametrize("state", list(itertools.product(range(4), range(5))))
def test_errors_of_the_model_are_conditions(state: State) -> None:
    assert_same(risky(), state)


def test_instances_that_can_never_happen_are_left_out() -> None:
    labels = [each.label for each in ground(risky())]
    assert [label for label in labels if label.startswith("guarded")] == ["guarded(k=0)", "guarded(k=1)", "guarded(k=2)"]
    assert not any(label.startswith("never") for label in labels)
    assert "within(k=0)" not in labels


def test_an_instance_that_is_sure_to_err_stays() -> None:
    s = SystemBuilder("s")
    n = s.variable("n", Range(0, 3), initial=0)
    k = Parameter("k", Range(3, 4))
    s.action("look", k, guard=(Lookup(table("T", [Range(0, 3)], Range(0, 1), [0, 1, 0, 1]), k) == 0) & (n > 3))
    (stays,) = ground(s.build())
    assert (stays.label, stays.guard_sound) == ("look(k=4)", FALSE)


def test_conditions_are_trivial_where_nothing_can_go_wrong() -> None:
    for each in ground(fleet(1, 1)):
        assert each.guard_sound is TRUE
        assert (each.sound is TRUE) == (not any(name == "moving" for name, _ in each.updates))


def test_labels_come_before_parameters() -> None:
    s = SystemBuilder("s")
    n = s.variable("n", Range(0, 3), initial=0)
    k = Parameter("k", Range(0, 1))
    s.action("go", k, guard=n == k, labels={"host": "a"})
    assert [each.label for each in ground(s.build())] == ["go(host=a, k=0)", "go(host=a, k=1)"]
    (whole,) = symbolic(s.build())
    assert (whole.label, *free(whole.guard, op=Op.PARAM)) == ("go(host=a)", "k")
