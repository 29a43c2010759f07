"""Expressions read as they are written."""

from __future__ import annotations

import pytest

from hopcheck.model.language import (
    FALSE,
    TRUE,
    Bool,
    Enum,
    Expr,
    If,
    Lookup,
    Parameter,
    Range,
    after,
    all_of,
    any_of,
    literal,
    table,
)
from hopcheck.model.language.expr import variable
from hopcheck.model.language.render import LONGEST, render

STAGE = Enum("setup", "a == b", "done")
S, N, M = variable("stage", STAGE), variable("n", Range(-5, 9)), variable("m", Range(0, 9))
P, Q, R = (variable(name, Bool) for name in "pqr")
T = table("Cost", [STAGE, Range(-5, 9)], Range(0, 99), list(range(45)))


@pytest.mark.parametrize(
    ("expr", "text"),
    [
        (TRUE, "True"),
        (FALSE, "False"),
        (N + -3, "n + -3"),
        (literal(STAGE, "done"), "'done'"),
        (P, "p"),
        (Parameter("k", Bool), "k"),
        (after(N) == N, "n' == n"),
        (~P, "~p"),
        (~(P & Q), "~(p & q)"),
        (~(P == Q), "p != q"),
        (~(S == "a == b"), "stage != 'a == b'"),
        (~((N + 1) == (M * 2)), "(n + 1) != (m * 2)"),
        (~((P == Q) == (Q == R)), "(p == q) != (q == r)"),
        (~(N < M), "~(n < m)"),
        (N >= M, "m <= n"),
        (N > 3, "3 < n"),
        ((P != Q) & R, "(p != q) & r"),
        (~P & ~Q, "~p & ~q"),
        (P & (Q | R), "p & (q | r)"),
        ((P & Q) | R, "(p & q) | r"),
        (all_of([P, Q, R]), "p & q & r"),
        (P.implies(Q), "~p | q"),
        (any_of([S == "setup", S == "done"]), "(stage == 'setup') | (stage == 'done')"),
        (N - (M - 1), "n - (m - 1)"),
        ((N - M) - 1, "(n - m) - 1"),
        (-N, "0 - n"),
        (2 * N, "2 * n"),
        (If(P & Q, N, M) + 1, "If(p & q, n, m) + 1"),
        (~If(P, Q, R), "~If(p, q, r)"),
        (Lookup(T, S, N - 1), "Cost[stage, n - 1]"),
        (Lookup(T, "done", N) == 3, "Cost['done', n] == 3"),
    ],
)
def test_text(expr: Expr, text: str) -> None:
    assert render(expr) == text
    assert repr(expr) == text


def test_very_long_text_is_cut_in_the_middle() -> None:
    text = render(all_of(variable(f"number{each}", Range(0, 9)) == each % 10 for each in range(2_000)))
    assert len(text) < LONGEST + 10
    assert text.startswith("(number0 == 0) & (number1 == 1)")
    assert " ... " in text
    assert text.endswith("(number1999 == 9)")


def test_shared_parts_do_not_multiply() -> None:
    expr = P
    for each in range(60):
        expr = If(variable(f"x{each}", Bool), expr, ~expr)
    assert len(render(expr)) <= LONGEST + 10


def test_long_enums_are_shortened_in_messages() -> None:
    assert str(Enum(*"abcdefgh")) == "Enum(a, b, c, d, e, f, g, h)"
    assert str(Enum(*"abcdefghi")) == "Enum(a, b, c, d, e, f, g, ...)"
    assert (str(Bool), str(Range(-1, None))) == ("Bool", "Range(-1, None)")
