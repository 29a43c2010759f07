"""Random expressions as plain trees, with a meaning of their own: nothing here folds, shares or infers a range.

A tree is a tuple of an operator's name and its arguments. ``build`` writes it with the language's own operators,
``value`` says what it is worth, straight from the tree.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from hopcheck.model.errors import ModelError
from hopcheck.model.language import Bool, Enum, Expr, If, Lookup, Parameter, Range, Table, Type, all_of, any_of, table
from hopcheck.model.language.expr import lift, variable
from hopcheck.model.language.table import look_up

Tree = tuple[Any, ...]
World = dict[str, int]

COLOUR = Enum("red", "green", "blue")
TYPES: dict[str, Type] = {"a": Range(-1, 2), "b": Range(0, 3), "c": COLOUR, "d": COLOUR, "p": Bool, "q": Bool}
PARAMETERS: dict[str, Type] = {"k": Range(0, 1)}
LEAVES = {name: variable(name, type_) for name, type_ in TYPES.items()} | {
    name: Parameter(name, type_) for name, type_ in PARAMETERS.items()
}
TABLES: dict[str, Table] = {
    "N": table("N", [Range(0, 2)], Range(-9, 9), [3, -1, 0]),
    "C": table("C", [Range(-1, 1)], COLOUR, ["blue", "red", "blue"]),
    "P": table("P", [COLOUR, Range(1, 2)], Bool, [True, False, False, True, True, True]),
}


class Missed(Exception):  # noqa: N818 (not an error of anything)
    """The tree has no value: it looks outside a table."""


def worlds() -> Iterator[World]:
    """Every value of every variable and parameter, as codes."""
    types = TYPES | PARAMETERS
    for codes in itertools.product(*(range(each.lo, (each.hi or 0) + 1) for each in types.values())):
        yield dict(zip(types, codes, strict=True))


def _deeper(below: tuple[st.SearchStrategy[Tree], ...]) -> tuple[st.SearchStrategy[Tree], ...]:
    number, colour, truth = below
    several = st.lists(truth, min_size=0, max_size=4).map(tuple)

    def made(name: str, *parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Tree]:
        return st.tuples(st.just(name), *parts)

    numbers = [made(op, number, number) for op in ("+", "-", "*")]
    numbers += [made("if", truth, number, number), made("look", st.just("N"), st.tuples(number)), made("neg", number)]
    colours = [made("if", truth, colour, colour), made("look", st.just("C"), st.tuples(number))]
    truths = [made(op, number, number) for op in ("<", "<=", ">", ">=")]
    truths += [made(op, kind, kind) for op in ("==", "!=") for kind in below]
    truths += [made("all", several), made("any", several), made("&", truth, truth), made("|", truth, truth)]
    truths += [made("~", truth), made("implies", truth, truth), made("if", truth, truth, truth)]
    truths += [made("look", st.just("P"), st.tuples(colour, number))]
    return (
        st.one_of(number, *numbers),
        st.one_of(colour, *colours),
        st.one_of(truth, *truths),
    )


def _kinds(depth: int) -> tuple[st.SearchStrategy[Tree], ...]:
    kinds: tuple[st.SearchStrategy[Tree], ...] = (
        st.sampled_from([("leaf", "a"), ("leaf", "b"), ("leaf", "k"), *(("const", n) for n in (-1, 0, 1, 2, 5))]),
        st.sampled_from([("leaf", "c"), ("leaf", "d"), *(("member", each) for each in COLOUR.members)]),
        st.sampled_from([("leaf", "p"), ("leaf", "q"), ("truth", True), ("truth", False)]),
    )
    for _ in range(depth):
        kinds = _deeper(kinds)
    return kinds


NUMBERS, COLOURS, TRUTHS = _kinds(4)
TREES = st.one_of(NUMBERS, COLOURS, TRUTHS)


def build(tree: Tree) -> Expr:
    """The tree in the language."""
    match tree:
        case ("leaf", name):
            return LEAVES[name]
        case ("const" | "truth", value):
            return lift(value)
        case ("member", name):
            return lift(name, COLOUR)
        case ("look", name, indices):
            args = tuple(map(build, indices))
            try:
                return Lookup(TABLES[name], *args)
            except ModelError:  # sure to miss: a mistake when written, but a substitution may lead to it
                return look_up(TABLES[name], args)
        case ("all", parts):
            return all_of(map(build, parts))
        case ("any", parts):
            return any_of(map(build, parts))
        case ("if", test, yes, no):
            return If(build(test), build(yes), build(no))
    op, left, *rest = tree[0], *map(build, tree[1:])
    made: Expr = _operate(op, left, *rest)
    return made


def _operate(op: str, left: Expr, right: Any = None) -> Any:
    match op:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "neg":
            return -left
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
        case ">=":
            return left >= right
        case "==":
            return left == right
        case "!=":
            return left != right
        case "&":
            return left & right
        case "|":
            return left | right
        case "implies":
            return left.implies(right)
        case "~":
            return ~left
    raise AssertionError(op)


def value(tree: Tree, world: World) -> int:
    """The code of the tree's value, looked at from left to right and only as far as is needed."""
    match tree:
        case ("leaf", name):
            return world[name]
        case ("const" | "truth", number):
            return int(number)
        case ("member", name):
            return COLOUR.members.index(name)
        case ("look", name, indices):
            return _cell(TABLES[name], [value(each, world) for each in indices])
        case ("all", parts):
            return int(all(value(part, world) for part in parts))
        case ("any", parts):
            return int(any(value(part, world) for part in parts))
        case ("&", left, right):
            return value(left, world) and value(right, world)
        case ("|", left, right):
            return value(left, world) or value(right, world)
        case ("implies", left, right):
            return (1 - value(left, world)) or value(right, world)
        case ("if", test, yes, no):
            return value(yes if value(test, world) else no, world)
        case ("~", part):
            return 1 - value(part, world)
        case ("neg", part):
            return -value(part, world)
    left, right = (value(each, world) for each in tree[1:])
    results = {"+": left + right, "-": left - right, "*": left * right, "<": left < right, "<=": left <= right}
    results |= {">": left > right, ">=": left >= right, "==": left == right, "!=": left != right}
    return int(results[tree[0]])


def _cell(source: Table, indices: list[int]) -> int:
    cells = dict(
        zip(
            itertools.product(*(range(each.lo, (each.hi or 0) + 1) for each in source.dimensions)),
            source.cells,
            strict=True,
        )
    )
    if tuple(indices) not in cells:
        raise Missed
    return cells[tuple(indices)]
