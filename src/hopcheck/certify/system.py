"""The system in a certificate, read and looked over: types, tables, rows of expressions, actions.

A state is a tuple with one code for each variable: 0 and 1 for truth values, positions for enums, numbers themselves.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import prod
from typing import Any

from hopcheck.certify.shape import RefutedError, below, items, number, numbers, part, table, text

DEEPEST = 800
"""How deep expressions may nest: they are followed by recursion."""

MOST_VALUES = 1_000_000
"""Types with more values are not listed value by value."""

_KINDS = {
    "not": ("bool", "bool"),
    "and": ("bool", "bool"),
    "or": ("bool", "bool"),
    "lt": ("number", "bool"),
    "le": ("number", "bool"),
    "add": ("number", "number"),
    "sub": ("number", "number"),
    "mul": ("number", "number"),
}
"""What an operation takes, and what it gives."""

_TAKES = {"not": 1, "lt": 2, "le": 2, "add": 2, "sub": 2, "mul": 2, "eq": 2, "ite": 3}


@dataclass(frozen=True, slots=True)
class PlainType:
    """``kind``: ``bool``, ``number``, or ``enum`` with the members; ``high`` None: without end."""

    kind: str
    low: int
    high: int | None

    @property
    def codes(self) -> range:
        """Every code. Raises ``UnboundedError`` for a type without an end, or with more values than can be listed."""
        if self.high is None or self.high - self.low > MOST_VALUES:
            raise UnboundedError("it has values without an end, or too many to list")
        return range(self.low, self.high + 1)

    def holds(self, code: int) -> bool:
        """Whether it is the code of a value."""
        return self.low <= code and (self.high is None or code <= self.high)


class UnboundedError(Exception):
    """The system has values without an end, or too many: no search can see all of its states."""


@dataclass(frozen=True, slots=True)
class PlainTable:
    """Constant values by index codes, the last index fastest."""

    dimensions: tuple[PlainType, ...]
    result: PlainType
    cells: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A node: its operation, arguments (rows before it), what it holds besides, and the kind of its value.

    ``payload``: the code of a constant, the position of a variable or table, the name of a parameter. ``foresees``: whether
    it speaks of the state after a step.
    """

    op: str
    args: tuple[int, ...]
    payload: int | str | None
    kind: str
    type: PlainType | None = None
    foresees: bool = False


@dataclass(frozen=True, slots=True)
class PlainVariable:
    """A variable and the codes that it may have at the start (None: any of its type)."""

    name: str
    type: PlainType
    initial: tuple[int, ...] | None


@dataclass(frozen=True, slots=True)
class PlainAction:
    """``parameters``: names with types; ``guard``: a row; ``updates``: variable position and row of the new value."""

    name: str
    label: str
    parameters: tuple[tuple[str, PlainType], ...]
    guard: int
    updates: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class PlainSystem:
    """The whole: ``asked`` are the rows of what is claimed about it."""

    name: str
    tables: tuple[PlainTable, ...]
    variables: tuple[PlainVariable, ...]
    rows: tuple[Row, ...]
    initially: int
    actions: tuple[PlainAction, ...]
    asked: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """A property as it is claimed: its kind, and the row of its expression."""

    kind: str
    row: int


_START = "the initial condition"


def read_system(document: Any) -> PlainSystem:
    """The system; raises ``RefutedError`` where it is none."""
    made = table(document, "the system")
    types = tuple(_type(each) for each in items(part(made, "types", "the system"), "types"))
    if not types:
        raise RefutedError("the system has no types")
    tables = tuple(_table(each, types) for each in items(part(made, "tables", "the system"), "tables"))
    variables = tuple(_variable(each, types) for each in items(part(made, "variables", "the system"), "variables"))
    if not variables:
        raise RefutedError("the system has no variables")
    reader = _Rows(types, tables, variables)
    for each in items(part(made, "rows", "the system"), "rows"):
        reader.read(each)
    rows = tuple(reader.rows)
    return PlainSystem(
        text(part(made, "name", "the system"), "the system's name"),
        tables,
        variables,
        rows,
        _of_one_state(rows, _condition(rows, part(made, "initially", "the system"), _START), _START),
        tuple(_action(each, rows, variables) for each in items(part(made, "actions", "the system"), "actions")),
        tuple(_condition(rows, each, "a property") for each in items(part(made, "asked", "the system"), "asked")),
    )


def _type(document: Any) -> PlainType:
    match document:
        case ["bool"]:
            return PlainType("bool", 0, 1)
        case ["enum", *members] if members and all(isinstance(each, str) for each in members):
            return PlainType("enum", 0, len(members) - 1)
        case ["range", low, None]:
            return PlainType("number", _bound(low), None)
        case ["range", low, high] if _bound(low) <= _bound(high):
            return PlainType("number", low, high)
        case _:
            raise RefutedError("one of the types is none")


def _bound(document: Any) -> int:
    bound = number(document, "a bound")
    if abs(bound) >= 2**62:
        raise RefutedError("a bound is beyond what models may have")
    return bound


def _table(document: Any, types: tuple[PlainType, ...]) -> PlainTable:
    made = table(document, "a table")
    among = [types[below(each, len(types), "a dimension")] for each in items(part(made, "dimensions", "a table"), "a table")]
    result = types[below(part(made, "result", "a table"), len(types), "a result")]
    cells = numbers(part(made, "cells", "a table"), "cells")
    if any(each.high is None or each.high - each.low > MOST_VALUES for each in among):
        raise RefutedError("a table has a dimension without end")
    if not among or len(cells) != prod(len(each.codes) for each in among) or not all(map(result.holds, cells)):
        raise RefutedError("a table's cells do not fit its types")
    return PlainTable(tuple(among), result, cells)


