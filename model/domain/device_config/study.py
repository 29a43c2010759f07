"""From facts to the model: the rows of a document of facts, and the system that explores them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hopcheck.model.domain.device_config.behaviours import Behaviour, bundled_behaviours
from hopcheck.model.domain.device_config.history import Stations, stations
from hopcheck.model.domain.device_config.mismatch import Rules, bundled_rules
from hopcheck.model.domain.device_config.presence import presences
from hopcheck.model.domain.device_config.rows import Rows, make_rows
from hopcheck.model.domain.device_config.shape import Shape
from hopcheck.model.domain.device_config.subjects import Subject, subjects
from hopcheck.model.domain.device_config.system import DeviceConfig, device_config
from hopcheck.model.facts.schema import Facts
from hopcheck.model.facts.views import make_views


@dataclass(frozen=True, slots=True)
class Study:
    """The rows of a document, and which of them the model explores.

    ``explored``: the distinct shapes as the model sees them, in order: the values of its variable ``row``. ``behind``:
    for each of them the shapes of the rows that it stands for.
    """

    facts: Facts
    at: Stations
    rows: Rows
    explored: tuple[Shape, ...]
    behind: Mapping[Shape, tuple[Shape, ...]]

    def model(self, *, power_cycles: bool = True, only: tuple[Shape, ...] | None = None) -> DeviceConfig:
        """The system over all explored shapes, or over some of them."""
        return device_config(self.at.names, only or self.explored, power_cycles=power_cycles)


def study(
    facts: Facts,
    *,
    rules: Rules | None = None,
    behaviours: tuple[Behaviour, ...] | None = None,
    only: Callable[[Subject], bool] | None = None,
) -> Study:
    """Put together the rows of a document; rules and behaviours are the bundled ones unless given.

    ``only``: looks at some device properties and leaves the rest out.
    """
    at = stations(facts, make_views(facts))
    rows = make_rows(
        at,
        [each for each in subjects(at) if only is None or only(each)],
        rules or bundled_rules(),
        presences(facts, at),
        bundled_behaviours() if behaviours is None else behaviours,
        only,
    )
    behind: dict[Shape, list[Shape]] = {}
    for shape in rows.shapes:
        behind.setdefault(shape.explored, []).append(shape)
    judged = [shape for shape in behind if any(value >= 0 for value in shape.values)]
    return Study(facts, at, rows, tuple(judged), {shape: tuple(behind[shape]) for shape in judged})
