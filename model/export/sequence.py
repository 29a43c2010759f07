"""Simultaneous updates, one after another: no value may read a variable that has its new value already."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hopcheck.model.language import Expr
from hopcheck.model.language.walk import free


@dataclass(frozen=True, slots=True, eq=False)
class Assignment:
    """``variable`` gets ``value``; ``aside``: the value is put aside first, and moves over when all are computed."""

    variable: str
    value: Expr
    aside: bool = False


def in_turn(updates: Iterable[tuple[str, Expr]]) -> tuple[Assignment, ...]:
    """The updates in an order in which they mean the same; a value is put aside only where they go round in a circle."""
    left = {name: value for name, value in updates if name not in free(value) or value.args}  # without x := x
    made = []
    while left:
        wanted = {name: any(name in free(value) for other, value in left.items() if other != name) for name in left}
        name = next((each for each in left if not wanted[each]), next(iter(left)))
        made.append(Assignment(name, left.pop(name), wanted[name]))
    return tuple(made)
