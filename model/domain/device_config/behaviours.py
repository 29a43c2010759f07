"""Behaviour of builds that no device property shows, declared in ``behaviours.toml`` with its evidence, as rows."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from hopcheck.model.domain.device_config.cells import NOWHERE, Cell, Standing
from hopcheck.model.domain.device_config.families import families, machine_type
from hopcheck.model.domain.device_config.history import Stations
from hopcheck.model.domain.device_config.mismatch import Breaks, Kind, Mismatch
from hopcheck.model.domain.device_config.shape import OFF, UNKNOWN, Shape
from hopcheck.model.domain.device_config.subjects import Subject
from hopcheck.model.facts.versions import version_key


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What builds do with one device, where no property says it."""

    device: str
    prop: str
    values: dict[str, str]
    order: tuple[str, ...]
    mismatch: Mismatch
    refuses_larger: frozenset[str]
    families: tuple[str, ...]
    oldest: str
    newest: str

    def applies(self, machine: str) -> bool:
        """Whether a machine type is concerned."""
        each = machine_type(machine)
        version = version_key(each.version)
        old_enough = not self.newest or version <= version_key(self.newest)
        young_enough = not self.oldest or version >= version_key(self.oldest)
        return bool(each.version) and each.family in self.families and old_enough and young_enough


@cache
def bundled_behaviours() -> tuple[Behaviour, ...]:
    """The behaviours that come with hopcheck."""
    file = resources.files("hopcheck.model.domain.device_config").joinpath("behaviours.toml")
    return tuple(_behaviour(each) for each in tomllib.loads(file.read_text(encoding="utf-8"))["behaviour"])


def _behaviour(each: dict[str, Any]) -> Behaviour:
    return Behaviour(
        each["device"],
        each["property"],
        each["values"],
        tuple(each["order"]),
        Mismatch(Kind(each["kind"]), Breaks(each.get("breaks", "neither")), each["evidence"]),
        frozenset(each.get("refuses_larger", ())),
        tuple(each["families"]),
        each.get("oldest", ""),
        each.get("newest", ""),
    )


def behaviour_rows(at: Stations, behaviour: Behaviour) -> Iterator[tuple[Subject, tuple[str, ...], tuple[Cell, ...], Shape]]:
    """The rows of a behaviour: machine types with equal cells, and their shape."""
    subject = Subject(
        behaviour.device,
        behaviour.prop,
        (behaviour.device,),
        {behaviour.device: (behaviour.device,)},
        {behaviour.device: (behaviour.device,)},
    )
    builds = [view.build for view in at.views]
    found: dict[tuple[Cell, ...], list[str]] = {}
    for machines in families(builds).values():
        for machine in filter(behaviour.applies, machines):
            cells = tuple(_cell(behaviour, build.name) if machine in build.machines else NOWHERE for build in builds)
            if any(cell.known for cell in cells):
                found.setdefault(cells, []).append(machine)
    for cells, names in found.items():
        values = tuple(
            behaviour.order.index(cell.value) if cell.known else OFF if cell.standing is Standing.OFF else UNKNOWN
            for cell in cells
        )
        largest = len(behaviour.order) - 1
        limits = tuple(
            value if build.name in behaviour.refuses_larger else largest for build, value in zip(builds, values, strict=True)
        )
        carried = behaviour.mismatch.kind is Kind.CARRIED
        shape = Shape(values, behaviour.mismatch.kind, behaviour.mismatch.breaks, limits if carried else ())
        yield subject, tuple(names), cells, shape


def _cell(behaviour: Behaviour, build: str) -> Cell:
    if build not in behaviour.values:
        return Cell(Standing.UNKNOWN, reason="nobody has looked at this build")
    return Cell(Standing.DECLARED, behaviour.values[build])
