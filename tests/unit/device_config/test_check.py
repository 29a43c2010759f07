"""Checking device_config: what a stopped search may say, and that the solvers' word is told."""

from __future__ import annotations

from hopcheck.engine.baseline import NOTHING_KNOWN, Baseline
from hopcheck.engine.device_config import check_device_config
from hopcheck.engine.main_job import MainResult
from hopcheck.engine.results import ModelResult, ignore
from hopcheck.engine.searching import Searching
from hopcheck.explorer.exploration import Limits
from hopcheck.properties import Outcome

from .history_facts import history, studied

BROKEN = {"5.0": 1, "5.1": 4}


def _check(limits: Limits | None = None, baseline: Baseline = NOTHING_KNOWN, seconds: float = 20.0) -> ModelResult:
    made = studied(history(BROKEN))
    return check_device_config(
        made, baseline, listener=ignore, prove_seconds=seconds, searching=Searching(limits or Limits())
    )


def test_the_solvers_confirm_a_complete_search() -> None:
    result = _check()
    reasons = {each.prop.name: each.verdict.reason for each in result.results}
    for name in ("preserved", "migrates", "path independent"):
        assert reasons[name].endswith("z3 and cvc5 say the same of every row")
    assert "every row" not in _check(seconds=0).results[0].verdict.reason


def test_a_stopped_search_is_undecided_and_misses_no_finding() -> None:
    known = Baseline({"disk.queues: no entry @ 5.1": "a test"})
    result = _check(Limits(states=1), known)
    assert result.results[0].verdict.outcome is Outcome.UNKNOWN
    assert result.missing == ()
    assert MainResult((result,), 0.0).exit_code == 3


def test_a_finding_that_is_gone_is_missed_by_a_complete_search() -> None:
    known = Baseline({"disk.speed: no entry @ 5.1": "a test"})
    result = _check(baseline=known)
    assert result.missing == tuple(known.reasons)
    assert MainResult((result,), 0.0).exit_code == 1
