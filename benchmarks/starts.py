"""How long a search takes to start: on a model never seen, on the same model again, and on a machine never used."""

from __future__ import annotations

import json
import os
import random
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from measure import run
from peers.engine import unreadable
from peers.hopcheck import environment

SIZES = (200, 1000)
"""Actions of the models that are started."""

TRIES = 3
"""A start that had to compile a kernel, which is then on disk, is measured again: compiling is told by itself."""


@dataclass(frozen=True, slots=True)
class Start:
    """One process from its start to its end, the interpreter's own start included.

    ``kind``: ``cold``, a model that this machine has never seen; ``again``, the same model a second time; ``first``,
    the kernels not yet compiled on this machine either. Seconds and bytes; ``details``: what the process says of its
    parts.
    """

    kind: str
    actions: int
    round: int
    seed: int
    wall_s: float
    cpu_s: float
    peak_bytes: int
    load_before: float
    details: dict[str, float | int]


def measured(actions: int, number: int, timeout_s: float) -> list[Start]:
    """A cold start with a model of that many actions, and a second one with the same."""
    for _ in range(TRIES):
        seed = _seed()
        cold = _start("cold", actions, number, seed, timeout_s)
        if not cold.details["kernels_compiled"]:
            break
    return [cold, _start("again", actions, number, seed, timeout_s)]


def first(timeout_s: float) -> Start:
    """A start with an empty cache: every kernel it needs is compiled."""
    with tempfile.TemporaryDirectory() as cache:
        empty = {"NUMBA_CACHE_DIR": cache, "XDG_CACHE_HOME": cache}
        return _start("first", SIZES[0], 1, _seed(), timeout_s, empty)


def _seed() -> int:
    """One that was most likely never drawn on this machine: models of it cannot have been seen."""
    return random.SystemRandom().randrange(1 << 62)


def _start(
    kind: str, actions: int, number: int, seed: int, timeout_s: float, further: Mapping[str, str] = MappingProxyType({})
) -> Start:
    load = os.getloadavg()[0]
    command = [sys.executable, "-m", "children.start", str(actions), str(seed)]
    used = run(command, Path.cwd(), timeout_s, {**environment(), **further})
    if used.returncode != 0 or used.timed_out:
        raise unreadable(used)
    details = json.loads(used.output)
    return Start(kind, actions, number, seed, used.wall_s, used.cpu_s, used.peak_bytes, load, details)
