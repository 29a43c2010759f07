"""The operators of DVE that the project's language lacks, as tables over the finite ranges of their operands.

Division and remainder are C's: the quotient is cut off towards zero, the remainder has the dividend's sign. Bits are
those of the two's complement. A value is defined except for division by zero and a shift by less than 0 or by more
than ``MOST_SHIFT``.
"""

from __future__ import annotations

import itertools
import math
import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

from hopcheck.model.errors import InputError
from hopcheck.model.language import TRUE, Expr, Lookup, Range, Table, all_of, coded_table, evaluate
from hopcheck.model.language.types import Type, codes, size

from .dve_narrowing import leaves

MOST_SHIFT = 31

MOST_CELLS = 1 << 20
"""A larger table over operands is refused."""

MOST_EVALUATED = 1 << 16
"""A larger table over the variables in the operands is refused: its cells are computed slowly."""

_SMALL = 1 << 14
"""Up to this many cells, bits are joined in one table; above, digit by digit."""

_DIGIT = 4


@dataclass(frozen=True, slots=True)
class Term:
    """``value``: total; it means something only where ``defined`` holds."""

    value: Expr
    defined: Expr = TRUE


Function = Callable[..., int]


def _quotient(a: int, b: int) -> int:
    return 0 if b == 0 else abs(a) // abs(b) * (-1 if (a < 0) != (b < 0) else 1)


def _remainder(a: int, b: int) -> int:
    return a - b * _quotient(a, b)


def _power(b: int) -> int:
    return 1 << b if 0 <= b <= MOST_SHIFT else 0


def _shift_right(a: int, b: int) -> int:
    return a >> b if 0 <= b <= MOST_SHIFT else 0


def _low_digit(a: int) -> int:
    return a & (1 << _DIGIT) - 1


def _other_digits(a: int) -> int:
    return a >> _DIGIT


def tabulated(function: Function, *operands: Expr) -> Expr:
    """The function's value, from a table over all values of the operands or of the variables that they read."""
    wide, deep = _cells(operands), _cells(leaves(*operands))
    if wide <= _SMALL or (wide <= MOST_CELLS and wide <= deep):
        return Lookup(_over_operands(function, tuple(each.type for each in operands)), *operands)
    if deep <= MOST_EVALUATED:
        return _over_leaves(function, operands)
    ranges = " and ".join(str(each.type) for each in operands)
    raise InputError(
        f"a table of {_name(function)} over {ranges} would be too large",
        hint=f"bound the operands to {MOST_CELLS} combinations: by the type byte, a guard, or a remainder",
    )


def _cells(exprs: Iterable[Expr]) -> int:
    return math.prod(size(each.type) or 0 for each in exprs)


def _name(function: Function) -> str:
    return function.__name__.strip("_")


@cache
def _over_operands(function: Function, dimensions: tuple[Type, ...]) -> Table:
    cells = [function(*choice) for choice in itertools.product(*map(codes, dimensions))]
    return coded_table(_name(function), dimensions, Range(min(cells), max(cells)), cells)


@lru_cache(maxsize=1024)
def _over_leaves(function: Function, operands: tuple[Expr, ...]) -> Expr:
    read = leaves(*operands)
    names = [str(each.payload) for each in read]
    states = (dict(zip(names, choice, strict=True)) for choice in itertools.product(*(codes(each.type) for each in read)))
    cells = [function(*(evaluate(each, state) for each in operands)) for state in states]
    return Lookup(coded_table(_name(function), [each.type for each in read], Range(min(cells), max(cells)), cells), *read)


def quotient(a: Expr, b: Expr) -> Term:
    """``a / b``."""
    return Term(tabulated(_quotient, a, b), b != 0)


def remainder(a: Expr, b: Expr) -> Term:
    """``a % b``."""
    return Term(tabulated(_remainder, a, b), b != 0)


def shift_left(a: Expr, b: Expr) -> Term:
    """``a << b``."""
    return Term(a * tabulated(_power, b), _shiftable(b))


def shift_right(a: Expr, b: Expr) -> Term:
    """``a >> b``."""
    return Term(tabulated(_shift_right, a, b), _shiftable(b))


def _shiftable(b: Expr) -> Expr:
    return all_of([b >= 0, b <= MOST_SHIFT])


def complement(a: Expr) -> Term:
    """``~a``."""
    return Term(-1 - a)


def bitwise(function: Callable[[int, int], int], a: Expr, b: Expr) -> Term:
    """``a & b``, ``a | b`` or ``a ^ b``, for ``operator.and_``, ``or_`` or ``xor``.

    The last digit stands for all higher ones: it is 0 or -1 in the end, and each function maps these to such.
    """
    assert function in (operator.and_, operator.or_, operator.xor)
    joined: Expr | None = None
    weight = 1
    while min(_cells([a, b]), _cells(leaves(a, b))) > _SMALL:
        digit = tabulated(function, tabulated(_low_digit, a), tabulated(_low_digit, b)) * weight
        joined = digit if joined is None else joined + digit
        a, b = tabulated(_other_digits, a), tabulated(_other_digits, b)
        weight <<= _DIGIT
    rest = tabulated(function, a, b) * weight
    return Term(rest if joined is None else joined + rest)
