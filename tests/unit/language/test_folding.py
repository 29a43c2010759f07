"""Folding, substitution, definedness and ranges never change what an expression means."""

from __future__ import annotations

import operator

import pytest
from hypothesis import given, settings

from hopcheck.model.language import (
    FALSE,
    TRUE,
    Bool,
    Expr,
    If,
    Lookup,
    Op,
    Range,
    RangeType,
    all_of,
    any_of,
    evaluate,
    table,
)
from hopcheck.model.language.define import definedness, in_range
from hopcheck.model.language.expr import constant, variable
from hopcheck.model.language.interpret import MissedLookupError
from hopcheck.model.language.types import codes
from hopcheck.model.language.walk import free, nodes, substitute

from . import trees
from .trees import PARAMETERS, TREES, TYPES, Missed, Tree, World, build, worlds

X = variable("x", Range(0, 5))
P = variable("p", Bool)
SHORT = table("Short", [Range(0, 2)], Range(0, 9), [4, 5, 6])
MAYBE = Lookup(SHORT, X)  # without a value where x is 3, 4 or 5


def truth(tree: Tree, world: World) -> int | None:
    try:
        return trees.value(tree, world)
    except Missed:
        return None


def told(expr: Expr, world: World) -> int | None:
    try:
        return evaluate(expr, world, given=world)
    except MissedLookupError:
        return None


@given(TREES)
@settings(max_examples=60, deadline=None)
def test_a_folded_expression_means_what_was_written(tree: Tree) -> None:
    expr = build(tree)
    for world in worlds():
        assert told(expr, world) == truth(tree, world), world


@given(TREES)
@settings(max_examples=50, deadline=None)
def test_definedness_holds_exactly_where_no_lookup_misses(tree: Tree) -> None:
    expr = build(tree)
    defined = definedness(expr)
    assert not expr.total or defined is TRUE
    for world in worlds():
        assert told(defined, world) == (truth(tree, world) is not None), world


@given(TREES)
@settings(max_examples=40, deadline=None)
def test_the_type_of_every_part_holds_its_values(tree: Tree) -> None:
    parts = nodes(build(tree))
    for world in list(worlds())[::7]:
        for part in parts:
            code = told(part, world)
            assert code is None or (part.type.lo <= code and (part.type.hi is None or code <= part.type.hi))
            assert told(in_range(part, part.type), world) in (code if code is None else 1, 1)


@given(TREES)
@settings(max_examples=40, deadline=None)
def test_substituting_values_is_evaluating_with_them(tree: Tree) -> None:
    expr = build(tree)
    types = TYPES | PARAMETERS
    for world in list(worlds())[::11]:
        for chosen in (("a", "c", "p"), ("k", "b"), tuple(types)):
            known = {name: constant(world[name], types[name]) for name in chosen}
            replaced = substitute(expr, lambda leaf: known.get(str(leaf.payload)))  # noqa: B023 (called at once)
            assert not (free(replaced) | free(replaced, op=Op.PARAM)) & set(chosen)
            assert told(replaced, world) == truth(tree, world), (world, chosen)


@given(TREES)
@settings(max_examples=40, deadline=None)
def test_substituting_other_expressions_is_evaluating_in_the_world_they_make(tree: Tree) -> None:
    swap = {"a": build(("leaf", "b")) - 1, "p": ~build(("leaf", "q")), "c": build(("leaf", "d"))}
    replaced = substitute(build(tree), lambda leaf: swap.get(str(leaf.payload)))
    for world in list(worlds())[::11]:
        other = world | {"a": world["b"] - 1, "p": 1 - world["q"], "c": world["d"]}
        assert told(replaced, world) == truth(tree, other)


