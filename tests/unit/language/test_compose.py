"""A composition steps as its systems do: apart, or together in what they share."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hopcheck.model.language import (
    Bool,
    Expr,
    Parameter,
    Range,
    System,
    SystemBuilder,
    Value,
    becomes,
    compose,
    digest,
    initial_states,
    reachable,
    successors,
)
from hopcheck.model.language.expr import lift

from .systems import Plan, plans

World = frozenset[tuple[str, int]]
COMMON = ("common", Range(0, 2), 0)


def worlds(system: System) -> set[World]:
    return {frozenset(zip(system.index, state, strict=True)) for level in reachable(system) for state in level}


def product(one: System, two: System, shared: str | None) -> set[World]:
    """The reachable states of both together, built without ``compose``: by stepping each in its own part."""

    def part(system: System, world: dict[str, int]) -> tuple[int, ...]:
        return tuple(world[name] for name in system.index)

    def moves(system: System, world: dict[str, int]) -> Iterator[tuple[str, tuple[tuple[str, Value], ...], dict[str, int]]]:
        here = part(system, world)
        for step in successors(system, here):
            changed = {n: new for n, old, new in zip(system.index, here, step.target, strict=True) if new != old}
            yield step.action, step.arguments, changed

    def following(world: dict[str, int]) -> Iterator[dict[str, int]]:
        left, right = list(moves(one, world)), list(moves(two, world))
        for name, _, changed in left + right:
            if name != shared:
                yield world | changed
        for first, chosen, changed in left:
            for second, other, too in right:
                agree = all(dict(chosen).get(name, value) == value for name, value in other)
                if first == second == shared and agree:
                    yield world | changed | too

    start = [
        dict(zip(one.index, a, strict=True)) | dict(zip(two.index, b, strict=True))
        for a in initial_states(one)
        for b in initial_states(two)
        if all(dict(zip(one.index, a, strict=True)).get(n, c) == c for n, c in zip(two.index, b, strict=True))
    ]
    seen = {frozenset(each.items()) for each in start}
    waiting = list(start)
    while waiting:
        for each in following(waiting.pop()):
            if frozenset(each.items()) not in seen:
                seen.add(frozenset(each.items()))
                waiting.append(each)
    return seen


@given(plans("x", [COMMON]), plans("y", [COMMON]))
@settings(max_examples=20, deadline=None)
def test_actions_apart_on_a_shared_variable(first: Plan, second: Plan) -> None:
    one, two = first.renamed("one-").system("one"), second.renamed("two-").system("two")
    assert worlds(compose("both", [one, two])) == product(one, two, None)


@given(plans("x"), plans("y"), st.sampled_from(["go0", "go1"]))
@settings(max_examples=20, deadline=None)
def test_an_action_together(first: Plan, second: Plan, shared: str) -> None:
    assume(all(any(rule.name == shared for rule in plan.rules) for plan in (first, second)))
    one, two = first.renamed("one-", [shared]).system("one"), second.renamed("two-", [shared]).system("two")
    both = compose("both", [one, two], shared_actions=[shared])
    assert worlds(both) == product(one, two, shared)


def test_labels_and_parameters_of_a_shared_action() -> None:
    def half(name: str, *parameters: Expr) -> SystemBuilder:
        s = SystemBuilder(name)
        x = s.variable(name, Range(0, 9), initial=0)
        for host in (0, 1):
            value = sum(parameters, lift(host + 1))
            s.action("go", *parameters, guard=x == 0, updates=[becomes(x, value)], labels={"host": host})
        return s

    k, m = Parameter("k", Range(0, 2)), Parameter("m", Range(0, 1))
    both = compose("both", [half("one", k).build(), half("two", m, k).build()], shared_actions=["go", "go"])
    steps = list(successors(both, (0, 0)))
    named: list[dict[str, Value]] = [dict(step.arguments) for step in steps]
    assert [tuple(each) for each in named] == [("host", "k", "m")] * 12
    for each, step in zip(named, steps, strict=True):
        host, chosen, other = (int(each[name]) for name in ("host", "k", "m"))
        assert step.target == (chosen + host + 1, chosen + other + host + 1)


def test_starts_are_what_all_allow() -> None:
    def start(name: str, initial: object, least: int) -> System:
        s = SystemBuilder(name)
        x = s.variable("x", Range(0, 5), initial=initial)
        s.initially(x >= least)
        return s.build()

    both = compose("both", [start("one", [0, 2, 4], 1), start("two", None, 0), start("three", [2, 3, 4], 3)])
    assert list(initial_states(both)) == [(4,)]


def test_one_update_in_two_systems_may_be_equal() -> None:
    def half(name: str) -> System:
        s = SystemBuilder(name)
        s.action("go", updates=[becomes(s.variable("x", Range(0, 5), initial=0), 3)])
        return s.build()

    assert worlds(compose("both", [half("one"), half("two")], shared_actions={"go"})) == {
        frozenset({("x", 0)}),
        frozenset({("x", 3)}),
    }


def twins(name: str = "twins") -> SystemBuilder:
    s = SystemBuilder(name)
    both = [s.variable(f"twin{number}", Bool, initial=False) for number in (0, 1)]
    for number, each in enumerate(both):
        s.action(f"flip-{name}", updates=[becomes(each, ~each)], labels={"twin": number})
    s.symmetric([[each] for each in both])
    return s


def other(*, sees: bool = False, flips: bool = False) -> System:
    s = SystemBuilder("other")
    count = s.variable("count", Range(0, 3), initial=0)
    if sees:
        s.action("see", guard=s.variable("twin0", Bool), updates=[becomes(count, 1)])
    if flips:
        for number in (0, 1):
            s.action("flip-twins", updates=[becomes(count, number)], labels={"twin": number})
    return s.build()


def test_a_symmetry_survives_only_what_cannot_tell_its_components_apart() -> None:
    group = (("twin0",), ("twin1",))
    system = twins().build()
    assert compose("c", [system, other()]).symmetries == (group,)
    assert compose("c", [system, twins("more").build()]).symmetries == (group,)
    assert compose("c", [system, other(sees=True)]).symmetries == ()
    assert compose("c", [system, other(flips=True)], shared_actions=["flip-twins"]).symmetries == ()


def test_fairness_is_united_and_one_system_stays_what_it_was() -> None:
    s = twins()
    s.fair("flip-twins")
    system = s.build()
    assert compose("c", [system, other()]).fair == {"flip-twins"}
    assert digest(compose("twins", [system])) == digest(system)
