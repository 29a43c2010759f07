"""Footprints: which variables a transition reads or writes, and which transitions are tabulated together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hopcheck.model.language import Transition
from hopcheck.model.language.walk import free

SMALL = 12
"""Footprints with nothing in common share a table up to this many bits: its cells stay in the nearest cache."""

ENTRIES = 1 << 23
"""How many (cell, instance) pairs one table may have; more instances go into a table of their own."""

INSTANCES = 1 << 14
"""How many instances one table may have, whatever its size."""


@dataclass(frozen=True, slots=True)
class Group:
    """Members (by number) that share one table, over the variables that any of them reads or writes."""

    members: tuple[int, ...]
    variables: frozenset[str]


def footprint(transition: Transition) -> frozenset[str]:
    """The variables that the transition reads or writes."""
    values = (value for _, value in transition.updates)
    written = frozenset(name for name, _ in transition.updates)
    return free(transition.guard, transition.guard_sound, transition.sound, *values) | written


def groups(footprints: Iterable[tuple[int, frozenset[str]]], bits: Mapping[str, int], limit: int) -> tuple[Group, ...]:
    """Join members whose footprints overlap, as far as a table of the union has at most 2**``limit`` cells.

    ``footprints``: each member's number and footprint, none larger than ``limit`` bits; ``bits``: of each variable.
    Greedy: from the largest footprint to the smallest, each joins the table that grows least.
    """
    by_footprint: dict[frozenset[str], list[int]] = {}
    for member, each in footprints:
        by_footprint.setdefault(each, []).append(member)

    def width(names: frozenset[str]) -> int:
        return sum(bits[name] for name in names)

    order = sorted(by_footprint, key=lambda names: (-width(names), by_footprint[names][0]))
    made: list[tuple[frozenset[str], list[int]]] = []
    for names in order:
        own, best, least = width(names), -1, limit + 1
        for number, (joined, members) in enumerate(made):
            union = width(joined | names)
            growth = union - width(joined)
            close = 2 * width(joined & names) >= own or union <= SMALL
            fits = len(members) + len(by_footprint[names]) <= min(INSTANCES, max(1, ENTRIES >> union))
            if union <= limit and close and fits and growth < least:
                best, least = number, growth
        if best < 0:
            made += _split(names, by_footprint[names], max(1, min(INSTANCES, ENTRIES >> own)))
        else:
            joined, members = made[best]
            made[best] = (joined | names, members + by_footprint[names])
    return tuple(Group(tuple(sorted(members)), names) for names, members in made)


def _split(names: frozenset[str], members: Sequence[int], most: int) -> list[tuple[frozenset[str], list[int]]]:
    return [(names, list(members[begin : begin + most])) for begin in range(0, len(members), most)]


def order_of(variables: Sequence[str], tables: Sequence[Group]) -> tuple[str, ...]:
    """An order of the variables in which those that stand in the same tables stand side by side.

    So that a footprint is gathered from few runs of bits. Otherwise the order of declaration is kept.
    """
    where = {name: tuple(n for n, each in enumerate(tables) if name in each.variables) for name in variables}
    first: dict[tuple[int, ...], int] = {}
    for position, name in enumerate(variables):
        first.setdefault(where[name], position)
    return tuple(sorted(variables, key=lambda name: first[where[name]]))
