"""The block graphs of the two sides in small, and how a name in the stream is looked up in the destination's.

Two disks. The bitmap lives on ``disk0``; ``disk1`` is where it must never end. Device names and node names are one
string space where the destination looks a name up, and each QEMU keeps the two apart within itself.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from hopcheck.model.domain.bitmaps.settings import Device, Layout, NodeName, Where

NUMBERED = "#block123"
"""The name that the source's QEMU generated for the bitmap's node."""


@dataclass(frozen=True, slots=True)
class Node:
    """A node of a block graph. ``device``: the name of the device whose top node it is, empty for none."""

    name: str
    disk: str
    device: str = ""
    is_filter: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """The bitmap's node on the source. ``device``: the named device that it is the root of, through filters, or empty."""

    name: str
    device: str
    direct: bool
    """Whether no filter stands between the two."""


class Place(enum.StrEnum):
    """Where a bitmap arrives."""

    DISK = "its disk"
    FILTER = "a filter above its disk"
    """On the right disk, but on a node that cannot store it and from which it cannot be sent on."""
    OTHER_DISK = "the other disk"
    NOWHERE = "nowhere"


def source(where: Where, node: NodeName, device: Device) -> Source:
    """The node on the source."""
    names = {NodeName.EXPLICIT: "node0", NodeName.GENERATED: NUMBERED, NodeName.NONE: ""}
    named = device is Device.NAMED and where is not Where.NON_ROOT
    return Source(names[node], "drive0" if named else "", where is Where.ROOT)


def destination(layout: Layout, node: NodeName, device: Device) -> tuple[Node, ...]:
    """The destination's nodes, both disks'."""
    explicit = node is NodeName.EXPLICIT
    drives = ("drive0", "drive1") if device is Device.NAMED else ("", "")
    names = ("node0", "node1") if explicit else ("#block456", "#block457")
    match layout:
        case Layout.FILTERED:
            top = Node("#block458", "disk0", device=drives[0], is_filter=True)
            return top, Node(names[0], "disk0"), Node(names[1], "disk1", drives[1])
        case Layout.NUMBER_TAKEN:
            return Node(names[0], "disk0", drives[0]), Node(names[1] if explicit else NUMBERED, "disk1", drives[1])
        case Layout.CROSSED:
            return Node("node2", "disk0", "drive2"), Node("drive0", "disk1", "node0")
        case Layout.SWAPPED:
            return Node(names[1], "disk0", drives[1]), Node(names[0], "disk1", drives[0])
        case Layout.NO_SUCH_NAME:
            return Node("node2", "disk0", "drive2"), Node("node3", "disk1", "drive3")
        case _:
            return Node(names[0], "disk0", drives[0]), Node(names[1], "disk1", drives[1])


def look_up(nodes: Sequence[Node], name: str) -> Node | None:
    """The node that QEMU finds under a name without a mapping: by device name first, then by node name.

    By device name it is the top node, a filter included: unlike the source, the destination does not look through it.
    """
    by_device = [each for each in nodes if name and each.device == name]
    by_name = [each for each in nodes if name and each.name == name]
    return next(iter(by_device + by_name), None)


def place_of(found: Node | None) -> Place:
    """What became of a bitmap of ``disk0`` that was put there."""
    if found is None:
        return Place.NOWHERE
    if found.disk != "disk0":
        return Place.OTHER_DISK
    return Place.FILTER if found.is_filter else Place.DISK
