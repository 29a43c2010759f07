"""The flattened guard/effect form of DVE, the language of the BEEM models, as a syntax tree.

A file declares variables and lists transitions. A transition has a guard block of temporary values, a condition, and
effects that take place one after the other; a temporary value stands for an expression from where it is written to
the end of its transition.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number."""

    value: int


@dataclass(frozen=True, slots=True)
class Name:
    """A variable, a temporary value, or the element of an array. ``line``: where it stands."""

    name: str
    index: Node | None
    line: int


@dataclass(frozen=True, slots=True)
class Unary:
    """``operator``: one of ``- ~ not``."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Binary:
    """``operator``: one of ``LEVELS`` in the parser."""

    operator: str
    left: Node
    right: Node
    line: int


Node: TypeAlias = Number | Name | Unary | Binary


@dataclass(frozen=True, slots=True)
class Declaration:
    """One variable. ``low`` and ``high``: the numbers it can hold; ``values``: at the start, one unless ``array``."""

    name: str
    low: int
    high: int
    values: tuple[int, ...]
    array: bool
    constant: bool
    line: int

    @property
    def cells(self) -> tuple[str, ...]:
        """What holds a number of its own: the variable, or each element of the array."""
        return tuple(f"{self.name}[{k}]" for k in range(len(self.values))) if self.array else (self.name,)


@dataclass(frozen=True, slots=True)
class Temporary:
    """``name`` stands for ``value`` from here on."""

    name: str
    value: Node


@dataclass(frozen=True, slots=True)
class Assignment:
    """``target`` gets ``value``."""

    target: Name
    value: Node


@dataclass(frozen=True, slots=True)
class Transition:
    """``line``: of the word ``process``; ``condition``: None where there is none."""

    process: str
    line: int
    guard: tuple[Temporary, ...]
    condition: Node | None
    effects: tuple[Temporary | Assignment, ...]

    @property
    def parts(self) -> tuple[Node | Temporary | Assignment, ...]:
        """The statements, and the condition among them, in their order."""
        return (*self.guard, *(() if self.condition is None else (self.condition,)), *self.effects)


@dataclass(frozen=True, slots=True)
class Source:
    """A whole file."""

    file: str
    declarations: tuple[Declaration, ...]
    transitions: tuple[Transition, ...]


def names(parts: Iterable[Node | Temporary | Assignment]) -> Iterator[Name]:
    """Every name in these parts, in the order in which they are read."""
    stack = list(parts)[::-1]
    while stack:
        match stack.pop():
            case Name() as name:
                yield name
                stack += () if name.index is None else (name.index,)
            case Unary(_, operand):
                stack.append(operand)
            case Binary(_, left, right):
                stack += (right, left)
            case Temporary(_, value):
                stack.append(value)
            case Assignment(target, value):
                stack += (target, value)
            case _:
                pass
