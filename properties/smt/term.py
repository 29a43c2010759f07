"""Expressions as SMT-LIB terms: one fold, with what is shared bound by ``let``.

Text and not a solver's own terms: a script is what is solved, what a second solver checks and what a certificate keeps,
and writing it needs no solver.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from hopcheck.model.language import Bool, Expr, Op, Table
from hopcheck.model.language.expr import code_of
from hopcheck.model.language.types import BoolType, Type
from hopcheck.model.language.walk import nodes
from hopcheck.properties.smt.numbers import Numbers

_LEAVES = (Op.CONST, Op.VAR, Op.NEXT, Op.PARAM)
_PLAIN = {Op.NOT: "not", Op.AND: "and", Op.OR: "or", Op.EQ: "=", Op.ITE: "ite"}


def apply(function: str, arguments: Sequence[str]) -> str:
    """A function applied to arguments; without any, its bare name."""
    return f"({function} {' '.join(arguments)})" if arguments else function


def conjunction(parts: Sequence[str]) -> str:
    """All of the terms."""
    return parts[0] if len(parts) == 1 else apply("and", parts) if parts else "true"


def disjunction(parts: Sequence[str]) -> str:
    """Some of the terms."""
    return parts[0] if len(parts) == 1 else apply("or", parts) if parts else "false"


def constant(code: int, type_: Type, numbers: Numbers) -> str:
    """The value of ``type_`` that the code stands for."""
    if isinstance(type_, BoolType):
        return "true" if code else "false"
    return numbers.numeral(code)


def term(expr: Expr, symbol: Callable[[Expr], str], numbers: Numbers, tables: Mapping[Table, str]) -> str:
    """The expression as a term.

    ``symbol``: what a variable or parameter is called; ``tables``: the functions that stand for the tables. A lookup
    that misses its table has some value: definedness is kept beside the expression, not in it.
    """
    order = nodes(expr)
    uses = Counter(arg for each in order for arg in set(each.args))
    written: dict[Expr, str] = {}
    layers: dict[int, list[str]] = {}  # lets of one depth do not speak of each other
    for each in order:
        text = _write(each, [written[arg] for arg in each.args], symbol, numbers, tables)
        if uses[each] > 1 and each.op not in _LEAVES:
            name = f"?{len(written)}"
            layers.setdefault(each.depth, []).append(f"({name} {text})")
            text = name
        written[each] = text
    opening = "".join(f"(let ({' '.join(layers[depth])}) " for depth in sorted(layers))
    return f"{opening}{written[expr]}{')' * len(layers)}"


def _write(each: Expr, args: list[str], symbol: Callable[[Expr], str], numbers: Numbers, tables: Mapping[Table, str]) -> str:
    match each.op:
        case Op.CONST:
            return constant(code_of(each), each.type, numbers)
        case Op.VAR | Op.NEXT | Op.PARAM:
            return symbol(each)
        case Op.LOOKUP:
            assert isinstance(each.payload, Table)
            return apply(tables[each.payload], args)
        case op if op in _PLAIN:
            return apply(_PLAIN[op], args)
        case op:
            return apply(numbers.operator(op), args)


def within(symbol: str, type_: Type, numbers: Numbers) -> list[str]:
    """The conditions under which a number is the code of a value of the type (none for truth values)."""
    if isinstance(type_, BoolType):
        return []
    most = numbers.operator(Op.LE)
    parts = [apply(most, [numbers.numeral(type_.lo), symbol])]
    if type_.hi is not None:
        parts.append(apply(most, [symbol, numbers.numeral(type_.hi)]))
    return parts


def sort_of(type_: Type, numbers: Numbers) -> str:
    """The SMT-LIB sort of the type's values."""
    return "Bool" if type_ == Bool else numbers.sort


def defined(name: str, arguments: Sequence[tuple[str, str]], sort: str, body: str) -> str:
    """A function's definition: ``arguments`` are pairs of symbol and sort."""
    return f"(define-fun {name} ({' '.join(f'({symbol} {kind})' for symbol, kind in arguments)}) {sort}\n  {body})"
