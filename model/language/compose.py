"""Composition: several systems as one, joined on the variables and actions they share."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from hopcheck.model.language.action import Action, Update
from hopcheck.model.language.quantify import all_of
from hopcheck.model.language.system import System, Variable
from hopcheck.model.language.types import fail
from hopcheck.model.language.walk import free


def compose(name: str, systems: Sequence[System], *, shared_actions: Collection[str] = ()) -> System:
    """The systems side by side.

    Variables of one name are one variable: they need the same type, and start where all of them may start. Actions of
    the names in ``shared_actions`` happen in every system that declares them at once (equal labels together; guards
    joined, updates united, equal parameters unified); every other action happens by itself, and its name may occur in
    one system only. A symmetry survives where every system that knows its variables declares it, and no shared action
    touches them.
    """
    if not systems:
        raise fail(f"{name} is composed of nothing", "give at least one system")
    if isinstance(shared_actions, str):
        raise fail(f"shared_actions is the text {shared_actions!r}", f"write shared_actions=[{shared_actions!r}]")
    variables = _variables(systems)
    together = dict.fromkeys(shared_actions)
    actions = _apart(systems, together)
    joined = [action for shared in together for action in _joined(shared, systems)]
    return System(
        name,
        tuple(variables.values()),
        all_of(system.initially for system in systems),
        (*actions, *joined),
        _symmetries(systems, joined),
        frozenset().union(*(system.fair for system in systems)),
    )


def _apart(systems: Sequence[System], together: Collection[str]) -> list[Action]:
    """The actions that happen in one system at a time."""
    owner: dict[str, int] = {}
    actions: list[Action] = []
    for number, system in enumerate(systems):
        for action in system.actions:
            if action.name in together:
                continue
            if owner.setdefault(action.name, number) != number:
                raise fail(
                    f"the action {action.name} stands in two of the systems",
                    "list it in shared_actions, or rename it",
                    action.location,
                )
            actions.append(action)
    return actions


def _symmetries(systems: Sequence[System], joined: Sequence[Action]) -> tuple[tuple[tuple[str, ...], ...], ...]:
    """The groups that stay interchangeable: nothing that the other systems do can tell their components apart."""
    touched = free(*(each for action in joined for each in (action.guard, *(u.value for u in action.updates))))
    touched |= {update.name for action in joined for update in action.updates}
    kept: dict[tuple[tuple[str, ...], ...], None] = {}
    for group in (group for system in systems for group in system.symmetries):
        names = {name for component in group for name in component}
        known = all(group in system.symmetries for system in systems if names & set(system.index))
        if known and not names & touched:
            kept[group] = None
    return tuple(kept)


def _variables(systems: Sequence[System]) -> dict[str, Variable]:
    made: dict[str, Variable] = {}
    for system in systems:
        for each in system.variables:
            other = made.get(each.name)
            if other is None:
                made[each.name] = each
                continue
            if other.type != each.type:
                raise fail(
                    f"the variable {each.name} is {other.type} in one system and {each.type} in another",
                    f"give it one type (the other stands at {other.location})",
                    each.location,
                )
            both = other.initial if each.initial is None else each.initial
            if other.initial is not None and each.initial is not None:
                both = tuple(code for code in other.initial if code in each.initial)
                if not both:
                    raise fail(
                        f"{each.name} has no initial value that both systems allow",
                        "agree on one",
                        each.location,
                    )
            made[each.name] = Variable(each.name, each.type, both, other.location)
    return made


def _joined(name: str, systems: Sequence[System]) -> list[Action]:
    partners = [[a for a in system.actions if a.name == name] for system in systems]
    partners = [actions for actions in partners if actions]
    if len(partners) < 2:
        raise fail(f"the shared action {name} stands in fewer than two systems", "declare it in both")
    joined = []
    for first in partners[0]:
        group = [first]
        for actions in partners[1:]:
            group += [each for each in actions if each.labels == first.labels]
        if len(group) != len(partners) or any(len(actions) != len(partners[0]) for actions in partners):
            raise fail(
                f"the labels of the shared action {name} differ between the systems",
                "use the same",
                first.location,
            )
        joined.append(_join(group))
    return joined


def _join(group: list[Action]) -> Action:
    updates: dict[str, Update] = {}
    for update in (update for action in group for update in action.updates):
        other = updates.get(update.name)
        if other is not None and other.value is not update.value:
            raise fail(
                f"{group[0].name} updates {update.name} in two systems, here and at {other.location}",
                "let one of them update it",
                update.location,
            )
        updates[update.name] = update
    parameters = {str(each.payload): each for action in group for each in action.parameters}
    for action in group:
        for each in action.parameters:
            if parameters[str(each.payload)] is not each:
                raise fail(f"the parameter {each!r} of {action.name} has two types", "give it one", action.location)
    first = group[0]
    return Action(
        first.name,
        tuple(parameters.values()),
        first.labels,
        all_of(action.guard for action in group),
        tuple(updates.values()),
        first.location,
    )
