"""SPIN, in its two exact modes: breadth first on one core, and depth first on several."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from instances import Counts, Instance
from machine import memory_bytes
from measure import Usage

from peers.engine import MODELS, Engine, Reading, make, unreadable

MIB = 1 << 20


class Spin(Engine):
    """SPIN. With one thread ``-DBFS`` (shortest traces, as here); with more ``-DNCORE`` (its best exact parallel mode)."""

    group = "spin"
    tools = ("spin", "gcc")

    def __init__(self, threads: int) -> None:
        super().__init__("spin-bfs" if threads == 1 else f"spin-ncore-{threads}", threads)

    def can(self, instance: Instance) -> bool:
        """See ``Engine``."""
        return True

    def build(self, instance: Instance, folder: Path, timeout_s: float) -> float:
        """See ``Engine``."""
        mode = "-DBFS" if self.threads == 1 else f"-DNCORE={self.threads}"
        limit = f"-DMEMLIM={int(memory_bytes() * 0.7) // MIB}"
        starts = [] if instance.starts is None else [f"-DSTARTS={instance.starts}"]
        make_pan = ["spin", f"-DN={instance.vms}", f"-DK={instance.in_flight}", *starts, "-a", str(MODELS / "fleet.pml")]
        # NOREDUCE: partial-order reduction finds nothing to reduce in one process, and costs time.
        compile_pan = ["gcc", "-O3", "-march=native", "-w", "-DSAFETY", "-DNOREDUCE", limit, mode, "-o", "pan", "pan.c"]
        return make([make_pan, compile_pan], folder, timeout_s)

    def command(self, instance: Instance, folder: Path, seen: Mapping[str, Reading]) -> Sequence[str]:
        """See ``Engine``."""
        # A hash table that is never full (chains are short), and a depth-first stack that is never too small.
        return [str(folder / "pan"), f"-m{max(200_000, instance.room // 2)}", f"-w{instance.places + 1}"]

    def read(self, usage: Usage) -> Reading:
        """See ``Engine``."""
        return read(usage, breadth_first=self.threads == 1)


def read(usage: Usage, *, breadth_first: bool) -> Reading:
    """What pan's summary says."""
    text = usage.output
    stored = re.search(r"^\s*(\S+) states, stored", text, re.M)
    transitions = re.search(r"^\s*(\S+) transitions", text, re.M)
    depth = re.search(r"depth reached (\d+), errors: 0", text)
    if usage.returncode != 0 or stored is None or transitions is None or depth is None or "too small" in text:
        raise unreadable(usage)
    kept = re.search(r"([\d.]+)\s+actual memory usage for states", text)
    hashed = re.search(r"([\d.]+)\s+memory used for hash table", text)
    return Reading(
        Counts(
            states=int(float(stored[1])),
            # pan counts the start as a transition, too.
            transitions=int(float(transitions[1])) - 1,
            depth=int(depth[1]) if breadth_first else None,
        ),
        visited_bytes=int((float(kept[1]) + float(hashed[1])) * MIB) if kept and hashed else None,
        details={"depth_reached": int(depth[1])},
    )
