"""What the search is meant to reach, row by row, and what was measured of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from instances import Instance, instance
from peers.c import nearest_structure
from ratios import Samples, Spread, cpu, rate, set_bytes, wall
from starts import SIZES, Start

SMALL = Instance(4, 2)
"""The instance that most rows speak of."""
LARGE = Instance(5, 2)
LARGE_MEMORY = 2_900_000_000
"""Bytes that its search is told to make do with, so that the process stays below 3 GB."""
LARGER = Instance(6, 2)
"""Searched up to symmetry only."""
WIDE = Instance(10, 1, 3)
"""More than 62 bits a state, however it is packed: two words."""
REMAINDERS = Instance(6, 1, 3)
"""A domain of about 44 bits: too wide for 16-bit remainders, not for those of 28 bits."""
WORD = Instance(8, 1, 3)
"""A domain of about 58 bits: nearly a whole word."""

GB = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """One claim. ``spread``: what was measured, None if nothing was; ``bound``: what the median must reach.

    ``at_least``: whether more is better; ``minimum``: what already counts for something.
    """

    claim: str
    unit: str
    bound: float
    at_least: bool
    spread: Spread | None
    minimum: float | None = None

    @property
    def verdict(self) -> str:
        """Whether the median reaches the bound."""
        if self.spread is None:
            return "not measured"
        if self._reaches(self.bound):
            return "reached"
        if self.minimum is not None and self._reaches(self.minimum):
            return f"above the minimum of {self.minimum:g}{self.unit}"
        return "missed"

    def _reaches(self, bound: float) -> bool:
        assert self.spread is not None
        return self.spread.median >= bound if self.at_least else self.spread.median <= bound


def rows(samples: Samples, starts: Sequence[Start], threads: int, small: Instance = SMALL) -> list[Row]:
    """Every row. ``threads``: the number that stands for several; ``small``: on which instance most rows are measured."""
    return [
        *_peers(samples, threads, small),
        *_by_hand(samples, threads, small),
        *_memory(samples, small),
        *_large(samples, threads),
        *_starts(starts),
        *_own(samples, small),
    ]


def _at_least(claim: str, bound: float, values: list[float], minimum: float | None = None) -> Row:
    return Row(claim, "x", bound, True, Spread.of(values), minimum)


def _at_most(claim: str, unit: str, bound: float, values: list[float]) -> Row:
    return Row(claim, unit, bound, False, Spread.of(values))


def _peers(samples: Samples, threads: int, small: Instance) -> list[Row]:
    name, several = small.name, f"hopcheck-{threads}"
    return [
        _at_least(
            f"{small}, 1 thread, CPU: SPIN breadth first / hopcheck",
            20,
            samples.ratios("spin-bfs", "hopcheck-1", name, cpu),
            15,
        ),
        _at_least(
            f"{small}, {threads} threads, wall: SPIN NCORE / hopcheck",
            20,
            samples.ratios(f"spin-ncore-{threads}", several, name, wall),
            15,
        ),
        _at_least(f"{small}, 1 thread, CPU: rumur / hopcheck", 50, samples.ratios("rumur-1", "hopcheck-1", name, cpu)),
        _at_least(
            f"{small}, {threads} threads, wall: rumur / hopcheck",
            50,
            samples.ratios(f"rumur-{threads}", several, name, wall),
        ),
        _at_least(
            f"{small}, {threads} threads, wall: TLC / hopcheck", 300, samples.ratios(f"tlc-{threads}", several, name, wall)
        ),
    ]


def _by_hand(samples: Samples, threads: int, small: Instance) -> list[Row]:
    """Against the C program with the structure that hopcheck chose, and against the machine's limit."""
    made = []
    for number in dict.fromkeys((1, threads)):
        amount, what = (cpu, "CPU") if number == 1 else (wall, "wall")
        found = samples.of(f"hopcheck-{number}", small.name)
        table = next((each.visited_bytes for each in found.values() if each.visited_bytes), None)
        structure = nearest_structure(table, small) if table else "same structure"
        against = samples.ratios(f"hopcheck-{number}", f"c-{structure}-{number}", small.name, amount)
        claim = f"{small}, {number} thread{'s' * (number > 1)}"
        made.append(_at_most(f"{claim}, {what}: hopcheck / C ({structure})", "x", 1.25, against))
        limit = samples.ratios(f"hopcheck-{number}", f"limit-{number}", small.name, rate)
        made.append(_at_least(f"{claim}: transitions a second / the machine's limit", 0.7, limit))
    return made


def _memory(samples: Samples, small: Instance) -> list[Row]:
    """Of the visited set, for three widths of the states."""
    bounds = ((small, 4.0), (REMAINDERS, 8.0), (WORD, 16.0))
    return [
        _at_most(f"{each}: visited set, bytes a state", " B", bound, samples.values("hopcheck-1", each.name, set_bytes))
        for each, bound in bounds
    ]


def _large(samples: Samples, threads: int) -> list[Row]:
    several = f"hopcheck-{threads}"
    up_to_order = f"{several}-symmetry"
    peak = samples.values(several, LARGE.name, lambda each: each.peak_bytes / GB)
    return [
        _at_most(f"{LARGE}, {threads} threads: wall", " s", 75, samples.values(several, LARGE.name, wall)),
        _at_most(f"{LARGE}, {threads} threads: peak memory", " GB", 3, peak),
        _at_most(f"{LARGE} up to symmetry: wall", " s", 3, samples.values(up_to_order, LARGE.name, wall)),
        _at_most(f"{LARGER} up to symmetry: wall", " s", 20, samples.values(up_to_order, LARGER.name, wall)),
    ]


def _starts(starts: Sequence[Start]) -> list[Row]:
    made = []
    for actions, bound in zip(SIZES, (3.0, 8.0), strict=True):
        walls = {kind: [each.wall_s for each in starts if (each.kind, each.actions) == (kind, actions)] for kind in KINDS}
        made.append(_at_most(f"start, {actions:,} actions, never seen: wall", " s", bound, walls["cold"]))
        made.append(_at_most(f"start, {actions:,} actions, seen before: wall", " s", 1.5, walls["again"]))
    return made


KINDS = ("cold", "again")


def _own(samples: Samples, small: Instance) -> list[Row]:
    longer = samples.ratios("hopcheck-1-witness", "hopcheck-1", small.name, cpu)
    wide = next((name for name in _limited(samples) if instance(name).vms == WIDE.vms), WIDE.name)
    return [
        _at_most(
            f"{small}: shortest trace to a deepest state, share of the search",
            " %",
            10,
            [100 * (each - 1) for each in longer],
        ),
        _at_least(
            f"{instance(wide)} (wide), 1 thread, CPU: SPIN breadth first / hopcheck",
            10,
            samples.ratios("spin-bfs", "hopcheck-1", wide, cpu),
        ),
    ]


def _limited(samples: Samples) -> list[str]:
    """The instances with a limited number of starts that were searched."""
    return sorted({each.instance for each in samples.all if instance(each.instance).starts is not None})
