"""Expressions over many states at once, with numpy.

Every variable is an array; arrays of different shapes are broadcast, so that a part of an expression is only computed
for the combinations of the variables it reads. Evaluation is total: a lookup outside its table has some value of the
table, and the expression's definedness says where that matters.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from hopcheck.model.language import Expr, Op, Table
from hopcheck.model.language.walk import walk

Codes: TypeAlias = NDArray[np.int64]


class Vector:
    """Evaluates expressions in one set of states; what expressions share is computed once.

    ``now`` and ``then``: the codes of each variable before and after a step, by name.
    """

    def __init__(self, now: Mapping[str, Codes], then: Mapping[str, Codes] | None = None) -> None:
        self._now = now
        self._then = now if then is None else then
        self._memo: dict[Expr, Codes] = {}

    def __call__(self, expr: Expr) -> Codes:
        """The codes of the expression's value, of a shape that broadcasts to that of the states."""
        return walk(expr, self._visit, self._memo)

    def holds(self, expr: Expr) -> NDArray[np.bool_]:
        """Where a condition holds."""
        held: NDArray[np.bool_] = self(expr) != 0
        return held

    def _visit(self, each: Expr, args: tuple[Codes, ...]) -> Codes:
        match each.op:
            case Op.CONST:
                return np.array(each.payload, np.int64)
            case Op.VAR:
                return self._now[str(each.payload)]
            case Op.NEXT:
                return self._then[str(each.payload)]
            case Op.LOOKUP:
                assert isinstance(each.payload, Table)
                return _cells(each.payload, args)
            case _:
                return np.asarray(_OPERATIONS[each.op](*args), np.int64)


def _cells(table: Table, indices: tuple[Codes, ...]) -> Codes:
    position: Codes = np.array(0, np.int64)
    for index, dimension in zip(indices, table.dimensions, strict=True):
        assert dimension.hi is not None
        inside = np.clip(index, dimension.lo, dimension.hi) - dimension.lo
        position = position * (dimension.hi - dimension.lo + 1) + inside
    return np.take(cells_of(table), position)


@functools.lru_cache(maxsize=256)
def cells_of(table: Table) -> Codes:
    """The cells of a table as an array (read-only, shared)."""
    cells = np.array(table.cells, np.int64)
    cells.setflags(write=False)
    return cells


def _fold(operation: Callable[[Codes, Codes], Codes]) -> Callable[..., Codes]:
    return lambda *args: functools.reduce(operation, args)


def _choose(condition: Codes, yes: Codes, no: Codes) -> Codes:
    chosen: Codes = np.where(condition != 0, yes, no)
    return chosen


_OPERATIONS: Mapping[Op, Callable[..., Codes]] = {
    Op.NOT: lambda a: 1 - a,
    Op.AND: _fold(np.bitwise_and),
    Op.OR: _fold(np.bitwise_or),
    Op.EQ: np.equal,
    Op.LT: np.less,
    Op.LE: np.less_equal,
    Op.ADD: _fold(np.add),
    Op.SUB: np.subtract,
    Op.MUL: _fold(np.multiply),
    Op.ITE: _choose,
}
