"""The verdict of a pair: what becomes of a guest that is booted on one build and migrated to another.

A verdict speaks of one device property on one machine type; a guest with the device meets the worst over its properties.
It is read off the row, as the model plays it: boot on the source, then one migration.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from hopcheck.model.domain.device_config.draft import is_draft
from hopcheck.model.domain.device_config.mismatch import Kind
from hopcheck.model.domain.device_config.rows import Member
from hopcheck.model.domain.device_config.shape import OFF, UNKNOWN, Shape
from hopcheck.model.domain.device_config.study import Study


class PairVerdict(StrEnum):
    """What becomes of the guest, from good to bad."""

    NO_GUEST = "no guest"
    """The source does not know the machine type or has not released it, or has no such device."""
    MIGRATES = "migrates"
    """The load succeeds, and the guest sees the device that it booted with."""
    REFUSED = "refused"
    """The destination does not know the machine type, or has no such device: nothing is started, nothing is lost."""
    UNKNOWN = "unknown"
    """The facts do not tell the value on one of the two sides."""
    DIFFERS = "differs"
    """The load succeeds, and the guest then sees another device; or nobody knows what the difference does."""
    FAILS = "fails"
    """The difference stops the migration."""

    @property
    def harm(self) -> int:
        """How bad it is: nothing happens to a guest that is not there, or that is refused before anything starts."""
        return (PairVerdict.UNKNOWN, PairVerdict.DIFFERS, PairVerdict.FAILS).index(self) + 1 if self in _HARMFUL else 0


_HARMFUL = frozenset({PairVerdict.UNKNOWN, PairVerdict.DIFFERS, PairVerdict.FAILS})


class Move(StrEnum):
    """How a verdict changes."""

    WORSE = "worse"
    """It fails or differs, and did not, or not as badly."""
    BETTER = "better"
    """It failed or differed, and no longer does, or not as badly."""
    UNDECIDED = "undecided"
    """It is unknown, and was known."""
    DECIDED = "decided"
    """It was unknown, and is harmless."""
    SAME = "same"
    """Nothing changes that matters to a guest."""


def move(before: PairVerdict, after: PairVerdict) -> Move:
    """How the verdict ``after`` compares with ``before``; what is unknown never counts as better."""
    if after is before or after.harm == before.harm:
        return Move.SAME
    if after is PairVerdict.UNKNOWN:
        return Move.UNDECIDED
    if before is PairVerdict.UNKNOWN:
        return Move.WORSE if after.harm else Move.DECIDED
    return Move.WORSE if after.harm > before.harm else Move.BETTER


def pair_verdict(shape: Shape, source: int, destination: int) -> PairVerdict:
    """The verdict of a row for two of its stations."""
    own, other = shape.values[source], shape.values[destination]
    if own == OFF:
        return PairVerdict.NO_GUEST
    if source == destination:
        return PairVerdict.MIGRATES
    if other == OFF:
        return PairVerdict.REFUSED
    if UNKNOWN in (own, other):
        return PairVerdict.UNKNOWN
    if shape.stops(own, destination):
        return PairVerdict.FAILS
    kept = own == other or shape.kind in (Kind.CARRIED, Kind.NOT_OBSERVABLE)
    return PairVerdict.MIGRATES if kept else PairVerdict.DIFFERS


@dataclass(frozen=True, slots=True)
class PairMove:
    """A verdict that changes where one build takes the place of another.

    ``partner``: the station at the other end; ``towards``: the guest comes from there. ``before``: the verdict with the
    first build at this end, ``after``: with the second. ``machines``: those of the member that it is about.
    """

    member: Member
    machines: tuple[str, ...]
    partner: int
    towards: bool
    before: PairVerdict
    after: PairVerdict

    @property
    def move(self) -> Move:
        """How it changes."""
        return move(self.before, self.after)


def pair_moves(made: Study, old: str, new: str) -> Iterator[PairMove]:
    """Every verdict that changes where ``new`` takes the place of ``old``, as one end of a pair.

    The other end is each of the builds, ``old`` among them: then the verdict was that of a migration within it. Only
    guests are compared that there can be on both: a machine type or a device of one of the two alone has no verdict to
    change.
    """
    one, other = made.at.names.index(old), made.at.names.index(new)
    for shape, members in made.rows.members.items():
        if shape.values[one] == shape.values[other]:
            continue
        for member in members:
            for machines, seen in _released(made, shape, member):
                if OFF not in (seen.values[one], seen.values[other]):
                    yield from _moves(member, machines, seen, one, other)


def _moves(member: Member, machines: tuple[str, ...], seen: Shape, old: int, new: int) -> Iterator[PairMove]:
    for partner in range(len(seen.values)):
        if partner == new:
            continue
        for towards in (True, False):
            ends = ((partner, place) if towards else (place, partner) for place in (old, new))
            before, after = (pair_verdict(seen, *each) for each in ends)
            if move(before, after) is not Move.SAME:
                yield PairMove(member, machines, partner, towards, before, after)


def _released(made: Study, shape: Shape, member: Member) -> Iterator[tuple[tuple[str, ...], Shape]]:
    """The member's machine types with the shape that they have where they are released, alike ones together."""
    groups: dict[tuple[int, ...], list[str]] = {}
    for machine in member.machines:
        values = tuple(
            OFF if is_draft(view.build.version, machine) else value
            for value, view in zip(shape.values, made.at.views, strict=True)
        )
        groups.setdefault(values, []).append(machine)
    for values, machines in groups.items():
        yield tuple(machines), replace(shape, values=values)
