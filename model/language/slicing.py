"""Slicing: what is left of a system when only some variables matter (the cone of influence)."""

from __future__ import annotations

from dataclasses import replace

from hopcheck.model.language.expr import TRUE, Expr, Op
from hopcheck.model.language.system import System
from hopcheck.model.language.walk import free


def influence(system: System, *exprs: Expr) -> frozenset[str]:
    """The variables on which the values of the expressions depend, now or after any number of steps."""
    needed = set(free(*exprs) | free(*exprs, op=Op.NEXT))
    linked = free(system.initially)
    while True:
        before = len(needed)
        if linked & needed:
            needed |= linked  # the initial condition relates them: none can be chosen without the others
        for action in system.actions:
            seen = [update for update in action.updates if update.name in needed]
            if seen:
                needed |= free(action.guard, *(update.value for update in seen))
        if len(needed) == before:
            return frozenset(needed)


def slice_for(system: System, *exprs: Expr) -> System:
    """The system reduced to what the expressions can see.

    Every invariant, step property and reachability question over ``exprs`` has the same answer, and shortest traces are
    no longer than before. Not kept: deadlocks, and errors of the model in what was cut away. Actions that change nothing
    visible are left out. Symmetries survive where every component survives with the same variables.
    """
    kept = influence(system, *exprs)
    if len(kept) == len(system.variables):
        return system
    actions = []
    for action in system.actions:
        updates = tuple(update for update in action.updates if update.name in kept)
        if updates:
            parameters = free(action.guard, *(update.value for update in updates), op=Op.PARAM)
            actions.append(
                replace(
                    action,
                    updates=updates,
                    parameters=tuple(each for each in action.parameters if str(each.payload) in parameters),
                )
            )
    return System(
        system.name,
        tuple(each for each in system.variables if each.name in kept) or system.variables[:1],
        system.initially if free(system.initially) & kept or not free(system.initially) else TRUE,
        tuple(actions),
        _symmetries(system, kept),
        system.fair & {action.name for action in actions},
    )


def _symmetries(system: System, kept: frozenset[str]) -> tuple[tuple[tuple[str, ...], ...], ...]:
    left = []
    for group in system.symmetries:
        places = [place for place in range(len(group[0])) if all(component[place] in kept for component in group)]
        whole = sum(name in kept for component in group for name in component)
        if places and whole == len(places) * len(group):
            left.append(tuple(tuple(component[place] for place in places) for component in group))
    return tuple(left)
