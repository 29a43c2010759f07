"""TLC, where a jar of it is given. Its states are told apart by 64-bit fingerprints: not exact, but near to it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from instances import Counts, Instance
from machine import memory_bytes
from measure import Usage

from peers.engine import MODELS, Engine, Reading, unreadable

GIB = 1 << 30
MOST_HEAP_GIB = 8


class Tlc(Engine):
    """TLC with a fixed number of workers. ``jar``: tla2tools.jar, or None."""

    group = "tlc"
    tools = ("java",)

    def __init__(self, threads: int, jar: Path | None) -> None:
        super().__init__(f"tlc-{threads}", threads)
        self.jar = jar

    def absent(self) -> str | None:
        """See ``Engine``."""
        if self.jar is None:
            return "no jar given (--tlc JAR, or TLA2TOOLS in the environment)"
        return super().absent() or (None if self.jar.is_file() else f"{self.jar} is no file")

    def build(self, instance: Instance, folder: Path, timeout_s: float) -> float:
        """See ``Engine``; nothing is compiled, the model is laid ready."""
        shutil.copy(MODELS / "Fleet.tla", folder)
        constants = f"CONSTANTS N = {instance.vms} K = {instance.in_flight}"
        (folder / "Fleet.cfg").write_text(f"INIT Init\nNEXT Next\nINVARIANT Safe\n{constants}\nCHECK_DEADLOCK FALSE\n")
        return 0.0

    def command(self, instance: Instance, folder: Path, seen: Mapping[str, Reading]) -> Sequence[str]:
        """See ``Engine``."""
        heap = max(1, min(MOST_HEAP_GIB, memory_bytes() // (2 * GIB)))
        java = ["java", "-XX:+UseParallelGC", f"-Xmx{heap}g", "-cp", str(self.jar), "tlc2.TLC"]
        return [*java, "-workers", str(self.threads), "-metadir", "states", "-config", "Fleet.cfg", "Fleet.tla"]

    def read(self, usage: Usage) -> Reading:
        """See ``Engine``."""
        found = re.search(r"(\d+) states generated, (\d+) distinct states found, 0 states left", usage.output)
        depth = re.search(r"depth of the complete state graph search is (\d+)", usage.output)
        if usage.returncode != 0 or found is None or "No error has been found" not in usage.output:
            raise unreadable(usage)
        # TLC counts the start as generated, too, and a depth in states, not in steps.
        counts = Counts(int(found[2]), int(found[1]) - 1, int(depth[1]) - 1 if depth else None)
        return Reading(counts)
