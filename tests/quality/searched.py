"""A process that searches the fleet on request, to be interrupted, killed and starved. Requests are lines of JSON.

For each a process of its own is forked, which tells its number once it searches; its answer is one line of JSON, or none.
"""

from __future__ import annotations

import dataclasses
import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

from hopcheck.explorer import Event, Exploration, Limits, Listener, Started, explore, saving
from hopcheck.model.domain.fleet import fleet, invariants
from hopcheck.model.errors import InputError
from hopcheck.model.language import FALSE, Expr, System, after


def asked(system: System) -> dict[str, dict[str, Expr]]:
    failed = (system["phase0"] == "failed") & (system["phase1"] == "failed")
    return {
        "always": {**invariants(system), "not both failed": ~failed},
        "step": {"the guests stay": after(system["host0"]) == system["host0"]},
        "reachable": {"moved": (system["host0"] == 1) & (system["host1"] == 1) & ~system["link"]},
        "never_stuck": {"at all": FALSE},
    }


def text(found: Exploration) -> str:
    """All that two searches for the same have in common."""
    return repr(
        dataclasses.replace(found, seconds=0, lowering_seconds=0, visited_bytes=0, bytes=0, checkpoint=None, trouble=None)
    )


def peak() -> int:
    """The most memory that this process ever had, in bytes."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return 1024 * int(next(line for line in lines if line.startswith("VmHWM")).split()[1])


class Begun:
    """Tells the number of the process, once."""

    def __init__(self) -> None:
        self._told = False

    def __call__(self, event: Event | None = None) -> None:
        if not self._told and not isinstance(event, Started):
            self._told = True
            print(os.getpid(), file=sys.stderr, flush=True)


def answer(
    listener: Listener,
    vms: int = 3,
    directory: str | None = None,
    resume: bool = False,
    workers: int = 1,
    interval: float = 60.0,
    file_bytes: int = -1,
    limits: dict[str, Any] | None = None,
    plain: bool = False,
) -> dict[str, Any]:
    """Search; ``file_bytes``: how large a file may become; ``plain``: nothing is asked but how many states there are."""
    saving.INTERVAL = interval
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, resource.RLIM_INFINITY))
    system = fleet(vms, 2)
    try:
        found = explore(
            system,
            **({} if plain else asked(system)),
            limits=Limits(**(limits or {})),
            listener=listener,
            backend="kernel",
            workers=workers,
            checkpoint=None if directory is None else Path(directory),
            resume=resume,
        )
    except InputError as error:
        return {"error": str(error)}
    told = {name: getattr(found, name) for name in ("complete", "why", "states", "transitions", "depth", "checkpoint")}
    return {**told, "levels": found.level_states, "trouble": found.trouble, "text": text(found), "peak": peak()}


if __name__ == "__main__":
    explore(fleet(2), **asked(fleet(2)), backend="kernel", workers=1)  # so that no child has to load what all need
    print("ready", flush=True)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            begun = Begun()
            try:
                print(json.dumps(answer(begun, **json.loads(line))), flush=True)
            finally:
                begun()
                os._exit(0)
        os.waitpid(child, 0)
        print("ended", flush=True)