@pytest.mark.parametrize(
    ("folded", "to"),
    [
        (P & True, P),
        (True & P, P),
        (P & False, FALSE),
        (P | True, TRUE),
        (P & P, P),
        (P & ~P, FALSE),
        (all_of([~P, X < 3, P]), FALSE),
        (P.implies(P), TRUE),
        (~~P, P),
        (P == True, P),  # noqa: E712
        (False == P, ~P),  # noqa: E712, SIM300
        (X == X, TRUE),
        (X != X, FALSE),
        (X < X, FALSE),
        (X <= X, TRUE),
        (X < 6, TRUE),
        (X >= 6, FALSE),
        (X == 9, FALSE),
        (X + 0, X),
        (0 + X, X),
        (X - 0, X),
        (1 * X, X),
        (If(P, X, X), X),
        (If(P, True, False), P),
        (If(P, False, True), ~P),
        (If(True, X, MAYBE), X),
        (all_of([]), TRUE),
        (any_of([]), FALSE),
    ],
)
def test_what_is_folded(folded: Expr, to: Expr) -> None:
    assert folded is to


def test_zero_times_a_number_is_zero() -> None:
    assert X * 0 is constant(0, Range(0, 0))


RANGES = [Range(low, high) for low in range(-2, 3) for high in range(low, 3)]


@pytest.mark.parametrize("left", RANGES, ids=str)
def test_the_range_of_arithmetic_is_exact(left: RangeType) -> None:
    for right in RANGES:
        one, two = variable("one", left), variable("two", right)
        for made, plain in ((one + two, operator.add), (one - two, operator.sub), (one * two, operator.mul)):
            values = [plain(x, y) for x in codes(left) for y in codes(right)]
            assert (made.type.lo, made.type.hi) == (min(values), max(values))


@pytest.mark.parametrize(
    ("expr", "short"),
    [
        (MAYBE * 0, 0),
        (MAYBE - MAYBE, 0),
        (MAYBE == MAYBE, 1),
        (MAYBE <= MAYBE, 1),
        (MAYBE < MAYBE, 0),
        (MAYBE > 99, 0),
        (MAYBE == 99, 0),
        (MAYBE < 99, 1),
        (If(MAYBE == 4, X, X) + 0 * X, 2),
        ((MAYBE == 6) & False, 0),
        ((MAYBE == 6) & (MAYBE != 6), 0),
        (any_of([~P, MAYBE == 6, P]), 1),
        ((MAYBE == 6) | True, 1),
        (all_of([P, MAYBE == 6, False, MAYBE == 5]), 0),
        (Lookup(SHORT, MAYBE * 0), 4),
    ],
)
def test_a_lookup_that_may_miss_is_never_folded_away(expr: Expr, short: int) -> None:
    assert not expr.total
    assert evaluate(expr, {"x": 2, "p": 1}) == short
    with pytest.raises(MissedLookupError):
        evaluate(expr, {"x": 3, "p": 1})


@pytest.mark.parametrize(
    "expr",
    [
        (X <= 2) & (MAYBE == 6),
        (X > 2) | (MAYBE == 6),
        If(X <= 2, MAYBE, 0),
        (X <= 2).implies(MAYBE == 6),
        all_of([X <= 2, MAYBE == 6, MAYBE == 5]),
    ],
)
def test_what_stands_before_a_lookup_guards_it(expr: Expr) -> None:
    for x in range(6):
        evaluate(expr, {"x": x})
        assert evaluate(definedness(expr), {"x": x})


def test_nothing_guards_a_lookup_that_stands_first() -> None:
    with pytest.raises(MissedLookupError):
        evaluate((MAYBE == 6) & (X <= 2), {"x": 4})


def test_the_definedness_of_a_long_junction_stays_shallow() -> None:
    indices = [variable(f"i{number}", Range(0, 3)) for number in range(300)]
    long = all_of(Lookup(SHORT, index) >= 5 for index in indices)
    defined = definedness(long)
    assert defined.depth < 40
    fine = dict.fromkeys((f"i{number}" for number in range(300)), 1)
    assert evaluate(defined, fine)
    assert not evaluate(defined, fine | {"i299": 3})
    assert evaluate(defined, fine | {"i150": 0, "i299": 3})
    assert not evaluate(defined, fine | {"i150": 0, "i149": 3})
