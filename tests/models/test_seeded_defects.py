"""Seeded defects: mistakes made on purpose in the real facts, each found as what it is, and nothing else with it.

``HOPCHECK_SEED`` chooses other ones at random, ``HOPCHECK_SEEDS`` how many.
"""

from __future__ import annotations

import os
import random
from functools import cache

import pytest

from hopcheck.engine.baseline import Baseline
from hopcheck.engine.device_config import check_device_config
from hopcheck.engine.main_job import MainResult
from hopcheck.engine.results import ModelResult, ignore
from hopcheck.model.domain.device_config.study import Study, study
from hopcheck.model.facts.load import bundled

from .seeded import Seeded, mutations, targets

COUNT = int(os.environ.get("HOPCHECK_SEEDS", "24"))
SEED = int(os.environ.get("HOPCHECK_SEED", "20"))


@cache
def _seeded() -> tuple[Seeded, ...]:
    made = study(bundled())
    base = check_device_config(made, Baseline({}), listener=ignore, prove_seconds=0)
    known = frozenset(f"{found.finding.device}.{found.finding.prop}" for found in base.findings)
    return tuple(mutations(made, targets(made, known), random.Random(SEED), COUNT))


@pytest.mark.parametrize("number", range(COUNT))
def test_each_yields_exactly_its_finding(number: int, bundled_study: Study, bundled_result: ModelResult) -> None:
    seeded = _seeded()[number]
    known = Baseline({found.finding.id: "before" for found in bundled_result.findings})
    made = study(seeded.facts, only=lambda subject: subject.prop == seeded.prop)
    result = check_device_config(made, known, listener=ignore, prove_seconds=0)
    new = [found for found in result.findings if found.known is None]
    assert [(f.finding.device, f.finding.prop) for f in new] == [(seeded.device, seeded.prop)], seeded.what
    assert new[0].finding.cause in seeded.causes, seeded.what
    assert bundled_study.at.names[new[0].finding.why.since] == seeded.station, seeded.what
    assert MainResult((result,), 0.0).exit_code == 1


def test_every_kind_of_mistake_is_made() -> None:
    assert len({cause for seeded in _seeded() for cause in seeded.causes}) >= 7
    assert COUNT >= 20


def test_nothing_else_is_found_with_it(bundled_result: ModelResult) -> None:
    """The whole check, not only of the property that was touched: one new finding, all others as before."""
    seeded = _seeded()[0]
    known = Baseline({found.finding.id: "before" for found in bundled_result.findings})
    result = check_device_config(study(seeded.facts), known, listener=ignore, prove_seconds=0)
    assert len([found for found in result.findings if found.known is None]) == 1
    assert result.missing == ()
