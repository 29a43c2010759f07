"""When an expression has a value: the condition under which no lookup in it misses its table.

Back ends treat a lookup as total (a missed one has any value) and keep this condition beside the expression: it says
exactly what the interpreter, which looks from left to right and stops early, would have met.
"""

from __future__ import annotations

from hopcheck.model.language.expr import (
    TRUE,
    Expr,
    If,
    Op,
    compare,
    constant,
    junction,
    lookup_is_total,
    negate,
)
from hopcheck.model.language.table import Table
from hopcheck.model.language.types import RangeType, Type
from hopcheck.model.language.walk import walk


def in_range(expr: Expr, type_: Type) -> Expr:
    """Whether the expression's value belongs to ``type_``."""
    held = [compare(Op.LE, constant(type_.lo, RangeType(type_.lo, type_.lo)), expr)] if _numeric(expr) else []
    if held and type_.hi is not None:
        held.append(compare(Op.LE, expr, constant(type_.hi, RangeType(type_.hi, type_.hi))))
    return junction(Op.AND, tuple(held))


def _numeric(expr: Expr) -> bool:
    return isinstance(expr.type, RangeType)


def definedness(expr: Expr, memo: dict[Expr, Expr] | None = None) -> Expr:
    """The condition under which the expression has a value; ``TRUE`` for all but some lookups."""
    return TRUE if expr.total else walk(expr, _visit, memo)


def truly(expr: Expr) -> Expr:
    """The expression has a value, and it is true."""
    return definedness(expr) & expr


def _visit(each: Expr, args: tuple[Expr, ...]) -> Expr:
    if each.total:
        return TRUE
    match each.op:
        case Op.AND | Op.OR:
            return _in_turn(each.op, each.args, args)
        case Op.ITE:
            return junction(Op.AND, (args[0], If(each.args[0], args[1], args[2])))
        case Op.LOOKUP:
            own: tuple[Expr, ...] = ()
            if not lookup_is_total(each):
                assert isinstance(each.payload, Table)
                own = tuple(in_range(i, d) for i, d in zip(each.args, each.payload.dimensions, strict=True))
            return junction(Op.AND, (*args, *own))
        case _:
            return junction(Op.AND, args)


def _in_turn(op: Op, parts: tuple[Expr, ...], defined: tuple[Expr, ...]) -> Expr:
    """Each part has a value, or one before it (false in AND, true in OR) is known to settle the matter.

    Halved again and again, so that a long junction does not nest deeply.
    """
    if len(parts) == 1 or all(each is TRUE for each in defined):
        return junction(Op.AND, defined)
    middle = len(parts) // 2
    first, later = _in_turn(op, parts[:middle], defined[:middle]), _in_turn(op, parts[middle:], defined[middle:])
    if later is TRUE:
        return first
    settled = (negate(part) if op is Op.AND else part for part in parts[:middle])
    return junction(Op.AND, (first, junction(Op.OR, (*settled, later))))
