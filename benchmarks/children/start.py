"""The start of one search of hopcheck: from a model's text to its first thousand states, in this process.

    python -m children.start ACTIONS SEED

The model is a random one of that many actions. Prints one JSON object; what the process took as a whole is measured
from outside.
"""

from __future__ import annotations

import argparse
import json
import sys
import time

ENOUGH = 1_000
"""The search ends at the first level border beyond so many states: it is the start that counts."""


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("actions", type=int)
    parser.add_argument("seed", type=int)
    given = parser.parse_args()
    began = time.perf_counter()
    from children.workloads import random_model
    from hopcheck.explorer import Limits, explore, kernels

    imported = time.perf_counter()
    system = random_model(given.actions, given.seed)
    built = time.perf_counter()
    found = explore(system, limits=Limits(states=ENOUGH), backend="kernel")
    done = time.perf_counter()
    report = {
        "states": found.states,
        "depth": found.depth,
        "import_s": imported - began,
        "build_s": built - imported,
        "explore_s": done - built,
        "lowering_s": found.lowering_seconds,
        "kernels_compiled": kernels.compiled_here(),
    }
    json.dump(report, sys.stdout)


if __name__ == "__main__":
    main()
