"""A declaration that does not fit is reported at the statement that made it."""

# ruff: noqa: SIM300 (a variable in capitals is no constant)

from __future__ import annotations

from typing import Any

import pytest

from hopcheck.model.errors import ModelError
from hopcheck.model.language import (
    Bool,
    Enum,
    Expr,
    Parameter,
    Range,
    SystemBuilder,
    after,
    becomes,
    compose,
    ground,
    initial_states,
    successors,
)
from hopcheck.model.language.expr import MAX_DEPTH, variable

from .blame import blames

STAGE = Enum("setup", "active", "completed")


@pytest.fixture
def s() -> SystemBuilder:
    builder = SystemBuilder("demo")
    builder.variable("stage", STAGE, initial="setup")
    builder.variable("n", Range(0, 3), initial=0)
    builder.variable("m", Range(0, 3), initial=0)
    builder.variable("p", Bool, initial=False)
    return builder


STAGE_VAR, N, M, P = (
    variable("stage", STAGE),
    variable("n", Range(0, 3)),
    variable("m", Range(0, 3)),
    variable("p", Bool),
)


def test_an_initial_value_outside_the_type(s: SystemBuilder) -> None:
    with blames("4 lies outside Range(0, 3)", "write a number in the range, or widen the range"):
        s.variable("x", Range(0, 3), initial=4)  # blamed
    with blames("True is not a number", "write a number of Range(0, 3)"):
        s.variable("x", Range(0, 3), initial=True)  # blamed
    with blames("0 is not a truth value", "write True or False"):
        s.variable("x", Bool, initial=0)  # blamed
    with blames(
        "'activ' is no member of Enum(setup, active, completed)",
        "did you mean 'active'? write one of 'setup', 'active', 'completed'",
    ):
        s.variable("x", STAGE, initial=["setup", "activ"])  # blamed
    with blames("x has no initial value", "give at least one"):
        s.variable("x", STAGE, initial=[])  # blamed


def test_a_variable_declared_twice(s: SystemBuilder) -> None:
    first = s.build().variables[1].location
    with blames(f"the variable n is declared twice, here and at {first}", "name it apart"):
        s.variable("n", Bool)  # blamed


@pytest.mark.parametrize("name", ["", " x", 3, None, ["x"]])
def test_a_name_that_is_none(s: SystemBuilder, name: Any) -> None:
    with blames(f"{name!r} cannot name a variable", "write a name without spaces around it"):
        s.variable(name, Bool)  # blamed
    with blames(f"{name!r} cannot name a parameter", "write a name without spaces around it"):
        Parameter(name, Bool)  # blamed
    with blames(f"{name!r} cannot name an action", "write a name without spaces around it"):
        s.action(name)  # blamed


def test_a_type_that_is_none(s: SystemBuilder) -> None:
    wrong: Any = int
    with blames("<class 'int'> is not a type of the language", "write Bool, Enum(...) or Range(lo, hi)"):
        s.variable("x", wrong)  # blamed


def test_an_update_that_can_never_fit() -> None:
    with blames("4 can never be a value of n: Range(0, 3)", "correct the value, or widen the range"):
        becomes(N, 4)  # blamed
    with blames("-1 - n can never be a value of n: Range(0, 3)", "correct the value, or widen the range"):
        becomes(N, -1 - N)  # blamed
    with blames(
        "'activ' is no member of Enum(setup, active, completed)",
        "did you mean 'active'? write one of 'setup', 'active', 'completed'",
    ):
        becomes(STAGE_VAR, "activ")  # blamed
    with blames(
        "stage of type Enum(setup, active, completed) is given n of type Range(0, 3)",
        "give it a value of Enum(setup, active, completed)",
    ):
        becomes(STAGE_VAR, N)  # blamed
    with blames("n + 1 is not a variable of the state", "update what system.variable(...) returned"):
        becomes(N + 1, 2)  # blamed


def test_two_updates_of_one_variable(s: SystemBuilder) -> None:
    first = becomes(N, 1)
    with blames(
        f"go updates n twice, here and at {first.location}",
        "a step gives each variable one value: join the two with If",
    ):
        s.action(
            "go",
            updates=[
                first,
                becomes(N, 2),  # blamed
            ],
        )


def test_updates_that_are_none(s: SystemBuilder) -> None:
    wrong: Any = becomes(N, 1)
    with blames("the updates of go are not a list", "write updates=[becomes(...), ...]"):
        s.action("go", updates=wrong)  # blamed
    wrong = [N == 1]
    with blames("n == 1 is no update in go", "write becomes(variable, value)"):
        s.action("go", updates=wrong)  # blamed


