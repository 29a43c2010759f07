"""Models in the flattened form of DVE, read into systems of the project's language.

A variable is a variable, an array one variable an element; a transition is an action, named after its process and
numbered in the order of the file. A transition whose variables decide which elements of an array it means becomes one
action for each of their values: none of these has to choose between elements, and at most one of them is enabled.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from pathlib import Path

from hopcheck.model.errors import InputError
from hopcheck.model.language import FALSE, Expr, Range, RangeType, System, SystemBuilder, all_of, becomes
from hopcheck.model.language.define import in_range
from hopcheck.model.language.types import codes, size
from hopcheck.model.language.walk import substitute

from .dve_meaning import Bounds, Step, declarations, step
from .dve_parser import parse
from .dve_ranges import limits, reachable_ranges, values
from .dve_syntax import Source
from .packed import unpack

MOST_CASES = 256
"""How many actions one transition may become."""


def load(path: Path) -> System:
    """The model in a gzip file as a system; ``InputError`` with the line where it holds none."""
    return system_of(parse(unpack(path), str(path)), path.name.split(".sdve")[0])


def system_of(source: Source, name: str, *, narrow: bool = True) -> System:
    """The model as a system. ``narrow``: give each variable the range it needs, not the one of its type."""
    declared = declarations(source)
    if not declared:
        raise InputError("there is no variable", hint="write a model in the flattened form of DVE", file=source.file)
    ranges = reachable_ranges(source) if narrow else limits(declared)
    before = values(ranges)
    builder = SystemBuilder(name)
    variables = {
        cell: builder.variable(cell, ranges[cell], initial=first)
        for each in declared.values()
        for cell, first in zip(each.cells, each.values, strict=True)
    }
    for number, each in enumerate(source.transitions, 1):
        whole = step(source.file, declared, each, before, {})
        for case in _cases(whole.deciding):
            found = step(source.file, declared, each, before, case) if case else whole
            if found.error is not None:
                raise found.error
            if found.guard is not FALSE:
                labels = {"#": number} | {cell: range_.lo for cell, range_ in case.items()}
                _declare(builder, each.process, labels, variables, found)
    return builder.build()


def _declare(
    builder: SystemBuilder, name: str, labels: Mapping[str, int], variables: Mapping[str, Expr], found: Step
) -> None:
    """Declare a step as an action, on the variables with their whole ranges."""

    def as_declared(leaf: Expr) -> Expr | None:
        return variables[str(leaf.payload)]

    memo: dict[Expr, Expr] = {}
    guard = [
        in_range(variables[cell], range_) if range_.lo < (range_.hi or 0) else variables[cell] == range_.lo
        for cell, range_ in found.bounds.items()
    ]
    updates = [becomes(variables[cell], substitute(value, as_declared, memo)) for cell, value in found.changed.items()]
    builder.action(name, guard=all_of([*guard, substitute(found.guard, as_declared, memo)]), updates=updates, labels=labels)


def _cases(deciding: Bounds) -> Iterator[dict[str, RangeType]]:
    """Every choice of values for these cells: for the narrowest of them, as long as there are not too many."""
    chosen: list[str] = []
    for cell in sorted(deciding, key=lambda cell: size(deciding[cell]) or 0):
        if math.prod(size(deciding[each]) or 0 for each in (*chosen, cell)) <= MOST_CASES:
            chosen.append(cell)
    for choice in itertools.product(*(codes(deciding[cell]) for cell in chosen)):
        yield {cell: Range(code, code) for cell, code in zip(chosen, choice, strict=True)}
