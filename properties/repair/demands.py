"""What is demanded of a changed build, row by row, and where no value can meet all of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from hopcheck.model.domain.device_config.cause import PlacedEntry
from hopcheck.model.domain.device_config.contract import Contracts, Duty
from hopcheck.model.domain.device_config.draft import is_draft
from hopcheck.model.domain.device_config.history import History, Stations, stations
from hopcheck.model.domain.device_config.ladder import Ladders
from hopcheck.model.domain.device_config.neutral import is_neutral
from hopcheck.model.domain.device_config.subjects import Subject
from hopcheck.model.facts.schema import Facts
from hopcheck.model.facts.values import Absent, Known
from hopcheck.model.facts.views import make_views


@dataclass(frozen=True, slots=True)
class Demand:
    """A row of the changed build: its value ``now``, and those that are ``allowed``.

    ``ladders`` says what decides the value.
    """

    duty: Duty
    now: str
    allowed: frozenset[str]
    ladders: Ladders

    @property
    def met(self) -> bool:
        """Whether the value is one of those that are allowed."""
        return self.now in self.allowed


@dataclass(frozen=True, slots=True)
class Dilemma:
    """A row in which the other builds differ already, and the change goes back to the value that was there first."""

    duty: Duty
    now: str


@dataclass(frozen=True, slots=True)
class Demands:
    """All rows of one property name.

    ``undecided``: types of which nobody says what builds without the property did.
    """

    prop: str
    rows: tuple[Demand, ...]
    dilemmas: tuple[Dilemma, ...]
    undecided: tuple[str, ...]

    @property
    def unmet(self) -> tuple[Demand, ...]:
        """The rows that are wrong as the change leaves them."""
        return tuple(each for each in self.rows if not each.met)


class ChangedBuild:
    """The build with the change, among the stations with the change."""

    def __init__(self, facts: Facts, name: str) -> None:
        """Take the build of that name."""
        self.at: Stations = stations(facts, make_views(facts))
        self.station = self.at.names.index(name)
        self.view = self.at.views[self.station]

    @property
    def machines(self) -> frozenset[str]:
        """The machine types that guests can have on it."""
        build = self.view.build
        return frozenset(name for name in build.machines if not is_draft(build.version, name))


def demands(
    contracts: Contracts, changed: ChangedBuild, prop: str, subjects: Sequence[Subject], added: Sequence[PlacedEntry]
) -> Demands:
    """What is demanded for all device properties of one name; ``added``: the change's own entries for it."""
    rows: list[Demand] = []
    dilemmas: list[Dilemma] = []
    undecided: list[str] = []
    for subject in subjects:
        for type_ in subject.types:
            set_by_board = contracts.presence.set_by_board(type_)
            history = History(changed.at, type_, prop, set_by_board=set_by_board)
            if isinstance(history.outcomes[changed.station].usual.value, Absent):
                continue
            ladders = Ladders(history, changed.station)
            fresh = _is_new(contracts.at, type_, prop)
            promised = _promised(ladders, added) if fresh else None
            if fresh and promised is None:
                undecided += [] if _says_nothing(prop, history, changed) else [type_]
                continue
            for duty in _duties(contracts, changed, subject, type_, promised):
                cell = history.cells(duty.machine)[changed.station]
                if not cell.known or not duty.observable:
                    continue
                allowed = _allowed(duty, cell.value)
                if allowed is None:
                    dilemmas.append(Dilemma(duty, cell.value))
                else:
                    rows.append(Demand(duty, cell.value, allowed, ladders))
    return Demands(prop, tuple(rows), tuple(dilemmas), tuple(undecided))


def _duties(
    contracts: Contracts, changed: ChangedBuild, subject: Subject, type_: str, promised: str | None
) -> Iterator[Duty]:
    for duty in contracts.duties(subject, type_, changed.machines.__contains__):
        if promised is not None and duty.knowing:
            yield replace(duty, held={promised: duty.knowing})
        elif duty.held:
            yield duty


def _is_new(at: Stations, type_: str, prop: str) -> bool:
    """Whether no build had the property before the change."""
    return all(view.declaration(type_, prop) is None for view in at.views)


def _promised(ladders: Ladders, added: Sequence[PlacedEntry]) -> str | None:
    """What the change itself says that builds without its new property did: the one value that its entries give."""
    values = {ladders.value(each.entry.value) for each in added}
    return values.pop() if len(values) == 1 else None


def _says_nothing(prop: str, history: History, changed: ChangedBuild) -> bool:
    """Whether a new property leaves everything as it was, by the convention of its kind."""
    usual = history.outcomes[changed.station].usual
    return isinstance(usual.value, Known) and is_neutral(prop, usual.kind, usual.value)


def _allowed(duty: Duty, now: str) -> frozenset[str] | None:
    """The values that are no worse than it was before the change; None where the change takes a side that it may take.

    Where the others agree, theirs is the value; that the change leaves another as it was is not its fault. Where they
    differ, every value harms somebody: the one before the change does no new harm, and the first one is what the machine
    type has promised. A change that goes back to that one cannot be mended further.
    """
    held = frozenset(duty.held)
    if len(held) == 1:
        return held | {now} if duty.before == now else held
    first = next(iter(duty.held))
    if duty.before == now:
        return frozenset({now})
    return None if now == first else held & {duty.before, first}
