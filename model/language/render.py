"""An expression as text, in the notation in which models are written."""

from __future__ import annotations

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
    return _shorten(walk(expr, _visit)[0])


def _shorten(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST // 2]} ... {text[-LONGEST // 2 :]}"


def _visit(each: Expr, args: tuple[tuple[str, bool], ...]) -> tuple[str, bool]:
    """The text, and whether it needs parentheses inside something larger."""
    inner = [f"({_shorten(text)})" if loose else _shorten(text) for text, loose in args]
    plain = [_shorten(text) for text, _ in args]
    match each.op:
        case Op.CONST:
            assert isinstance(each.payload, int)
            value = each.type.decode(each.payload)
            return (repr(value) if isinstance(each.type, EnumType) else str(value)), False
        case Op.VAR | Op.PARAM:
            return str(each.payload), False
        case Op.NEXT:
            return f"{each.payload}'", False
        case Op.NOT:
            if each.args[0].op is Op.EQ:
                return plain[0].replace(" == ", " != ", 1) if plain[0].count(" == ") == 1 else f"~({plain[0]})", True
            return f"~{inner[0]}", False
        case Op.ITE:
            return f"If({', '.join(plain)})", False
        case Op.LOOKUP:
            assert isinstance(each.payload, Table)
            return f"{each.payload.name}[{', '.join(plain)}]", False
        case _:
            return _INFIX[each.op].join(inner), True
