"""Why a property is false at the end of a run: which of its conjuncts are, and which single values would make them true."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hopcheck.model.language import Expr, Op, State, System, Trace, any_of
from hopcheck.model.language.interpret import MissedLookupError, evaluate
from hopcheck.model.language.render import render
from hopcheck.model.language.types import RangeType, codes, size
from hopcheck.model.language.walk import free
from hopcheck.properties import Kind, Property

MOST_VALUES = 64
"""A variable with more values is not tried value by value."""


@dataclass(frozen=True, slots=True)
class Conjunct:
    """A conjunct that is false.

    ``text``: in the notation of models; ``values``: what it reads, as it was there (numbers that never change only tell
    rows apart, and are left out).
    ``instead``: for each variable that some action changes, the values with which it alone would make the conjunct true. A
    variable after a step is called ``x'``.
    """

    text: str
    values: Mapping[str, str]
    instead: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Falsity:
    """A property at the end of a run: how many conjuncts it has, and those that are false (none: see ``said``).

    ``said``: for a property that no state alone can violate, what is wrong, in a sentence.
    """

    conjuncts: int
    false: tuple[Conjunct, ...]
    said: str = ""


_SAID = {
    Kind.NEVER_STUCK: "In the last state no action can happen: every guard is false.",
    Kind.CAN_ALWAYS_REACH: "From the last state no run leads to a state of the kind that is asked for.",
    Kind.REACHABLE: "No reachable state is of the kind that is asked for.",
    Kind.SOUND: "The last step is an error of the model.",
}


def falsity(system: System, prop: Property, trace: Trace) -> Falsity:
    """Why the property is false at the end of the trace."""
    if prop.kind in _SAID:
        return Falsity(0, (), _SAID[prop.kind])
    states = trace.states
    now, then = (states[-1], None) if prop.kind is Kind.ALWAYS else (states[-2], states[-1])
    parts = conjuncts(prop.expr)
    at = _At(system, now, then)
    return Falsity(len(parts), tuple(at.told(part) for part in parts if at.value(part) != 1))


def conjuncts(expr: Expr) -> tuple[Expr, ...]:
    """The conjuncts; what a condition implies is taken apart too: ``a.implies(b & c)`` has two."""
    found: list[Expr] = []
    for part in expr.args if expr.op is Op.AND else (expr,):
        inner = next((arg for arg in part.args if arg.op is Op.AND), None) if part.op is Op.OR else None
        if inner is None:
            found.append(part)
        else:
            others = [arg for arg in part.args if arg is not inner]
            found += [any_of([*others, each]) for each in inner.args]
    return tuple(found)


class _At:
    """A state, or a step, at which expressions are evaluated."""

    def __init__(self, system: System, now: State, then: State | None) -> None:
        self.system = system
        self.now = dict(zip(system.index, now, strict=True))
        self.changing = {update.name for action in system.actions for update in action.updates}
        self.then = None if then is None else dict(zip(system.index, then, strict=True))

    def value(self, expr: Expr) -> int | None:
        """The expression's value; None where it has none."""
        try:
            return evaluate(expr, self.now, then=self.then)
        except MissedLookupError:
            return None

    def told(self, part: Expr) -> Conjunct:
        """A false conjunct with its values and what would mend it."""
        values, instead = {}, {}
        for name in self.system.index:
            for place, label, read in ((self.now, name, Op.VAR), (self.then, f"{name}'", Op.NEXT)):
                if place is not None and name in free(part, op=read) and self._tells(name):
                    values[label] = self._shown(name, place[name])
                    instead[label] = self._mending(part, name, place) if name in self.changing else ()
        return Conjunct(render(part), values, {name: found for name, found in instead.items() if found})

    def _tells(self, name: str) -> bool:
        return name in self.changing or not isinstance(self.system[name].type, RangeType)

    def _mending(self, part: Expr, name: str, place: dict[str, int]) -> tuple[str, ...]:
        """The values of one variable with which the conjunct would hold."""
        type_, kept = self.system[name].type, place[name]
        if (size(type_) or MOST_VALUES + 1) > MOST_VALUES:
            return ()
        found = []
        for code in codes(type_):
            place[name] = code
            if self.value(part) == 1:
                found.append(self._shown(name, code))
        place[name] = kept
        return tuple(found)

    def _shown(self, name: str, code: int) -> str:
        return str(self.system[name].type.decode(code))
