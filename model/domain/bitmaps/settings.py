"""The settings of the bitmaps model: who migrates what, by which rule, from where, to where, and what may go wrong.

A setting of the kind ``any`` leaves the choice to the search: each run starts with one of the values.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TypeVar

from hopcheck.model.domain.settings import Release, setting
from hopcheck.model.errors import InputError


class Policy(enum.StrEnum):
    """The rule that gives a bitmap its address in the stream."""

    OLD = "old"
    """QEMU 2.12 to 5.0: the device name of a direct child, else the node name, generated or not."""
    DEFAULT = "default"
    """What the source's QEMU does without a mapping: up to 5.0 ``old``, since then the rule of QEMU 5.1."""
    MAPPING = "mapping"
    """``block-bitmap-mapping`` (QEMU 5.2): each side its own, aliases in the stream; it replaces the default entirely."""
    SNOW = "snow"
    """Snow's proposed default: the explicit node name, else the device name, else an error."""
    SNOW_LISTS = "snow-lists"
    """Snow's lists laid over his default: an entry drops or redirects a bitmap."""
    NODEFAULTS = "nodefaults"
    """Snow's lists with his default switched off: what is not listed is not sent."""
    SEMENTSOV = "sementsov-ogievskiy"
    """Sementsov-Ogievskiy's proposed default: the device name, through filters, or nothing."""
    FULL_MAP = "full-map"
    """Sementsov-Ogievskiy's full map: every bitmap has an entry, its own, its node's or a null target, or it is an error."""


class Manager(enum.StrEnum):
    """Who drives the migration."""

    QMP = "qmp"
    """Somebody who talks to QEMU and switches the ``dirty-bitmaps`` capability on."""
    LIBVIRT = "libvirt"
    """libvirt: aliases of its own, and only where it copies the storage."""


class Storage(enum.StrEnum):
    """How the disk gets to the destination."""

    SHARED = "shared"
    NON_SHARED_DISK = "non-shared-disk"
    """``VIR_MIGRATE_NON_SHARED_DISK``: copied in full into a new image."""
    NON_SHARED_INC = "non-shared-inc"
    """``VIR_MIGRATE_NON_SHARED_INC``: the top image copied, over a backing chain that is there already."""


class Target(enum.StrEnum):
    """The format of the destination's image."""

    QCOW2_V3 = "qcow2-v3"
    OTHER = "other"


class Where(enum.StrEnum):
    """Where the bitmap's node stands on the source."""

    ANY = "any"
    ROOT = "root"
    BELOW_FILTER = "below-filter"
    """Root but for a filter (a mirror job, a throttle group) between it and the device."""
    NON_ROOT = "non-root"


class NodeName(enum.StrEnum):
    """What the bitmap's node is called on the source."""

    ANY = "any"
    EXPLICIT = "explicit"
    GENERATED = "generated"
    """``#block`` and a number: QEMU made it, and makes another on the other side."""
    NONE = "none"


class Device(enum.StrEnum):
    """Whether the source's device (its block backend) has a name, as with ``-drive id=``, or none, as with -blockdev."""

    ANY = "any"
    NAMED = "named"
    NONE = "none"


class Layout(enum.StrEnum):
    """How the names lie on the destination."""

    ANY = "any"
    SAME = "same"
    """The same explicit names; generated numbers of the source are found nowhere."""
    FILTERED = "filtered"
    """The same names, and a filter under the device."""
    NUMBER_TAKEN = "number-taken"
    """The same explicit names; the other disk's node happens to have the generated number."""
    CROSSED = "crossed"
    """The device of the other disk has the name of the source's node, its node the name of the source's device."""
    SWAPPED = "swapped"
    """The two disks have each other's names."""
    NO_SUCH_NAME = "no-such-name"


class Entry(enum.StrEnum):
    """What the user's map or lists say of the bitmap (for the policies that have one)."""

    ANY = "any"
    LISTED = "listed"
    NODE_WIDE = "node-wide"
    """An entry for all bitmaps of its node (the full map only)."""
    NULL = "null"
    """Dropped on purpose: a null target, or an entry of the drop list."""
    OTHER_BITMAP = "other-bitmap"
    """Its node has an entry, for another bitmap only."""
    UNLISTED = "unlisted"
    MISDIRECTED = "misdirected"
    """The two sides' entries lead to the other disk."""


class Form(enum.StrEnum):
    """Whether the mapping is one: QEMU checks it when it is set."""

    VALID = "valid"
    NODE_TWICE = "node-twice"
    ALIAS_TWICE = "alias-twice"
    ILL_FORMED = "ill-formed"
    TOO_LONG = "too-long"
    """An alias of more than 255 bytes."""


class Transform(enum.StrEnum):
    """``transform: {persistent: ...}`` in the mapping (QEMU 6.0)."""

    NONE = "none"
    PERSISTENT = "persistent"
    TRANSIENT = "transient"


class BitmapState(enum.StrEnum):
    """The bitmap on the source, before the migration. Read-only ones behave as inconsistent ones do here."""

    ANY = "any"
    OK = "ok"
    BUSY = "busy"
    INCONSISTENT = "inconsistent"


