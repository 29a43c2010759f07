import os
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import pytest

from hopcheck.properties import Confirmation, DisagreementError, Obligation, Result, confirm, confirm_all, discharge
from hopcheck.properties.obligation import agreed, discharge_all, script, smtlib_of
from hopcheck.properties.processes import Pool, Request

FERMAT = """(set-logic QF_NIA)
(declare-const a Int) (declare-const b Int) (declare-const c Int)
(assert (and (> a 0) (> b 0) (> c 0) (= (+ (* a a a) (* b b b)) (* c c c))))
(check-sat)
"""
SAT = Obligation("small", script(["(declare-const x Int)"], ["(< 3 x 5)"]), "sat", "a number lies between 3 and 5")
UNSAT = Obligation("none", script(["(declare-const x Int)"], ["(< 3 x 4)"]), "unsat", "no number lies between 3 and 4")
HARD = Obligation("fermat", FERMAT, "unsat", "no cube is the sum of two")


def children() -> set[str]:
    return {child for each in Path("/proc/self/task").glob("*/children") for child in each.read_text().split()}


@pytest.mark.parametrize("solver", ["z3", "cvc5"])
def test_a_model_comes_back_with_python_values(solver: str) -> None:
    text = script(
        [
            "(declare-datatypes ((Colour 0)) (((red) (green))))",
            "(declare-const |a colour| Colour)",
            "(declare-const n Int)",
            "(declare-const third Real)",
            "(declare-const bits (_ BitVec 5))",
            "(declare-const p Bool)",
            "(declare-fun f (Int) Int)",
        ],
        ["(= |a colour| green)", "(= n (- 4))", "(= third (/ 1 3))", "(= bits #b10101)", "(not p)", "(= (f 3) 7)"],
    )
    result = discharge(Obligation("values", text, "sat", "these values"), solver=solver, seconds=10)
    assert result.answer == "sat", result.reason
    assert result.model is not None
    assert str(result.model.pop("f")).startswith("(define-fun f ((")
    assert result.model == {"a colour": "green", "n": -4, "third": Fraction(1, 3), "bits": 21, "p": False}
    assert result.model["p"] is False


def test_many_obligations_come_back_in_order() -> None:
    results = discharge_all([SAT, UNSAT] * 6, seconds=20, workers=3)
    assert [each.answer for each in results] == ["sat", "unsat"] * 6
    assert discharge_all([], seconds=1) == []


def test_both_solvers_confirm() -> None:
    for each in confirm_all([SAT, UNSAT], seconds=20):
        assert each.discharged
    assert confirm(UNSAT, seconds=20).answer == "unsat"


def test_solvers_that_contradict_each_other_are_an_error() -> None:
    yes, no = (Result(answer, None, 0.0, "", "z3") for answer in ("sat", "unsat"))
    with pytest.raises(DisagreementError, match="z3 answers sat and cvc5 unsat to the obligation small"):
        agreed(Confirmation(SAT, yes, no))
    silent = Result("unknown", None, 0.0, "tired", "cvc5")
    assert agreed(Confirmation(SAT, yes, silent)).answer == "unknown"
    assert not agreed(Confirmation(SAT, yes, silent)).discharged


@pytest.mark.parametrize("solver", ["z3", "cvc5"])
def test_a_time_limit_holds_and_leaves_nothing_behind(solver: str) -> None:
    before = children()
    result = discharge(HARD, solver=solver, seconds=0.5)
    assert result.answer == "unknown"
    assert result.reason == "the time limit of 0.5 s was reached"
    assert children() <= before


def test_what_a_process_started_dies_with_it(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    shell = f"sleep 600 & echo $! > {note}; wait"
    result = discharge(SAT, seconds=0.5, command=lambda: ["sh", "-c", shell])
    assert result.answer == "unknown"
    deadline = time.monotonic() + 5  # init takes its exit status when it comes to it
    while _runs(int(note.read_text())) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not _runs(int(note.read_text()))


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize(
    ("shell", "reason"),
    [
        ("exit 3", "died without an answer (status 3)"),
        ("echo segfault >&2; kill -SEGV $$", "died without an answer (status -11): segfault"),
        ("echo nonsense", "gave no readable answer"),
        ("echo '{}'", "gave no readable answer"),
        ("echo '[1]'", "gave no readable answer"),
        ('echo \'{"answer": "maybe"}\'', "gave no readable answer"),
        ('echo \'{"answer": "sat", "model": "((("}\'', "model cannot be read"),
        ('echo \'{"answer": "unknown", "reason": "tired"}\'', "tired"),
        ("exec >&-; sleep 600", "died without an answer"),
    ],
)
def test_a_process_that_fails_gives_unknown_with_the_reason(shell: str, reason: str) -> None:
    before = children()
    result = discharge(SAT, seconds=30, command=lambda: ["sh", "-c", shell])
    assert result.answer == "unknown"
    assert reason in result.reason
    assert children() <= before


@pytest.mark.parametrize("solver", ["z3", "cvc5"])
def test_a_script_that_a_solver_rejects_is_unknown(solver: str) -> None:
    result = discharge(Obligation("bad", "(assert (nothing))(check-sat)", "unsat", "-"), solver=solver, seconds=10)
    assert result.answer == "unknown"
    assert result.reason.startswith(f"{solver} ")
    assert {"z3": "line 1", "cvc5": "nothing"}[solver] in result.reason
    empty = discharge(Obligation("empty", "(set-logic ALL)", "unsat", "-"), solver=solver, seconds=10)
    assert empty.answer == "unknown"


def test_memory_is_limited() -> None:
    with Pool[int](1) as pool:
        pool.submit(0, Request("z3", SAT.smtlib, 20, megabytes=20))
        done = pool.next()
    assert done is not None
    assert done[1].answer == "unknown"


def test_closing_a_pool_ends_its_processes() -> None:
    before = children()
    with Pool[int](2) as pool:
        for number in range(4):
            pool.submit(number, Request("z3", FERMAT, 600))
        assert len(pool) == 4
        assert len(children() - before) == 2
        pool.cancel(0)
        pool.cancel(3)
        assert len(pool) == 2
        assert pool.next(time.monotonic() + 0.05) is None
    assert children() <= before


def test_a_worker_ends_when_its_owner_is_killed() -> None:
    code = (
        "import os, sys; from hopcheck.properties.processes import Pool, Request; pool = Pool(1); "
        f"pool.submit(0, Request('z3', {FERMAT!r}, 600)); pool.next(__import__('time').monotonic() + 1); "
        "print(open(f'/proc/self/task/{os.getpid()}/children').read(), flush=True); os.kill(os.getpid(), 9)"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False).stdout
    worker = int(printed)
    deadline = time.monotonic() + 5
    while _runs(worker) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not _runs(worker)


def test_z3_terms_become_a_script() -> None:
    import z3

    x, y = z3.Ints("x y")
    either = Obligation("both", smtlib_of([x > 3, x + y < 5, y > 0]), "sat", "two numbers")
    assert either.smtlib.startswith("(set-logic ALL)")
    assert either.smtlib.count("(check-sat)") == 1
    assert confirm(either, seconds=20).answer == "unsat"


def test_importing_the_package_imports_no_solver() -> None:
    code = "import sys, hopcheck.properties; assert not {'z3', 'cvc5', 'numba'} & set(sys.modules)"
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True, env=os.environ)
