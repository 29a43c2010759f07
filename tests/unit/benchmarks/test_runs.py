"""The benchmark at work on small instances: processes, rounds, the engines that are installed, the command."""

from __future__ import annotations

import argparse
import inspect
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from children.explore import options_for
from children.workloads import random_model
from instances import Counts, Instance, instance
from measure import Usage, run
from peers.c import C, Limit
from peers.engine import Engine, MeasurementError, Reading
from peers.hopcheck import Hopcheck
from peers.rumur import Rumur
from peers.spin import Spin
from peers.tlc import Tlc
from rounds import Case, Rounds
from starts import measured

from hopcheck.model.language import digest

FLEET = Path(__file__).resolve().parents[3] / "benchmarks" / "fleet.py"
TINY = Instance(2, 2)

ORPHAN = """
import os, time
if os.fork() == 0:
    while time.process_time() < 0.2:
        pass
    print(time.process_time(), flush=True)
    os._exit(0)
time.sleep(1)
"""


def python(code: str, folder: Path, timeout_s: float = 60.0) -> Usage:
    return run([sys.executable, "-c", code], folder, timeout_s)


def test_output_status_and_memory(tmp_path: Path) -> None:
    code = "import sys; b = bytearray(200_000_000); print('out'); print('err', file=sys.stderr); sys.exit(3)"
    used = python(code, tmp_path)
    assert (used.output, used.errors, used.returncode, used.timed_out) == ("out\n", "err\n", 3, False)
    assert used.peak_bytes > 200_000_000


def test_a_child_that_nobody_waited_for_is_counted(tmp_path: Path) -> None:
    used = python(ORPHAN, tmp_path)
    assert used.cpu_s >= float(used.output)


def test_a_run_that_takes_too_long_is_killed(tmp_path: Path) -> None:
    used = python("import time; time.sleep(600)", tmp_path, timeout_s=0.2)
    assert used.timed_out
    assert used.returncode < 0


class Fake(Engine):
    """Says what it is told to."""

    group = "fake"

    def __init__(self, said: Sequence[Reading]) -> None:
        super().__init__("fake", 1)
        self.said = list(said)

    def command(self, instance: Instance, folder: Path, seen: Mapping[str, Reading]) -> Sequence[str]:
        return [sys.executable, "-c", ""]

    def read(self, usage: Usage) -> Reading:
        return self.said.pop(0)


KNOWN = Counts(16_336, 49_536, 29)


def test_other_counts_are_a_failure_and_end_the_case(tmp_path: Path) -> None:
    rounds = Rounds([Case(Fake([Reading(KNOWN), Reading(Counts(7)), Reading(KNOWN)]), TINY)], tmp_path, 60)
    rounds.build()
    for number in (1, 2, 3):
        rounds.round(number)
    assert [each.round for each in rounds.measured.samples] == [1]
    assert rounds.measured.failed == {"fake on fleet(2,2)": "counts states 7 instead of 16,336"}


def test_a_search_that_compiled_kernels_is_measured_again(tmp_path: Path) -> None:
    compiling = Reading(KNOWN, wall_s=9.0, details={"kernels_compiled_in_search": 1})
    rounds = Rounds([Case(Fake([compiling, Reading(KNOWN, wall_s=1.0)]), TINY)], tmp_path, 60)
    rounds.build()
    rounds.round(1)
    assert [each.wall_s for each in rounds.measured.samples] == [1.0]


def test_a_build_that_fails_is_no_run(tmp_path: Path) -> None:
    class Broken(Fake):
        def build(self, instance: Instance, folder: Path, timeout_s: float) -> float:
            raise MeasurementError("it does not compile")

    rounds = Rounds([Case(Broken([]), TINY)], tmp_path, 60)
    rounds.build()
    rounds.round(1)
    assert rounds.measured.samples == []
    assert rounds.measured.failed == {"fake on fleet(2,2)": "it does not compile"}


