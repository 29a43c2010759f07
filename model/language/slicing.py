"""Slicing: what is left of a system when only some variables matter (the cone of influence)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hopcheck.model.language.expr import TRUE, Expr, Op, variable
from hopcheck.model.language.system import System
from hopcheck.model.language.walk import free, substitute


def influence(system: System, *exprs: Expr, of_steps: Sequence[Expr] = ()) -> frozenset[str]:
    """The variables on which the values of the expressions depend, now or after any number of steps. See ``slice_for``."""
    needed = set(free(*exprs, *of_steps) | free(*exprs, *of_steps, op=Op.NEXT))
    idle = not all(map(_stutters, (*exprs, *of_steps))) or not all(map(_idles, of_steps))
    rules: list[tuple[frozenset[str], frozenset[str]]] = []  # who needs one of the first needs all of the second
    linked = free(system.initially)
    if linked:
        rules.append((linked, linked))  # the initial condition relates them: none can be chosen without the others
    for action in system.actions:
        guard = free(action.guard)
        if idle:
            needed |= guard
        rules += [(frozenset({update.name}), guard | free(update.value)) for update in action.updates]
    waiting: dict[str, list[frozenset[str]]] = {}
    for causes, reads in rules:
        for cause in causes:
            waiting.setdefault(cause, []).append(reads)
    fresh = list(needed)
    while fresh:
        for reads in waiting.pop(fresh.pop(), ()):
            fresh += reads - needed
            needed |= reads
    return frozenset(needed)


def slice_for(system: System, *exprs: Expr, of_steps: Sequence[Expr] = ()) -> System:
    """The system reduced to what the expressions can see.

    ``of_steps``: what is asked of every step; it may say something of the state before it only.
    Every invariant, step property and question whether a state can be reached has the same answer at the same
    distance, provided that the system has an initial state at all. Not kept: deadlocks, and errors of the model in what
    was cut away. Actions that change nothing visible are left out, unless a step property might fail on a step that
    changes nothing: then they stay, without updates. Symmetries survive where every component survives with the same
    variables.
    """
    system.check(*exprs, *of_steps, step=True)
    kept = influence(system, *exprs, of_steps=of_steps) or _least(system, of_steps)
    if len(kept) == len(system.variables):
        return system
    idle = not all(map(_stutters, (*exprs, *of_steps))) or not all(map(_idles, of_steps))
    actions = []
    for action in system.actions:
        updates = tuple(update for update in action.updates if update.name in kept)
        if updates or idle:
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
        tuple(each for each in system.variables if each.name in kept),
        system.initially if free(system.initially) & kept or not free(system.initially) else TRUE,
        tuple(actions),
        _symmetries(system, kept),
        system.fair & {action.name for action in actions},
    )


def _least(system: System, of_steps: Sequence[Expr]) -> frozenset[str]:
    """The fewest variables that are a slice: what is asked sees none of them, and a system has at least one."""
    return min((influence(system, each.expr, of_steps=of_steps) for each in system.variables), key=len)


def _idles(expr: Expr) -> bool:
    """Whether a step that changes nothing is sure to satisfy what is asked of steps."""
    return expr is TRUE if not free(expr, op=Op.NEXT) else _stutters(expr)


def _stutters(expr: Expr) -> bool:
    """Whether a step that changes nothing is sure to satisfy the expression, if it speaks of steps at all."""
    if not free(expr, op=Op.NEXT):
        return True
    same = substitute(expr, lambda leaf: variable(str(leaf.payload), leaf.type) if leaf.op is Op.NEXT else None)
    return same is TRUE


def _symmetries(system: System, kept: frozenset[str]) -> tuple[tuple[tuple[str, ...], ...], ...]:
    left = []
    for group in system.symmetries:
        places = [place for place in range(len(group[0])) if all(component[place] in kept for component in group)]
        whole = sum(name in kept for component in group for name in component)
        if places and whole == len(places) * len(group):
            left.append(tuple(tuple(component[place] for place in places) for component in group))
    return tuple(left)
