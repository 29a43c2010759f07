"""What is fixed before a run starts, and what the rules make of it: under which address, to which place."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

from hopcheck.model.domain.bitmaps import graph, libvirt, policy
from hopcheck.model.domain.bitmaps.graph import Place
from hopcheck.model.domain.bitmaps.policy import SENT, Address
from hopcheck.model.domain.bitmaps.settings import (
    BitmapState,
    Device,
    Entry,
    Layout,
    Manager,
    Neighbour,
    NodeName,
    Settings,
    Size,
    Where,
    YesNo,
    choices,
)
from hopcheck.model.errors import InputError


@dataclass(frozen=True, slots=True)
class World:
    """The bitmap and its surroundings; see the settings of the same names."""

    where: Where
    node: NodeName
    device: Device
    entry: Entry
    layout: Layout
    persistent: bool
    enabled: bool
    state: BitmapState
    existing: bool
    size: Size
    neighbour: Neighbour

    @property
    def possible(self) -> bool:
        """A node that is no root hangs under no device of its own; only a stored bitmap can be inconsistent."""
        under_none = self.where is not Where.NON_ROOT or self.device is Device.NONE
        return under_none and (self.persistent or self.state is not BitmapState.INCONSISTENT)


def domain(settings: Settings) -> dict[str, tuple[Any, ...]]:
    """The values that each field of a world may have.

    Raises ``InputError`` where one is set that cannot be: an entry that the policy's map does not know, or a name that
    libvirt would never send.
    """
    made: dict[str, tuple[Any, ...]] = {}
    for name in (each.name for each in fields(World)):
        chosen = choices(getattr(settings, name))
        made[name] = tuple(each is YesNo.YES for each in chosen) if isinstance(chosen[0], YesNo) else chosen
    if settings.manager is Manager.LIBVIRT:
        # Its aliases hide where the bitmap is and what it is called: one place stands for all.
        made |= {name: made[name][:1] for name in ("where", "node", "device", "layout")}
        made["entry"] = (Entry.UNLISTED,)
        made["neighbour"] = tuple(each for each in made["neighbour"] if each is not Neighbour.UNKNOWN)
        if not made["neighbour"]:
            raise InputError("libvirt sends no name that the destination has not accepted; write neighbour=none or busy")
        return made
    allowed = policy.entries(settings.policy)
    if len(allowed) == 1:
        made["entry"] = allowed
        return made
    made["entry"] = tuple(each for each in made["entry"] if each in allowed)
    if not made["entry"]:
        raise InputError(
            f"the policy {settings.policy} has no entry {settings.entry}; write one of {', '.join(allowed)}, or any"
        )
    return made


def worlds(settings: Settings) -> Iterator[World]:
    """Every world that a run may start in; an input error when there is none."""
    found = False
    for values in itertools.product(*domain(settings).values()):
        world = World(*values)
        if world.possible:
            found = True
            yield world
    if not found:
        raise InputError("a transient bitmap cannot be inconsistent; write persistent=yes, or another state")


def addressed(settings: Settings, world: World) -> Address:
    """What the rule says of the bitmap, whatever state it is in."""
    if settings.manager is Manager.LIBVIRT:
        taken = libvirt.sends(settings, persistent=world.persistent, existing=world.existing, state=world.state)
        return Address.ALIAS if taken else Address.NOT_SENT
    node = graph.source(world.where, world.node, world.device)
    return policy.address(policy.rule(settings), node, world.entry)


def setup(settings: Settings, world: World) -> Address:
    """What the source's setup makes of it."""
    said = addressed(settings, world)
    if settings.manager is Manager.LIBVIRT and said not in SENT:
        return said  # no disk has an entry
    return policy.setup(policy.rule(settings), said, world.entry, world.state, world.neighbour)


def place(settings: Settings, world: World) -> Place:
    """Where the destination puts it, if it is sent."""
    if settings.manager is Manager.LIBVIRT:
        return Place.DISK  # both sides name a disk by its target
    rule = policy.rule(settings)
    return policy.place(rule, world.where, world.node, world.device, world.entry, world.layout)


def crashes(size: Size) -> bool:
    """Whether the destination aborts on the bits: nothing compares the sizes, and the bitmap's own checks are assertions.

    Smaller: a range beyond its end. Larger: the last piece, cut off at the source's end, is no multiple of 64 granules.
    Executed on QEMU 7.2.22; the assertions in ``util/hbitmap.c`` are those of 2.12 and of 10.0.
    """
    return size in (Size.SMALLER, Size.LARGER_UNALIGNED)


def pinned(settings: Settings, world: World) -> Settings:
    """The settings under which every run starts in this world."""
    flags: dict[str, Any] = {
        name: YesNo.YES if getattr(world, name) else YesNo.NO for name in ("persistent", "enabled", "existing")
    }
    named = {each.name: getattr(world, each.name) for each in fields(World) if each.name not in flags}
    return replace(settings, **named, **flags)
