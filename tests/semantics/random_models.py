"""Random expressions, random systems and random questions about them, for every engine's tests to share.

``conditions`` and ``numbers`` draw expressions over given leaves, with lookups that may miss their table. ``systems``
draws a small system (a few hundred states at most); with ``errors=False`` none of its steps can be an error of the
model. ``asked`` draws properties of all five kinds, ready for ``explore(system, **questions)``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import strategies as st

from hopcheck.model.language import (
    FALSE,
    Bool,
    Enum,
    Expr,
    If,
    Lookup,
    Parameter,
    Range,
    System,
    SystemBuilder,
    Type,
    after,
    all_of,
    any_of,
    becomes,
    literal,
    table,
)
from hopcheck.model.language.define import definedness, in_range
from hopcheck.model.language.expr import equal, lift
from hopcheck.model.language.types import BoolType, EnumType, RangeType, codes, disjoint

Draw = Callable[[st.SearchStrategy[Any]], Any]

COLOUR = Enum("red", "green", "blue")
ALONE = Enum("only")
TYPES: tuple[Type, ...] = (Bool, COLOUR, Range(-1, 2), Range(0, 3), Range(5, 5), Range(-7, -3), ALONE)

NUMBERS = table("numbers", [Range(0, 2)], Range(-9, 9), [2, 0, 1])
"""Misses where the index is another number."""
COLOURS = table("colours", [Range(-1, 1)], COLOUR, ["blue", "red", "green"])
TRUTHS = table("truths", [COLOUR, Range(0, 1)], Bool, [True, False, False, True, True, True])
WHOLE = table("whole", [COLOUR], Range(0, 3), [3, 1, 0])
"""Never misses."""


def _of(leaves: Sequence[Expr], kind: type) -> list[Expr]:
    return [each for each in leaves if isinstance(each.type, kind)]


@st.composite
def numbers(draw: Draw, leaves: Sequence[Expr], depth: int = 2) -> Any:
    """A number over the leaves."""
    found = _of(leaves, RangeType)
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        return draw(st.sampled_from(found)) if found and draw(st.booleans()) else lift(draw(st.integers(-2, 3)))
    left, right = draw(numbers(leaves, depth - 1)), draw(numbers(leaves, depth - 1))
    match draw(st.integers(0, 5)):
        case 0:
            return left + right
        case 1:
            return left - right
        case 2:
            return left * right
        case 3:
            return If(draw(conditions(leaves, depth - 1)), left, right)
        case 4:
            return Lookup(NUMBERS, _within(left, NUMBERS.dimensions[0]))
        case _:
            return Lookup(WHOLE, draw(colours(leaves, depth - 1)))


def _within(index: Expr, dimension: Type) -> Expr:
    """The index, or another one where the language would refuse it because it misses in any case."""
    return lift(dimension.lo) if disjoint(index.type, dimension) else index


@st.composite
def colours(draw: Draw, leaves: Sequence[Expr], depth: int = 2) -> Expr:
    """A colour over the leaves."""
    found = [each for each in _of(leaves, EnumType) if each.type == COLOUR]
    if depth == 0 or draw(st.integers(0, 2)) == 0:
        if found and draw(st.booleans()):
            return draw(st.sampled_from(found))
        return literal(COLOUR, draw(st.sampled_from(COLOUR.members)))
    if draw(st.booleans()):
        return Lookup(COLOURS, _within(draw(numbers(leaves, depth - 1)), COLOURS.dimensions[0]))
    return If(draw(conditions(leaves, depth - 1)), draw(colours(leaves, depth - 1)), draw(colours(leaves, depth - 1)))


@st.composite
def conditions(draw: Draw, leaves: Sequence[Expr], depth: int = 2) -> Expr:
    """A truth value over the leaves."""
    found = _of(leaves, BoolType)
    if found and draw(st.integers(0, 3)) == 0:
        return draw(st.sampled_from(found))
    kind = draw(st.integers(0, 8 if depth else 1))
    if kind <= 3:
        left, right = draw(numbers(leaves, min(depth, 1))), draw(numbers(leaves, min(depth, 1)))
        return (equal(left, right), left < right, left <= right, ~equal(left, right))[kind]
    if kind == 4:
        return equal(draw(colours(leaves, depth - 1)), draw(colours(leaves, depth - 1)))
    parts = draw(st.lists(conditions(leaves, depth - 1), min_size=1, max_size=3))
    match kind:
        case 5:
            return all_of(parts)
        case 6:
            return any_of(parts)
        case 7:
            return ~parts[0] if len(parts) == 1 else If(parts[0], parts[1], parts[-1])
        case _:
            index = If(parts[0], 0, draw(st.integers(0, 2)))
            return Lookup(TRUTHS, draw(colours(leaves, depth - 1)), _within(index, TRUTHS.dimensions[1]))


@st.composite
def literal_of(draw: Draw, leaves: Sequence[Expr]) -> Expr:
    """That one of the leaves has one of its values."""
    leaf = draw(st.sampled_from(leaves))
    code = draw(st.sampled_from(list(codes(leaf.type))))
    return equal(leaf, literal(leaf.type, leaf.type.decode(code)))


@st.composite
def value_for(draw: Draw, variable: Expr, leaves: Sequence[Expr]) -> Any:
    """A value that ``becomes(variable, ...)`` takes: of its kind, and not always outside its domain."""
    type_ = variable.type
    if draw(st.booleans()):  # most often it moves on
        if isinstance(type_, BoolType):
            return ~variable
        if isinstance(type_, RangeType):
            return If(variable < (type_.hi or 0), variable + 1, type_.lo)
        code = draw(st.sampled_from(list(codes(type_))))
        return literal(type_, type_.decode(code))
    if isinstance(type_, BoolType):
        return draw(st.booleans() | conditions(leaves, 1))
    if isinstance(type_, EnumType):
        return draw(colours(leaves, 1)) if type_ == COLOUR else literal(type_, type_.members[0])
    value = draw(numbers(leaves, 1) | st.integers(type_.lo, type_.hi or 0).map(lift))
    return type_.lo if disjoint(value.type, type_) else value


@st.composite
def systems(draw: Draw, *, errors: bool = True, grouped: bool = False) -> System:
    """A system with three to five variables and up to six actions, each with a label and some with a parameter.

    ``errors``: whether a step may miss a table or leave a domain; ``grouped``: whether a variable ``row`` that never
    changes is declared, so that answers can be grouped by it.
    """
    system = SystemBuilder("random")
    variables = []
    for number in range(draw(st.integers(3, 5))):
        type_ = draw(st.sampled_from(TYPES))
        # Mostly one value: a system that may start anywhere has no depth.
        many = draw(st.sampled_from([1, 1, 1, 1, 2, 0]))
        codes_ = draw(st.lists(st.sampled_from(list(codes(type_))), min_size=many, max_size=many))
        variables.append(system.variable(f"v{number}", type_, initial=[type_.decode(c) for c in codes_] or None))
    fixed = [system.variable("row", Range(3, 5))] if grouped else []
    leaves = [*variables, *fixed]
    if draw(st.integers(0, 5)) == 0:
        condition = draw(conditions(leaves, 1))
        system.initially(condition if errors else _defined(condition))
    for number in range(draw(st.integers(2, 6))):
        _action(draw, system, number, variables, leaves, errors)
    return system.build()


def _action(draw: Draw, system: SystemBuilder, number: int, variables: list[Expr], leaves: list[Expr], errors: bool) -> None:
    parameters = draw(st.sampled_from([(), (), (Parameter("p", Range(0, 2)),), (Parameter("c", COLOUR),)]))
    seen = [*leaves, *parameters]
    literals = st.lists(literal_of(seen), max_size=2).map(all_of)
    guard = draw(st.just(True) | literals | literals | conditions(seen, 1))
    changed = draw(st.lists(st.sampled_from(variables), unique_by=id, min_size=1, max_size=3))
    updates = [becomes(each, draw(value_for(each, seen))) for each in changed]
    if not errors:
        safe = [
            part for update in updates for part in (definedness(update.value), in_range(update.value, update.variable.type))
        ]
        guard = all_of([definedness(guard), guard, *safe] if isinstance(guard, Expr) else safe)
    name = f"a{number // 2}"  # two declarations of one name are told apart by their labels
    system.action(name, *parameters, guard=guard, updates=updates, labels={"n": number})


def _defined(condition: Expr) -> Expr:
    return definedness(condition) & condition


@st.composite
def asked(draw: Draw, system: System, *, errors: bool = True) -> dict[str, dict[str, Expr]]:
    """Questions about the system; with ``errors=False`` none of them misses a table."""
    now = [each.expr for each in system.variables]
    both = [*now, *(after(each) for each in now)]

    def some(leaves: Sequence[Expr], name: str) -> dict[str, Expr]:
        drawn = draw(st.lists(conditions(leaves, 2), max_size=2))
        return {f"{name}{n}": each if errors else _defined(each) for n, each in enumerate(drawn)}

    return {
        "always": some(now, "always"),
        "step": some(both, "step"),
        "reachable": some(now, "reachable"),
        "never_stuck": some(now, "stuck") | ({"at all": FALSE} if draw(st.booleans()) else {}),
        "can_always_reach": some(now, "goal"),
    }
