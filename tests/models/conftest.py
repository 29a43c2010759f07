"""The study of the bundled facts, made once for all tests that look at it."""

from __future__ import annotations

import pytest

from hopcheck.engine.device_config import check_device_config
from hopcheck.engine.main_job import bundled_baseline
from hopcheck.engine.results import ModelResult, ignore
from hopcheck.model.domain.device_config.study import Study, study
from hopcheck.model.facts.load import bundled


@pytest.fixture(scope="session")
def bundled_study() -> Study:
    return study(bundled())


@pytest.fixture(scope="session")
def bundled_result(bundled_study: Study) -> ModelResult:
    return check_device_config(bundled_study, bundled_baseline(), listener=ignore)
