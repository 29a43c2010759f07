"""Operator by operator, on all values of small domains: each lowered form does what the interpreter does."""

from __future__ import annotations

import numpy as np
import pytest

from hopcheck.explorer import kernels
from hopcheck.explorer.kernels.data import BLOCK
from hopcheck.explorer.lowering.conditions import UNDEFINED
from hopcheck.explorer.lowering.lower import Forms, Lowered
from hopcheck.explorer.questions import Kind
from hopcheck.model.errors import ModelError
from hopcheck.model.language import (
    Bool,
    Enum,
    Expr,
    If,
    Lookup,
    Op,
    Range,
    System,
    SystemBuilder,
    after,
    all_of,
    any_of,
    becomes,
    holds,
    literal,
    successors,
    table,
)
from hopcheck.model.language.walk import nodes

from .lowering import check_successors, lowered, states_of

COLOUR = Enum("red", "green", "blue")
VARIABLES = {"p": Bool, "q": Bool, "c": COLOUR, "a": Range(-2, 2), "b": Range(0, 3), "one": Range(7, 7)}
SHORT = table("short", [Range(-1, 1)], Range(-9, 9), [3, -5, 0])
WIDE = table("wide", [COLOUR, Range(0, 2)], Bool, [True, False, True, False, False, True, True, True, False])

FORMS = {
    "tables": Forms(weigh=False),
    "tables, several words": Forms(weigh=False, word_bits=3),
    "program": Forms(table_bits=-1, rows=False),
    "program, several words": Forms(table_bits=-1, rows=False, word_bits=3),
}


def declare(**updates: object) -> System:
    """A system that starts anywhere, with one action that makes these updates."""
    system = SystemBuilder("operators")
    variables = {name: system.variable(name, type_) for name, type_ in VARIABLES.items()}
    system.action("go", updates=[becomes(variables[name], value) for name, value in updates.items()])
    return system.build()


V = {each.name: each.expr for each in declare().variables}
p, q, c, a, b, one = V.values()

NUMBERS: dict[str, Expr] = {
    "add": a + b,
    "sub": a - b,
    "mul": a * b,
    "neg": -a,
    "sum of many": a + b + a + one - 6,
    "if": If(p, a, b),
    "nested if": If(a < b, If(q, a, -1), b * b),
    "lookup that may miss": Lookup(SHORT, a),
    "lookup of a lookup": Lookup(SHORT, Lookup(SHORT, a)),
    "guarded lookup": If((a <= 1) & (a >= -1), Lookup(SHORT, a), 9),
    "badly guarded lookup": If(p, Lookup(SHORT, a), 9),
}
TRUTHS: dict[str, Expr] = {
    "variable": p,
    "not": ~p,
    "and": p & q & (a < b),
    "or": p | q | (a < b),
    "eq of truths": p == q,
    "eq of members": c == "green",
    "eq of numbers": a == b,
    "ne": a != b,
    "lt": a < b,
    "le": a <= b,
    "gt": a > b,
    "ge": a >= 1,
    "implies": (a == b).implies(p),
    "if of truths": If(p, q, a < b),
    "one_of": c.one_of("red", "blue"),
    "lookup": Lookup(WIDE, c, If(p, 0, 2)),
    "lookup that may miss": Lookup(WIDE, c, b),
    "and that stops before it misses": (b < 3) & Lookup(WIDE, c, b),
    "and that misses first": Lookup(WIDE, c, b) & (b < 3),
    "or that stops before it misses": (b == 3) | Lookup(WIDE, c, b),
    "or that misses first": Lookup(WIDE, c, b) | (b == 3),
    "comparison with a lookup that may miss": Lookup(SHORT, a) == b,
    "not of a lookup that may miss": ~Lookup(WIDE, c, b),
    "all": all_of([p, q, a < b, c == "red"]),
    "any": any_of([p & q, a < b, c == "red"]),
    "always true": (a + b) == (a + b),
    "one value": one == 7,
}
COLOURS: dict[str, Expr] = {"if of members": If(p, c, literal(COLOUR, "blue"))}

STEPS: dict[str, Expr] = {
    "the next value": after(a) <= b,
    "both values": (after(a) == a) | (after(p) != p),
    "a lookup of the next value": Lookup(SHORT, after(a)) == 0,
    "a variable that stays": after(c) == c,
    "none at all": p | q,
}


