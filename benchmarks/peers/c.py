"""The C programs: the search written by hand for this one model, and the machine's limit."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from instances import Counts, Instance
from measure import Usage

from peers.engine import MODELS, AbsentError, Engine, MeasurementError, Reading, make, unreadable

STRUCTURES = ("bitmap", "quotient", "slots")
"""What visited.h has: a bit for every index, 16-bit lanes in buckets, 64-bit slots."""

BATCH = 64
"""How many table accesses the limit has under way at once (more do not make it faster)."""


def table_bytes(structure: str, instance: Instance) -> int:
    """How large the C program's table is."""
    if structure == "bitmap":
        return instance.indices // 8
    return (2 if structure == "quotient" else 8) << instance.places


def nearest_structure(visited_bytes: int, instance: Instance) -> str:
    """The structure whose table is the nearest in size: what another engine's set of that size is compared with."""
    return min(STRUCTURES, key=lambda each: abs(math.log(visited_bytes / table_bytes(each, instance))))


def said(usage: Usage) -> dict[str, Any]:
    """The line of JSON that the programs print."""
    try:
        found: dict[str, Any] = json.loads(usage.output)
    except ValueError:
        raise unreadable(usage) from None
    if usage.returncode != 0:
        raise unreadable(usage)
    return found


class C(Engine):
    """The search written by hand, with one of the structures."""

    group = "c"
    tools = ("gcc",)

    def __init__(self, structure: str, threads: int) -> None:
        super().__init__(f"c-{structure}-{threads}", threads)
        self.structure = structure

    def can(self, instance: Instance) -> bool:
        """See ``Engine``: a state is one word, a bitmap no larger than 4 GiB, a remainder no wider than a lane."""
        if instance.starts is not None or instance.vms > 8:
            return False
        if self.structure == "bitmap":
            return table_bytes("bitmap", instance) <= 1 << 32
        bucket_bits = instance.places - 5
        return self.structure == "slots" or (instance.indices - 1).bit_length() - bucket_bits <= 12

    def build(self, instance: Instance, folder: Path, timeout_s: float) -> float:
        """See ``Engine``."""
        sizes = [f"-DN={instance.vms}", f"-DK={instance.in_flight}"]
        source = str(MODELS / "fleet.c")
        return make([["gcc", "-O3", "-march=native", *sizes, source, "-o", "fleet", "-pthread"]], folder, timeout_s)

    def command(self, instance: Instance, folder: Path, seen: Mapping[str, Reading]) -> Sequence[str]:
        """See ``Engine``."""
        return [str(folder / "fleet"), self.structure, str(instance.places), str(self.threads)]

    def read(self, usage: Usage) -> Reading:
        """See ``Engine``."""
        found = said(usage)
        counts = Counts(found["states"], found["transitions"], found["depth"])
        return Reading(counts, wall_s=found["seconds"], visited_bytes=found["visited_bytes"])


class Limit(Engine):
    """Random test-and-sets on a table as large and as full as hopcheck's, by as many threads."""

    group = "limit"
    tools = ("gcc",)

    def __init__(self, threads: int) -> None:
        super().__init__(f"limit-{threads}", threads)

    def build(self, instance: Instance, folder: Path, timeout_s: float) -> float:
        """See ``Engine``."""
        source = str(MODELS / "limit.c")
        return make([["gcc", "-O3", "-march=native", source, "-o", "limit", "-pthread"]], folder, timeout_s)

    def command(self, instance: Instance, folder: Path, seen: Mapping[str, Reading]) -> Sequence[str]:
        """See ``Engine``."""
        search = seen.get(f"hopcheck-{self.threads}")
        if search is None or search.counts is None or search.counts.transitions is None or search.visited_bytes is None:
            raise AbsentError(f"the limit is measured for hopcheck's table: there is no run of hopcheck-{self.threads} yet")
        structure = nearest_structure(search.visited_bytes, instance)
        sizes = (search.visited_bytes, search.counts.states, search.counts.transitions, self.threads, BATCH)
        return [str(folder / "limit"), structure, *map(str, sizes)]

    def read(self, usage: Usage) -> Reading:
        """See ``Engine``."""
        found = said(usage)
        if not found["seconds"] > 0:
            raise MeasurementError("the limit took no time: the instance is too small to measure it")
        per_second = {"operations_per_s": round(found["operations"] / found["seconds"])}
        return Reading(None, wall_s=found["seconds"], visited_bytes=found["table_bytes"], details=per_second)
