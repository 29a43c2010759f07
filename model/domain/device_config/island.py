"""Islands: builds from which a guest cannot be moved to any newer build, unless it is powered off."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hopcheck.model.domain.device_config.rows import Rows
from hopcheck.model.domain.device_config.shape import Shape


@dataclass(frozen=True, slots=True)
class Island:
    """A build on which guests with a device are stuck: ``machines``, the machine types, and what keeps them there."""

    build: str
    device: str
    prop: str
    machines: tuple[str, ...]


def islands(shape: Shape) -> tuple[int, ...]:
    """The stations where a guest that is powered on there cannot reach a newer one, by any chain of migrations."""
    known = [station for station, value in enumerate(shape.values) if value >= 0]
    return tuple(station for station in known[:-1] if not _gets_on(shape, station, known))


def _gets_on(shape: Shape, start: int, known: Iterable[int]) -> bool:
    """Whether a guest that is powered on at ``start`` can get to a newer station; it is reset wherever that helps it on."""
    seen = {(start, shape.values[start])}
    todo = list(seen)
    while todo:
        station, offered = todo.pop()
        own = shape.values[station]
        nexts = [(other, shape.values[other]) for other in known if not shape.stops(own, other)]
        if shape.limits:  # the stream carries what the guest has, and a reset changes that
            nexts = [(other, offered) for other in known if not shape.stops(offered, other)] + [(station, own)]
        if any(other > start for other, _ in nexts):
            return True
        todo += set(nexts) - seen
        seen.update(nexts)
    return False


def all_islands(rows: Rows, shapes: Iterable[Shape]) -> tuple[Island, ...]:
    """The islands of these shapes, one for each build and device property, in the order of the builds."""
    found: dict[tuple[int, str, str], dict[str, None]] = {}
    for shape in shapes:
        for station in islands(shape.explored):
            for member in rows.members.get(shape, ()):
                key = (station, member.subject.declaring, member.subject.prop)
                found.setdefault(key, {}).update(dict.fromkeys(member.machines))
    return tuple(
        Island(rows.stations[station], device, prop, tuple(machines))
        for (station, device, prop), machines in sorted(found.items(), key=lambda item: item[0])
    )
