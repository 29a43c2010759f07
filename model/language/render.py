"""An expression as text, in the notation in which models are written."""

from __future__ import annotations

from typing import NamedTuple

from hopcheck.model.language.expr import Expr, Op
from hopcheck.model.language.table import Table
from hopcheck.model.language.types import EnumType
from hopcheck.model.language.walk import walk

_INFIX = {
    Op.AND: " & ",
    Op.OR: " | ",
    Op.EQ: " == ",
    Op.LT: " < ",
    Op.LE: " <= ",
    Op.ADD: " + ",
    Op.SUB: " - ",
    Op.MUL: " * ",
}
LONGEST = 2_000
"""Longer text is cut in the middle: it goes into messages, not into files."""


def render(expr: Expr) -> str:
    """The expression as text; very long ones with their middle left out."""
    return _shorten(walk(expr, _visit).text)


def _shorten(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST // 2]} ... {text[-LONGEST // 2 :]}"


class _Text(NamedTuple):
    """``loose``: whether it needs parentheses in something larger; ``negated``: its opposite, where it has a sign."""

    text: str
    loose: bool = False
    negated: str | None = None


def _visit(each: Expr, args: tuple[_Text, ...]) -> _Text:
    plain = [_shorten(arg.text) for arg in args]
    inner = [f"({text})" if arg.loose else text for arg, text in zip(args, plain, strict=True)]
    match each.op:
        case Op.CONST:
            assert isinstance(each.payload, int)
            value = each.type.decode(each.payload)
            return _Text(repr(value) if isinstance(each.type, EnumType) else str(value))
        case Op.VAR | Op.PARAM:
            return _Text(str(each.payload))
        case Op.NEXT:
            return _Text(f"{each.payload}'")
        case Op.NOT:
            return _Text(f"~{inner[0]}") if args[0].negated is None else _Text(args[0].negated, loose=True)
        case Op.ITE:
            return _Text(f"If({', '.join(plain)})")
        case Op.LOOKUP:
            assert isinstance(each.payload, Table)
            return _Text(f"{each.payload.name}[{', '.join(plain)}]")
        case _:
            negated = f"{inner[0]} != {inner[1]}" if each.op is Op.EQ else None
            return _Text(_INFIX[each.op].join(inner), loose=True, negated=negated)
