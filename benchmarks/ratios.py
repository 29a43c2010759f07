"""What the samples say together: a ratio for each round, since the two runs of a round met the same noise."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from rounds import Sample

Amount = Callable[[Sample], float | None]
"""What is compared of a sample."""


def wall(sample: Sample) -> float:
    """Seconds of the search."""
    return sample.wall_s


def cpu(sample: Sample) -> float:
    """Seconds of CPU of the search."""
    return sample.cpu_s


def total(sample: Sample) -> float:
    """Seconds from the model's text to the end: generating, compiling, starting, searching."""
    return sample.build_s + sample.process_wall_s


def rate(sample: Sample) -> float | None:
    """Transitions a second; of the machine's limit, operations."""
    operations = sample.details.get("operations_per_s")
    if isinstance(operations, (int, float)):
        return float(operations)
    return None if sample.transitions is None else sample.transitions / sample.wall_s


def set_bytes(sample: Sample) -> float | None:
    """Bytes of the visited set for each state."""
    if sample.visited_bytes is None or not sample.states:
        return None
    return sample.visited_bytes / sample.states


@dataclass(frozen=True, slots=True)
class Spread:
    """Values of one thing over the rounds: their median, and the least and the greatest."""

    median: float
    least: float
    greatest: float
    count: int

    @classmethod
    def of(cls, values: Iterable[float]) -> Spread | None:
        """None where there are no values."""
        listed = sorted(values)
        return cls(statistics.median(listed), listed[0], listed[-1], len(listed)) if listed else None


@dataclass(frozen=True, slots=True)
class Samples:
    """The samples, by engine, instance and round."""

    all: tuple[Sample, ...]

    def of(self, engine: str, instance: str) -> dict[int, Sample]:
        """By round; empty where it was not run."""
        return {each.round: each for each in self.all if each.engine == engine and each.instance == instance}

    def values(self, engine: str, instance: str, amount: Amount) -> list[float]:
        """One value for each round."""
        found = (amount(each) for each in self.of(engine, instance).values())
        return [value for value in found if value is not None]

    def ratios(self, over: str, under: str, instance: str, amount: Amount) -> list[float]:
        """The amount of the one engine divided by that of the other, for each round that both ran in."""
        first, second = self.of(over, instance), self.of(under, instance)
        pairs = ((amount(first[number]), amount(second[number])) for number in sorted(first.keys() & second.keys()))
        return [one / other for one, other in pairs if one is not None and other]
