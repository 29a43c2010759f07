"""Values, records and indices are more than enough: what the interpreter reaches is always among them."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hopcheck.explorer.lowering import footprint, values
from hopcheck.explorer.lowering.lower import Forms
from hopcheck.explorer.lowering.values import reachable_values
from hopcheck.model.language import (
    Bool,
    Enum,
    Parameter,
    Range,
    System,
    SystemBuilder,
    becomes,
    ground,
    reachable,
    successors,
)

from ...semantics.lowering import lowered  # noqa: TID252 (folders of tests are no package)
from ...semantics.random_models import systems  # noqa: TID252
from .counting import SMALL, counting_systems

RELAXED = {"deadline": None, "suppress_health_check": list(HealthCheck)}
FORMS = (
    Forms(),
    Forms(weigh=False),
    Forms(weigh=False, word_bits=3),
    Forms(table_bits=3),
    Forms(table_bits=-1, word_bits=4),
)


def check(system: System) -> None:
    """No value, no instance and no state of the system is missed; indices tell states apart."""
    transitions = ground(system)
    found = reachable_values(system, transitions)
    states = [state for level in reachable(system) for state in level]
    for position, each in enumerate(system.variables):
        codes = found.codes[each.name]
        if codes is not None:
            assert sorted(set(codes.tolist())) == codes.tolist()
            assert {state[position] for state in states} <= set(codes.tolist())
    fired = {step.label for state in states for step in successors(system, state)}
    assert fired <= {transitions[number].label for number in found.live}
    if states:
        for forms in FORMS:
            made = lowered(system, forms).layout
            words = made.pack(np.array(states, np.int64))
            assert made.admits(words)
            assert [tuple(each) for each in made.unpack(words).tolist()] == states
            if made.indexed:
                indices = made.indices(words).tolist()
                assert len(set(indices)) == len(states)
                assert made.domain is not None
                assert min(indices) >= 0
                assert max(indices) < made.domain


@settings(max_examples=60, **RELAXED)  # type: ignore[arg-type]
@given(systems(errors=False))
def test_nothing_is_missed(system: System) -> None:
    check(system)


@settings(max_examples=60, **RELAXED)  # type: ignore[arg-type]
@given(counting_systems())
def test_nothing_is_missed_where_components_count(system: System) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(footprint, "SMALL", SMALL)
        check(system)


@settings(max_examples=30, **RELAXED)  # type: ignore[arg-type]
@given(systems(errors=False) | counting_systems(), st.sampled_from([1, 4, 40]), st.sampled_from([1, 3]))
def test_nothing_is_missed_where_little_is_listed(system: System, combinations: int, listed: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(values, "COMBINATIONS", combinations)
        patch.setattr(values, "LISTED", listed)
        check(system)


def chain() -> System:
    system = SystemBuilder("chain")
    n = system.variable("n", Range(0, 99), initial=0)
    on = system.variable("on", Bool, initial=False)
    colour = system.variable("colour", Enum("red", "green", "blue"), initial="red")
    system.action("up", guard=n < 7, updates=[becomes(n, n + 1)])
    system.action("dead", guard=on, updates=[becomes(n, 50), becomes(colour, "blue")])
    system.action("paint", guard=n == 3, updates=[becomes(colour, "green")])
    return system.build()


def test_what_cannot_happen_brings_no_values() -> None:
    system = chain()
    found = reachable_values(system, ground(system))
    listed = {name: None if codes is None else codes.tolist() for name, codes in found.codes.items()}
    assert listed == {"n": list(range(8)), "on": [0], "colour": [0, 1]}
    assert [ground(system)[number].action for number in found.live] == ["up", "paint"]


def test_instances_of_a_parameter_are_alive_one_by_one() -> None:
    system = SystemBuilder("parameter")
    n = system.variable("n", Range(0, 9), initial=[0, 4])
    value = Parameter("value", Range(0, 9))
    system.action("half", value, guard=n == value * 2, updates=[becomes(n, value)])
    made = system.build()
    found = reachable_values(made, ground(made))
    assert [ground(made)[number].arguments[0][1] for number in found.live] == [0, 1, 2]
    codes = found.codes["n"]
    assert codes is not None
    assert codes.tolist() == [0, 1, 2, 4]


def test_an_error_of_the_model_is_alive() -> None:
    system = SystemBuilder("error")
    n = system.variable("n", Range(0, 3), initial=0)
    system.action("up", updates=[becomes(n, n + 1)])
    made = system.build()
    found = reachable_values(made, ground(made))
    codes = found.codes["n"]
    assert codes is not None
    assert (codes.tolist(), found.live) == ([0, 1, 2, 3], (0,))


def test_a_variable_with_very_many_values_is_not_listed() -> None:
    system = SystemBuilder("wide")
    n = system.variable("n", Range(0, 1 << 40))
    system.action("reset", updates=[becomes(n, 0)])
    made = system.build()
    assert reachable_values(made, ground(made)).codes == {"n": None}
    assert all(a is not b for a, b in itertools.pairwise(ground(made)))