def test_every_operator_is_here() -> None:
    used = {each.op for each in nodes(*NUMBERS.values(), *TRUTHS.values(), *COLOURS.values(), *STEPS.values())}
    assert used == set(Op) - {Op.PARAM}  # parameters are gone once a system is ground


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", NUMBERS)
def test_updates_of_numbers(name: str, form: str) -> None:
    check_successors(declare(b=NUMBERS[name]), FORMS[form])
    check_successors(declare(a=NUMBERS[name], p=~p), FORMS[form])


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", TRUTHS)
def test_updates_of_truth_values(name: str, form: str) -> None:
    check_successors(declare(p=TRUTHS[name], b=a + 2 if name == "not" else b), FORMS[form])


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", COLOURS)
def test_updates_of_members(name: str, form: str) -> None:
    check_successors(declare(c=COLOURS[name]), FORMS[form])


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", TRUTHS)
def test_guards(name: str, form: str) -> None:
    system = SystemBuilder("guards")
    variables = {each: system.variable(each, type_) for each, type_ in VARIABLES.items()}
    system.action("go", guard=TRUTHS[name], updates=[becomes(variables["b"], 0), becomes(variables["q"], ~q)])
    system.action("stay", guard=TRUTHS[name] & p)
    check_successors(system.build(), FORMS[form])


ROWS: dict[str, Expr] = {
    "no condition": p | ~p,
    "a truth value": p,
    "its negation": ~p,
    "a member": c == "blue",
    "the constant first": literal(COLOUR, "green") == c,
    "several": p & ~q & (c == "red") & (a == -2) & (b == 3),
    "the only value": one == 7,
    "two values of one variable": (a == 1) & (a == 2),
}


@pytest.mark.parametrize("word_bits", [62, 3])
@pytest.mark.parametrize("name", ROWS)
def test_rows(name: str, word_bits: int) -> None:
    system = SystemBuilder("rows")
    variables = {each: system.variable(each, type_) for each, type_ in VARIABLES.items()}
    updates = [becomes(variables["c"], "green"), becomes(variables["a"], -1), becomes(variables["p"], False)]
    system.action("go", guard=ROWS[name], updates=updates)
    system.action("one", guard=ROWS[name], updates=[becomes(variables["one"], 7)])
    made = system.build()
    forms = Forms(table_bits=-1, word_bits=word_bits)
    if name != "two values of one variable":
        assert len(lowered(made, forms).moves.program.guard) == 0
    check_successors(made, forms)


def bits_of(model: Lowered, judge_of_steps: bool, words: np.ndarray, count: int) -> list[int]:
    """The bits that the kernel gives to each state."""
    (rule,) = model.steps if judge_of_steps else model.states
    numbers, found = np.empty(count + BLOCK, np.int64), np.empty(count + BLOCK, np.int64)
    at, top = kernels.judge(rule.data, words, 0, count, numbers, found)
    assert at == count
    bits = [0] * count
    for number, each in zip(numbers[:top].tolist(), found[:top].tolist(), strict=True):
        bits[number] = each
    return bits


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", [Kind.ALWAYS, Kind.REACHABLE])
@pytest.mark.parametrize("name", TRUTHS)
def test_properties_of_states(name: str, kind: Kind, form: str) -> None:
    system = declare()
    model = lowered(system, FORMS[form], {kind: {"it": TRUTHS[name]}})
    states, words = states_of(system, model)
    for state, bits in zip(states, bits_of(model, False, words, len(states)), strict=True):
        try:
            wanted = holds(system, TRUTHS[name], state) is (kind is Kind.REACHABLE)
        except ModelError:
            assert bits >> UNDEFINED & 1
        else:
            assert bits == wanted << 1


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", STEPS)
def test_properties_of_steps(name: str, form: str) -> None:
    system = declare(a=If(p, a, -a), p=~p)
    model = lowered(system, FORMS[form], {Kind.STEP: {"it": STEPS[name]}})
    states, words = states_of(system, model)
    for state, bits in zip(states, bits_of(model, True, words, len(states)), strict=True):
        try:
            held = all(holds(system, STEPS[name], state, step.target) for step in successors(system, state))
        except ModelError:
            assert bits >> UNDEFINED & 1
        else:
            assert bits == (not held) << 1


def test_many_properties_are_judged_in_turn() -> None:
    from hopcheck.explorer import explore

    system = declare()
    always = {f"a is not {n}": a != n for n in range(-2, 3)} | {f"b <= {n}": b <= n % 5 for n in range(150)}
    found = {backend: explore(system, always=always, backend=backend) for backend in ("interpreter", "kernel")}
    assert found["kernel"].answers == found["interpreter"].answers
