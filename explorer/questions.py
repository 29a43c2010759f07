"""What a search is asked: properties of five kinds, and how the answers are grouped."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from hopcheck.model.language import Expr, Op, System
from hopcheck.model.language.expr import need
from hopcheck.model.language.types import BoolType, fail
from hopcheck.model.language.walk import free


class Kind(enum.StrEnum):
    """What a property claims."""

    ALWAYS = "always"
    """It holds in every reachable state."""
    STEP = "step"
    """It holds of every transition: of the state before and the state after."""
    REACHABLE = "reachable"
    """It holds in some reachable state (the answer is a witness)."""
    NEVER_STUCK = "never_stuck"
    """Where nothing can happen, it holds (it says where that is fine)."""
    CAN_ALWAYS_REACH = "can_always_reach"
    """From every reachable state, some state where it holds can be reached."""


STATE_KINDS = (Kind.ALWAYS, Kind.REACHABLE, Kind.CAN_ALWAYS_REACH)
"""The kinds that are looked at in every state, in this order."""


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """One property: its kind, its name and its expression."""

    kind: Kind
    name: str
    expr: Expr

    @property
    def claims_violation(self) -> bool:
        """Whether what is found is a violation (and not a witness)."""
        return self.kind is not Kind.REACHABLE


@dataclass(frozen=True, slots=True, eq=False)
class Questions:
    """All that one search is asked.

    ``group_by``: the answers are given for each of its values on its own (None: for all states together);
    ``stop_at_first``: whether to stop as soon as something is violated, or nothing is left to find.
    """

    all: tuple[Question, ...]
    group_by: Expr | None
    stop_at_first: bool

    def of(self, *kinds: Kind) -> tuple[Question, ...]:
        """The questions of these kinds, kind by kind."""
        return tuple(each for kind in kinds for each in self.all if each.kind is kind)


def questions(
    system: System,
    properties: Mapping[Kind, Mapping[str, Expr]],
    *,
    group_by: Expr | None = None,
    stop_at_first: bool = False,
) -> Questions:
    """Check that the properties are about the system and are named apart; a model error where one is not."""
    asked: dict[str, Question] = {}
    for kind, named in properties.items():
        for name, expr in named.items():
            if name in asked:
                raise fail(
                    f"two properties are called {name!r}, of the kinds {asked[name].kind} and {kind}",
                    "name them apart",
                    expr.location,
                )
            need(expr, BoolType, f"the property {name}")
            system.check(expr, step=kind is Kind.STEP)
            asked[name] = Question(kind, name, expr)
    if group_by is not None:
        _check_group(system, group_by)
    return Questions(tuple(asked.values()), group_by, stop_at_first)


def _check_group(system: System, group_by: Expr) -> None:
    """A group is for life: nothing may change the variables that name it."""
    system.check(group_by)
    read = free(group_by)
    for action in system.actions:
        for update in action.updates:
            kept = update.value.op is Op.VAR and update.value.payload == update.name
            if update.name in read and not kept:
                raise fail(
                    f"{action.name} changes {update.name}, by which answers are grouped",
                    "group by variables that keep their initial value",
                    update.location,
                )
