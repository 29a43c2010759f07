"""What a DVE model means, run state by state on plain numbers: the reference against which the loader is tested."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from .dve_meaning import declarations
from .dve_numbers import MOST_SHIFT
from .dve_syntax import Assignment, Binary, Declaration, Name, Node, Number, Source, Temporary, Transition, Unary


class FailedError(Exception):
    """Something has no value, lies outside an array, or does not fit into its variable."""


class OutgrownError(Exception):
    """The model has more states than were asked for."""


Thunk = Callable[[], int]
Cells = dict[str, int]


def _shift(amount: int) -> int:
    if not 0 <= amount <= MOST_SHIFT:
        raise FailedError
    return amount


def _quotient(a: int, b: int) -> int:
    if b == 0:
        raise FailedError
    return abs(a) // abs(b) * (-1 if (a < 0) != (b < 0) else 1)


_LAZY: Mapping[str, Callable[[Thunk, Thunk], int]] = {
    "and": lambda a, b: int(bool(a() and b())),
    "or": lambda a, b: int(bool(a() or b())),
    "imply": lambda a, b: int(bool(not a() or b())),
}
_STRICT: Mapping[str, Callable[[int, int], int]] = {
    "==": lambda a, b: int(a == b),
    "!=": lambda a, b: int(a != b),
    "<": lambda a, b: int(a < b),
    "<=": lambda a, b: int(a <= b),
    ">": lambda a, b: int(a > b),
    ">=": lambda a, b: int(a >= b),
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": _quotient,
    "%": lambda a, b: a - b * _quotient(a, b),
    "<<": lambda a, b: a << _shift(b),
    ">>": lambda a, b: a >> _shift(b),
    "&": lambda a, b: a & b,
    "|": lambda a, b: a | b,
    "^": lambda a, b: a ^ b,
}


@dataclass(slots=True)
class _Run:
    """One transition under way, from a copy of the state."""

    declared: Mapping[str, Declaration]
    cells: Cells
    temporaries: dict[str, Thunk]

    def thunk(self, node: Node) -> Thunk:
        """The value that the node has here and now, computed once it is asked for."""
        then = _Run(self.declared, dict(self.cells), dict(self.temporaries))
        return lambda: then.value(node)

    def value(self, node: Node) -> int:
        match node:
            case Number(value):
                return value
            case Name(name, None, _) if name in self.temporaries:
                return self.temporaries[name]()
            case Name():
                return self.cells[self.cell(node)]
            case Unary(sign, operand):
                found = self.value(operand)
                return {"-": -found, "~": ~found, "not": int(not found)}[sign]
            case Binary(sign, left, right) if sign in _LAZY:
                return _LAZY[sign](self.thunk(left), self.thunk(right))
            case Binary(sign, left, right):
                return _STRICT[sign](self.value(left), self.value(right))

    def cell(self, name: Name) -> str:
        if name.index is None:
            return name.name
        index = self.value(name.index)
        if not 0 <= index < len(self.declared[name.name].values):
            raise FailedError
        return f"{name.name}[{index}]"

    def take(self, part: Temporary | Assignment) -> None:
        thunk = self.thunk(part.value)
        if isinstance(part, Temporary):
            self.temporaries[part.name] = thunk
            return
        declared, value = self.declared[part.target.name], thunk()
        if not declared.low <= value <= declared.high:
            raise FailedError
        self.cells[self.cell(part.target)] = value


def _after(declared: Mapping[str, Declaration], before: Cells, transition: Transition) -> Cells | None:
    """The state after the transition; None where it is disabled."""
    run = _Run(declared, dict(before), {})
    try:
        for each in transition.guard:
            run.take(each)
        if transition.condition is not None and not run.value(transition.condition):
            return None
        for effect in transition.effects:
            run.take(effect)
    except FailedError:
        return None
    return run.cells


def levels(source: Source, most: int) -> list[tuple[int, int]]:
    """States and enabled transitions of each level; ``OutgrownError`` where there are more than ``most`` states."""
    declared = declarations(source)
    start = {cell: value for each in declared.values() for cell, value in zip(each.cells, each.values, strict=True)}
    level, seen = [start], {tuple(start.values())}
    found = []
    while level:
        steps = [
            after for state in level for each in source.transitions if (after := _after(declared, state, each)) is not None
        ]
        found.append((len(level), len(steps)))
        level = []
        for state in steps:
            key = tuple(state[cell] for cell in start)
            if key not in seen:
                seen.add(key)
                level.append(state)
        if len(seen) > most:
            raise OutgrownError
    return found
