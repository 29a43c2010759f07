"""One search of hopcheck, in this process.

    python -m children.explore INSTANCE [--workers N] [--symmetry] [--witness] [--memory BYTES]

Before it, the kernels are compiled or loaded from disk by searches of small fleets, which is timed by itself. Prints
one JSON object; ``{"absent": reason}`` where this explorer cannot do what is asked.
"""

from __future__ import annotations

import argparse
import inspect
import json
import sys
import time
from typing import Any

from instances import Instance, instance

SMALL = (Instance(2, 2), Instance(3, 1), Instance(10, 1, 1))
"""Searched beforehand: states of one word in a small domain and in a large one, and states of several words."""


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("instance", type=instance)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--symmetry", action="store_true")
    parser.add_argument("--witness", action="store_true")
    parser.add_argument("--memory", type=int)
    json.dump(measured(parser.parse_args()), sys.stdout)


def measured(given: argparse.Namespace) -> dict[str, Any]:
    """Search the instance; counts, times in seconds, sizes in bytes."""
    began = time.perf_counter()
    from children.witnesses import witness as deepest
    from children.workloads import model
    from hopcheck.explorer import Limits, explore, kernels

    options = options_for(inspect.signature(explore), given.workers, symmetry=given.symmetry)
    if isinstance(options, str):
        return {"absent": options}
    system = model(given.instance)
    goal = deepest(system, given.instance) if given.witness else None
    if given.witness and goal is None:
        return {"absent": f"no deepest state of {given.instance} is known"}
    imported = time.perf_counter()
    for small in SMALL:
        _explored(model(small), options, None)
    ready = time.perf_counter()
    compiled = kernels.compiled_here()
    cpu = time.process_time()
    found = _explored(system, {**options, "limits": Limits(memory_bytes=given.memory)}, goal)
    cpu = time.process_time() - cpu
    wall = time.perf_counter() - ready
    return {
        "states": found.states,
        "transitions": found.transitions,
        "depth": found.depth,
        "wall_s": wall,
        "cpu_s": cpu,
        "visited_bytes": found.visited_bytes,
        "bytes": found.bytes,
        "lowering_s": found.lowering_seconds,
        "import_s": imported - began,
        "compile_or_load_s": ready - imported,
        "kernels_compiled": compiled,
        "kernels_compiled_in_search": kernels.compiled_here() - compiled,
        "trace_length": _trace_length(found),
    }


def options_for(signature: inspect.Signature, workers: int, *, symmetry: bool) -> dict[str, Any] | str:
    """The options that ask for this, or what the explorer lacks for it."""
    options: dict[str, Any] = {"backend": "kernel"}
    if "workers" in signature.parameters:
        options["workers"] = workers
    elif workers > 1:
        return "this explorer has one worker only"
    if "symmetry" in signature.parameters:
        options["symmetry"] = symmetry
    elif symmetry:
        return "this explorer makes no use of symmetry"
    return options


def _explored(system: Any, options: dict[str, Any], goal: Any) -> Any:
    """Every state of the system, with its invariants checked; an error where one does not hold."""
    from hopcheck.explorer import Verdict, explore
    from hopcheck.model.domain.fleet import invariants

    asked: dict[str, Any] = {} if goal is None else {"reachable": {GOAL: goal}}
    found = explore(system, always=invariants(system), **asked, **options)
    wrong = [name for name, each in found.answers.items() if each.verdict not in (Verdict.HOLDS, Verdict.WITNESS)]
    if wrong or not found.complete:
        raise SystemExit(f"{system.name}: {', '.join(wrong) or found.why} (every invariant should hold of every state)")
    return found


GOAL = "the deepest state"


def _trace_length(found: Any) -> int | None:
    answer = found.answers.get(GOAL)
    return None if answer is None else len(answer.trace)


if __name__ == "__main__":
    main()
