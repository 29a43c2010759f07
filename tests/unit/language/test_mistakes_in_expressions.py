"""A slip in an expression is reported at its line, with what to write instead."""

# ruff: noqa: B015, B018, E712, SIM300 (the slips are the point)

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import pytest

from hopcheck.model.errors import ModelError
from hopcheck.model.language import (
    Bool,
    Enum,
    Expr,
    If,
    Lookup,
    Parameter,
    Range,
    after,
    all_of,
    coded_table,
    count,
    exists,
    for_all,
    literal,
    select,
    table,
)
from hopcheck.model.language.expr import MAX_DEPTH, lift, variable

from .blame import blames

STAGE = Enum("setup", "active", "completed")
S = variable("stage", STAGE)
N = variable("n", Range(0, 9))
P = variable("p", Bool)
Q = variable("q", Bool)
WITHOUT_END = variable("total", Range(0, None))
SHORT = table("Short", [Range(0, 2)], Range(0, 9), [4, 5, 6])

PARENTHESES = "& and | bind tighter than comparisons: write (a == b) & (c == d)"
NO_TRUTH = (
    "an expression of the model has no truth value in Python",
    "write & for and, | for or, ~ for not, If(c, a, b) for a choice, x.one_of(...) for in, "
    "and (a < b) & (b < c) for a chained comparison",
)


def test_and_or_not() -> None:
    with blames(*NO_TRUTH):
        P and Q  # blamed
    with blames(*NO_TRUTH):
        P or Q  # blamed
    with blames(*NO_TRUTH):
        not P  # blamed


def test_a_truth_test() -> None:
    with blames(*NO_TRUTH):
        if S == "active":  # blamed
            raise AssertionError
    with blames(*NO_TRUTH):
        1 if P else 2  # blamed
    with blames(*NO_TRUTH):
        any([P, Q])  # blamed


def test_a_chained_comparison() -> None:
    with blames(*NO_TRUTH):
        0 < N < 5  # blamed


def test_in() -> None:
    with blames(*NO_TRUTH):
        S in ("active", "completed")  # blamed


def test_sorting_and_largest() -> None:
    with blames(*NO_TRUTH):
        max(N, N + 1)  # blamed


def test_iteration() -> None:
    message = ("an expression cannot be iterated", "use a Table for something indexed")
    with blames(*message):
        for _ in N:  # blamed
            raise AssertionError
    with blames(*message):
        list(N)  # blamed
    with blames(*message):
        3 in N  # type: ignore[operator]  # blamed


@pytest.mark.parametrize(
    "slip",
    [operator.truediv, operator.floordiv, operator.mod, operator.pow, operator.xor],
    ids=lambda each: each.__name__,
)
def test_an_operator_that_the_language_lacks(slip: Callable[[object, object], object]) -> None:
    message = ("the language has no / // % ** and ^", "write a != b for a ^ b, and look the others up in a Table")
    with blames(*message):
        slip(N, 2)  # blamed
    with blames(*message):
        slip(2, N)  # blamed


def test_precedence_slips() -> None:
    with blames(
        "'active' is text where Bool is wanted",
        f"compare text with a variable of an Enum type, or write literal(type, value); {PARENTHESES}",
    ):
        S == "active" & P  # blamed
    with blames("1 is a number where Bool is wanted", f"write a value of Bool; {PARENTHESES}"):
        N == 1 & P  # blamed
    with blames("& and | wants a truth value, and n is of type Range(0, 9)", PARENTHESES):
        P & N == 1  # blamed
    with blames("& and | wants a truth value, and n is of type Range(0, 9)", PARENTHESES):
        N == N & P  # blamed
    with blames("~ wants a truth value, and n is of type Range(0, 9)", PARENTHESES):
        ~N == 1  # blamed
    with blames("a comparison wants a number, and p & q is of type Bool", PARENTHESES):
        P & Q < N  # blamed


def test_an_unknown_member() -> None:
    with blames(
        "'activ' is no member of Enum(setup, active, completed)",
        "did you mean 'active'? write one of 'setup', 'active', 'completed'",
    ):
        S == "activ"  # blamed
    with blames("'zzz' is no member of Enum(setup, active, completed)", "write one of 'setup', 'active', 'completed'"):
        S.one_of(  # blamed
            "active",
            "zzz",
        )


