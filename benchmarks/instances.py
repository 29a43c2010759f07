"""The instances of the fleet that are searched, and what is known of them."""

from __future__ import annotations

import argparse
import re
from dataclasses import dataclass

LOCAL_STATES = 82
"""How many of the 2,048 combinations of its variables one machine of a fleet can be in."""

MOST_LOAD = 0.6
"""Tables of a size chosen beforehand are made so large that they end with at most this load."""

UNKNOWN_STATES = 20_000_000
"""For how many states room is made where nobody has counted them."""


@dataclass(frozen=True, slots=True)
class Counts:
    """``states`` reachable, ``transitions`` (enabled steps over all of them), ``depth`` of the breadth-first search.

    None where the number is not known, or where an engine does not say it.
    """

    states: int | None
    transitions: int | None = None
    depth: int | None = None

    def differ_from(self, other: Counts) -> str | None:
        """What the two disagree about, of what both know; None where they agree."""
        pairs = {
            "states": (self.states, other.states),
            "transitions": (self.transitions, other.transitions),
            "depth": (self.depth, other.depth),
        }
        wrong = [
            f"{name} {mine:,} instead of {theirs:,}"
            for name, (mine, theirs) in pairs.items()
            if mine is not None and theirs is not None and mine != theirs
        ]
        return ", ".join(wrong) or None


@dataclass(frozen=True, slots=True)
class Instance:
    """The fleet of ``vms`` machines, of which ``in_flight`` may migrate at once.

    ``starts``: how many migrations are ever begun; None for any number. It keeps wide fleets small.
    """

    vms: int
    in_flight: int
    starts: int | None = None

    @property
    def name(self) -> str:
        """As on the command line: ``4-2``, ``10-1-3``."""
        return "-".join(str(each) for each in (self.vms, self.in_flight, self.starts) if each is not None)

    def __str__(self) -> str:
        limited = "" if self.starts is None else f" with {self.starts} starts"
        return f"fleet({self.vms},{self.in_flight}){limited}"

    @property
    def known(self) -> Counts | None:
        """What several engines have counted."""
        return KNOWN.get(self)

    @property
    def orbits(self) -> Counts | None:
        """The states up to the order of the machines, as counted by a C program that sorts them."""
        return ORBITS.get(self)

    @property
    def room(self) -> int:
        """For how many states room is made beforehand."""
        return (self.known and self.known.states) or UNKNOWN_STATES

    @property
    def places(self) -> int:
        """The binary logarithm of the lanes or slots that a table for its states needs."""
        return max(12, (int(self.room / MOST_LOAD) - 1).bit_length())

    @property
    def indices(self) -> int:
        """Combinations of what its parts can be by themselves, without those that follow from others."""
        return 8 * int(LOCAL_STATES**self.vms)


KNOWN = {
    Instance(2, 2): Counts(16_336, 49_536, 29),
    Instance(3, 2): Counts(571_936, 2_050_448, 42),
    Instance(4, 1): Counts(6_121_024, 20_133_568, 55),
    Instance(4, 2): Counts(17_636_416, 71_495_872, 54),
    Instance(4, 3): Counts(29_578_304, 136_825_024, 54),
    Instance(5, 1): Counts(147_796_096, 536_814_528, 68),
    Instance(5, 2): Counts(511_822_976, 2_294_103_488, 66),
    Instance(6, 1, 2): Counts(50_208, 114_672, 17),
    Instance(6, 1, 3): Counts(1_129_008, 2_847_592, 24),
    Instance(8, 1, 2): Counts(91_960, 210_192, 17),
    Instance(8, 1, 3): Counts(3_002_080, 7_583_440, 24),
    Instance(10, 1, 2): Counts(146_224, 334_368, 17),
    Instance(10, 1, 3): Counts(6_264_592, 15_837_184, 24),
}
"""States, transitions and depth on which at least two of SPIN, rumur, TLC, a C program and hopcheck agree."""

ORBITS = {
    Instance(3, 2): Counts(100_400),
    Instance(4, 2): Counts(827_900),
    Instance(5, 1): Counts(1_680_336),
    Instance(5, 2): Counts(5_337_584),
}


def instance(text: str) -> Instance:
    """The instance of that name; a usage error where there is none."""
    found = re.fullmatch(r"(\d{1,2})-([1-3])(?:-([1-7]))?", text.strip())
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no instance: write machines-in flight[-starts], as 4-2 or 10-1-3")
    vms, in_flight = int(found[1]), int(found[2])
    if not 1 <= vms <= 10:
        raise argparse.ArgumentTypeError(f"{text!r} has {vms} machines: write 1 to 10")
    return Instance(vms, in_flight, int(found[3]) if found[3] else None)
