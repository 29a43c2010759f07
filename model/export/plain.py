"""A system in plain lists that JSON can hold: for readers that know nothing of the language, such as a certifier.

Expressions are rows of one list, arguments before what uses them: ``["const", code, type]``, ``["var", variable]``,
``["next", variable]``, ``["param", name, type]``, ``["lookup", table, argument...]``, or the name of an operation and
its arguments. Types, tables, variables and rows are named by their position. Equal systems give equal text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hopcheck.model.language import Expr, Op, System, Table, Type
from hopcheck.model.language.types import canonical
from hopcheck.model.language.walk import nodes


def plain(system: System, exprs: Sequence[Expr] = ()) -> dict[str, Any]:
    """The system, and under ``asked`` the rows of expressions about it."""
    return _Writer(system, exprs).document()


class _Writer:
    def __init__(self, system: System, exprs: Sequence[Expr]) -> None:
        self.system, self.exprs = system, exprs
        roots = [system.initially]
        for action in system.actions:
            roots += [*action.parameters, action.guard, *(update.value for update in action.updates)]
        self.order = nodes(*roots, *exprs)
        self.row = {each: number for number, each in enumerate(self.order)}
        self.types: dict[Type, int] = {}
        self.tables: dict[Table, int] = {}

    def document(self) -> dict[str, Any]:
        variables = [[each.name, self._type(each.type), _codes(each.initial)] for each in self.system.variables]
        rows = [self._row(each) for each in self.order]
        tables = [self._table(each) for each in self.tables]
        return {
            "name": self.system.name,
            "types": [canonical(each) for each in self.types],
            "tables": tables,
            "variables": variables,
            "rows": rows,
            "initially": self.row[self.system.initially],
            "actions": [
                {
                    "name": each.name,
                    "labels": [list(label) for label in each.labels],
                    "parameters": [self.row[parameter] for parameter in each.parameters],
                    "guard": self.row[each.guard],
                    "updates": [[self.system.index[u.name], self.row[u.value]] for u in each.updates],
                }
                for each in self.system.actions
            ],
            "asked": [self.row[each] for each in self.exprs],
        }

    def _type(self, type_: Type) -> int:
        return self.types.setdefault(type_, len(self.types))

    def _table(self, table: Table) -> dict[str, Any]:
        dimensions = [self._type(each) for each in table.dimensions]
        return {
            "name": table.name,
            "dimensions": dimensions,
            "result": self._type(table.result),
            "cells": list(table.cells),
        }

    def _row(self, each: Expr) -> list[Any]:
        args = [self.row[arg] for arg in each.args]
        match each.op:
            case Op.CONST:
                return ["const", each.payload, self._type(each.type)]
            case Op.VAR | Op.NEXT:
                return [each.op.value, self.system.index[str(each.payload)]]
            case Op.PARAM:
                return ["param", each.payload, self._type(each.type)]
            case Op.LOOKUP:
                assert isinstance(each.payload, Table)
                return ["lookup", self.tables.setdefault(each.payload, len(self.tables)), *args]
            case _:
                return [each.op.value, *args]


def _codes(initial: tuple[int, ...] | None) -> list[int] | None:
    return None if initial is None else list(initial)