def test_a_value_of_another_type() -> None:
    with blames("1 is a number where Bool is wanted", f"write a value of Bool; {PARENTHESES}"):
        P == 1  # blamed
    with blames("True is a truth value where Range(0, 9) is wanted", "write a value of Range(0, 9)"):
        N == True  # blamed
    with blames(
        "stage of type Enum(setup, active, completed) is compared with n of type Range(0, 9)",
        f"compare values of one type; {PARENTHESES}",
    ):
        S == N  # blamed
    with blames(
        "a comparison wants a number, and stage is of type Enum(setup, active, completed)",
        "compare the members of an Enum by == and one_of",
    ):
        S < "active"  # blamed
    with blames("arithmetic wants a number, and p is of type Bool", PARENTHESES):
        P + P  # blamed
    with blames("the branches of an If are of types Bool and Range(0, 9)", "give both one type"):
        If(P, Q, N)  # blamed
    with blames(
        "'setup' is text where a value is wanted",
        f"compare text with a variable of an Enum type, or write literal(type, value); {PARENTHESES}",
    ):
        If(P, "setup", "active")  # blamed
    with blames("If wants a truth value, and n is of type Range(0, 9)", PARENTHESES):
        If(N, 1, 2)  # blamed


@pytest.mark.parametrize("strange", [None, 1.5, [], b"x"])
def test_a_value_of_no_type(strange: object) -> None:
    with blames(
        f"{strange!r} cannot stand in an expression",
        "write True, False, a number, a member's name or an expression",
    ):
        N == strange  # blamed


def test_a_number_too_large() -> None:
    with blames(f"{2**62} does not fit into 62 bits", "scale the numbers down"):
        N == 2**62  # blamed
    large = variable("large", Range(0, 2**31))
    with blames("large and 2147483648 can leave 62 bits", "narrow the ranges"):
        large * 2**31  # blamed


def test_the_largest_numbers_are_exact() -> None:
    top = 2**62 - 1
    assert lift(top).type == Range(top, top)
    assert (variable("w", Range(-top, top)) - 0).type == Range(-top, top)
    with pytest.raises(ModelError, match="62 bits"):
        variable("w", Range(-top, top)) - 1
    with pytest.raises(ModelError, match="62 bits"):
        -variable("w", Range(-top, top)) + -1


def test_numbers_without_end() -> None:
    with blames("a difference with an unbounded number has no lower bound", "compare the sum instead"):
        N - WITHOUT_END  # blamed
    with blames("a product of an unbounded number and a negative one has no lower bound", "bound the factors"):
        WITHOUT_END * -1  # blamed
    assert (WITHOUT_END + 1).type == Range(1, None)
    assert (WITHOUT_END * 2).type == Range(0, None)
    assert (WITHOUT_END * N).type == Range(0, None)
    assert (WITHOUT_END * 0) is lift(0)


def test_a_finite_type_is_needed() -> None:
    hint = "give it an upper bound: only the provers can do without one"
    with blames("Range(0, None) has no end", hint):
        for_all(Range(0, None), lambda each: each == N)  # blamed
    with blames("Range(0, None) has no end", hint):
        exists(Range(0, None), lambda each: each == N)  # blamed
    with blames("Range(0, None) has no end", hint):
        table("T", [Range(0, None)], Bool, [True])  # blamed


def test_what_is_no_type() -> None:
    wrong: Any = bool
    hint = "write Bool, Enum(...) or Range(lo, hi)"
    with blames("<class 'bool'> is not a type of the language", hint):
        Parameter("x", wrong)  # blamed
    with blames("<class 'bool'> is not a type of the language", hint):
        literal(wrong, True)  # blamed
    with blames("<class 'bool'> is not a type of the language", hint):
        table("T", [wrong], Bool, [True])  # blamed
    with blames("<class 'bool'> is not a type of the language", hint):
        table("T", [Bool], wrong, [True])  # blamed
    with blames("<class 'bool'> is not a type of the language", hint):
        for_all(wrong, lambda each: each == N)  # blamed


def test_empty_and_broken_types() -> None:
    wrong: Any = ["a", "b"]
    with blames("an Enum without members has no value", 'write Enum("a", "b", ...)'):
        Enum()  # blamed
    with blames("the member 'a' stands twice in an Enum", "name each member once"):
        Enum("a", "b", "a")  # blamed
    with blames("['a', 'b'] cannot be a member of an Enum", "write members as non-empty text"):
        Enum(wrong)  # blamed
    with blames("Range(3, 2) is empty", "write the lower bound first"):
        Range(3, 2)  # blamed
    with blames("True is no bound of a Range", "write whole numbers"):
        Range(True, 2)  # blamed
    with blames(f"Range(0, {2**62}) does not fit into 62 bits", "scale the numbers down, or use hi=None"):
        Range(0, 2**62)  # blamed


