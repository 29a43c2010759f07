"""The types of the language: ``Bool``, ``Enum`` and ``Range``.

A value is held as one integer everywhere behind the surface: 0 and 1 for ``Bool``, the member's position for ``Enum``,
the number itself for ``Range``. ``encode`` and ``decode`` are the only way across.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from hopcheck.model.errors import ModelError
from hopcheck.model.language.location import Location, here

Value: TypeAlias = bool | int | str

LIMIT = 2**62
"""Every bounded number lies strictly between -LIMIT and LIMIT, so that no back end ever wraps."""


def fail(what: str, hint: str, at: Location | None = None) -> ModelError:
    """A model error at ``at``, or where the modeller's own code stands now."""
    place = at or here()
    return ModelError(what, hint=hint, file=place.file, line=place.line)


@dataclass(frozen=True, slots=True)
class BoolType:
    """Truth values."""

    lo: int = field(default=0, init=False)
    hi: int = field(default=1, init=False)

    def encode(self, value: object) -> int:
        """0 or 1; anything but ``True`` and ``False`` is an error."""
        if isinstance(value, bool):
            return int(value)
        raise fail(f"{value!r} is not a truth value", "write True or False")

    def decode(self, code: int) -> bool:
        """The truth value that ``code`` stands for."""
        return bool(code)

    def __str__(self) -> str:
        return "Bool"


@dataclass(frozen=True, slots=True)
class EnumType:
    """One of a few named members; two enums are the same type when their members are."""

    members: tuple[str, ...]
    positions: dict[str, int] = field(init=False, repr=False, compare=False)
    hashed: int = field(init=False, repr=False, compare=False)  # an enum may have thousands of members

    def __post_init__(self) -> None:
        object.__setattr__(self, "positions", {member: position for position, member in enumerate(self.members)})
        object.__setattr__(self, "hashed", hash(self.members))

    def __hash__(self) -> int:
        return self.hashed

    def __reduce__(self) -> tuple[Any, ...]:
        return EnumType, (self.members,)  # the hash of text differs between processes

    @property
    def lo(self) -> int:
        """The code of the first member."""
        return 0

    @property
    def hi(self) -> int:
        """The code of the last member."""
        return len(self.members) - 1

    def encode(self, value: object) -> int:
        """The position of the member ``value``."""
        if isinstance(value, str) and value in self.positions:
            return self.positions[value]
        near = difflib.get_close_matches(str(value), self.members, 1)
        guess = f"did you mean {near[0]!r}? " if near else ""
        raise fail(f"{value!r} is no member of {self}", f"{guess}write one of {', '.join(map(repr, self.members))}")

    def decode(self, code: int) -> str:
        """The member at position ``code``."""
        return self.members[code]

    def __str__(self) -> str:
        shown = self.members if len(self.members) <= 8 else (*self.members[:7], "...")
        return f"Enum({', '.join(shown)})"


@dataclass(frozen=True, slots=True)
class RangeType:
    """Whole numbers from ``lo`` to ``hi``, both included; ``hi`` None means without end (for the provers only)."""

    lo: int
    hi: int | None

    def encode(self, value: object) -> int:
        """The number itself, when it lies in the range."""
        if isinstance(value, int) and not isinstance(value, bool):
            if self.lo <= value and (self.hi is None or value <= self.hi):
                return int(value)
            raise fail(f"{value} lies outside {self}", "write a number in the range, or widen the range")
        raise fail(f"{value!r} is not a number", f"write a number of {self}")

    def decode(self, code: int) -> int:
        """The number itself."""
        return code

    def __str__(self) -> str:
        return f"Range({self.lo}, {self.hi})"


Type: TypeAlias = BoolType | EnumType | RangeType

Bool = BoolType()
"""The type of truth values."""


def Enum(*members: str) -> EnumType:  # noqa: N802 (a type constructor reads like a type)
    """The type with these members, in this order."""
    if not members:
        raise fail("an Enum without members has no value", 'write Enum("a", "b", ...)')
    seen: set[str] = set()
    for member in members:
        if not isinstance(member, str) or not member:
            raise fail(f"{member!r} cannot be a member of an Enum", "write members as non-empty text")
        if member in seen:
            raise fail(f"the member {member!r} stands twice in an Enum", "name each member once")
        seen.add(member)
    return EnumType(tuple(str.__str__(member) for member in members))


def Range(lo: int, hi: int | None) -> RangeType:  # noqa: N802 (a type constructor reads like a type)
    """The whole numbers from ``lo`` to ``hi``, both included; ``hi`` None for no upper end."""
    for bound in (lo, hi):
        if bound is not None and (not isinstance(bound, int) or isinstance(bound, bool)):
            raise fail(f"{bound!r} is no bound of a Range", "write whole numbers")
    if hi is not None and lo > hi:
        raise fail(f"Range({lo}, {hi}) is empty", "write the lower bound first")
    if abs(lo) >= LIMIT or (hi is not None and abs(hi) >= LIMIT):
        raise fail(f"Range({lo}, {hi}) does not fit into 62 bits", "scale the numbers down, or use hi=None")
    return RangeType(int(lo), None if hi is None else int(hi))


def size(type_: Type) -> int | None:
    """How many values the type has; None when there is no end to them."""
    return None if type_.hi is None else type_.hi - type_.lo + 1


def codes(type_: Type, at: Location | None = None) -> range:
    """Every code of the type, in order; an error (at ``at``, the declaration) for a type without end."""
    if type_.hi is None:
        raise fail(f"{type_} has no end", "give it an upper bound: only the provers can do without one", at)
    return range(type_.lo, type_.hi + 1)


def checked(type_: object) -> None:
    """Raise a model error unless this is a type of the language."""
    if not isinstance(type_, (BoolType, EnumType, RangeType)):
        raise fail(f"{type_!r} is not a type of the language", "write Bool, Enum(...) or Range(lo, hi)")


def canonical(type_: Type) -> list[object]:
    """The type in full, as lists that JSON can hold: the same text in every version and process."""
    if isinstance(type_, EnumType):
        return ["enum", *type_.members]
    return ["range", type_.lo, type_.hi] if isinstance(type_, RangeType) else ["bool"]


def same_kind(left: Type, right: Type) -> bool:
    """Whether values of the two types may be compared: truth values, the same enum, or numbers."""
    if isinstance(left, RangeType) and isinstance(right, RangeType):
        return True
    return left == right


def disjoint(left: Type, right: Type) -> bool:
    """Whether no number lies in both ranges."""
    below = left.hi is not None and left.hi < right.lo
    above = right.hi is not None and right.hi < left.lo
    return below or above


def within(inner: Type, outer: Type) -> bool:
    """Whether every number of the one range lies in the other."""
    return outer.lo <= inner.lo and (outer.hi is None or (inner.hi is not None and inner.hi <= outer.hi))


def hull(a: Type, b: Type) -> RangeType:
    """The narrowest range that holds both."""
    return RangeType(min(a.lo, b.lo), None if a.hi is None or b.hi is None else max(a.hi, b.hi))
