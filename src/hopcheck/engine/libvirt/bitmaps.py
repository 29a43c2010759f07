"""What becomes of each kind of bitmap under a policy, read off the bitmaps model by running it without faults."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from hopcheck.model.domain.bitmaps import Settings, state, system
from hopcheck.model.domain.bitmaps.graph import Place
from hopcheck.model.domain.bitmaps.policy import Address, entries
from hopcheck.model.domain.bitmaps.settings import (
    Device,
    Entry,
    Layout,
    NodeName,
    Policy,
    Storage,
    Where,
    YesNo,
)
from hopcheck.model.domain.bitmaps.world import World, addressed, pinned, worlds
from hopcheck.model.language import State, System, Value, evaluate, reachable


class Fate(enum.StrEnum):
    """How it ends for a bitmap when nothing else goes wrong."""

    RIGHT = "arrives on its disk"
    FILTER = "arrives on a filter above its disk: not stored there, not sent on"
    WRONG = "arrives on the other disk"
    STORED = "not sent, stored in the source's image"
    FROM_IMAGE = "not sent, loaded from the shared image"
    GONE = "not sent, gone"
    LOST = "sent and dropped, the migration completes"
    REJECTED = "the mapping is rejected when it is set"
    ERROR_AT_START = "error at start, the source runs on"
    ERROR_IN_LOAD = "the destination's load fails, the source runs on"
    ABORT = "the destination aborts"


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of bitmap. ``address``: what the rule says of it; ``fates``: every end that the model reaches."""

    world: World
    address: Address
    fates: tuple[Fate, ...]


def fates(settings: Settings) -> tuple[Row, ...]:
    """What becomes of each kind of bitmap: where its node is, what it is called, and what the map says, if there is one.

    Choices that are left open are shown for a persistent bitmap and a destination with the same names, and for every
    entry that the policy's map may have.
    """
    shown = replace(
        settings,
        layout=Layout.SAME if settings.layout is Layout.ANY else settings.layout,
        persistent=YesNo.YES if settings.persistent is YesNo.ANY else settings.persistent,
        faults=0,
        unbounded=False,
        retry_without=False,
    )
    return tuple(Row(world, addressed(shown, world), _fates(pinned(shown, world))) for world in worlds(shown))


def _fates(settings: Settings) -> tuple[Fate, ...]:
    """The ends that a system with one world reaches, in the order of ``Fate``."""
    built = system(settings)
    met = {fate for level in reachable(built) for each in level for fate in _ends(settings, built, each, built.decode(each))}
    return tuple(fate for fate in Fate if fate in met)


def _ends(settings: Settings, built: System, now: State, values: Mapping[str, Value]) -> Iterator[Fate]:
    """What this state says of the bitmap, if it is an end."""
    if values["mapping"] == "rejected":
        yield Fate.REJECTED
    if values["refused"] and values["src"] == "running":
        yield Fate.ERROR_AT_START
    if values["dst"] == "crashed":
        yield Fate.ABORT
    if values["dst"] == "exited" and values["qdst"] == "failed" and not values["refused"] and values["src"] == "running":
        yield Fate.ERROR_IN_LOAD
    if values["dst"] == "running" and values["qsrc"] == "completed":
        yield _arrival(settings, built, now, values)


def _arrival(settings: Settings, built: System, now: State, values: Mapping[str, Value]) -> Fate:
    """Where the bitmap is when the guest runs on the destination."""
    if values["sent"]:
        if values["dst_bitmap"] == "none":
            return Fate.LOST
        place = state.of(built, settings).place
        names = dict(zip(built.index, now, strict=True))
        found = Place(str(place.type.decode(evaluate(place, names))))
        return {Place.DISK: Fate.RIGHT, Place.FILTER: Fate.FILTER, Place.OTHER_DISK: Fate.WRONG}[found]
    if values["dst_bitmap"] == "ready":
        return Fate.FROM_IMAGE
    return Fate.STORED if values["image"] else Fate.GONE


@dataclass(frozen=True, slots=True)
class Location:
    """A row of the thread's table: where the bitmap is, and what its node and its device are called."""

    title: str
    where: Where
    node: NodeName
    device: Device


LOCATIONS = (
    Location("root, explicit node, named device", Where.ROOT, NodeName.EXPLICIT, Device.NAMED),
    Location("root, explicit node, no device name", Where.ROOT, NodeName.EXPLICIT, Device.NONE),
    Location("non-root, explicit node", Where.NON_ROOT, NodeName.EXPLICIT, Device.NONE),
    Location("root, generated node, named device", Where.ROOT, NodeName.GENERATED, Device.NAMED),
    Location("non-root, generated node", Where.NON_ROOT, NodeName.GENERATED, Device.NONE),
    Location("below a mirror filter, generated node, named device", Where.BELOW_FILTER, NodeName.GENERATED, Device.NAMED),
)
"""The places that the thread discussed."""


def policy_table() -> dict[str, dict[tuple[Policy, Entry], Row]]:
    """The thread's table: for each location what every policy makes of a bitmap there, with each entry it may have."""
    made: dict[str, dict[tuple[Policy, Entry], Row]] = {}
    for location in LOCATIONS:
        cells = {}
        for policy in Policy:
            for entry in entries(policy):
                settings = Settings(
                    policy=policy,
                    where=location.where,
                    node=location.node,
                    device=location.device,
                    entry=entry,
                    storage=Storage.NON_SHARED_DISK,
                )
                (cells[policy, entry],) = fates(settings)
        made[location.title] = cells
    return made
