"""What the other builds hold one build to: the value that a (machine type, device type, property) must have there.

A guest may come from any build that knows its machine type, and may be moved to any of them. Where these agree on a value,
the build has to give it; where they already differ, each value breaks with those that have another.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from hopcheck.model.domain.device_config.cells import NOWHERE, Cell, Standing
from hopcheck.model.domain.device_config.draft import is_draft
from hopcheck.model.domain.device_config.history import History, Stations, stations
from hopcheck.model.domain.device_config.mismatch import Kind, Mismatch, Rules, bundled_rules
from hopcheck.model.domain.device_config.presence import Presences, presences
from hopcheck.model.domain.device_config.rows import MachineGroups
from hopcheck.model.domain.device_config.subjects import Subject, subjects
from hopcheck.model.facts.schema import Facts
from hopcheck.model.facts.views import make_views


@dataclass(frozen=True, slots=True)
class Duty:
    """What a build owes to the others for a device property on a machine type.

    ``held``: value to the builds that have it, oldest first. Builds that do not know the machine type or the device, or
    whose value is not known, hold nobody; nor do development trees for machine types that they have not released.
    ``knowing``: the builds that know both. ``before``: the value that the build itself has in these facts, None where it
    has none that is known.
    """

    subject: Subject
    type: str
    machine: str
    mismatch: Mismatch
    held: Mapping[str, tuple[str, ...]]
    knowing: tuple[str, ...]
    before: str | None

    @property
    def observable(self) -> bool:
        """Whether anybody can tell two values apart."""
        return self.mismatch.kind is not Kind.NOT_OBSERVABLE

    def harmed(self, value: str) -> frozenset[str]:
        """The builds from or to which a guest cannot be moved unharmed where the build has this value."""
        if not self.observable:
            return frozenset()
        return frozenset(name for held, names in self.held.items() if held != value for name in names)


class Contracts:
    """The duties of one build of a document to the other stations."""

    def __init__(self, facts: Facts, build: str, holders: Collection[str], rules: Rules | None = None) -> None:
        """``build``: whose duties; ``holders``: the stations that hold it to them, with or without itself."""
        self.at: Stations = stations(facts, make_views(facts))
        self.presence: Presences = presences(facts, self.at)
        self._groups = MachineGroups(self.at)
        self._rules = rules or bundled_rules()
        self._holders = tuple(i for i, name in enumerate(self.at.names) if name in holders)
        self._own = self.at.names.index(build) if build in self.at.names else None

    def subjects(self, only: Callable[[Subject], bool]) -> tuple[Subject, ...]:
        """The device properties that are wanted."""
        return tuple(each for each in subjects(self.at) if only(each))

    def mismatch(self, subject: Subject, type_: str) -> Mismatch:
        """What a difference does."""
        return self._rules.of(subject.ancestors(type_), subject.prop)

    def history(self, subject: Subject, type_: str) -> History:
        """The values of a device property in all stations."""
        return History(self.at, type_, subject.prop, set_by_board=self.presence.set_by_board(type_))

    def duties(self, subject: Subject, type_: str, machines: Callable[[str], bool] = lambda _: True) -> Iterator[Duty]:
        """The duties for a device property of a type on every wanted machine type that may have the type."""
        history, mismatch = self.history(subject, type_), self.mismatch(subject, type_)
        for names in self._groups.families.values():
            where = self.presence.where(names[0], type_)
            if where.nowhere or where.doubtful:
                continue
            for machine in filter(machines, names):
                seen = zip(history.cells(machine), where.stations, self.at.views, strict=True)
                cells = tuple(
                    cell if there and not is_draft(view.build.version, machine) else NOWHERE for cell, there, view in seen
                )
                yield Duty(subject, type_, machine, mismatch, self._held(cells), self._knowing(cells), self._before(cells))

    def _held(self, cells: tuple[Cell, ...]) -> dict[str, tuple[str, ...]]:
        held: dict[str, tuple[str, ...]] = {}
        for station in self._holders:
            if cells[station].known:
                held[cells[station].value] = (*held.get(cells[station].value, ()), self.at.names[station])
        return held

    def _knowing(self, cells: tuple[Cell, ...]) -> tuple[str, ...]:
        return tuple(self.at.names[i] for i in self._holders if cells[i].standing is not Standing.OFF)

    def _before(self, cells: tuple[Cell, ...]) -> str | None:
        if self._own is None or not cells[self._own].known:
            return None
        return cells[self._own].value
