"""What an engine is: something that can be built for an instance, run on it, and whose output can be read."""

from __future__ import annotations

import shutil
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from instances import Counts, Instance
from measure import Usage, run

MODELS = Path(__file__).resolve().parent.parent / "models"
"""The model as each engine reads it."""


class MeasurementError(Exception):
    """An engine could not be built or run, or its output not be read."""


class AbsentError(Exception):
    """Something that a run needs is not there; the message says what."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What an engine says of its run.

    ``counts``: None for a run that counts no states. ``wall_s`` and ``cpu_s``: of the search alone, in seconds; None
    where the whole process is the search. ``visited_bytes``: the set of visited states; None where it is not said.
    ``details``: whatever else is worth keeping.
    """

    counts: Counts | None
    wall_s: float | None = None
    cpu_s: float | None = None
    visited_bytes: int | None = None
    details: Mapping[str, float | int | str | None] = field(default_factory=dict)


class Engine(ABC):
    """One way to search a fleet, with a fixed number of threads."""

    group: ClassVar[str]
    """What ``--only`` calls it."""
    tools: ClassVar[tuple[str, ...]] = ()
    """The programs it needs."""

    def __init__(self, name: str, threads: int) -> None:
        self.name = name
        self.threads = threads

    def absent(self) -> str | None:
        """Why it cannot be used on this machine; None where it can."""
        missing = [tool for tool in self.tools if shutil.which(tool) is None]
        return f"{' and '.join(missing)} not installed" if missing else None

    def can(self, instance: Instance) -> bool:
        """Whether its model has such an instance."""
        return instance.starts is None

    def expected(self, instance: Instance) -> Counts | None:
        """What it must count."""
        return instance.known

    def build(self, instance: Instance, folder: Path, timeout_s: float) -> float:
        """Make what is run, in an empty folder of its own; the seconds that took."""
        return 0.0

    @abstractmethod
    def command(self, instance: Instance, folder: Path, seen: Mapping[str, Reading]) -> Sequence[str]:
        """What is run. ``seen``: the last reading of each engine on this instance, by the engine's name."""

    def environment(self) -> Mapping[str, str]:
        """Variables to set for the run."""
        return {}

    @abstractmethod
    def read(self, usage: Usage) -> Reading:
        """What the run says; a ``MeasurementError`` where it says nothing."""


def make(commands: Sequence[Sequence[str]], folder: Path, timeout_s: float) -> float:
    """Run the commands of a build one after the other; the seconds they took."""
    seconds = 0.0
    for command in commands:
        used = run(command, folder, timeout_s)
        if used.returncode != 0:
            raise MeasurementError(f"{' '.join(command)}: {(used.errors or used.output).strip()[-400:]}")
        seconds += used.wall_s
    return seconds


def unreadable(usage: Usage) -> MeasurementError:
    """The error of a run whose output does not say what it should."""
    ended = "timed out" if usage.timed_out else f"ended with {usage.returncode}"
    return MeasurementError(f"{ended} and said: {(usage.errors.strip() or usage.output.strip())[-400:] or 'nothing'}")
