"""How fast the explorer is on the fleet, and what it costs to start.

    python benchmarks/fleet.py [--json FILE] [--vms N] [--in-flight K] [--repeat R]

Every run is a process of its own, one after the other: the first may have to compile the kernels, the second must not.
The invariants of the fleet are checked on the way. Times are in seconds, sizes in bytes.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

KNOWN = {
    (2, 2): (16_336, 49_536, 29),
    (3, 2): (571_936, 2_050_448, 42),
    (4, 1): (6_121_024, 20_133_568, 55),
    (4, 2): (17_636_416, 71_495_872, 54),
    (4, 3): (29_578_304, 136_825_024, 54),
}
"""States, transitions and depth as other model checkers count them."""


def measure(vms: int, in_flight: int) -> dict[str, Any]:
    """One exploration in this process."""
    began = time.perf_counter()
    from hopcheck.explorer import Verdict, explore, kernels
    from hopcheck.model.domain.fleet import fleet, invariants

    system = fleet(vms, in_flight)
    # Whatever is to be compiled or loaded is, on a small fleet; with several words a state the wide kernels are, too.
    imported = time.perf_counter()
    explore(fleet(2, 2), always=invariants(fleet(2, 2)), backend="kernel")
    explore(fleet(3, 1), always=invariants(fleet(3, 1)), backend="kernel")
    ready = time.perf_counter()
    cpu = time.process_time()
    found = explore(system, always=invariants(system), backend="kernel")
    cpu = time.process_time() - cpu
    wall = time.perf_counter() - ready
    known = KNOWN.get((vms, in_flight))
    assert known is None or (found.states, found.transitions, found.depth) == known
    assert found.complete
    assert all(each.verdict is Verdict.HOLDS for each in found.answers.values())
    return {
        "states": found.states,
        "transitions": found.transitions,
        "depth": found.depth,
        "import_s": round(imported - began, 3),
        "compile_or_load_s": round(ready - imported, 3),
        "lowering_s": round(found.lowering_seconds, 3),
        "wall_s": round(wall, 3),
        "cpu_s": round(cpu, 3),
        "states_per_cpu_s": round(found.states / cpu),
        "states_per_s": round(found.states / wall),
        "transitions_per_s": round(found.transitions / wall),
        "visited_bytes": found.visited_bytes,
        "bytes": found.bytes,
        "peak_rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "kernels_compiled": kernels.compiled_here(),
    }


def in_a_process(vms: int, in_flight: int) -> dict[str, Any]:
    """One exploration in a process of its own."""
    command = [sys.executable, __file__, "--once", "--vms", str(vms), "--in-flight", str(in_flight)]
    before = os.getloadavg()[0]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    result: dict[str, Any] = json.loads(run.stdout)
    return {**result, "load_before": round(before, 2)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, help="write the measurements to this file")
    parser.add_argument("--vms", type=int, default=4)
    parser.add_argument("--in-flight", type=int, default=2)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--once", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.once:
        json.dump(measure(given.vms, given.in_flight), sys.stdout)
        return
    runs = [in_a_process(given.vms, given.in_flight) for _ in range(max(2, given.repeat))]
    best = max(runs, key=lambda each: int(each["states_per_s"]))
    report = {
        "model": f"fleet({given.vms},{given.in_flight})",
        "machine": {"processor": platform.processor() or platform.machine(), "cores": os.cpu_count()},
        "python": platform.python_version(),
        "second_process_compiled": runs[1]["kernels_compiled"],
        "best": best,
        "runs": runs,
    }
    text = json.dumps(report, indent=2)
    if given.json:
        given.json.write_text(text + "\n")
    print(text)


if __name__ == "__main__":
    main()
