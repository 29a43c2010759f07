"""What an export writes, whatever the language: rules with what they check, and what holds in every state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hopcheck.model.export.claim import Claim
from hopcheck.model.language import FALSE, TRUE, Action, Expr, System, Transition, symbolic
from hopcheck.model.language.define import truly
from hopcheck.model.language.ground import before, moving


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """An action with its parameters left in place, and the claims over its steps as conditions on the state before."""

    action: Action
    transition: Transition
    checks: tuple[tuple[Claim, Expr], ...]

    @property
    def guard(self) -> Expr:
        """Where it can happen; False where the guard itself has no value."""
        return self.transition.guard_sound & self.transition.guard


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """A system and the claims about it, sorted by how they are checked.

    ``invariants``: conditions on every reachable state, each with its claim; of something reachable, that it is not.
    ``steps``: the claims over steps; ``stuck``: the claims that something can always happen, without exception;
    ``beyond``: those that are about what can still be reached.
    """

    system: System
    rules: tuple[Rule, ...]
    invariants: tuple[tuple[Claim, Expr], ...]
    steps: tuple[Claim, ...]
    stuck: tuple[Claim, ...]
    beyond: tuple[Claim, ...]

    @property
    def exprs(self) -> tuple[Expr, ...]:
        """Every condition and value that is written where steps are checked as they are taken."""
        made = [self.system.initially, *(expr for _, expr in self.invariants)]
        for each in self.rules:
            made += [each.guard, each.transition.sound, *(value for _, value in each.transition.updates)]
            made += [expr for _, expr in each.checks]
        return tuple(made)


def plan(system: System, claims: Sequence[Claim]) -> Plan:
    """Sort the claims; a model error where one is not about the system."""
    for each in claims:
        system.check(each.expr, step=each.kind == "step")
    steps = tuple(each for each in claims if each.kind == "step")
    invariants = [(each, _held(system, each)) for each in claims if each.kind in ("always", "reachable")]
    invariants += [(each, _held(system, each)) for each in claims if each.kind == "never_stuck" and each.expr is not FALSE]
    return Plan(
        system,
        tuple(
            Rule(action, transition, tuple((each, before(system, transition, truly(each.expr))) for each in steps))
            for action, transition in zip(system.actions, symbolic(system), strict=True)
        ),
        tuple(invariants),
        steps,
        tuple(each for each in claims if each.kind == "never_stuck" and each.expr is FALSE),
        tuple(each for each in claims if each.kind == "can_always_reach"),
    )


def _held(system: System, claim: Claim) -> Expr:
    """The condition on every state; a lookup outside its table breaks it too, as it is an error of the model."""
    good = truly(~claim.expr if claim.kind == "reachable" else claim.expr)
    return moving(system) | good if claim.kind == "never_stuck" else good


def telling(checks: Sequence[tuple[Claim, Expr]]) -> tuple[tuple[Claim, Expr], ...]:
    """The conditions that are not true by themselves."""
    return tuple((each, expr) for each, expr in checks if expr is not TRUE)
