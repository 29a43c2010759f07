"""What a model means: the reference against which every other engine is tested.

Nothing here is clever. A state is a tuple with one code for each of the system's variables.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from hopcheck.model.errors import ModelError
from hopcheck.model.language.action import label
from hopcheck.model.language.expr import Expr, Op
from hopcheck.model.language.system import System
from hopcheck.model.language.table import Table
from hopcheck.model.language.types import Value, codes

State: TypeAlias = tuple[int, ...]
Environment: TypeAlias = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Step:
    """An action that happened: its name, its arguments (labels and parameters), and the state it led to."""

    action: str
    arguments: tuple[tuple[str, Value], ...]
    target: State

    @property
    def label(self) -> str:
        """``action(argument=value, ...)``."""
        return label(self.action, self.arguments)


class _Missed(Exception):
    """A lookup outside its table."""

    def __init__(self, lookup: Expr, indices: list[int]) -> None:
        self.lookup, self.indices = lookup, indices
        super().__init__()


def evaluate(expr: Expr, now: Environment, *, then: Environment | None = None, given: Environment | None = None) -> int:
    """The code of the expression's value.

    ``now`` and ``then``: variable name to code, before and after a step; ``given``: parameter name to code.
    """

    def value(each: Expr) -> int:
        return evaluate(each, now, then=then, given=given)

    match expr.op:
        case Op.CONST:
            assert isinstance(expr.payload, int)
            return expr.payload
        case Op.VAR:
            return now[str(expr.payload)]
        case Op.NEXT:
            assert then is not None
            return then[str(expr.payload)]
        case Op.PARAM:
            assert given is not None
            return given[str(expr.payload)]
        case Op.NOT:
            return 1 - value(expr.args[0])
        case Op.AND:
            for part in expr.args:
                if not value(part):
                    return 0
            return 1
        case Op.OR:
            for part in expr.args:
                if value(part):
                    return 1
            return 0
        case Op.EQ:
            return int(value(expr.args[0]) == value(expr.args[1]))
        case Op.LT:
            return int(value(expr.args[0]) < value(expr.args[1]))
        case Op.LE:
            return int(value(expr.args[0]) <= value(expr.args[1]))
        case Op.ADD:
            return value(expr.args[0]) + value(expr.args[1])
        case Op.SUB:
            return value(expr.args[0]) - value(expr.args[1])
        case Op.MUL:
            return value(expr.args[0]) * value(expr.args[1])
        case Op.ITE:
            return value(expr.args[1]) if value(expr.args[0]) else value(expr.args[2])
        case Op.LOOKUP:
            assert isinstance(expr.payload, Table)
            indices = [value(index) for index in expr.args]
            found = expr.payload.cell(indices)
            if found is None:
                raise _Missed(expr, indices)
            return found


def holds(system: System, expr: Expr, state: State, after: State | None = None) -> bool:
    """Whether a condition holds in a state (for a step: between a state and the one after)."""
    then = None if after is None else _environment(system, after)
    try:
        return bool(evaluate(expr, _environment(system, state), then=then))
    except _Missed as missed:
        raise _outside(system, missed, "a property", state) from None


def initial_states(system: System) -> Iterator[State]:
    """The initial states, in ascending order."""
    domains = [codes(each.type) if each.initial is None else each.initial for each in system.variables]
    for state in itertools.product(*domains):
        if holds(system, system.initially, state):
            yield state


def successors(system: System, state: State) -> Iterator[Step]:
    """Everything that can happen in a state, in the order of declaration.

    Raises ``ModelError`` where an update leaves its variable's type or a lookup its table.
    """
    now = _environment(system, state)
    for action in system.actions:
        names = [str(parameter.payload) for parameter in action.parameters]
        for choice in itertools.product(*(codes(parameter.type) for parameter in action.parameters)):
            given = dict(zip(names, choice, strict=True))
            arguments = action.labels + tuple(
                (name, parameter.type.decode(code))
                for name, parameter, code in zip(names, action.parameters, choice, strict=True)
            )
            try:
                if not evaluate(action.guard, now, given=given):
                    continue
                changed = [(u, evaluate(u.value, now, given=given)) for u in action.updates]
            except _Missed as missed:
                raise _outside(system, missed, label(action.name, arguments), state) from None
            after = list(state)
            for update, code in changed:
                kept = update.variable.type
                if code < kept.lo or (kept.hi is not None and code > kept.hi):
                    raise ModelError(
                        f"{label(action.name, arguments)} gives {update.name} the value {code}, which lies outside "
                        f"{kept}, in the state {_show(system, state)}",
                        hint=f"strengthen the guard of {action.name}, or widen the range of {update.name}",
                        file=update.location.file,
                        line=update.location.line,
                    )
                after[system.index[update.name]] = code
            yield Step(action.name, arguments, tuple(after))


def reachable(system: System) -> Iterator[list[State]]:
    """The reachable states level by level: each level holds the states at that distance, in ascending order."""
    level = sorted(set(initial_states(system)))
    seen = set(level)
    while level:
        yield level
        found = {step.target for state in level for step in successors(system, state)} - seen
        seen |= found
        level = sorted(found)


def _environment(system: System, state: State) -> Environment:
    return {each.name: code for each, code in zip(system.variables, state, strict=True)}


def _show(system: System, state: State) -> str:
    return ", ".join(f"{name}={value}" for name, value in system.decode(state).items())


def _outside(system: System, missed: _Missed, where: str, state: State) -> ModelError:
    assert isinstance(missed.lookup.payload, Table)
    table = missed.lookup.payload
    shape = ", ".join(str(dimension) for dimension in table.dimensions)
    return ModelError(
        f"{where} looks up {table.name}[{', '.join(map(str, missed.indices))}], which lies outside [{shape}], in the "
        f"state {_show(system, state)}",
        hint="guard the lookup, or make the table larger",
        file=missed.lookup.location.file,
        line=missed.lookup.location.line,
    )