def test_every_engine_that_is_installed_counts_the_same(tmp_path: Path) -> None:
    engines = [*(C(structure, threads) for structure in ("bitmap", "quotient", "slots") for threads in (1, 3))]
    jar = os.environ.get("TLA2TOOLS")
    others = [Hopcheck(1), Hopcheck(1, witness=True), Limit(1), Spin(1), Spin(2), Rumur(1), Rumur(2)]
    others.append(Tlc(2, Path(jar) if jar else None))
    limited = [Case(engine, Instance(6, 1, 2)) for engine in (Hopcheck(1), Spin(1))]
    rounds = Rounds([*(Case(engine, TINY) for engine in [*others, *engines]), *limited], tmp_path, 120)
    rounds.build()
    rounds.round(1)
    assert rounds.measured.failed == {}
    ran = {(each.engine, each.instance) for each in rounds.measured.samples}
    assert {("hopcheck-1", "2-2"), ("hopcheck-1-witness", "2-2"), ("hopcheck-1", "6-1-2")} <= ran
    if shutil.which("gcc"):
        assert {(engine.name, "2-2") for engine in engines} <= ran


def test_what_is_not_installed_is_absent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    rounds = Rounds([Case(each, TINY) for each in (Spin(1), Rumur(1), Tlc(1, None))], tmp_path, 60)
    rounds.build()
    assert rounds.measured.absent["spin-bfs on fleet(2,2)"] == "spin and gcc not installed"
    assert "no jar given" in rounds.measured.absent["tlc-1 on fleet(2,2)"]
    assert len(rounds.measured.absent) == 3


def test_a_model_is_started_twice() -> None:
    cold, again = measured(30, 1, 120)
    assert (cold.kind, again.kind) == ("cold", "again")
    assert cold.seed == again.seed
    assert cold.details["states"] == again.details["states"] > 1_000


@pytest.mark.skipif(shutil.which("gcc") is None, reason="gcc is not installed")
@pytest.mark.parametrize("structure", ["bitmap", "quotient", "slots"])
def test_the_limit_marks_every_key_at_most_once(tmp_path: Path, structure: str) -> None:
    Limit(1).build(TINY, tmp_path, 60)
    sizes = [str(each) for each in (1 << 16, 4_000, 64_000, 3, 64)]
    found = json.loads(run([str(tmp_path / "limit"), structure, *sizes], tmp_path, 60).output)
    assert 0.9 * 4_000 < found["marked"] <= 4_000
    assert found["table_bytes"] >= 1 << 16


@pytest.mark.parametrize("text", ["", "4", "4-0", "0-2", "11-1", "4-4", "4-2-8", "4,2", "4-2;rm"])
def test_what_is_no_instance_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="write"):
        instance(text)


@pytest.mark.parametrize("each", [Instance(4, 2), Instance(10, 1, 3)])
def test_an_instance_is_found_by_its_name(each: Instance) -> None:
    assert instance(each.name) == each


def test_a_random_model_follows_its_seed() -> None:
    assert len(random_model(50, 1).actions) == 50
    assert digest(random_model(50, 1)) == digest(random_model(50, 1)) != digest(random_model(50, 2))


def test_an_explorer_is_asked_for_what_it_can_do() -> None:
    def old(system: object) -> None: ...
    def new(system: object, *, workers: int, symmetry: bool) -> None: ...

    plain, full = inspect.signature(old), inspect.signature(new)
    assert options_for(plain, 1, symmetry=False) == {"backend": "kernel"}
    assert options_for(plain, 4, symmetry=False) == "this explorer has one worker only"
    assert options_for(plain, 1, symmetry=True) == "this explorer makes no use of symmetry"
    assert options_for(full, 4, symmetry=True) == {"backend": "kernel", "workers": 4, "symmetry": True}


def command(*given: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(FLEET), *given], capture_output=True, text=True, check=False)


def test_one_instance_with_hopcheck_alone(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    ran = command("--vms", "2", "--in-flight", "2", "--repeat", "2", "--workers", "1", "--json", str(report))
    assert ran.returncode == 0, ran.stderr
    found = json.loads(report.read_text())
    assert [(each["engine"], each["states"], each["round"]) for each in found["samples"]] == [
        ("hopcheck-1", 16_336, 1),
        ("hopcheck-1", 16_336, 2),
    ]
    assert found["machine"]["cores"] >= 1
    assert "not measured" in ran.stdout


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--instances", "4/2"], "write machines-in flight"),
        (["--only", "uppaal"], "is nothing that is measured"),
        (["--repeat", "0"], "no positive number"),
        (["--workers", "1,x"], "no positive number"),
        (["--vms", "3", "--instances", "4-2"], "write one of the two"),
        (["--vms", "44"], "is no instance|machines: write"),
    ],
)
def test_bad_usage_is_said_in_one_line(given: list[str], said: str) -> None:
    ran = command(*given)
    assert ran.returncode == 2
    assert "Traceback" not in ran.stderr
    assert said.split("|")[-1] in ran.stderr
