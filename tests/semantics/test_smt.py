"""Operator by operator: interpreter, z3 and cvc5 give every expression the same value, or agree that it has none."""

import itertools

import pytest

from hopcheck.model.errors import ModelError
from hopcheck.model.language import (
    Bool,
    Enum,
    Expr,
    If,
    Lookup,
    Op,
    Parameter,
    Range,
    System,
    SystemBuilder,
    Value,
    after,
    at_most_one,
    count,
    evaluate,
    exists,
    for_all,
    holds,
    select,
    table,
)
from hopcheck.model.language.define import definedness
from hopcheck.model.language.expr import negate, variable
from hopcheck.model.language.types import Type, codes
from hopcheck.model.language.walk import nodes
from hopcheck.properties.obligation import Obligation, discharge_all, script
from hopcheck.properties.smt import names
from hopcheck.properties.smt.lookup import table_function
from hopcheck.properties.smt.numbers import INTEGERS, Numbers
from hopcheck.properties.smt.term import conjunction, constant, disjunction, sort_of, term

COLOUR = Enum("red", "amber", "green")
DOMAINS: dict[str, Type] = {
    "p": Bool,
    "q": Bool,
    "r": Bool,
    "x": Range(-2, 3),
    "y": Range(0, 3),
    "odd |name'\\%@!": Range(-1, 1),
    "c": COLOUR,
    "d": COLOUR,
}


def expressions() -> dict[str, Expr]:
    """Every operator, on operands that are variables; and what protects a lookup that may miss its table."""
    p, q, r, x, y, odd, c, d = (variable(name, type_) for name, type_ in DOMAINS.items())
    small = table("small", [Range(0, 1)], Range(-9, 9), [5, -4])
    back = table("back", [Range(0, 1)], Range(0, 9), [1, 7])
    flags = table("flags", [Range(-1, 2)], Bool, [True, False, False, True])
    mixed = table("mixed", [COLOUR, Bool, Range(1, 2)], COLOUR, ["red", "green", "amber"] * 4)
    long = table("long", [Range(-2, 3)], Range(0, 99), [7, 7, 7, 7, 0, 7])
    parts = {
        "not": ~p,
        "and": p & q & r,
        "or": p | q | r,
        "implies": p.implies(q),
        "same truth": p == q,
        "other truth": p != q,
        "same number": x == y,
        "other number": x != y,
        "number and constant": x == -2,
        "same colour": c == d,
        "colour and constant": c == "amber",
        "one of": c.one_of("red", "green"),
        "less": x < y,
        "at most": x <= y,
        "more": x > y,
        "at least": x >= 1,
        "sum": x + y + odd,
        "difference": x - y,
        "negation": -x,
        "product": x * y,
        "product of sums": (x + 1) * (y - odd),
        "constant product": x * -3,
        "choice of numbers": If(p, x, y * 5),
        "choice of truths": If(p, q, ~r),
        "choice of colours": If(x < y, c, d),
        "shared": ((x + y) * (x + y) < (x + y) + 3) & ((x + y) != 2),
        "lookup": Lookup(long, x),
        "lookup of colours": Lookup(mixed, c, p, If(q, 1, 2)),
        "missing lookup": Lookup(small, y),
        "missing truth": Lookup(flags, x),
        "missing in a sum": Lookup(small, y) + Lookup(small, x),
        "missing lookup of a lookup": Lookup(small, Lookup(back, y)),
        "guarded by and": (y < 2) & (Lookup(small, y) > 0),
        "guarded by or": (y >= 2) | (Lookup(small, y) > 0),
        "guarded by if": If(y < 2, Lookup(small, y), x),
        "guarded too late": (Lookup(small, y) > 0) & (y < 2),
        "guarded in part": p | q | (Lookup(flags, x) & r),
        "condition may miss": If(Lookup(flags, x), y, Lookup(small, y)),
        "missing on both sides": Lookup(small, y) == Lookup(small, y),
        "all": for_all(Range(0, 3), lambda n: (y != n) | (x < n)),
        "some": exists(COLOUR, lambda n: (c == n) & (d != n)),
        "count": count([p, q, r]),
        "at most one": at_most_one([p, q, r]),
        "select": select([x, y + 7, 11, odd], y),
        "after": after(x) + x,
        "parameter": Parameter("x", Range(-2, 3)) * x,
    }
    assert {each.op for expr in parts.values() for each in nodes(expr)} == set(Op)
    return parts


EXPRESSIONS = expressions()


def system() -> System:
    builder = SystemBuilder("operands")
    for name, type_ in DOMAINS.items():
        builder.variable(name, type_)
    return builder.build()


