"""Expressions as text of another language: one fold, and what tells the languages apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from hopcheck.model.export.claim import TooLargeError
from hopcheck.model.language import Expr, Op, Table, Type
from hopcheck.model.language.expr import code_of
from hopcheck.model.language.walk import nodes, walk

LARGEST = 100_000
"""The most operators and operands that one expression is written with: what is shared is written again each time."""


@dataclass(frozen=True, slots=True)
class Notation:
    """How a language writes expressions.

    ``infix``: the operators between arguments; ``opposite``: the operators that stand for the negation of another;
    ``negation``: what stands before anything else that is negated; ``choice``: a condition and two branches, by
    ``str.format``. ``value``: a code of a type; ``leaf``: a variable or parameter; ``lookup``: a table at indices that
    are written already. The language's ``and``, ``or`` and choice must not look at more than they need.
    """

    infix: Mapping[Op, str]
    opposite: Mapping[Op, str]
    negation: str
    choice: str
    value: Callable[[int, Type], str]
    leaf: Callable[[Expr], str]
    lookup: Callable[[Table, Sequence[str]], str]


class _Text(NamedTuple):
    """``loose``: whether it needs parentheses in something larger; ``negated``: its opposite, where there is an operator."""

    text: str
    loose: bool = False
    negated: str | None = None


def write(expr: Expr, notation: Notation, *, inside: bool = False) -> str:
    """The expression as text, ``inside`` something larger in parentheses if it needs them.

    Raises ``TooLargeError`` where it is too large to be written.
    """
    weight = walk(expr, lambda _, args: min(1 + sum(args), LARGEST + 1))
    if weight > LARGEST:
        raise TooLargeError(
            f"an expression is too large to be written out in another language: more than {LARGEST} parts",
            "look its parts up in a Table, keep them in variables, or export to smt2, which shares them",
            expr.location,
        )
    made = walk(expr, lambda each, args: _visit(each, args, notation))
    return f"({made.text})" if inside and made.loose else made.text


def conjuncts(expr: Expr) -> tuple[Expr, ...]:
    """The parts that must all hold, in the order in which they are looked at."""
    return expr.args if expr.op is Op.AND else (expr,)


def lookups(*exprs: Expr) -> tuple[Table, ...]:
    """The tables that the expressions look up, each once."""
    return tuple(dict.fromkeys(each.payload for each in nodes(*exprs) if isinstance(each.payload, Table)))


def _visit(each: Expr, args: tuple[_Text, ...], notation: Notation) -> _Text:
    inner = [f"({arg.text})" if arg.loose else arg.text for arg in args]
    match each.op:
        case Op.CONST:
            return _Text(notation.value(code_of(each), each.type))
        case Op.VAR | Op.NEXT | Op.PARAM:
            return _Text(notation.leaf(each))
        case Op.NOT if args[0].negated is not None:
            return _Text(args[0].negated, loose=True)
        case Op.NOT:
            return _Text(f"{notation.negation}{inner[0]}")
        case Op.ITE:
            return _Text(notation.choice.format(*inner))
        case Op.LOOKUP:
            assert isinstance(each.payload, Table)
            return _Text(notation.lookup(each.payload, [arg.text for arg in args]))
        case op:
            other = notation.opposite.get(op)
            negated = None if other is None else f"{inner[0]} {other} {inner[1]}"
            return _Text(f" {notation.infix[op]} ".join(inner), loose=True, negated=negated)