def test_a_guard_that_is_none(s: SystemBuilder) -> None:
    with blames(
        "the guard of go wants a truth value, and n is of type Range(0, 3)",
        "& and | bind tighter than comparisons: write (a == b) & (c == d)",
    ):
        s.action("go", guard=N)  # blamed


def test_an_action_declared_twice(s: SystemBuilder) -> None:
    s.action("go", labels={"host": 1})
    first = s.action("go", labels={"host": 0})
    with blames(
        f"the action go is declared twice, here and at {first.location}", "name it apart, or tell the two by labels"
    ):
        s.action("go", labels={"host": 0})  # blamed
    assert [each.labels for each in s.build().actions] == [(("host", 1),), (("host", 0),)]


def test_labels_and_parameters_that_clash(s: SystemBuilder) -> None:
    wrong: Any = {"host": [1]}
    with blames("two parameters of go have one name", "name them apart"):
        s.action("go", Parameter("host", Bool), labels={"host": 0})  # blamed
    with blames("n is no parameter of go", "write parameters as Parameter(name, type)"):
        s.action("go", N)  # blamed
    with blames("'host': [1] is no label of go", "label it by a name and a plain value"):
        s.action("go", labels=wrong)  # blamed


def test_an_undeclared_variable(s: SystemBuilder) -> None:
    stranger = variable("stranger", Bool)
    message = ("stranger of type Bool is no variable of demo", "declare it there, or use another name")
    with blames(*message):
        s.action("go", guard=stranger & P)  # blamed
        s.build()


def test_an_undeclared_variable_in_an_update(s: SystemBuilder) -> None:
    with blames("n of type Range(0, 7) is no variable of demo", "declare it there, or use another name"):
        s.action(
            "go",
            updates=[
                becomes(P, True),
                becomes(M, variable("n", Range(0, 7))),  # blamed
            ],
        )
        s.build()


def test_an_update_of_an_undeclared_variable(s: SystemBuilder) -> None:
    with blames("stranger of type Bool is no variable of demo", "declare it there, or use another name"):
        s.action("go", updates=[becomes(variable("stranger", Bool), True)])  # blamed
        s.build()


def test_an_undeclared_variable_at_the_start(s: SystemBuilder) -> None:
    s.initially(P)
    with blames("stranger of type Bool is no variable of demo", "declare it there, or use another name"):
        s.initially(variable("stranger", Bool))  # blamed
        s.build()


def test_an_equal_expression_of_another_model_is_not_blamed(s: SystemBuilder) -> None:
    elsewhere = SystemBuilder("elsewhere")
    shared = elsewhere.variable("count", Range(0, 4), initial=0) < 3
    elsewhere.action("go", guard=shared)
    elsewhere.build()
    with blames("count of type Range(0, 4) is no variable of demo", "declare it there, or use another name"):
        s.action("go", guard=variable("count", Range(0, 4)) < 3)  # blamed
        s.build()


def test_an_unbound_parameter(s: SystemBuilder) -> None:
    host = Parameter("host", Range(0, 1))
    with blames("go does not list its parameter host", "add it to the action"):
        s.action("go", guard=N == host)  # blamed
        s.build()


def test_an_unbound_parameter_in_an_update(s: SystemBuilder) -> None:
    host = Parameter("host", Range(0, 1))
    with blames("go does not list its parameter host", "add it to the action"):
        s.action(
            "go",
            updates=[becomes(N, host)],  # blamed
        )
        s.build()


def test_a_parameter_bound_with_another_type(s: SystemBuilder) -> None:
    with blames("go does not list its parameter host", "add it to the action"):
        s.action("go", Parameter("host", Range(0, 1)), guard=N == Parameter("host", Range(0, 2)))  # blamed
        s.build()


def test_a_parameter_at_the_start(s: SystemBuilder) -> None:
    with blames("host is a parameter, and nothing binds it here", "use it in its action only"):
        s.initially(N == Parameter("host", Range(0, 1)))  # blamed
        s.build()


def test_the_state_after_a_step_outside_a_step_property(s: SystemBuilder) -> None:
    with blames("n' speaks of the state after a step", "use it in a step property only"):
        s.action("go", guard=after(N) == 1)  # blamed
        s.build()


def test_a_property_may_say_where_it_stands(s: SystemBuilder) -> None:
    system = s.build()
    place = becomes(P, True).location
    with pytest.raises(ModelError) as caught:
        system.check(after(M) == 1, at=place)
    assert (caught.value.file, caught.value.line) == (place.file, place.line)
    with blames("m' speaks of the state after a step", "use it in a step property only"):
        fresh = after(M) != 2  # blamed
        system.check(fresh)
    system.check(fresh, step=True)


