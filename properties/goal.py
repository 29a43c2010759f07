"""Every kind of property that a prover can decide, brought to one shape: bad states that must not be reached."""

from __future__ import annotations

from dataclasses import dataclass

from hopcheck.model.language import FALSE, TRUE, Expr, System, Transition, symbolic
from hopcheck.model.language.define import truly
from hopcheck.model.language.ground import before, moving
from hopcheck.model.language.types import RangeType
from hopcheck.properties.kinds import Kind, Property


class NotSafetyError(Exception):
    """The property is none that the provers decide; the text says why."""


@dataclass(frozen=True, slots=True, eq=False)
class Bad:
    """States in which ``condition`` holds for some choice of ``parameters`` are bad.

    ``action``: the position of the system's action whose step, with these parameters, is what is bad.
    """

    condition: Expr
    parameters: tuple[Expr, ...] = ()
    action: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Goal:
    """No bad state of ``system`` can be reached.

    ``held``: a condition that every state satisfies which is not bad; ``kept``: one that every step satisfies (it may
    speak of the state after) unless its first state is bad. The inductive methods assume them of earlier states and
    steps. Steps are those without an error of the model: whether there is one is a property of its own
    (``Kind.SOUND``).
    """

    system: System
    asked: Property
    bads: tuple[Bad, ...]
    held: Expr = TRUE
    kept: Expr = TRUE

    @property
    def last(self) -> int:
        """The steps that a violation takes after its bad state: 1 for a property of steps."""
        return int(self.asked.kind is Kind.STEP)


def goal_of(system: System, prop: Property) -> Goal:
    """What the provers have to show; raises ``NotSafetyError`` where they cannot."""
    match prop.kind:
        case Kind.ALWAYS:
            return _invariant(system, prop, prop.expr)
        case Kind.REACHABLE:
            good = truly(prop.expr)
            return Goal(system, prop, (Bad(good),), ~good)
        case Kind.STEP:
            return _over_steps(system, prop)
        case Kind.NEVER_STUCK:
            return _invariant(system, prop, stirring(system) | prop.expr)
        case Kind.SOUND:
            bads = [Bad(error_of(each), parameters_of(system, n), n) for n, each in enumerate(symbolic(system))]
            return Goal(system, prop, _possible(bads))
        case Kind.CAN_ALWAYS_REACH:
            raise NotSafetyError("what can be reached from every state is no safety property: exhaust the states")


def enabled(each: Transition) -> Expr:
    """Where the transition can happen without an error of the model."""
    return each.guard_sound & each.guard & each.sound


def error_of(each: Transition) -> Expr:
    """Where the transition is an error of the model."""
    return ~each.guard_sound | (each.guard & ~each.sound)


def parameters_of(system: System, action: int) -> tuple[Expr, ...]:
    """The parameters of the action at that position (``symbolic`` keeps the actions' order)."""
    return system.actions[action].parameters


def stirring(system: System) -> Expr:
    """Where something can happen; raises ``NotSafetyError`` where that takes a quantifier to say."""
    for each in system.actions:
        for parameter in each.parameters:
            if isinstance(parameter.type, RangeType) and parameter.type.hi is None:
                raise NotSafetyError(
                    f"{each.name} has a parameter without end ({parameter!r}), and no quantifier-free condition says "
                    "where it is stuck"
                )
    return moving(system)


def _invariant(system: System, prop: Property, expr: Expr) -> Goal:
    good = truly(expr)
    return Goal(system, prop, _possible([Bad(~good)]), good)


def _over_steps(system: System, prop: Property) -> Goal:
    good = truly(prop.expr)
    bads = []
    for number, each in enumerate(symbolic(system)):
        bads.append(Bad(enabled(each) & ~before(system, each, good), parameters_of(system, number), number))
    return Goal(system, prop, _possible(bads), kept=good)


def _possible(bads: list[Bad]) -> tuple[Bad, ...]:
    return tuple(each for each in bads if each.condition is not FALSE)
