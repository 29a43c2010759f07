"""Systems that do not fit together are reported at the declaration in question."""

from __future__ import annotations

from typing import Any

from hopcheck.model.language import Bool, Parameter, Range, SystemBuilder, becomes, compose

from .blame import blames


def pair() -> tuple[SystemBuilder, SystemBuilder]:
    return SystemBuilder("one"), SystemBuilder("two")


def test_a_variable_of_two_types() -> None:
    one, two = pair()
    one.variable("x", Bool)
    first = one.build().variables[0].location
    with blames(
        "the variable x is Bool in one system and Range(0, 3) in another",
        f"give it one type (the other stands at {first})",
    ):
        two.variable("x", Range(0, 3))  # blamed
        compose("both", [one.build(), two.build()])


def test_no_common_start() -> None:
    one, two = pair()
    one.variable("x", Range(0, 3), initial=[0, 1])
    with blames("x has no initial value that both systems allow", "agree on one"):
        two.variable("x", Range(0, 3), initial=[2, 3])  # blamed
        compose("both", [one.build(), two.build()])


def test_an_action_that_nobody_shares() -> None:
    one, two = pair()
    for each in (one, two):
        each.variable("x", Bool)
    one.action("go")
    with blames("the action go stands in two of the systems", "list it in shared_actions, or rename it"):
        two.action("go")  # blamed
        compose("both", [one.build(), two.build()])


def test_the_same_system_twice() -> None:
    one, _ = pair()
    one.variable("x", Bool)
    with blames("the action go stands in two of the systems", "list it in shared_actions, or rename it"):
        one.action("go")  # blamed
        compose("both", [one.build()] * 2)


def test_a_shared_action_that_only_one_has() -> None:
    one, two = pair()
    one.variable("x", Bool)
    one.action("go")
    two.variable("y", Bool)
    with blames("the shared action go stands in fewer than two systems", "declare it in both"):
        compose("both", [one.build(), two.build()], shared_actions=["go"])  # blamed


def test_shared_actions_with_other_labels() -> None:
    one, two = pair()
    one.variable("x", Bool)
    two.variable("y", Bool)
    two.action("go", labels={"host": 1})
    with blames("the labels of the shared action go differ between the systems", "use the same"):
        one.action("go", labels={"host": 0})  # blamed
        compose("both", [one.build(), two.build()], shared_actions=["go"])


def test_two_updates_of_one_variable() -> None:
    one, two = pair()
    x, _ = one.variable("x", Range(0, 3)), two.variable("x", Range(0, 3))
    first = becomes(x, 1)
    one.action("go", updates=[first])
    with blames(f"go updates x in two systems, here and at {first.location}", "let one of them update it"):
        two.action("go", updates=[becomes(x, 2)])  # blamed
        compose("both", [one.build(), two.build()], shared_actions=["go"])


def test_a_parameter_of_two_types() -> None:
    one, two = pair()
    one.variable("x", Bool)
    two.variable("y", Bool)
    with blames("the parameter k of go has two types", "give it one"):
        one.action("go", Parameter("k", Range(0, 1)))  # blamed
        two.action("go", Parameter("k", Bool))
        compose("both", [one.build(), two.build()], shared_actions=["go"])


def test_nothing_and_text() -> None:
    one, _ = pair()
    one.variable("x", Bool)
    text: Any = "go"
    with blames("both is composed of nothing", "give at least one system"):
        compose("both", [])  # blamed
    with blames("shared_actions is the text 'go'", "write shared_actions=['go']"):
        compose("both", [one.build()], shared_actions=text)  # blamed
