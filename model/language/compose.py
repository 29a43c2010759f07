"""Composition: several systems as one, joined on the variables and actions they share."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from hopcheck.model.language.action import Action, Update
from hopcheck.model.language.quantify import all_of
from hopcheck.model.language.system import System, Variable
from hopcheck.model.language.types import fail


def compose(name: str, systems: Sequence[System], *, shared_actions: Collection[str] = ()) -> System:
    """The systems side by side.

    Variables of one name are one variable: they need the same type, and start where all of them may start. Actions of
    the names in ``shared_actions`` happen in every system that declares them at once (equal labels together; guards
    joined, updates united, equal parameters unified); every other action happens by itself, and its name may occur in
    one system only.
    """
    variables = _variables(systems)
    actions: list[Action] = []
    for system in systems:
        for action in system.actions:
            if action.name not in shared_actions:
                if any(other.name == action.name for s in systems if s is not system for other in s.actions):
                    raise fail(
                        f"the action {action.name} stands in two of the systems",
                        "list it in shared_actions, or rename it",
                        action.location,
                    )
                actions.append(action)
    for shared in shared_actions:
        actions.extend(_joined(shared, systems))
    return System(
        name,
        tuple(variables.values()),
        all_of(system.initially for system in systems),
        tuple(actions),
        tuple(group for system in systems for group in system.symmetries),
        frozenset().union(*(system.fair for system in systems)),
    )


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
