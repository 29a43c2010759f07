"""Which numbers the variables of a DVE model can hold: intervals, found by running all transitions on intervals.

A byte that only ever counts to three takes two bits of a state and not eight. The intervals hold every value that a
run can reach, and maybe more; the search refuses a value outside, so that a mistake here could not go unnoticed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hopcheck.model.language import FALSE, Expr, Range, RangeType
from hopcheck.model.language.types import hull

from .dve_meaning import Values, declarations, step
from .dve_narrowing import cell_of
from .dve_syntax import Declaration, Source, Transition, names

PATIENCE = 4
"""How often the range of a variable grows as far as it must; from then on it doubles."""

REFINEMENTS = 3
"""How often the ranges that doubling made too wide are computed anew from themselves."""


def initial(declared: Mapping[str, Declaration]) -> dict[str, RangeType]:
    """The range of each cell that holds only its initial value."""
    return {
        cell: Range(value, value) for each in declared.values() for cell, value in zip(each.cells, each.values, strict=True)
    }


def limits(declared: Mapping[str, Declaration]) -> dict[str, RangeType]:
    """The range of each cell that its type allows."""
    return {cell: Range(each.low, each.high) for each in declared.values() for cell in each.cells}


def values(ranges: Mapping[str, RangeType]) -> Values:
    """The cells as expressions: a constant where there is one value only."""
    return {cell: cell_of(cell, range_) for cell, range_ in ranges.items()}


@dataclass(slots=True)
class _Analysis:
    """The ranges so far; ``grown``: how often each has grown; ``readers``: the transitions that name each variable."""

    source: Source
    declared: Mapping[str, Declaration]
    limits: Mapping[str, RangeType]
    ranges: dict[str, RangeType]
    values: dict[str, Expr]
    grown: dict[str, int] = field(default_factory=dict)
    readers: dict[str, list[Transition]] = field(default_factory=dict)

    def targets(self, transition: Transition) -> list[tuple[str, RangeType]]:
        """The cells that the transition can change, and the ranges of what it puts there."""
        found = step(self.source.file, self.declared, transition, self.values, {})
        if found.guard is FALSE:
            return []
        made = []
        for cell, expr in found.changed.items():
            limit = self.limits[cell]
            low, high = max(expr.type.lo, limit.lo), min(expr.type.hi or 0, limit.hi or 0)
            made.append((cell, Range(low, high)))
        return made

    def place(self, cell: str, range_: RangeType) -> None:
        self.ranges[cell] = range_
        self.values[cell] = cell_of(cell, range_)

    def grow(self, transitions: Sequence[Transition]) -> set[str]:
        """Run the transitions, let the ranges grow to hold what they do, and say of which cells they grew."""
        changed = set()
        for each in transitions:
            for cell, reached in self.targets(each):
                old = self.ranges[cell]
                wanted = hull(old, reached)
                if wanted != old:
                    self.grown[cell] = self.grown.get(cell, 0) + 1
                    self.place(cell, wanted if self.grown[cell] <= PATIENCE else _doubled(old, wanted, self.limits[cell]))
                    changed.add(cell)
        return changed

    def refine(self) -> bool:
        """Replace the ranges by what the transitions make of them; whether any is narrower now."""
        made = initial(self.declared)
        for each in self.source.transitions:
            for cell, reached in self.targets(each):
                made[cell] = hull(made[cell], reached)
        narrower = made != self.ranges
        for cell, range_ in made.items():
            self.place(cell, range_)
        return narrower


def _doubled(old: RangeType, wanted: RangeType, limit: RangeType) -> RangeType:
    """A range around ``wanted`` whose moved ends are powers of two, as far as the limit allows."""
    assert wanted.hi is not None
    assert limit.hi is not None
    low, high = wanted.lo, wanted.hi
    if high != old.hi:
        high = min(limit.hi, (1 << max(high, 0).bit_length()) - 1)
    if low != old.lo:
        low = max(limit.lo, -(1 << max(-low - 1, 0).bit_length()) if low < 0 else 0)
    return Range(low, high)


def reachable_ranges(source: Source) -> dict[str, RangeType]:
    """For each cell a range that holds every value it can have."""
    declared = declarations(source)
    start = initial(declared)
    analysis = _Analysis(source, declared, limits(declared), start, dict(values(start)))
    for each in source.transitions:
        for name in {name.name for name in names(each.parts)} & declared.keys():
            analysis.readers.setdefault(name, []).append(each)
    pending: Sequence[Transition] = source.transitions
    while pending:
        grown = {cell.partition("[")[0] for cell in analysis.grow(pending)}
        again = {id(each) for name in grown for each in analysis.readers.get(name, ())}
        pending = [each for each in source.transitions if id(each) in again]
    for _ in range(REFINEMENTS):
        if not analysis.refine():
            break
    return analysis.ranges