def _variable(document: Any, types: tuple[PlainType, ...]) -> PlainVariable:
    match document:
        case [str() as name, position, initial]:
            type_ = types[below(position, len(types), "a variable's type")]
            codes = None if initial is None else numbers(initial, "initial values")
            if codes is not None and not all(map(type_.holds, codes)):
                raise RefutedError(f"{name} starts with a value that it cannot have")
            return PlainVariable(name, type_, codes)
        case _:
            raise RefutedError("one of the variables is none")


def _condition(rows: tuple[Row, ...], document: Any, what: str) -> int:
    row = below(document, len(rows), what)
    if rows[row].kind != "bool":
        raise RefutedError(f"{what} is no condition")
    return row


def _of_one_state(rows: tuple[Row, ...], row: int, what: str) -> int:
    if rows[row].foresees:
        raise RefutedError(f"{what} speaks of the state after a step")
    return row


def _action(document: Any, rows: tuple[Row, ...], variables: tuple[PlainVariable, ...]) -> PlainAction:
    made = table(document, "an action")
    name = text(part(made, "name", "an action"), "an action's name")
    parameters = []
    for each in items(part(made, "parameters", "an action"), "parameters"):
        row = rows[below(each, len(rows), "a parameter")]
        if row.op != "param" or row.type is None:
            raise RefutedError(f"a parameter of {name} is none")
        parameters.append((str(row.payload), row.type))
    updates = []
    for each in items(part(made, "updates", "an action"), "updates"):
        variable, value = (*numbers(each, "an update"), -1, -1)[:2]
        below(variable, len(variables), "an updated variable")
        if rows[below(value, len(rows), "an update")].kind != variables[variable].type.kind:
            raise RefutedError(f"{name} gives {variables[variable].name} a value of another kind")
        updates.append((variable, value))
    if len(dict(updates)) < len(updates) or len(dict(parameters)) < len(parameters):
        raise RefutedError(f"{name} has a variable or a parameter twice")
    labels = items(part(made, "labels", "an action"), "labels")
    label = name + "".join(f" {each}" for each in labels)
    guard = _condition(rows, part(made, "guard", "an action"), f"the guard of {name}")
    for condition in (guard, *(value for _, value in updates)):
        _of_one_state(rows, condition, name)
    return PlainAction(name, label, tuple(parameters), guard, tuple(updates))


class _Rows:
    """Reads rows one after another; each may use only earlier ones."""

    def __init__(
        self, types: tuple[PlainType, ...], tables: tuple[PlainTable, ...], variables: tuple[PlainVariable, ...]
    ) -> None:
        self.types, self.tables, self.variables = types, tables, variables
        self.rows: list[Row] = []
        self._depth: list[int] = []

    def read(self, document: Any) -> None:
        match document:
            case ["const", code, position]:
                type_ = self.types[below(position, len(self.types), "a type")]
                if not type_.holds(number(code, "a constant")):
                    raise RefutedError("a constant lies outside its type")
                made = Row("const", (), code, type_.kind)
            case ["var" | "next" as op, position]:
                variable = self.variables[below(position, len(self.variables), "a variable")]
                made = Row(op, (), position, variable.type.kind)
            case ["param", str() as name, position]:
                type_ = self.types[below(position, len(self.types), "a type")]
                made = Row("param", (), name, type_.kind, type_)
            case ["lookup", position, *args]:
                made = self._lookup(below(position, len(self.tables), "a table"), self._args(args))
            case [str() as op, *args]:
                made = self._operation(op, self._args(args))
            case _:
                raise RefutedError("one of the expressions is none")
        if made.op == "next" or any(self.rows[each].foresees for each in made.args):
            made = replace(made, foresees=True)
        self.rows.append(made)
        self._depth.append(1 + max((self._depth[each] for each in made.args), default=0))
        if self._depth[-1] > DEEPEST:
            raise RefutedError("an expression nests too deep")

    def _args(self, args: list[Any]) -> tuple[int, ...]:
        return tuple(below(each, len(self.rows), "an argument") for each in args)

    def _lookup(self, position: int, args: tuple[int, ...]) -> Row:
        found = self.tables[position]
        if [self.rows[each].kind for each in args] != [each.kind for each in found.dimensions]:
            raise RefutedError("a lookup does not fit its table")
        return Row("lookup", args, position, found.result.kind)

    def _operation(self, op: str, args: tuple[int, ...]) -> Row:
        kinds = [self.rows[each].kind for each in args]
        if len(args) != _TAKES.get(op, len(args)):
            raise RefutedError(f"{op} has {len(args)} arguments")
        match op:
            case "eq" if kinds[0] == kinds[1]:
                return Row(op, args, None, "bool")
            case "ite" if kinds[0] == "bool" and kinds[1] == kinds[2]:
                return Row(op, args, None, kinds[1])
            case _ if op in _KINDS and args and all(each == _KINDS[op][0] for each in kinds):
                return Row(op, args, None, _KINDS[op][1])
            case _:
                raise RefutedError(f"{op!r} is no operation on such arguments")
