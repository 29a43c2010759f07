"""What a condition says of the numbers in single cells, read off by folding it over parts of their ranges.

A condition that the language folds to false for the upper half of a variable's range restricts the variable to the
lower half. Nothing here knows an operator: it is the language that folds.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from hopcheck.model.language import FALSE, Expr, Op, Range, RangeType, literal
from hopcheck.model.language.expr import variable
from hopcheck.model.language.walk import nodes, substitute

MOST_LEAVES = 4
"""A condition on more cells is not looked at: it rarely says anything of one of them."""


def whole(number: int) -> Expr:
    """A number as an expression."""
    return literal(Range(number, number), number)


def cell_of(cell: str, range_: RangeType) -> Expr:
    """A cell with a number in this range, as an expression: a constant where there is only one."""
    return whole(range_.lo) if range_.lo == range_.hi else variable(cell, range_)


def leaves(*exprs: Expr) -> tuple[Expr, ...]:
    """The variables that the expressions read."""
    return tuple(each for each in nodes(*exprs) if each.op is Op.VAR)


def narrowed(condition: Expr) -> dict[str, RangeType] | None:
    """For each cell that the condition restricts further, to which range; None where it never holds."""
    found: dict[str, RangeType] = {}
    for part in condition.args if condition.op is Op.AND else (condition,):
        for cell, low, high in _restricted(part):
            known = found.get(cell, Range(low, high)) if low <= high else None
            if known is None or known.hi is None or max(known.lo, low) > min(known.hi, high):
                return None
            found[cell] = Range(max(known.lo, low), min(known.hi, high))
    return found


@lru_cache(maxsize=1 << 14)
def _restricted(part: Expr) -> tuple[tuple[str, int, int], ...]:
    read = leaves(part)
    return tuple(_bounds(part, read)) if len(read) <= MOST_LEAVES else ()


def _bounds(part: Expr, read: tuple[Expr, ...]) -> Iterator[tuple[str, int, int]]:
    for cell in read:
        low, high = cell.type.lo, cell.type.hi
        assert high is not None
        low, high = low + _impossible(part, cell, low, high, 1), high
        high -= _impossible(part, cell, high, low, -1)
        if (low, high) != (cell.type.lo, cell.type.hi):
            yield str(cell.payload), low, high


def _impossible(part: Expr, cell: Expr, first: int, last: int, way: int) -> int:
    """How many numbers from ``first`` on, in steps of ``way``, the cell cannot have (counted up to ``last``)."""
    found, chunk = 0, max(1, (abs(last - first) + 1) // 2)
    while chunk and found <= (last - first) * way:
        ends = first + found * way, first + (found + chunk - 1) * way
        inside = found + chunk - 1 <= (last - first) * way
        if inside and _never(part, cell, Range(min(ends), max(ends))):
            found += chunk
        else:
            chunk //= 2
    return found


def _never(part: Expr, cell: Expr, range_: RangeType) -> bool:
    here = cell_of(str(cell.payload), range_)
    return substitute(part, lambda leaf: here if leaf is cell else None) is FALSE
