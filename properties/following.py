"""Following a run in the reference interpreter, one named step at a time.

The interpreter's own ``replay`` tries every action in every state. Here only the step's own action is tried: models
whose parameters have no end can be followed, and an error of the model elsewhere does not hide the one looked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from hopcheck.model.errors import ModelError
from hopcheck.model.language import Expr, Op, ReplayError, State, System, Trace, Value, holds, successors
from hopcheck.model.language.action import Action, Update, label
from hopcheck.model.language.expr import constant
from hopcheck.model.language.trace import is_initial
from hopcheck.model.language.walk import substitute
from hopcheck.properties.kinds import Kind, Property

Arguments = tuple[tuple[str, Value], ...]


def follow(system: System, trace: Trace) -> None:
    """Raise ``ReplayError`` at the first step of the trace that the interpreter does not allow."""
    if not is_initial(system, trace.initial):
        raise ReplayError(f"{system.decode(trace.initial)} is no initial state of {system.name}")
    state = trace.initial
    for number, step in enumerate(trace.steps, 1):
        try:
            target = take(system, state, step.action, step.arguments)
        except ModelError as error:
            raise ReplayError(f"step {number}, {step.label}, is an error of the model: {error}") from None
        if target != step.target:
            raise ReplayError(f"step {number}, {step.label}, cannot lead from {state} to {step.target}")
        state = step.target


def take(system: System, state: State, name: str, arguments: Arguments) -> State | None:
    """The state to which the action with these arguments leads; None where it cannot happen.

    Raises ``ModelError`` where it is an error of the model.
    """
    for each in system.actions:
        given = _given(each, arguments) if each.name == name else None
        if given is not None:
            alone = replace(system, actions=(_instance(each, given, arguments),))
            return next((step.target for step in successors(alone, state)), None)
    raise ReplayError(f"{system.name} has no action {label(name, arguments)}")


def _given(each: Action, arguments: Arguments) -> Mapping[object, Expr] | None:
    """The parameters' values as expressions, where the arguments are this declaration's labels and parameters."""
    labels, rest = arguments[: len(each.labels)], arguments[len(each.labels) :]
    if labels != each.labels or [name for name, _ in rest] != [str(p.payload) for p in each.parameters]:
        return None
    pairs = zip(each.parameters, rest, strict=True)
    return {p.payload: constant(p.type.encode(value), p.type) for p, (_, value) in pairs}


def _instance(each: Action, given: Mapping[object, Expr], arguments: Arguments) -> Action:
    memo: dict[Expr, Expr] = {}

    def chosen(leaf: Expr) -> Expr | None:
        return given[leaf.payload] if leaf.op is Op.PARAM else None

    updates = tuple(Update(u.variable, substitute(u.value, chosen, memo), u.location) for u in each.updates)
    return Action(each.name, (), arguments, substitute(each.guard, chosen, memo), updates, each.location)


def violates(system: System, prop: Property, trace: Trace) -> bool:
    """Whether the end of the trace shows what the provers look for: a violation, or for ``reachable`` a witness.

    Raises ``ModelError`` where the property itself has no value there.
    """
    match prop.kind:
        case Kind.ALWAYS:
            return not holds(system, prop.expr, trace.last)
        case Kind.REACHABLE:
            return holds(system, prop.expr, trace.last)
        case Kind.STEP:
            return len(trace) > 0 and not holds(system, prop.expr, trace.states[-2], trace.last)
        case Kind.NEVER_STUCK:
            return not any(successors(system, trace.last)) and not holds(system, prop.expr, trace.last)
        case _:
            raise ValueError(f"a trace alone does not show a violation of {prop.kind.value}")
