"""The rules: under which address a policy sends a bitmap, and where the destination puts it.

Source: ``migration/block-dirty-bitmap.c`` of QEMU 5.2 and 10.0, and the proposals of the thread that led to it (section
numbers are those of ``docs/models/bitmaps.md``). Every rule that came or went with a release names it here.
"""

from __future__ import annotations

import enum

from hopcheck.model.domain.bitmaps import graph
from hopcheck.model.domain.bitmaps.graph import Place, Source
from hopcheck.model.domain.bitmaps.settings import (
    MAPS,
    BitmapState,
    Device,
    Entry,
    Form,
    Layout,
    Neighbour,
    NodeName,
    Policy,
    Settings,
    Transform,
    Where,
)
from hopcheck.model.domain.settings import Release


class Address(enum.StrEnum):
    """What a policy says of a bitmap on a node."""

    DEVICE = "by device name"
    NODE = "by node name"
    GENERATED = "by generated name"
    ALIAS = "by alias"
    NOT_SENT = "not sent"
    DROPPED = "dropped on purpose"
    ERROR = "error at start"


SENT = (Address.DEVICE, Address.NODE, Address.GENERATED, Address.ALIAS)
"""The addresses under which a bitmap travels."""

_ENTRIES = {
    Policy.MAPPING: (Entry.LISTED, Entry.OTHER_BITMAP, Entry.UNLISTED, Entry.MISDIRECTED),
    Policy.SNOW_LISTS: (Entry.LISTED, Entry.NULL, Entry.UNLISTED, Entry.MISDIRECTED),
    Policy.NODEFAULTS: (Entry.LISTED, Entry.NULL, Entry.UNLISTED, Entry.MISDIRECTED),
    Policy.FULL_MAP: tuple(each for each in Entry if each is not Entry.ANY),
}


def entries(policy: Policy) -> tuple[Entry, ...]:
    """The entries that a user can write under the policy; without a map every bitmap is unlisted."""
    return _ENTRIES.get(policy, (Entry.UNLISTED,))


def rule(settings: Settings) -> Policy:
    """The rule in force: up to QEMU 5.0 the default is the old one (QEMU commits 107cfb7254, 4ff5cc121b: 5.1)."""
    if settings.policy is Policy.DEFAULT and settings.qemu_src < Release("5.1"):
        return Policy.OLD
    return settings.policy


def address(policy: Policy, node: Source, entry: Entry) -> Address:
    """Under which address the source sends a bitmap of that node."""
    by_name = Address.GENERATED if node.name.startswith("#") else Address.NODE
    explicit = by_name is Address.NODE and node.name != ""
    match policy:
        case Policy.OLD:  # the device of a direct child only: a filter hides it
            if node.device and node.direct:
                return Address.DEVICE
            return by_name if node.name else Address.ERROR
        case Policy.DEFAULT:  # through filters without bitmaps of their own; a leading # is an error in setup
            if node.device:
                return Address.DEVICE
            return Address.NODE if explicit else Address.ERROR
        case Policy.SNOW:
            if explicit:
                return Address.NODE
            return Address.DEVICE if node.device else Address.ERROR
        case Policy.SEMENTSOV:
            return Address.DEVICE if node.device else Address.NOT_SENT
        case _:
            return _listed(policy, node, entry)


def _listed(policy: Policy, node: Source, entry: Entry) -> Address:
    """The address under a policy with a map or lists."""
    if entry is Entry.NULL:
        return Address.DROPPED
    # A mapping names nodes by node name: a generated one can be given an alias, no name at all cannot.
    if entry in (Entry.LISTED, Entry.NODE_WIDE, Entry.MISDIRECTED) and node.name:
        return Address.ALIAS
    if policy is Policy.SNOW_LISTS:
        return address(Policy.SNOW, node, entry)
    return Address.ERROR if policy is Policy.FULL_MAP else Address.NOT_SENT


def place(policy: Policy, where: Where, node: NodeName, device: Device, entry: Entry, layout: Layout) -> Place:
    """Where the destination puts the bitmap; ``NOWHERE`` also for one that is not sent."""
    from_node = graph.source(where, node, device)
    match address(policy, from_node, entry):
        case Address.ALIAS if entry is Entry.MISDIRECTED:
            return Place.OTHER_DISK
        case Address.ALIAS:  # an entry of the destination's, or a target, names one node there
            return Place.NOWHERE if layout is Layout.NO_SUCH_NAME else Place.DISK
        case Address.DEVICE:
            sent = from_node.device
        case Address.NODE | Address.GENERATED:
            sent = from_node.name
        case _:
            return Place.NOWHERE
    return graph.place_of(graph.look_up(graph.destination(layout, node, device), sent))


def looked_at(policy: Policy, said: Address, entry: Entry) -> bool:
    """Whether setup looks at the bitmap's state: QEMU refuses a busy or inconsistent one on every node that it sends
    bitmaps of, even one that is not to be sent itself.
    """
    return said in SENT or (policy is Policy.MAPPING and entry is Entry.OTHER_BITMAP)


def setup(policy: Policy, said: Address, entry: Entry, state: BitmapState, neighbour: Neighbour) -> Address:
    """What setup makes of the address: what cannot be sent now is an error, and one error is all bitmaps' error."""
    refused = state is not BitmapState.OK and looked_at(policy, said, entry)
    return Address.ERROR if refused or neighbour is Neighbour.BUSY else said


def mapping_accepted(settings: Settings) -> bool:
    """Whether QEMU takes the mapping when it is set: it is one-to-one, well-formed, no name is longer than 255 bytes."""
    if settings.policy not in MAPS:
        return True
    if settings.form is not Form.VALID:
        return False
    if settings.policy is not Policy.MAPPING:
        return True  # a proposal: no release has it
    sides = ((settings.qemu_src, settings.transform_src), (settings.qemu_dst, settings.transform_dst))
    return all(
        release >= Release("5.2") and (transform is Transform.NONE or release >= Release("6.0"))
        for release, transform in sides
    )


def unknown_name_is_survived(settings: Settings) -> bool:
    """Since QEMU 5.1 a receiver that does not know a name drops all bitmaps that are not complete, and goes on;
    before, the migration failed.
    """
    return settings.qemu_dst >= Release("5.1")


def inactivated_before_bits(settings: Settings) -> bool:
    """Since QEMU 10.0 the source gives up its images at the start of the switch-over; before, at the end of the stream."""
    return settings.qemu_src >= Release("10.0")
