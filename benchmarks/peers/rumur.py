"""rumur: exact and compact, without the support for traces, which costs it time."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from instances import Counts, Instance
from measure import Usage

from peers.engine import MODELS, Engine, Reading, make, unreadable


class Rumur(Engine):
    """rumur's verifier with a fixed number of threads."""

    group = "rumur"
    tools = ("rumur", "gcc")

    def __init__(self, threads: int) -> None:
        super().__init__(f"rumur-{threads}", threads)

    def build(self, instance: Instance, folder: Path, timeout_s: float) -> float:
        """See ``Engine``."""
        model = (MODELS / "fleet.m").read_text()
        (folder / "fleet.m").write_text(model.replace("N: 4; K: 2;", f"N: {instance.vms}; K: {instance.in_flight};", 1))
        generate = ["rumur", "--threads", str(self.threads), "--counterexample-trace", "off"]
        # Its set never has to grow.
        generate += ["--set-capacity", str(16 << instance.places), "--output", "fleet.c", "fleet.m"]
        compile_it = ["gcc", "-O3", "-march=native", "-mcx16", "-w", "-o", "fleet", "fleet.c", "-lpthread"]
        return make([generate, compile_it], folder, timeout_s)

    def command(self, instance: Instance, folder: Path, seen: Mapping[str, Reading]) -> Sequence[str]:
        """See ``Engine``."""
        return [str(folder / "fleet")]

    def read(self, usage: Usage) -> Reading:
        """See ``Engine``."""
        found = re.search(r"^\s*(\d+) states, (\d+) rules fired in", usage.output, re.M)
        if usage.returncode != 0 or found is None or "No error found" not in usage.output:
            raise unreadable(usage)
        return Reading(Counts(int(found[1]), int(found[2])))
