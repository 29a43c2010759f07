"""In which stations machine types of a family have a device type, and whether the board decides its properties."""

from __future__ import annotations

from dataclasses import dataclass, field

from hopcheck.model.domain.device_config.history import Stations
from hopcheck.model.facts.applicability import Applicability, Creatable, Presence, arch_of
from hopcheck.model.facts.effective import BuildView
from hopcheck.model.facts.schema import BuildKind, Facts


@dataclass(frozen=True, slots=True)
class Where:
    """``stations``: whether the type is there, one a station; ``doubtful``: no station is sure that it is."""

    stations: tuple[bool, ...]
    doubtful: bool
    reason: str

    @property
    def nowhere(self) -> bool:
        """Whether no station has it."""
        return not any(self.stations)


@dataclass(frozen=True, slots=True)
class Presences:
    """Answers for all stations, remembered by architecture and type."""

    at: Stations
    asked: tuple[Applicability, ...]
    _where: dict[tuple[str, str], Where] = field(default_factory=dict)
    _board: dict[str, bool] = field(default_factory=dict)

    def where(self, machine: str, type_: str) -> Where:
        """Where machine types like ``machine`` can have the type."""
        arch = arch_of(machine)
        key = (arch, type_)
        if key not in self._where:
            self._where[key] = self._ask(arch, type_)
        return self._where[key]

    def _ask(self, arch: str, type_: str) -> Where:
        found = [each.in_arch(arch, type_) if arch else None for each in self.asked]
        there = tuple(
            answer is not None
            and answer.presence is not Presence.ABSENT
            and view.build.arch in ("", arch)  # a binary speaks of its own architecture only
            for answer, view in zip(found, self.at.views, strict=True)
        )
        sure = any(answer is not None and answer.presence is Presence.PRESENT for answer in found)
        reasons = [answer.reason for answer in found if answer is not None and answer.presence is Presence.DOUBTFUL]
        return Where(there, not sure, reasons[-1] if reasons else "")

    def made_by_users(self, view: BuildView, type_: str) -> bool:
        """Whether users create objects of a type in a build."""
        asked = self.asked[self.at.views.index(view)]
        return asked.creatable(type_).creatable is Creatable.USER

    def set_by_board(self, type_: str) -> bool:
        """Whether users cannot create the type, as far as the newest source tree that has it tells."""
        if type_ not in self._board:
            trees = [
                each
                for each, view in zip(self.asked, self.at.views, strict=True)
                if view.build.kind is not BuildKind.BINARY and type_ in view.hierarchy
            ]
            self._board[type_] = bool(trees) and trees[-1].creatable(type_).creatable is Creatable.BOARD
        return self._board[type_]


def presences(facts: Facts, at: Stations) -> Presences:
    """The presences of a document's stations."""
    return Presences(at, tuple(Applicability(facts, view.build, view.hierarchy) for view in at.views))
