"""Vacuity: what holds only because nothing happens. A proof about a model in which nothing happens is worth nothing."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from hopcheck.model.language import System
from hopcheck.model.language.expr import Op
from hopcheck.model.language.walk import free
from hopcheck.properties.goal import goal_of
from hopcheck.properties.kinds import Kind, Property
from hopcheck.properties.obligation import Obligation
from hopcheck.properties.prove import prove
from hopcheck.properties.smt.encoding import Encoding, fit
from hopcheck.properties.smt.run import anywhere
from hopcheck.properties.verdict import Outcome, Verdict


class Finding(enum.Enum):
    """What is suspicious."""

    DEAD_ACTION = "the action never fires"
    CONSTANT_VARIABLE = "the variable never changes"
    IDLE_ANTECEDENT = "the property's antecedent is never true"
    BLIND_PROPERTY = "the property holds without its variables: none of them ever changes"


@dataclass(frozen=True, slots=True)
class Vacuity:
    """A finding about an action, a variable or a property, by its name."""

    finding: Finding
    name: str

    def __str__(self) -> str:
        return f"{self.name}: {self.finding.value}"


@dataclass(frozen=True, slots=True)
class Facts:
    """What an exhaustive search saw of one variant of a model.

    ``firings``: how often each action fired; ``values``: how many different values each variable had; ``antecedents``:
    for each property with an antecedent, whether it was true somewhere.
    """

    firings: Mapping[str, int]
    values: Mapping[str, int]
    antecedents: Mapping[str, bool]


def vacuities(properties: Sequence[Property], variants: Sequence[Facts]) -> tuple[Vacuity, ...]:
    """The findings, in the order of declaration.

    An action that is dead in one variant of a model only is no finding, and so for the others: it must be so in every
    variant that has it.
    """
    dead = _nowhere([each.firings for each in variants], least=1)
    constant = _nowhere([each.values for each in variants], least=2)
    idle = _nowhere([each.antecedents for each in variants], least=1)
    blind = [each.name for each in properties if _blind(each, constant)]
    return (
        *(Vacuity(Finding.DEAD_ACTION, name) for name in dead),
        *(Vacuity(Finding.CONSTANT_VARIABLE, name) for name in constant),
        *(Vacuity(Finding.IDLE_ANTECEDENT, name) for name in idle),
        *(Vacuity(Finding.BLIND_PROPERTY, name) for name in blind),
    )


def _nowhere(seen: Sequence[Mapping[str, int]], least: int) -> list[str]:
    """The names whose number is below ``least`` wherever they occur."""
    names = dict.fromkeys(name for each in seen for name in each)
    return [name for name in names if all(each.get(name, 0) < least for each in seen)]


def _blind(prop: Property, constant: Sequence[str]) -> bool:
    if prop.kind not in (Kind.ALWAYS, Kind.STEP):
        return False
    return (free(prop.expr) | free(prop.expr, op=Op.NEXT)) <= set(constant)


def antecedent_witness(system: System, prop: Property, *, seconds: float, workers: int | None = None) -> Verdict | None:
    """Whether the property's antecedent is true somewhere, for models that cannot be exhausted.

    Safe with a witness, unsafe where there is none (the property is vacuous), or unknown; None where the property has
    no antecedent.
    """
    condition = prop.antecedent
    if condition is None:
        return None
    asked = replace(prop, name=f"antecedent of {prop.name}", expr=condition, condition=None)
    if prop.kind is not Kind.STEP:
        return prove(system, replace(asked, kind=Kind.REACHABLE), seconds=seconds, workers=workers)
    # Over steps: a step with the antecedent is a violation of its negation.
    found = prove(system, replace(asked, expr=~condition), seconds=seconds, workers=workers)
    swapped = {Outcome.SAFE: Outcome.UNSAFE, Outcome.UNSAFE: Outcome.SAFE, Outcome.UNKNOWN: Outcome.UNKNOWN}
    return replace(found, outcome=swapped[found.outcome])


def tautology(system: System, prop: Property) -> Obligation:
    """The obligation that the property could fail: in some state of the variables' types, reachable or not, it does.

    Where the answer is unsat, the property holds without the model.
    """
    goal = goal_of(system, prop)
    return Obligation(
        f"{prop.name} can fail",
        anywhere(Encoding(goal, fit(goal))),
        "sat",
        f"some state, reachable or not, violates {prop.name}",
    )