def test_an_unknown_name(s: SystemBuilder) -> None:
    system = s.build()
    with blames("demo has no variable 'stag'", "did you mean 'stage'? write one of stage, n, m, p"):
        system["stag"]  # blamed


def test_a_system_without_variables() -> None:
    with blames("empty has no variable", "declare at least one"):
        SystemBuilder("empty").build()  # blamed


def test_fairness_for_what_is_no_action(s: SystemBuilder) -> None:
    s.action("go")
    s.fair("go")
    with blames("fairness is declared for 'went', which is no action", "name an action"):
        s.fair("go", "went")  # blamed
        s.build()


def test_components_that_differ(s: SystemBuilder) -> None:
    wrong: Any = N + 1
    s.variable("q", Bool, initial=True)
    with blames(
        "n and p stand at one place of interchangeable components, and their types differ",
        "list the variables of each component in one order, or make the two alike",
    ):
        s.symmetric([[N], [P]])  # blamed
    with blames(
        "p and q stand at one place of interchangeable components, and their initial values differ",
        "list the variables of each component in one order, or make the two alike",
    ):
        s.symmetric([[N, P], [M, variable("q", Bool)]])  # blamed
    with blames("interchangeable components have 2 and 1 variables", "list the same ones of each, in one order"):
        s.symmetric([[N, P], [M]])  # blamed
    with blames("fewer than two components are declared as interchangeable", "list at least two"):
        s.symmetric([[N]])  # blamed
    with blames("fewer than two components are declared as interchangeable", "list at least two"):
        s.symmetric([[], []])  # blamed
    with blames("n stands twice in interchangeable components", "list each one's own variables"):
        s.symmetric([[N], [N]])  # blamed
    with blames("stranger is no variable of demo", "list what system.variable(...) returned"):
        s.symmetric([[N], [variable("stranger", Range(0, 3))]])  # blamed
    with blames("n + 1 is no variable of demo", "list what system.variable(...) returned"):
        s.symmetric([[N], [wrong]])  # blamed
    s.symmetric([[N], [M]])
    assert s.build().symmetries == ((("n",), ("m",)),)


def deep(levels: int) -> Expr:
    made = N == 1
    for _ in range(levels):
        made = ~(made == P)
    return made


def test_nesting_too_deep_is_found_where_it_is_used(s: SystemBuilder) -> None:
    message = (
        f"an expression nests deeper than {MAX_DEPTH} levels",
        "use a Table, or all_of and any_of over a list",
    )
    too_deep = deep(MAX_DEPTH // 2)
    assert too_deep.depth > MAX_DEPTH
    with blames(*message):
        s.action("go", guard=too_deep)  # blamed
    with blames(*message):
        becomes(P, too_deep)  # blamed
    with blames(*message):
        s.initially(too_deep)  # blamed
    with pytest.raises(ModelError, match="nests deeper"):
        s.build().check(too_deep)


def test_nesting_as_deep_as_allowed_works_everywhere(s: SystemBuilder) -> None:
    allowed = deep(MAX_DEPTH // 2 - 1)
    number = N
    while number.depth < MAX_DEPTH:
        number = N + number - N if number.depth < MAX_DEPTH - 1 else number + M
    assert MAX_DEPTH - 2 <= allowed.depth <= MAX_DEPTH
    s.action("go", guard=allowed, updates=[becomes(P, allowed), becomes(N, number)])
    s.initially(deep(MAX_DEPTH // 2 - 2) | ~P)
    system = s.build()
    assert ground(system)
    for state in initial_states(system):
        list(successors(system, state))
    assert compose("twice", [system])


def test_a_variable_without_end_where_states_are_listed() -> None:
    s = SystemBuilder("endless")
    message = ("Range(0, None) has no end", "give it an upper bound: only the provers can do without one")
    with blames(*message):
        s.variable("total", Range(0, None))  # blamed
        list(initial_states(s.build()))


def test_a_parameter_without_end_where_instances_are_listed(s: SystemBuilder) -> None:
    host = Parameter("host", Range(0, None))
    with blames("Range(0, None) has no end", "give it an upper bound: only the provers can do without one"):
        s.action("go", host, guard=N == host)  # blamed
        ground(s.build())


def test_a_parameter_without_end_where_steps_are_listed(s: SystemBuilder) -> None:
    host = Parameter("host", Range(0, None))
    with blames("Range(0, None) has no end", "give it an upper bound: only the provers can do without one"):
        s.action("go", host, guard=N == host)  # blamed
        list(successors(s.build(), (0, 0, 0, 0)))
