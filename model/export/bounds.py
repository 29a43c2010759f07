"""The numbers that occur in a system: tools that count on their fingers need an end to them."""

from __future__ import annotations

from collections.abc import Iterable

from hopcheck.model.export.claim import TooLargeError
from hopcheck.model.language import Expr, RangeType, System, Table
from hopcheck.model.language.types import Type
from hopcheck.model.language.walk import nodes


def finite(system: System, tool: str) -> None:
    """Raise ``TooLargeError`` where a variable or a parameter has no upper bound."""
    typed = [(each.name, each.type, each.location) for each in system.variables]
    typed += [(str(p.payload), p.type, each.location) for each in system.actions for p in each.parameters]
    for name, type_, location in typed:
        if type_.hi is None:
            raise TooLargeError(
                f"{name} has no upper bound, and {tool} needs one",
                "export a variant with bounds, or write --to smt2 for a prover",
                location,
            )


def numbers(system: System, exprs: Iterable[Expr]) -> tuple[int, int]:
    """The least and the greatest number that a part of the expressions, a variable or a table can have."""
    parts = nodes(*exprs)
    types: list[Type] = [each.type for each in parts]
    types += [each.type for each in system.variables]
    types += [p.type for each in system.actions for p in each.parameters]
    types += [d for each in parts if isinstance(each.payload, Table) for d in each.payload.dimensions]
    ranges = [each for each in types if isinstance(each, RangeType)]
    return min((each.lo for each in ranges), default=0), max((each.hi or 0 for each in ranges), default=0)
