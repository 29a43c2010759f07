"""Tables as functions: a balanced choice over the runs of equal cells."""

from __future__ import annotations

from itertools import groupby

from hopcheck.model.language import Op, Table
from hopcheck.model.language.types import BoolType, codes
from hopcheck.properties.smt.numbers import Numbers
from hopcheck.properties.smt.term import apply, constant, defined, sort_of


def table_function(name: str, table: Table, numbers: Numbers) -> str:
    """The definition of the function ``name`` that gives the table's cells; outside it, some cell."""
    symbols = [f"i{position}" for position in range(len(table.dimensions))]
    cells = [constant(code, table.result, numbers) for code in table.cells]
    for symbol, dimension in reversed(list(zip(symbols, table.dimensions, strict=True))):
        extent = len(codes(dimension))
        boolean = isinstance(dimension, BoolType)
        rows = [cells[start : start + extent] for start in range(0, len(cells), extent)]
        cells = [_choose(symbol, row, dimension.lo, boolean, numbers) for row in rows]
    arguments = [(s, sort_of(d, numbers)) for s, d in zip(symbols, table.dimensions, strict=True)]
    return defined(name, arguments, sort_of(table.result, numbers), cells[0])


def _choose(symbol: str, row: list[str], low: int, boolean: bool, numbers: Numbers) -> str:
    """The term that is ``row[symbol - low]``."""
    if boolean:
        return row[0] if row[0] == row[1] else f"(ite {symbol} {row[1]} {row[0]})"
    runs: list[tuple[str, int]] = []  # a value and the last index that has it
    for value, group in groupby(row):
        runs.append((value, (runs[-1][1] if runs else low - 1) + len(list(group))))

    def halves(start: int, end: int) -> str:
        if end - start == 1:
            return runs[start][0]
        middle = (start + end) // 2
        border = apply(numbers.operator(Op.LE), [symbol, numbers.numeral(runs[middle - 1][1])])
        return f"(ite {border} {halves(start, middle)} {halves(middle, end)})"

    return halves(0, len(runs))
