"""What the rows of a system mean: each becomes a Python function of a state, the state after it, and parameters.

``and`` and ``or`` look from left to right and stop as soon as they know; ``ite`` looks only at the branch it takes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from hopcheck.certify.shape import RefutedError
from hopcheck.certify.system import PlainSystem, PlainTable, Row

State: TypeAlias = tuple[int, ...]
Given: TypeAlias = Mapping[str, int]
Meaning: TypeAlias = Callable[[State, State, Given], int]

LARGEST = 2**200
"""No number of a model comes near: a certificate that multiplies its way up there is none."""


class MissedError(Exception):
    """A lookup outside its table: there is no value."""


def meanings(system: PlainSystem) -> tuple[Meaning, ...]:
    """The function of each row. Calling one raises ``MissedError`` where it has no value."""
    made: list[Meaning] = []
    for row in system.rows:
        args = [made[each] for each in row.args]
        made.append(_lookup(system.tables[_position(row)], args) if row.op == "lookup" else _meaning(row, args))
    return tuple(made)


def _position(row: Row) -> int:
    assert isinstance(row.payload, int)
    return row.payload


def _meaning(row: Row, args: list[Meaning]) -> Meaning:
    payload = row.payload
    match row.op:
        case "const":
            code = _position(row)
            return lambda s, t, p: code
        case "var":
            place = _position(row)
            return lambda s, t, p: s[place]
        case "next":
            place = _position(row)
            return lambda s, t, p: t[place]
        case "param":
            name = str(payload)
            return lambda s, t, p: _given(p, name)
        case "and":
            return _all(tuple(args))
        case "or":
            return _any(tuple(args))
        case "not":
            (only,) = args
            return lambda s, t, p: 1 - only(s, t, p)
        case "ite":
            test, yes, no = args
            return lambda s, t, p: yes(s, t, p) if test(s, t, p) else no(s, t, p)
        case _:
            return _of_two(row.op, args[0], args[1])


def _given(p: Given, name: str) -> int:
    if name not in p:
        raise RefutedError(f"nothing gives the parameter {name} a value")
    return p[name]


def _of_two(op: str, one: Meaning, two: Meaning) -> Meaning:
    match op:
        case "eq":
            return lambda s, t, p: one(s, t, p) == two(s, t, p)
        case "lt":
            return lambda s, t, p: one(s, t, p) < two(s, t, p)
        case "le":
            return lambda s, t, p: one(s, t, p) <= two(s, t, p)
        case "add":
            return lambda s, t, p: one(s, t, p) + two(s, t, p)
        case "sub":
            return lambda s, t, p: one(s, t, p) - two(s, t, p)
        case _:
            return lambda s, t, p: _product(one(s, t, p), two(s, t, p))


def _product(one: int, two: int) -> int:
    made = one * two
    if abs(made) > LARGEST:
        raise RefutedError("a number grows beyond all bounds")
    return made


def _all(parts: tuple[Meaning, ...]) -> Meaning:
    def conjunction(s: State, t: State, p: Given) -> int:
        for part in parts:
            if not part(s, t, p):
                return 0
        return 1

    return conjunction


def _any(parts: tuple[Meaning, ...]) -> Meaning:
    def disjunction(s: State, t: State, p: Given) -> int:
        for part in parts:
            if part(s, t, p):
                return 1
        return 0

    return disjunction


def _lookup(table: PlainTable, args: list[Meaning]) -> Meaning:
    cells = table.cells
    places = tuple((arg, each.low, len(each.codes)) for arg, each in zip(args, table.dimensions, strict=True))

    def look_up(s: State, t: State, p: Given) -> int:
        position = 0
        for index, low, extent in places:
            offset = index(s, t, p) - low
            if not 0 <= offset < extent:
                raise MissedError
            position = position * extent + offset
        return cells[position]

    return look_up
