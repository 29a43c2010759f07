"""Tables: constant values looked up by the value of expressions. A fact table is one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from hopcheck.model.language.expr import Expr, Op, code_of, constant, is_const, lift, node, same_kind
from hopcheck.model.language.location import Location
from hopcheck.model.language.types import EnumType, RangeType, Type, canonical, checked, codes, disjoint, fail, size


@dataclass(frozen=True, slots=True)
class Table:
    """``cells`` in row-major order (the last dimension runs fastest), each the code of a ``result`` value.

    ``dimensions``: the type of each index; a number outside its dimension is an error of the model when it is met.
    """

    name: str
    dimensions: tuple[Type, ...]
    result: Type
    cells: tuple[int, ...]
    fingerprint: str

    def __hash__(self) -> int:
        return hash((self.name, self.fingerprint))

    def cell(self, indices: Sequence[int]) -> int | None:
        """The code in the cell at these index codes; None outside the table."""
        position = 0
        for index, dimension in zip(indices, self.dimensions, strict=True):
            extent = size(dimension)
            assert extent is not None
            if not 0 <= index - dimension.lo < extent:
                return None
            position = position * extent + index - dimension.lo
        return self.cells[position]


def table(name: str, dimensions: Sequence[Type], result: Type, values: Sequence[object]) -> Table:
    """The table with these values, given in row-major order as plain Python values of ``result``."""
    checked(result)
    return coded_table(name, dimensions, result, [result.encode(value) for value in values])


def coded_table(name: str, dimensions: Sequence[Type], result: Type, cells: Sequence[int]) -> Table:
    """The table with these cells, given as codes (for tables that are computed)."""
    checked(result)
    count = 1
    for dimension in dimensions:
        checked(dimension)
        count *= len(codes(dimension))
    if not dimensions:
        raise fail(f"the table {name} has no dimension", "give the types of its indices")
    if len(cells) != count:
        shape = " x ".join(str(size(dimension)) for dimension in dimensions)
        raise fail(f"the table {name} has {len(cells)} values", f"give {count} of them ({shape}, last index fastest)")
    kept = tuple(int(cell) for cell in cells)
    wrong = next((cell for cell in kept if cell < result.lo or (result.hi is not None and cell > result.hi)), None)
    if wrong is not None:
        raise fail(f"the table {name} has a cell {wrong}, which is no code of {result}", "give codes of that type")
    if isinstance(result, RangeType):
        # The narrowest range that holds the cells: it is what the type of a lookup says.
        result = RangeType(min(kept), max(kept))
    dims = tuple(dimensions)
    text = json.dumps([name, [canonical(dimension) for dimension in dims], canonical(result), kept])
    return Table(name, dims, result, kept, hashlib.sha256(text.encode()).hexdigest())


def Lookup(source: Table, *indices: object) -> Expr:  # noqa: N802 (a constructor of the language)
    """The value in the cell at ``indices``."""
    if not isinstance(source, Table):
        raise fail(f"{source!r} is no table", "write Lookup(table, index, ...)")
    if len(indices) != len(source.dimensions):
        raise fail(
            f"the table {source.name} has {len(source.dimensions)} dimensions, and {len(indices)} indices are given",
            "give one index a dimension",
        )
    args = []
    for index, dimension in zip(indices, source.dimensions, strict=True):
        arg = lift(index, dimension) if isinstance(dimension, EnumType) else lift(index)
        if not same_kind(arg.type, dimension):
            raise fail(f"the table {source.name} is indexed by {dimension}, not by {arg!r}", "index it by that type")
        if disjoint(arg.type, dimension):
            raise fail(
                f"the index {arg!r} lies outside the table {source.name}",
                f"write an index of {dimension}, or make the table larger",
            )
        args.append(arg)
    return look_up(source, tuple(args))


def look_up(source: Table, args: tuple[Expr, ...], at: Location | None = None) -> Expr:
    """``Lookup`` of indices that are known to fit; ``at``: where a lookup derived from another one was written."""
    if all(is_const(arg) for arg in args):
        found = source.cell([code_of(arg) for arg in args])
        if found is not None:
            return constant(found, source.result)
    return node(Op.LOOKUP, source.result, args, source, at)
