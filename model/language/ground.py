"""The actions of a system spelled out: one transition for each choice of parameters."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from hopcheck.model.language.action import Action, label
from hopcheck.model.language.define import definedness, in_range
from hopcheck.model.language.expr import FALSE, Expr, Op, constant
from hopcheck.model.language.location import Location
from hopcheck.model.language.quantify import all_of, any_of
from hopcheck.model.language.system import System
from hopcheck.model.language.types import Value, codes
from hopcheck.model.language.walk import substitute


@dataclass(frozen=True, slots=True, eq=False)
class Transition:
    """One instance of an action.

    ``action``: the action's name; ``arguments``: labels and parameters with their values; ``guard``: total, holds where
    the instance can happen; ``updates``: variable name to its next value, total; ``sound``: holds where, given the
    guard, every update has a value inside its variable's type (a reachable state where the guard holds and this does
    not is an error of the model). ``guard_sound``: holds where the guard has a value.
    """

    action: str
    arguments: tuple[tuple[str, Value], ...]
    guard: Expr
    updates: tuple[tuple[str, Expr], ...]
    guard_sound: Expr
    sound: Expr
    location: Location

    @property
    def label(self) -> str:
        """``action(argument=value, ...)``."""
        return label(self.action, self.arguments)


def ground(system: System) -> tuple[Transition, ...]:
    """Every instance of every action, in the order of declaration; instances whose guard is false are left out."""
    made = (instance for each in system.actions for instance in _instances(each))
    return tuple(each for each in made if each.guard is not FALSE)


def _instances(each: Action) -> list[Transition]:
    domains = [codes(parameter.type, each.location) for parameter in each.parameters]
    return [_instance(each, choice) for choice in itertools.product(*domains)]


def _instance(each: Action, choice: tuple[int, ...]) -> Transition:
    values: dict[object, Expr] = {
        parameter.payload: constant(code, parameter.type) for parameter, code in zip(each.parameters, choice, strict=True)
    }
    arguments = each.labels + tuple(
        (str(parameter.payload), parameter.type.decode(code))
        for parameter, code in zip(each.parameters, choice, strict=True)
    )
    return _transition(each, arguments, values)


def _transition(each: Action, arguments: tuple[tuple[str, Value], ...], values: dict[object, Expr]) -> Transition:
    memo: dict[Expr, Expr] = {}

    def chosen(leaf: Expr) -> Expr | None:
        return values.get(leaf.payload) if leaf.op is Op.PARAM else None

    guard = substitute(each.guard, chosen, memo) if values else each.guard
    updates = tuple((u.name, substitute(u.value, chosen, memo) if values else u.value) for u in each.updates)
    types = [u.variable.type for u in each.updates]
    conditions = [
        part
        for (_, value), type_ in zip(updates, types, strict=True)
        for part in (definedness(value), in_range(value, type_))
    ]
    return Transition(
        each.name,
        arguments,
        guard,
        updates,
        definedness(guard),
        all_of(conditions),
        each.location,
    )


def moving(system: System) -> Expr:
    """Where something can happen: some instance of some action has a true guard."""
    return any_of(each.guard_sound & each.guard for each in ground(system))


def before(system: System, step: Transition, expr: Expr) -> Expr:
    """A condition over a step of the system, as a condition on the state before it: for this transition's step."""
    values = dict(step.updates)

    def result(leaf: Expr) -> Expr | None:
        if leaf.op is not Op.NEXT:
            return None
        name = str(leaf.payload)
        return values[name] if name in values else system[name]

    return substitute(expr, result)


def symbolic(system: System) -> tuple[Transition, ...]:
    """Every action once, its parameters left in place as PARAM nodes: what the provers read.

    The parameters' own ranges are not part of the guard: whoever quantifies over them adds them.
    """
    return tuple(_transition(each, each.labels, {}) for each in system.actions)
