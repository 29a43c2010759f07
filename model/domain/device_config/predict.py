"""Predicting one migration: what the facts and rules say of a machine type, some device types and two builds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from hopcheck.model.domain.device_config.behaviours import Behaviour, bundled_behaviours
from hopcheck.model.domain.device_config.cells import Standing
from hopcheck.model.domain.device_config.history import History, Stations
from hopcheck.model.domain.device_config.mismatch import Kind, Mismatch, Rules, bundled_rules
from hopcheck.model.facts.effective import BuildView


class Outlook(StrEnum):
    """What is to be expected of a migration, from bad to good."""

    FAILS = "fails"
    """A difference stops it."""
    DIFFERS = "differs"
    """It loads, and the guest then sees another device; or nobody knows what the difference does."""
    UNKNOWN = "unknown"
    """A value is not known on one of the two sides."""
    SAFE = "safe"
    """Nothing that the facts describe differs."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One device property in which the two ends differ, or of which an end is unknown (then ``mismatch`` is None)."""

    device: str
    prop: str
    source: str
    destination: str
    mismatch: Mismatch | None
    stops: bool


@dataclass(frozen=True, slots=True)
class Prediction:
    """The outlook, and the differences behind it."""

    outlook: Outlook
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Predictor:
    """Predicts migrations between stations."""

    at: Stations
    rules: Rules
    behaviours: tuple[Behaviour, ...]

    def migration(self, machine: str, devices: Sequence[str], source: str, destination: str) -> Prediction:
        """What becomes of a guest with these device types that is booted on ``source`` and migrated."""
        ends = self.at.names.index(source), self.at.names.index(destination)
        found = [each for device in devices for each in self._of_device(machine, device, *ends)]
        return _prediction(found)

    def override(self, build: str, device: str, prop: str, older: str, newer: str, *, forward: bool) -> Prediction:
        """What becomes of a migration between two processes of one build of which one has another value.

        ``forward``: from the older value to the newer one.
        """
        mismatch = self.rules.of(self.lineage(self.at.views[self.at.names.index(build)], device), prop)
        stops = mismatch.stops(0, 1) if forward else mismatch.stops(1, 0)
        values = (older, newer) if forward else (newer, older)
        return _prediction([Difference(device, prop, *values, mismatch, stops)])

    def lineage(self, view: BuildView, device: str) -> tuple[str, ...]:
        """A type and its ancestors, then those of the back end whose properties it aliases."""
        backend = view.hierarchy.backend(device)
        behind = view.hierarchy.ancestors(backend) if backend else ()
        return (*view.hierarchy.ancestors(device), *behind) or (device,)

    def _of_device(self, machine: str, device: str, source: int, destination: int) -> Iterator[Difference]:
        views = self.at.views[source], self.at.views[destination]
        lineage = max((self.lineage(view, device) for view in views), key=len)
        for prop in sorted({prop for view in views for prop in view.properties(device)}):
            history = History(self.at, device, prop)
            one, other = (history.cells(machine)[place] for place in (source, destination))
            if one.known and other.known:
                if one.value != other.value:
                    newer = self._age(history, machine, one.value) > self._age(history, machine, other.value)
                    mismatch = self.rules.of(lineage, prop)
                    stops = mismatch.stops(int(newer), int(not newer))
                    yield Difference(device, prop, one.value, other.value, mismatch, stops)
            elif Standing.OFF not in (one.standing, other.standing) and one.standing is not other.standing:
                yield Difference(device, prop, str(one), str(other), None, False)
        yield from self._behaviours(machine, device, lineage, source, destination)

    def _age(self, history: History, machine: str, value: str) -> int:
        """The first station with a value: the smaller, the older."""
        return next(i for i, cell in enumerate(history.cells(machine)) if cell.known and cell.value == value)

    def _behaviours(
        self, machine: str, device: str, lineage: Sequence[str], source: int, destination: int
    ) -> Iterator[Difference]:
        names = self.at.names[source], self.at.names[destination]
        for behaviour in self.behaviours:
            if behaviour.device not in lineage or not behaviour.applies(machine):
                continue
            one, other = (behaviour.values.get(name) for name in names)
            if one is None or other is None:
                yield Difference(device, behaviour.prop, str(one), str(other), None, False)
            elif one != other:
                older, newer = behaviour.order.index(one), behaviour.order.index(other)
                carried = behaviour.mismatch.kind is Kind.CARRIED
                refused = names[1] in behaviour.refuses_larger and older > newer
                stops = refused if carried else behaviour.mismatch.stops(older, newer)
                if stops or not carried:
                    yield Difference(device, behaviour.prop, one, other, behaviour.mismatch, stops)


def predictor(at: Stations) -> Predictor:
    """A predictor with the bundled rules and behaviours."""
    return Predictor(at, bundled_rules(), bundled_behaviours())


def _prediction(found: Sequence[Difference]) -> Prediction:
    """The worst of what the differences say."""
    seen = [each for each in found if each.mismatch is None or each.mismatch.kind is not Kind.NOT_OBSERVABLE]
    if any(each.stops for each in seen):
        outlook = Outlook.FAILS
    elif any(each.mismatch is not None for each in seen):
        outlook = Outlook.DIFFERS
    else:
        outlook = Outlook.UNKNOWN if seen else Outlook.SAFE
    return Prediction(outlook, tuple(seen))
