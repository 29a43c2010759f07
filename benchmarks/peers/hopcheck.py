"""hopcheck itself, from the model in its own language, in a child process."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from instances import Counts, Instance
from measure import Usage

from peers.engine import AbsentError, Engine, MeasurementError, Reading, unreadable

HERE = Path(__file__).resolve().parent.parent
SOURCES = HERE.parent / "src"


class Hopcheck(Engine):
    """The search of this checkout. ``symmetry``: states up to the order of the machines.

    ``witness``: the deepest state is asked for as well, so that a shortest trace to it is rebuilt. ``memory_bytes``:
    what the process may take; None for no limit.
    """

    group = "hopcheck"

    def __init__(
        self, threads: int, *, symmetry: bool = False, witness: bool = False, memory_bytes: int | None = None
    ) -> None:
        super().__init__(f"hopcheck-{threads}{'-symmetry' * symmetry}{'-witness' * witness}", threads)
        self.symmetry = symmetry
        self.witness = witness
        self.memory_bytes = memory_bytes

    def can(self, instance: Instance) -> bool:
        """See ``Engine``."""
        return True

    def expected(self, instance: Instance) -> Counts | None:
        """See ``Engine``."""
        return instance.orbits if self.symmetry else instance.known

    def command(self, instance: Instance, folder: Path, seen: Mapping[str, Reading]) -> Sequence[str]:
        """See ``Engine``."""
        wanted = ["--symmetry"] * self.symmetry + ["--witness"] * self.witness
        wanted += [] if self.memory_bytes is None else ["--memory", str(self.memory_bytes)]
        return [sys.executable, "-m", "children.explore", instance.name, "--workers", str(self.threads), *wanted]

    def environment(self) -> Mapping[str, str]:
        """See ``Engine``."""
        return environment()

    def read(self, usage: Usage) -> Reading:
        """See ``Engine``."""
        if usage.returncode != 0:
            raise unreadable(usage)
        found = json.loads(usage.output)
        if "absent" in found:
            raise AbsentError(found["absent"])
        counts = Counts(*(found.pop(name) for name in ("states", "transitions", "depth")))
        if found["trace_length"] not in (None, counts.depth):
            raise MeasurementError(f"a trace of {found['trace_length']} steps to a state at depth {counts.depth}")
        own = {name: found.pop(name) for name in ("wall_s", "cpu_s", "visited_bytes")}
        return Reading(counts, **own, details=found)


def environment() -> dict[str, str]:
    """Where a child finds this checkout of hopcheck and the modules of the benchmark."""
    return {"PYTHONPATH": f"{SOURCES}:{HERE}"}
