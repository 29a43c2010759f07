"""Two ways to write numbers: unbounded integers, and bit-vectors wide enough that nothing ever wraps.

Bit-vectors turn a finite model into a question of propositional logic, which bounded search answers far faster; Spacer
and models without end need integers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hopcheck.model.language import Op

WIDEST = 20
"""Bits beyond which multiplication and tables are no longer better off as bit-vectors."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """``width`` in bits (two's complement), or None for integers."""

    width: int | None = None

    @property
    def sort(self) -> str:
        """The SMT-LIB sort of a number."""
        return "Int" if self.width is None else f"(_ BitVec {self.width})"

    def operator(self, op: Op) -> str:
        """The name of an arithmetic operation or comparison."""
        integer, vector = _OPERATORS[op]
        return integer if self.width is None else vector

    def numeral(self, number: int) -> str:
        """A constant."""
        if self.width is not None:
            return f"(_ bv{number % 2**self.width} {self.width})"
        return str(number) if number >= 0 else f"(- {-number})"

    def read(self, value: int) -> int:
        """The number that a model's value stands for (bit-vectors come back unsigned)."""
        if self.width is None or value < 2 ** (self.width - 1):
            return value
        return value - (1 << self.width)


_OPERATORS = {
    Op.ADD: ("+", "bvadd"),
    Op.SUB: ("-", "bvsub"),
    Op.MUL: ("*", "bvmul"),
    Op.LT: ("<", "bvslt"),
    Op.LE: ("<=", "bvsle"),
}

INTEGERS = Numbers()


def fitting(ranges: Iterable[tuple[int, int | None]]) -> Numbers:
    """Bit-vectors that hold every number of the ranges; integers where one has no end or is very wide."""
    width = 1
    for low, high in ranges:
        if high is None:
            return INTEGERS
        for bound in (low, high):
            width = max(width, 1 + (bound if bound >= 0 else -bound - 1).bit_length())
    return Numbers(width) if width <= WIDEST else INTEGERS
