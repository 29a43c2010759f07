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
from hopcheck.model.language.location import Location
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


class MissedLookupError(Exception):
    """A lookup outside its table: ``evaluate`` knows neither the state nor the statement to blame."""

    def __init__(self, lookup: Expr, indices: list[int]) -> None:
        self.lookup, self.indices = lookup, indices
        super().__init__()


def evaluate(expr: Expr, now: Environment, *, then: Environment | None = None, given: Environment | None = None) -> int:
    """The code of the expression's value.

    ``now`` and ``then``: variable name to code, before and after a step; ``given``: parameter name to code.
    Raises ``MissedLookupError`` where the expression has no value.
    """
    return _Evaluation(now, then, given).value(expr)


@dataclass(frozen=True, slots=True)
class _Evaluation:
    """What the leaves of an expression stand for. One Python frame a level: ``MAX_DEPTH`` relies on it."""

    now: Environment
    then: Environment | None
    given: Environment | None

    def value(self, each: Expr) -> int:
        match each.op:
            case Op.CONST:
                assert isinstance(each.payload, int)
                return each.payload
            case Op.VAR:
                return self.now[str(each.payload)]
            case Op.NEXT:
                assert self.then is not None
                return self.then[str(each.payload)]
            case Op.PARAM:
                assert self.given is not None
                return self.given[str(each.payload)]
            case Op.NOT:
                return 1 - self.value(each.args[0])
            case Op.AND:
                for part in each.args:
                    if not self.value(part):
                        return 0
                return 1
            case Op.OR:
                for part in each.args:
                    if self.value(part):
                        return 1
                return 0
            case Op.EQ:
                return int(self.value(each.args[0]) == self.value(each.args[1]))
            case Op.LT:
                return int(self.value(each.args[0]) < self.value(each.args[1]))
            case Op.LE:
                return int(self.value(each.args[0]) <= self.value(each.args[1]))
            case Op.ADD:
                return self.value(each.args[0]) + self.value(each.args[1])
            case Op.SUB:
                return self.value(each.args[0]) - self.value(each.args[1])
            case Op.MUL:
                return self.value(each.args[0]) * self.value(each.args[1])
            case Op.ITE:
                return self.value(each.args[1]) if self.value(each.args[0]) else self.value(each.args[2])
            case Op.LOOKUP:
                assert isinstance(each.payload, Table)
                indices = [self.value(index) for index in each.args]
                found = each.payload.cell(indices)
                if found is None:
                    raise MissedLookupError(each, indices)
                return found


def holds(system: System, expr: Expr, state: State, after: State | None = None) -> bool:
    """Whether a condition holds in a state (for a step: between a state and the one after)."""
    then = None if after is None else _environment(system, after)
    try:
        return bool(evaluate(expr, _environment(system, state), then=then))
    except MissedLookupError as missed:
        if expr is system.initially:
            raise _outside(system, missed, "the initial condition", state, missed.lookup.location) from None
        raise _outside(system, missed, "a property", state, expr.location) from None


def initial_states(system: System) -> Iterator[State]:
    """The initial states, in ascending order."""
    domains = [codes(each.type, each.location) if each.initial is None else each.initial for each in system.variables]
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
        for choice in itertools.product(*(codes(each.type, action.location) for each in action.parameters)):
            given = dict(zip(names, choice, strict=True))
            arguments = action.labels + tuple(
                (name, parameter.type.decode(code))
                for name, parameter, code in zip(names, action.parameters, choice, strict=True)
            )
            statement = action.location
            changed = []
            try:
                if not evaluate(action.guard, now, given=given):
                    continue
                for update in action.updates:
                    statement = update.location
                    changed.append((update, evaluate(update.value, now, given=given)))
            except MissedLookupError as missed:
                raise _outside(system, missed, label(action.name, arguments), state, statement) from None
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


def _outside(system: System, missed: MissedLookupError, where: str, state: State, at: Location) -> ModelError:
    assert isinstance(missed.lookup.payload, Table)
    table = missed.lookup.payload
    shape = ", ".join(str(dimension) for dimension in table.dimensions)
    return ModelError(
        f"{where} looks up {table.name}[{', '.join(map(str, missed.indices))}], which lies outside [{shape}], in the "
        f"state {_show(system, state)}",
        hint="guard the lookup, or make the table larger",
        file=at.file,
        line=at.line,
    )
