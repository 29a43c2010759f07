"""Compiled once: a second process takes every kernel from the disk, unless a source file of the kernels changed."""

from __future__ import annotations

import subprocess
import sys

from hopcheck.explorer.kernels import KERNELS
from hopcheck.explorer.kernels.compile import STAMP

RUN = """
from hopcheck.explorer import explore, kernels
from hopcheck.model.domain.fleet import fleet
system = fleet(2)
idle = system["phase0"] == "idle"
explore(system, always={"a": idle}, reachable={"b": idle}, can_always_reach={"c": idle}, backend="kernel")
print(kernels.compiled_here())
"""


def compiled_in_a_process() -> int:
    run = subprocess.run([sys.executable, "-c", RUN], capture_output=True, text=True, check=True, timeout=300)
    return int(run.stdout)


def test_a_second_process_compiles_nothing() -> None:
    compiled_in_a_process()
    assert compiled_in_a_process() == 0


def test_a_kernel_is_fresh_as_long_as_all_of_them_are() -> None:
    assert {each._cache._cache_file._source_stamp for each in KERNELS} == {STAMP}
