"""A bundled model is the same in every process: caches, checkpoints and certificates know it by its digest."""

from __future__ import annotations

import os
import subprocess
import sys

SCRIPT = """
from hopcheck.engine.models import bundled
from hopcheck.model.language import digest

for model in bundled():
    for each in model.variants() if model.variants is not None else ():
        print(model.name, each.name, digest(each.system, *(prop.expr for prop in each.properties)))
"""


def _digests(seed: str) -> list[str]:
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    done = subprocess.run([sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_the_order_of_sets_is_in_no_model() -> None:
    first = _digests("1")
    assert len(first) > 30
    assert first == _digests("2") == _digests("3")
