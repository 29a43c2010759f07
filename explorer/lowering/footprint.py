"""Footprints: which variables a transition reads or writes, and what is tabulated together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from hopcheck.model.language import Transition
from hopcheck.model.language.walk import free

T = TypeVar("T", str, int)
"""What a footprint is made of: variables, by name, or slots, by number."""

SMALL = 12
"""Footprints with nothing in common share a table up to this many bits: its cells stay in the nearest cache."""

ENTRIES = 1 << 21
"""How many (cell, instance) pairs one table may have; more instances go into a table of their own."""

INSTANCES = 1 << 14
"""How many instances one table may have, whatever its size."""


@dataclass(frozen=True, slots=True)
class Group(Generic[T]):
    """Members (by number) that share one table, over all that any of them touches."""

    members: tuple[int, ...]
    touched: frozenset[T]


def footprint(transition: Transition) -> frozenset[str]:
    """The variables that the transition reads or writes."""
    values = (value for _, value in transition.updates)
    written = frozenset(name for name, _ in transition.updates)
    return free(transition.guard, transition.guard_sound, transition.sound, *values) | written


def groups(footprints: Iterable[tuple[int, frozenset[T]]], bits: Mapping[T, float], limit: int) -> tuple[Group[T], ...]:
    """Join members whose footprints overlap, as far as a table of the union has at most 2**``limit`` cells.

    ``footprints``: each member's number and footprint, none larger than ``limit`` bits; ``bits``: of all it is made of.
    Greedy: from the largest footprint to the smallest, each joins the table that grows least.
    """
    by_footprint: dict[frozenset[T], list[int]] = {}
    for member, each in footprints:
        by_footprint.setdefault(each, []).append(member)

    def width(touched: frozenset[T]) -> float:
        return sum(bits[each] for each in touched)

    def most(union: float) -> int:
        return max(1, min(INSTANCES, int(ENTRIES / 2**union)))

    order = sorted(by_footprint, key=lambda names: (-width(names), by_footprint[names][0]))
    made: list[tuple[frozenset[T], list[int]]] = []
    for names in order:
        own, best, least = width(names), -1, limit + 1.0
        for number, (joined, members) in enumerate(made):
            union = width(joined | names)
            growth = union - width(joined)
            close = 2 * width(joined & names) >= own or union <= SMALL
            fits = len(members) + len(by_footprint[names]) <= most(union)
            if union <= limit and close and fits and growth < least:
                best, least = number, growth
        if best < 0:
            made += _split(names, by_footprint[names], most(own))
        else:
            joined, members = made[best]
            made[best] = (joined | names, members + by_footprint[names])
    return tuple(Group(tuple(sorted(members)), names) for names, members in made)


def _split(names: frozenset[T], members: Sequence[int], most: int) -> list[tuple[frozenset[T], list[int]]]:
    return [(names, list(members[begin : begin + most])) for begin in range(0, len(members), most)]
