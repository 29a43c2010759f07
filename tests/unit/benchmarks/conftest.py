"""The benchmark is a folder of scripts, not a package: its modules are found as its own command finds them."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "benchmarks"))
