"""Quantifiers over finite collections, unrolled while the expression is built."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from hopcheck.model.language.expr import Expr, If, Op, constant, junction, lift
from hopcheck.model.language.types import Bool, RangeType, Type, checked, codes, fail, within


def all_of(parts: Iterable[object]) -> Expr:
    """Every part holds (true of nothing at all)."""
    return junction(Op.AND, tuple(lift(part, Bool) for part in parts))


def any_of(parts: Iterable[object]) -> Expr:
    """Some part holds (false of nothing at all)."""
    return junction(Op.OR, tuple(lift(part, Bool) for part in parts))


def for_all(domain: Type, body: Callable[[Expr], object]) -> Expr:
    """``body`` holds of every value of the type."""
    checked(domain)
    return all_of(body(constant(code, domain)) for code in codes(domain))


def exists(domain: Type, body: Callable[[Expr], object]) -> Expr:
    """``body`` holds of some value of the type."""
    checked(domain)
    return any_of(body(constant(code, domain)) for code in codes(domain))


def count(parts: Iterable[object]) -> Expr:
    """How many of the parts hold; built as a balanced sum."""
    numbers = [If(part, 1, 0) for part in parts]
    while len(numbers) > 1:
        pairs = [numbers[i] + numbers[i + 1] for i in range(0, len(numbers) - 1, 2)]
        numbers = pairs + numbers[len(pairs) * 2 :]
    return numbers[0] if numbers else constant(0, RangeType(0, 0))


def at_most_one(parts: Iterable[object]) -> Expr:
    """No two of the parts hold."""
    return count(parts) <= 1


def select(items: Sequence[object], index: object) -> Expr:
    """``items[index]`` for a numeric index that runs over all the items: a balanced choice."""
    if not items:
        raise fail("nothing to select from", "give at least one item")
    place = lift(index)
    if not isinstance(place.type, RangeType) or not within(place.type, RangeType(0, len(items) - 1)):
        raise fail(f"the index {place!r} does not run inside the {len(items)} items", "give it their Range")
    wanted = next((item.type for item in items if isinstance(item, Expr)), None)
    lifted = [lift(item, wanted) for item in items]

    def halves(low: int, high: int) -> Expr:
        if high - low == 1:
            return lifted[low]
        middle = (low + high) // 2
        return If(place < middle, halves(low, middle), halves(middle, high))

    return halves(0, len(items))
