"""From a solver's model to a run that the reference interpreter has followed: nothing else is called a trace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hopcheck.model.errors import ModelError
from hopcheck.model.language import ReplayError, State, Step, System, Trace
from hopcheck.model.language.action import label
from hopcheck.model.language.types import RangeType, Type
from hopcheck.properties.errors import DisagreementError
from hopcheck.properties.following import Arguments, follow, take, violates
from hopcheck.properties.goal import Goal
from hopcheck.properties.kinds import Kind
from hopcheck.properties.sexpr import ModelValue
from hopcheck.properties.smt import names
from hopcheck.properties.smt.encoding import WHICH, Encoding
from hopcheck.properties.smt.run import end


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A confirmed run into a violation (or to a witness); ``detail``: what an error of the model says."""

    trace: Trace
    detail: str = ""


def ending(model: Mapping[str, ModelValue], first: int, last: int) -> int:
    """The frame in which the model of a ``violated`` script ends its run."""
    return next(frame for frame in range(first, last + 1) if model.get(names.own(end(frame)).strip("|")) is True)


def read(encoding: Encoding, model: Mapping[str, ModelValue], length: int) -> Counterexample:
    """The counterexample of ``length`` steps, to the bad state, in a solver's model.

    Raises ``DisagreementError`` where the interpreter cannot follow it or sees no violation at its end.
    """
    goal = encoding.goal
    try:
        trace = run_of(encoding, model, length)
        follow(goal.system, trace)
        bad = goal.bads[_value(encoding, model, WHICH, length, _ANY)]
        if bad.action is None:
            return _confirmed(goal, trace)
        name = goal.system.actions[bad.action].name
        arguments = _arguments(encoding, model, bad.action, length)
        if goal.asked.kind is Kind.SOUND:
            return Counterexample(trace, _error(goal.system, trace.last, name, arguments))
        target = take(goal.system, trace.last, name, arguments)
        if target is None:
            raise ReplayError(f"the last step, {label(name, arguments)}, cannot happen")
        return _confirmed(goal, Trace(trace.initial, (*trace.steps, Step(name, arguments, target))))
    except (ReplayError, IndexError) as error:
        raise DisagreementError(
            f"the interpreter cannot confirm what z3 found for the property {goal.asked.name} of the model "
            f"{goal.system.name}: {error}"
        ) from error


def _confirmed(goal: Goal, trace: Trace) -> Counterexample:
    if not violates(goal.system, goal.asked, trace):
        raise ReplayError(f"nothing of that kind ends in {goal.system.decode(trace.last)}")
    return Counterexample(trace)


def _error(system: System, state: State, name: str, arguments: Arguments) -> str:
    """What the interpreter says of an error of the model."""
    try:
        take(system, state, name, arguments)
    except ModelError as error:
        return str(error)
    raise ReplayError(f"{label(name, arguments)} is no error in {system.decode(state)}")


def run_of(encoding: Encoding, model: Mapping[str, ModelValue], length: int) -> Trace:
    """The run that the model describes, as it claims it."""
    states: list[State] = []
    for frame in range(length + 1):
        pairs = zip(encoding.variables, encoding.now, strict=True)
        states.append(tuple(_value(encoding, model, symbol, frame, each.type) for each, (symbol, _) in pairs))
    steps = []
    for frame in range(length):
        action = _value(encoding, model, WHICH, frame, _ANY)
        name = encoding.goal.system.actions[action].name
        steps.append(Step(name, _arguments(encoding, model, action, frame), states[frame + 1]))
    return Trace(states[0], tuple(steps))


def _arguments(encoding: Encoding, model: Mapping[str, ModelValue], action: int, frame: int) -> Arguments:
    each = encoding.goal.system.actions[action]
    slots = encoding.slots(each.parameters)
    chosen = tuple(
        (str(p.payload), p.type.decode(_value(encoding, model, slots[p][0], frame, p.type))) for p in each.parameters
    )
    return each.labels + chosen


_ANY = RangeType(0, None)


def _value(encoding: Encoding, model: Mapping[str, ModelValue], symbol: str, frame: int, type_: Type) -> int:
    """The code that the model gives to a symbol; the type's least where it leaves it open."""
    value = model.get(names.at(symbol, frame).strip("|"), type_.lo)
    if not isinstance(value, int):
        raise DisagreementError(f"a solver gives {symbol} in frame {frame} the value {value!r}")
    return encoding.numbers.read(value) if not isinstance(value, bool) else int(value)
