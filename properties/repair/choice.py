"""Choosing what to switch so that everything comes out well, at the least cost: an optimisation for z3.

A cascade decides something: of its rungs the first whose switch is on says whether it comes out well. Compat entries are
switches, and what decides a value on a machine type is a cascade: the entry that is applied last, else the one before it,
and below all of them the default.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class Switch:
    """Something that is there (``on``) or not. ``cost``: of changing that, compared place by place from the left."""

    on: bool
    cost: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Cascade:
    """``rungs``: (number of the switch, whether it comes out well), strongest first; ``base``: what lies below them."""

    rungs: tuple[tuple[int, bool], ...]
    base: bool

    def holds(self, on: Iterable[int]) -> bool:
        """Whether it comes out well with these switches on."""
        lit = set(on)
        return next((good for switch, good in self.rungs if switch in lit), self.base)


class Answer(StrEnum):
    """How a choice ended."""

    FOUND = "found"
    """There is a cheapest choice."""
    IMPOSSIBLE = "impossible"
    """No choice makes everything come out well."""
    GAVE_UP = "gave up"
    """The time was up before there was an answer."""


@dataclass(frozen=True, slots=True)
class Choice:
    """``changed``: the switches to change; empty unless a choice was found."""

    answer: Answer
    changed: frozenset[int] = frozenset()


def choose(
    switches: Sequence[Switch], cascades: Iterable[Cascade], *, not_these: Sequence[frozenset[int]] = (), seconds: float
) -> Choice:
    """The cheapest switches to change so that all cascades hold.

    ``not_these``: sets of switches that must not be the whole of what is changed: answers that were no good. Costs are
    added up place by place, and sums are compared from the left.
    """
    import z3

    solver: Any = z3.Optimize()
    solver.set("timeout", max(1, int(seconds * 1000)))
    lit = [z3.Bool(f"on_{number}") for number in range(len(switches))]
    changed = [z3.Not(lit[n]) if each.on else lit[n] for n, each in enumerate(switches)]
    for cascade in dict.fromkeys(cascades):
        solver.add(_formula(cascade, lit))
    for refused in not_these:
        solver.add(z3.Or([z3.Not(each) if n in refused else each for n, each in enumerate(changed)]))
    for place in range(max((len(each.cost) for each in switches), default=0)):
        for number, each in enumerate(switches):
            if each.cost[place]:
                solver.add_soft(z3.Not(changed[number]), each.cost[place], id=f"place_{place}")
    answer = solver.check()
    if answer == z3.unsat:
        return Choice(Answer.IMPOSSIBLE)
    if answer != z3.sat:
        return Choice(Answer.GAVE_UP)
    model = solver.model()
    return Choice(Answer.FOUND, frozenset(n for n, each in enumerate(changed) if z3.is_true(model.eval(each, True))))


def _formula(cascade: Cascade, lit: Sequence[Any]) -> Any:
    import z3

    made: Any = z3.BoolVal(cascade.base)
    for switch, good in reversed(cascade.rungs):
        made = z3.Or(lit[switch], made) if good else z3.And(z3.Not(lit[switch]), made)
    return made