def symbol(leaf: Expr) -> str:
    return {Op.VAR: names.now, Op.NEXT: names.then, Op.PARAM: names.own}[leaf.op](str(leaf.payload))


def mismatch(name: str, expr: Expr, numbers: Numbers, tables: dict[object, str], wrong: int = 0) -> str:
    """The solver gives some operands another value than the interpreter (to which ``wrong`` is added)."""
    whole = system()
    leaves = sorted({each for each in nodes(expr) if not each.args and each.op is not Op.CONST}, key=symbol)
    value = term(expr, symbol, numbers, tables)
    defined = term(definedness(expr), symbol, numbers, tables)
    cases = []
    for choice in itertools.product(*(codes(leaf.type) for leaf in leaves)):
        state: dict[Op, dict[str, int]] = {Op.VAR: {}, Op.NEXT: {}, Op.PARAM: {}}
        for leaf, code in zip(leaves, choice, strict=True):
            state[leaf.op][str(leaf.payload)] = code
        try:
            full = tuple(state[Op.VAR].get(each.name, each.type.lo) for each in whole.variables)
            if not state[Op.NEXT] and not state[Op.PARAM]:
                holds(whole, expr if expr.type == Bool else expr == expr, full)
            code = evaluate(expr, state[Op.VAR], then=state[Op.NEXT], given=state[Op.PARAM])
            expected = constant(code + wrong, expr.type, numbers)
            differs = f"(or (not {defined}) (not (= {value} {expected})))"
        except ModelError:
            differs = defined
        operands = [f"(= {symbol(e)} {constant(v, e.type, numbers)})" for e, v in zip(leaves, choice, strict=True)]
        cases.append(conjunction([*operands, differs]))
    return f"(and {names.own('in ' + name)} {disjunction(cases)})"


def question(parts: dict[str, Expr], numbers: Numbers, wrong: int = 0) -> Obligation:
    every = {each for expr in parts.values() for each in nodes(expr)}
    used = dict.fromkeys(each.payload for expr in parts.values() for each in nodes(expr) if each.op is Op.LOOKUP)
    tables = {each: names.own(f"table {n}") for n, each in enumerate(used)}
    declared = [table_function(name, each, numbers) for each, name in tables.items()]
    leaves = {symbol(each): each.type for each in every if not each.args and each.op is not Op.CONST}
    declared += [f"(declare-const {name} {sort_of(type_, numbers)})" for name, type_ in sorted(leaves.items())]
    declared += [f"(declare-const {names.own('in ' + name)} Bool)" for name in parts]
    cases = [mismatch(name, expr, numbers, tables, wrong) for name, expr in parts.items()]
    return Obligation("operators", script(declared, [disjunction(cases)]), "unsat", "solver and interpreter agree")


@pytest.mark.parametrize("numbers", [INTEGERS, Numbers(12)], ids=["integers", "bit-vectors"])
@pytest.mark.parametrize("solver", ["z3", "cvc5"])
def test_every_operator_on_all_operands(solver: str, numbers: Numbers) -> None:
    (result,) = discharge_all([question(EXPRESSIONS, numbers)], solver=solver, seconds=60)
    guilty = [name for name, value in (result.model or {}).items() if name.startswith("!in ") and value is True]
    assert result.answer == "unsat", (guilty, result)


@pytest.mark.parametrize("numbers", [INTEGERS, Numbers(12)], ids=["integers", "bit-vectors"])
def test_a_wrong_value_is_noticed(numbers: Numbers) -> None:
    wanted = {name: expr for name, expr in EXPRESSIONS.items() if expr.type != Bool}
    wrong = [question({name: expr}, numbers, wrong=1) for name, expr in wanted.items()]
    for name, result in zip(wanted, discharge_all(wrong, seconds=60), strict=True):
        assert result.answer == "sat", name


def test_names_never_fall_together() -> None:
    given: list[Value] = ["x", "x'", "x@0", "x@0@0", "!x", "%21x", "x|", "x\\", "x%7C", "é", "%C3%A9", " "]
    now = [names.now(str(name)) for name in given]
    every = [*now, *(names.then(str(name)) for name in given), *(names.at(each, 0) for each in now)]
    assert len(set(every)) == len(every)
    assert all(each.startswith("|") and each.endswith("|") and "|" not in each[1:-1] for each in every)


def test_negation_is_folded_as_the_language_does() -> None:
    p = variable("p", Bool)
    assert term(negate(~p), symbol, INTEGERS, {}) == "|p|"
