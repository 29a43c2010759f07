"""What a changed build leaves open: device properties of which nobody can say whether the change matters to a guest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from hopcheck.model.domain.device_config.cells import Cell, Standing
from hopcheck.model.domain.device_config.draft import is_draft
from hopcheck.model.domain.device_config.families import families
from hopcheck.model.domain.device_config.history import History, Stations
from hopcheck.model.domain.device_config.neutral import is_neutral
from hopcheck.model.domain.device_config.presence import Presences
from hopcheck.model.domain.device_config.subjects import Subject
from hopcheck.model.facts.effective import Layer
from hopcheck.model.facts.values import Known

_OPEN = frozenset({Standing.UNKNOWN, Standing.REVIEW})


@dataclass(frozen=True, slots=True)
class Replacement:
    """A build that takes the place of another, both by their position among the stations.

    ``released``: the other is not in development: guests run on it, on all of its machine types.
    """

    base: int
    build: int
    released: bool


def undecided(
    at: Stations, presence: Presences, change: Replacement, wanted: Iterable[Subject]
) -> Iterator[tuple[str, str, str]]:
    """Yield (``type.property``, build, reason) for what is open with the change and is not without it, each once."""
    own = at.views[change.build].build
    machines = families([own])
    released = {
        family: kept for family, all_ in machines.items() if (kept := [m for m in all_ if not is_draft(own.version, m)])
    }
    for subject in wanted:
        for type_ in subject.types:
            history = History(at, type_, subject.prop, set_by_board=presence.set_by_board(type_))
            rows = (cells for names in released.values() for cells in _rows(history, presence, names, change))
            judge = _of_new if _is_new(history, change) else _of_known
            found = next((told for cells in rows if (told := judge(history, change, cells))), None)
            if found is not None:
                yield f"{type_}.{subject.prop}", at.names[found[0]], found[1]


def _rows(history: History, presence: Presences, machines: Sequence[str], change: Replacement) -> Iterator[tuple[Cell, ...]]:
    """The cells on machine types of a family: each that some entry speaks of, and of the others the newest that both have.

    One that the change adds stands for those beside it only where the base has none of them.
    """
    where = presence.where(machines[0], history.type)
    if where.doubtful or where.nowhere or not where.stations[change.build]:
        return
    plain = [name for name in machines if name not in history.special]
    shared = [name for name in plain if name in history.at.views[change.base].build.machines]
    for name in [*(name for name in machines if name in history.special), *(shared or plain)[-1:]]:
        yield history.cells(name)


def _of_known(history: History, change: Replacement, cells: tuple[Cell, ...]) -> tuple[int, str] | None:
    """A device property that both builds have, or neither: its value is open now and was not."""
    base, build = cells[change.base], cells[change.build]
    return (change.build, build.reason) if build.standing in _OPEN and base.known else None


def _of_new(history: History, change: Replacement, cells: tuple[Cell, ...]) -> tuple[int, str] | None:
    """A device property that the change adds: open, or not known to be what builds without it do."""
    build = cells[change.build]
    if build.standing in _OPEN:
        return change.build, build.reason
    review = next((i for i, cell in enumerate(cells) if cell.standing is Standing.REVIEW and i != change.base), None)
    if review is not None:
        return review, cells[review].reason
    source = build.source
    base = cells[change.base]
    if not change.released or base.standing is Standing.OFF or source is None:
        return None
    if base.source is not None and base.source.layer is Layer.ARRAY:
        return None  # an entry says what the base does, and rows compare it with what the change does
    if source.layer is Layer.STATIC and not is_neutral(history.property, source.kind, Known(build.value)):
        name = history.at.names[change.base]
        return change.build, f"new with default {build.value} on machine types that {name} has without it"
    return None


def _is_new(history: History, change: Replacement) -> bool:
    """Whether only the changed build has the device property, though both have the type."""
    base, build = (history.at.views[place] for place in (change.base, change.build))
    has = build.declaration(history.type, history.property) is not None
    return has and history.type in base.hierarchy and base.declaration(history.type, history.property) is None
