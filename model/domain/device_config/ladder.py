"""What decides a value on a machine type, the strongest first, and what would if some of it were not there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hopcheck.model.domain.device_config.families import machine_type
from hopcheck.model.domain.device_config.history import History
from hopcheck.model.facts.effective import BuildView, Effects, Match
from hopcheck.model.facts.kinds import Family, kind_of
from hopcheck.model.facts.notation import canonical
from hopcheck.model.facts.schema import Entry

LAST = 1 << 30
"""From here on entries are numbered that come to the end of their array, whatever the array holds."""


@dataclass(frozen=True, slots=True)
class Rung:
    """An entry that applies, its place in the order of application, and the value it gives, as rows tell it."""

    rank: tuple[int, int, int]
    match: Match
    value: str


class Ladders:
    """What decides one (device type, property) in one station of its history."""

    def __init__(self, history: History, station: int) -> None:
        """Take the build at this position of the history's stations."""
        self.view: BuildView = history.at.views[station]
        self.effects: Effects = self.view.effects(history.type, history.property)
        self._history = history
        self._station = station
        self._switch = kind_of(history.kind()).family is Family.BOOL
        self._backend = self.view.hierarchy.backend(history.type)

    def rungs(self, machine: str, further: Iterable[Match] = ()) -> tuple[Rung, ...]:
        """The entries that apply on a machine type, the deciding one first.

        ``further``: entries that are not in the build, as `match` returns them.
        """
        found = []
        for match in (*self.effects.matches, *further):
            position = self.view.position(match.array, machine)
            if position >= 0:
                found.append(Rung((match.stage, position, match.index), match, self.value(match.entry.value)))
        return tuple(sorted(found, key=lambda rung: rung.rank, reverse=True))

    def match(self, array: str, number: int, entry: Entry) -> Match | None:
        """How an entry for this property would apply at the end of an array, as the ``number``-th that is put there."""
        if entry.driver in self.view.hierarchy.ancestors(self.effects.type):
            return Match(1, array, LAST + number, entry)
        if self._backend is not None and entry.driver in self.view.hierarchy.ancestors(self._backend):
            return Match(0, array, LAST + number, entry)
        return None

    def value(self, text: str) -> str:
        """What an entry's text means here, in the notation of rows."""
        base = self.effects.base
        value = self.view.same(base.declaring, self.effects.property, canonical(base.kind, text)).text
        if self._switch and value in ("0", "1"):
            return canonical(self._history.kind(), value).text
        return value

    def base(self, machine: str) -> str | None:
        """The value where no entry applies; None where it is not known."""
        cell = self._history.family_cells(machine_type(machine).family)[self._station]
        return cell.value if cell.known else None
