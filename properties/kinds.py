"""Properties: what must hold of a model, in one of a few kinds.

Not to be confused with QEMU's properties, which are *device properties* here.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from hopcheck.model.language import FALSE, TRUE, Expr, Op, System, any_of
from hopcheck.model.language.expr import lift, need
from hopcheck.model.language.types import BoolType
from hopcheck.properties.verdict import Expectation, Outcome, holds


class Kind(enum.Enum):
    """What is asked of the expression."""

    ALWAYS = "always"  # it holds in every reachable state
    STEP = "step"  # it holds over every step from a reachable state
    REACHABLE = "reachable"  # it holds in some reachable state
    NEVER_STUCK = "never_stuck"  # something can happen in every reachable state, except where it holds
    CAN_ALWAYS_REACH = "can_always_reach"  # from every reachable state, one where it holds can be reached
    SOUND = "sound"  # no reachable state makes an error of the model (the expression is not used)


@dataclass(frozen=True, slots=True, eq=False)
class Property:
    """Something that is asked of a model.

    ``meaning``: one plain sentence; ``expected``: the verdict it should have, and ``variants``: the verdicts of those
    variants of the model where that is another. ``condition``: the antecedent for vacuity, where the shape of the
    expression does not tell it.
    """

    name: str
    kind: Kind
    expr: Expr
    meaning: str
    expected: Expectation
    variants: tuple[tuple[str, Expectation], ...] = ()
    condition: Expr | None = None

    def expectation(self, variant: str | None = None) -> Expectation:
        """The verdict it should have in that variant of the model."""
        return dict(self.variants).get(variant or "", self.expected)

    @property
    def antecedent(self) -> Expr | None:
        """What must hold somewhere, or the property says nothing; None where it speaks of every state.

        Read off the expression: ``a`` of ``a.implies(b)``, and of a conjunction of those, whether any ``a`` holds.
        """
        if self.condition is not None:
            return self.condition
        if self.kind not in (Kind.ALWAYS, Kind.STEP):
            return None
        parts = self.expr.args if self.expr.op is Op.AND else (self.expr,)
        if any(part.op is not Op.OR for part in parts):
            return None
        return any_of(~part.args[0] for part in parts)

    def check(self, system: System) -> None:
        """Raise a model error unless the property speaks of this system's variables."""
        system.check(self.expr, *(() if self.condition is None else (self.condition,)), step=self.kind is Kind.STEP)


def always(
    name: str,
    expr: object,
    meaning: str,
    *,
    expected: Expectation,
    variants: Mapping[str, Expectation] | None = None,
    antecedent: Expr | None = None,
) -> Property:
    """An invariant: ``expr`` holds in every reachable state."""
    return _make(name, Kind.ALWAYS, expr, meaning, expected, variants, antecedent)


def step(
    name: str,
    expr: object,
    meaning: str,
    *,
    expected: Expectation,
    variants: Mapping[str, Expectation] | None = None,
    antecedent: Expr | None = None,
) -> Property:
    """``expr``, which may speak of ``after(variable)``, holds over every step from a reachable state."""
    return _make(name, Kind.STEP, expr, meaning, expected, variants, antecedent)


def reachable(
    name: str,
    expr: object,
    meaning: str,
    *,
    expected: Expectation,
    variants: Mapping[str, Expectation] | None = None,
) -> Property:
    """``expr`` holds in some reachable state: a witness exists."""
    return _make(name, Kind.REACHABLE, expr, meaning, expected, variants, None)


def never_stuck(
    name: str,
    meaning: str,
    *,
    unless: object = FALSE,
    expected: Expectation,
    variants: Mapping[str, Expectation] | None = None,
) -> Property:
    """Some action can happen in every reachable state, except where ``unless`` holds (a good end)."""
    return _make(name, Kind.NEVER_STUCK, unless, meaning, expected, variants, None)


def can_always_reach(
    name: str,
    goal: object,
    meaning: str,
    *,
    expected: Expectation,
    variants: Mapping[str, Expectation] | None = None,
) -> Property:
    """From every reachable state, a state where ``goal`` holds can be reached."""
    return _make(name, Kind.CAN_ALWAYS_REACH, goal, meaning, expected, variants, None)


def sound() -> Property:
    """Whether the model is free of errors: no update leaves its variable's type, no lookup misses its table."""
    meaning = "No action gives a variable a value outside its type or looks outside a table."
    return _make("sound", Kind.SOUND, TRUE, meaning, holds("a model has no errors"), None, None)


def _make(
    name: str,
    kind: Kind,
    expr: object,
    meaning: str,
    expected: Expectation,
    variants: Mapping[str, Expectation] | None,
    condition: Expr | None,
) -> Property:
    made = lift(expr)
    need(made, BoolType, f"the property {name}")
    return Property(name, kind, made, meaning, expected, tuple((variants or {}).items()), condition)


__all__ = [
    "Expectation",
    "Kind",
    "Outcome",
    "Property",
    "always",
    "can_always_reach",
    "never_stuck",
    "reachable",
    "sound",
    "step",
]
