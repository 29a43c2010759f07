"""Actions: a name, parameters, a guard, and what changes at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hopcheck.model.language.expr import Expr, Op, lift, need, shallow
from hopcheck.model.language.location import Location, here
from hopcheck.model.language.types import BoolType, Value, disjoint, fail, same_kind


@dataclass(frozen=True, slots=True, eq=False)
class Update:
    """After the step, ``variable`` has the value that ``value`` has before it."""

    variable: Expr
    value: Expr
    location: Location

    @property
    def name(self) -> str:
        """The variable's name."""
        return str(self.variable.payload)


def becomes(variable: Expr, value: object) -> Update:
    """The update that gives ``variable`` this value."""
    if not isinstance(variable, Expr) or variable.op is not Op.VAR:
        raise fail(f"{variable!r} is not a variable of the state", "update what system.variable(...) returned")
    new = lift(value, variable.type)
    if not same_kind(new.type, variable.type):
        raise fail(
            f"{variable!r} of type {variable.type} is given {new!r} of type {new.type}",
            f"give it a value of {variable.type}",
        )
    if disjoint(new.type, variable.type):
        raise fail(f"{new!r} can never be a value of {variable!r}: {variable.type}", "correct the value, or widen the range")
    shallow(new)
    return Update(variable, new, here())


@dataclass(frozen=True, slots=True, eq=False)
class Action:
    """Something that can happen: where ``guard`` holds, all ``updates`` take place at once; the rest stays.

    ``parameters`` are PARAM nodes over which the action is repeated; ``labels`` are fixed arguments that tell one
    declaration of a name from another (which host, which guest) and only serve to name it.
    """

    name: str
    parameters: tuple[Expr, ...]
    labels: tuple[tuple[str, Value], ...]
    guard: Expr
    updates: tuple[Update, ...]
    location: Location


def action(
    name: str,
    *parameters: Expr,
    guard: object = True,
    updates: Sequence[Update] = (),
    labels: Mapping[str, Value] | None = None,
) -> Action:
    """Check and build an action."""
    if not isinstance(name, str) or not name or name != name.strip():
        raise fail(f"{name!r} cannot name an action", "write a name without spaces around it")
    condition = lift(guard)
    need(condition, BoolType, f"the guard of {name}")
    shallow(condition)
    for each in parameters:
        if not isinstance(each, Expr) or each.op is not Op.PARAM:
            raise fail(f"{each!r} is no parameter of {name}", "write parameters as Parameter(name, type)")
    taken = [str(each.payload) for each in parameters] + list(labels or {})
    if len(set(taken)) < len(taken):
        raise fail(f"two parameters of {name} have one name", "name them apart")
    for key, value in (labels or {}).items():
        if not isinstance(key, str) or not isinstance(value, (bool, int, str)):
            raise fail(f"{key!r}: {value!r} is no label of {name}", "label it by a name and a plain value")
    if isinstance(updates, Update):
        raise fail(f"the updates of {name} are not a list", "write updates=[becomes(...), ...]")
    changed: dict[str, Update] = {}
    for update in updates:
        if not isinstance(update, Update):
            raise fail(f"{update!r} is no update in {name}", "write becomes(variable, value)")
        if update.name in changed:
            raise fail(
                f"{name} updates {update.name} twice, here and at {changed[update.name].location}",
                "a step gives each variable one value: join the two with If",
                update.location,
            )
        changed[update.name] = update
    return Action(name, tuple(parameters), tuple((labels or {}).items()), condition, tuple(updates), here())


def label(name: str, arguments: tuple[tuple[str, Value], ...]) -> str:
    """``name(argument=value, ...)``: how an instance of an action is called everywhere."""
    return f"{name}({', '.join(f'{key}={value}' for key, value in arguments)})" if arguments else name