class Size(enum.StrEnum):
    """The destination's disk, measured against the source's."""

    ANY = "any"
    EQUAL = "equal"
    LARGER = "larger"
    """And the source's size is a multiple of 64 granules of the bitmap (4 MiB, for granules of 64 KiB)."""
    LARGER_UNALIGNED = "larger-unaligned"
    """And the source's size is no such multiple."""
    SMALLER = "smaller"


class Neighbour(enum.StrEnum):
    """Another bitmap, on the other disk."""

    ANY = "any"
    NONE = "none"
    UNKNOWN = "unknown"
    """It is sent under a name that the destination does not know."""
    BUSY = "busy"
    """It is busy and not to be sent itself, but its node has an entry in the mapping."""


class YesNo(enum.StrEnum):
    """Something that is so, or not."""

    ANY = "any"
    YES = "yes"
    NO = "no"


class Mode(enum.StrEnum):
    """When the bits travel."""

    PRECOPY = "precopy"
    POSTCOPY = "postcopy"
    """After the destination runs: the ``dirty-bitmaps`` capability alone makes post-copy possible, without RAM."""


Choice = TypeVar("Choice", bound=enum.StrEnum)


def choices(value: Choice) -> tuple[Choice, ...]:
    """The values that a run may start with: the one that is set, or all of them for ``any``."""
    return (value,) if value != "any" else tuple(each for each in type(value) if each != "any")


MAPS = frozenset({Policy.MAPPING, Policy.SNOW_LISTS, Policy.NODEFAULTS, Policy.FULL_MAP})
"""The policies under which the user writes a map or lists."""


@dataclass(frozen=True, slots=True)
class Settings:
    """One variant of the model. The defaults are QEMU 10.0 and 11.1, driven by hand over shared storage."""

    policy: Policy = setting(Policy.DEFAULT, "The rule that gives a bitmap its address in the stream.")
    qemu_src: Release = setting(Release("10.0"), "The source's QEMU.")
    qemu_dst: Release = setting(Release("11.1"), "The destination's QEMU.")
    manager: Manager = setting(Manager.QMP, "Who drives the migration.")
    libvirt: Release = setting(Release("11.3"), "The source's libvirt (with manager=libvirt).")
    libvirt_dst: Release = setting(Release("11.3"), "The destination's libvirt (with manager=libvirt).")
    storage: Storage = setting(Storage.SHARED, "How the disk gets to the destination.")
    target: Target = setting(Target.QCOW2_V3, "The format of the destination's image.")
    where: Where = setting(Where.ANY, "Where the bitmap's node stands on the source.")
    node: NodeName = setting(NodeName.ANY, "What the bitmap's node is called on the source.")
    device: Device = setting(Device.ANY, "Whether the source's device has a name.")
    layout: Layout = setting(Layout.ANY, "How the names lie on the destination.")
    entry: Entry = setting(Entry.LISTED, "What the user's map or lists say of the bitmap.")
    form: Form = setting(Form.VALID, "Whether the mapping is well formed and one-to-one.")
    transform_src: Transform = setting(Transform.NONE, "The source mapping's transformation of persistence.")
    transform_dst: Transform = setting(Transform.NONE, "The destination mapping's transformation of persistence.")
    persistent: YesNo = setting(YesNo.ANY, "Whether the bitmap is persistent.")
    enabled: YesNo = setting(YesNo.YES, "Whether the bitmap records writes.")
    state: BitmapState = setting(BitmapState.OK, "The bitmap on the source, before the migration.")
    existing: YesNo = setting(YesNo.NO, "Whether the destination's node has a bitmap of that name already.")
    size: Size = setting(Size.EQUAL, "The destination's disk, measured against the source's.")
    neighbour: Neighbour = setting(Neighbour.NONE, "Another bitmap, on the other disk.")
    mode: Mode = setting(Mode.PRECOPY, "When the bits travel.")
    return_path: bool = setting(True, "The source waits for the destination before it reports completed.")
    retry_without: bool = setting(False, "A migration may be started with the dirty-bitmaps capability off, too.")
    faults: int = setting(1, "How many faults may happen.", least=0, most=9)
    unbounded: bool = setting(False, "Faults are not counted: any number may happen.")
    cancel: bool = setting(True, "The fault that somebody cancels the migration.")
    stream_error: bool = setting(True, "The fault that the stream breaks.")
    destination_dies: bool = setting(False, "The fault that the destination dies, and the source learns of it later.")
    finish_fails: bool = setting(True, "The fault that the destination is given up after the source has completed.")

    def __post_init__(self) -> None:
        if self.where is Where.NON_ROOT and self.device is Device.NAMED:
            raise InputError("a node that is not a root hangs under no device; write device=none, or another where")
        for name in ("qemu_src", "qemu_dst"):
            if getattr(self, name) < Release("2.12"):
                raise InputError(
                    f"{name} is {getattr(self, name)}: dirty bitmaps migrate since QEMU 2.12; write 2.12 or later"
                )
        if self.manager is Manager.LIBVIRT and self.policy not in (Policy.DEFAULT, Policy.MAPPING):
            raise InputError(f"libvirt never used the policy {self.policy}; write policy=mapping, or manager=qmp")

    @property
    def mapped(self) -> bool:
        """Whether there is a map or there are lists, written by the user or by libvirt."""
        return self.manager is Manager.LIBVIRT or self.policy in MAPS