def test_a_member_named_twice_is_found_among_thousands() -> None:
    names = [f"m{number}" for number in range(20_000)]
    with blames("the member 'm7' stands twice in an Enum", "name each member once"):
        Enum(*names, "m7")  # blamed


def test_a_lookup_outside_its_table() -> None:
    with blames("the index 3 lies outside the table Short", "write an index of Range(0, 2), or make the table larger"):
        Lookup(SHORT, 3)  # blamed
    with blames("the index n + 3 lies outside the table Short", "write an index of Range(0, 2), or make the table larger"):
        Lookup(SHORT, N + 3)  # blamed
    below = table("Below", [Range(-4, -2)], Bool, [True, False, True])
    with blames("the index -1 lies outside the table Below", "write an index of Range(-4, -2), or make the table larger"):
        Lookup(below, -1)  # blamed


def test_a_lookup_by_something_else() -> None:
    wrong: Any = N
    by_stage = table("ByStage", [STAGE], Bool, [True, False, True])
    with blames("the table Short is indexed by Range(0, 2), not by p", "index it by that type"):
        Lookup(SHORT, P)  # blamed
    with blames("the table Short has 1 dimensions, and 2 indices are given", "give one index a dimension"):
        Lookup(SHORT, N, N)  # blamed
    with blames("n is no table", "write Lookup(table, index, ...)"):
        Lookup(wrong, SHORT)  # blamed
    with blames(
        "'activ' is no member of Enum(setup, active, completed)",
        "did you mean 'active'? write one of 'setup', 'active', 'completed'",
    ):
        Lookup(by_stage, "activ")  # blamed


def test_a_table_that_does_not_fit() -> None:
    with blames("the table T has 3 values", "give 4 of them (2 x 2, last index fastest)"):
        table("T", [Bool, Range(1, 2)], Bool, [True, False, True])  # blamed
    with blames("the table T has no dimension", "give the types of its indices"):
        table("T", [], Bool, [True])  # blamed
    with blames("7 lies outside Range(0, 3)", "write a number in the range, or widen the range"):
        table("T", [Bool], Range(0, 3), [1, 7])  # blamed
    with blames("2 is not a truth value", "write True or False"):
        table("T", [Bool], Bool, [True, 2])  # blamed
    with blames("the table T has a cell 3, which is no code of Enum(setup, active, completed)", "give codes of that type"):
        coded_table("T", [Bool], STAGE, [0, 3])  # blamed


def test_select_outside_its_items() -> None:
    with blames("the index n does not run inside the 3 items", "give it their Range"):
        select([1, 2, 3], N)  # blamed
    with blames("the index p does not run inside the 3 items", "give it their Range"):
        select([1, 2, 3], P)  # blamed
    with blames("the index n - 7 does not run inside the 3 items", "give it their Range"):
        select([1, 2, 3], N - 7)  # blamed
    with blames("the index one does not run inside the 3 items", "give it their Range"):
        select([1, 2, 3], variable("one", Range(0, 3)))  # blamed
    with blames("nothing to select from", "give at least one item"):
        select([], N)  # blamed


def test_after_something_that_is_no_variable() -> None:
    wrong: Any = "n"
    with blames("n + 1 is not a variable", "write after(variable)"):
        after(N + 1)  # blamed
    with blames("'n' is not a variable", "write after(variable)"):
        after(wrong)  # blamed


def test_a_slip_inside_a_function_or_a_comprehension() -> None:
    with blames(*NO_TRUTH):

        def between(low: int, value: Expr, high: int) -> Expr:
            return low <= value <= high  # blamed

        between(1, N, 2)
    with blames("0 is a number where Bool is wanted", f"write a value of Bool; {PARENTHESES}"):
        all_of(
            each == 0  # blamed
            for each in (P, Q)
        )
    with blames("0 is a number where Bool is wanted", f"write a value of Bool; {PARENTHESES}"):
        exists(
            Range(0, 2),
            lambda each: (each == N) & (P == 0),  # blamed
        )
    with blames("If wants a truth value, and n is of type Range(0, 9)", PARENTHESES):
        count([P, N])  # blamed


def test_nesting_too_deep() -> None:
    chain = N + 1
    with blames(f"an expression nests deeper than {MAX_DEPTH} levels", "use a Table, or all_of and any_of over a list"):
        for _ in range(10_000):
            chain = If(P, chain, N)  # blamed
