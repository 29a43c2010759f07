"""device_config row by row: two solvers find what the search finds, and notice a row that is judged wrong."""

from __future__ import annotations

import random

import pytest

from hopcheck.explorer.search import explore
from hopcheck.model.domain.device_config import system as model_of
from hopcheck.model.domain.device_config.mismatch import Breaks, Kind
from hopcheck.model.domain.device_config.shape import Shape
from hopcheck.model.domain.device_config.system import device_config
from hopcheck.properties import confirm_all
from hopcheck.properties.catalog.device_config_rows import row_obligations

STATIONS = [f"b{number}" for number in range(5)]


def _shapes(seed: int, count: int) -> list[Shape]:
    chance = random.Random(seed)
    made = []
    for _ in range(count):
        values = tuple(chance.choice([-1, 0, 0, 1, 2]) for _ in STATIONS)
        kind = chance.choice(list(Kind))
        stops = kind in (Kind.LOAD_ERROR, Kind.STREAM, Kind.START_FAILURE)
        breaks = chance.choice([b for b in Breaks if b is not Breaks.NEITHER]) if stops else Breaks.NEITHER
        # A build loads at least what it sends itself.
        limits = tuple(chance.choice([max(value, 0), 2]) for value in values) if kind is Kind.CARRIED else ()
        made.append(Shape(values, kind, breaks, limits))
    return made


def _violated(shapes: list[Shape]) -> dict[str, set[int]]:
    model = device_config(STATIONS, shapes)
    asked = {
        "preserved": model_of.preserved(model),
        "migrates": model_of.migrates(model),
        "path independent": model_of.path_independent(model),
    }
    found = explore(model.system, always=asked, group_by=model.system["row"])
    return {name: set(found.answers[name].traces) for name in asked}


@pytest.mark.parametrize("seed", range(3))
def test_the_solvers_agree_with_the_search(seed: int) -> None:
    shapes = _shapes(seed, 40)
    violated = _violated(shapes)
    assert all(violated.values())
    assert all(each.discharged for each in confirm_all(row_obligations(shapes, violated), seconds=20))


@pytest.mark.parametrize("name", ["preserved", "migrates", "path independent"])
@pytest.mark.parametrize("add", [True, False])
def test_a_row_judged_wrong_is_noticed(name: str, add: bool) -> None:
    shapes = _shapes(7, 40)
    violated = _violated(shapes)
    wrong = violated[name]
    row = next(number for number in range(len(shapes)) if (number in wrong) is not add)
    tampered = {**violated, name: wrong | {row} if add else wrong - {row}}
    assert not all(each.discharged for each in confirm_all(row_obligations(shapes, tampered), seconds=20))
