"""The settings of the cookies model: which releases meet, what is asked of the migration, what the guest has.

A release of 0 stands for any: then one release of every class (see ``mixes``) is explored, all mixes at once.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from hopcheck.model.domain.settings import Release, setting
from hopcheck.model.errors import InputError

ANY = Release("0")
"""No release in particular."""

OLDEST_LIBVIRT = Release("0.8.2")
"""The first release with NON_SHARED_DISK and NON_SHARED_INC; it speaks protocol v2, without cookies."""

OLDEST_QEMU = Release("0.12")
"""Stands for every QEMU without ``drive-mirror`` and ``nbd-server-start``, which came with 1.3."""

LIBVIRT_NEEDS_MIRROR = Release("5.3.0")
"""Since this libvirt, ``drive-mirror`` is no longer tested for: its minimum QEMU has it (libvirt 7.0.0)."""

MIRROR = Release("1.3")
"""The first QEMU with ``drive-mirror`` and an NBD server."""


class Lock(enum.StrEnum):
    """The lock manager of a host."""

    NOP = "nop"
    """None."""
    LOCKD = "lockd"
    """virtlockd: no state to hand over."""
    SANLOCK = "sanlock"
    """sanlock: its state travels in the cookie."""


class Negotiation(enum.StrEnum):
    """By which rules the copy of storage is negotiated."""

    RELEASED = "released"
    """As each release of libvirt does it."""
    REVIEWED = "reviewed"
    """As E. Blake's review of 2012 has it: whatever is old, the legacy copy results."""


class Faults(enum.StrEnum):
    """How often a daemon fails to format a cookie, which it only warns of."""

    NONE = "0"
    ONE = "1"
    TWO = "2"
    UNBOUNDED = "unbounded"
    """Any number: nothing is counted."""


@dataclass(frozen=True, slots=True)
class Settings:
    """One variant of the model. Raises ``InputError`` for releases that are older than the model's beginning."""

    libvirt: Release = setting(ANY, "libvirt of both hosts, where not set apart; 0: any")
    qemu: Release = setting(ANY, "QEMU of both hosts, where not set apart; 0: any")
    src_libvirt: Release = setting(ANY, "libvirt of the source; 0: as libvirt")
    src_qemu: Release = setting(ANY, "QEMU of the source; 0: as qemu")
    dst_libvirt: Release = setting(ANY, "libvirt of the destination; 0: as libvirt")
    dst_qemu: Release = setting(ANY, "QEMU of the destination; 0: as qemu")
    minimum_qemu: bool = setting(True, "libvirt 5.3.0 and later only meet a QEMU with drive-mirror, as their minimum has it")
    non_shared: bool = setting(True, "VIR_MIGRATE_NON_SHARED_DISK or _INC: storage is copied")
    disks_left: bool = setting(True, "some disk is left to copy (neither shared nor read-only nor empty)")
    tunnelled: bool = setting(False, "VIR_MIGRATE_TUNNELLED, with PEER2PEER")
    tls: bool = setting(False, "VIR_MIGRATE_TLS")
    nbd_tls: bool = setting(True, "the destination's QEMU can do TLS in its NBD server")
    persistent: bool = setting(False, "VIR_MIGRATE_PERSIST_DEST")
    offline: bool = setting(False, "VIR_MIGRATE_OFFLINE: no Perform")
    negotiation: Negotiation = setting(Negotiation.RELEASED, "by which rules the copy of storage is negotiated")
    driver_bit: bool = setting(False, "a driver feature bit tells whether the destination knows NBD (no release has one)")
    memory_hotplug: bool = setting(False, "the guest has memory that can be plugged")
    cpu_hotplug: bool = setting(False, "the guest's vCPUs were not plugged in order")
    bitmaps: bool = setting(False, "the guest has dirty bitmaps")
    graphics: bool = setting(False, "the guest has a SPICE or VNC display")
    network: bool = setting(False, "the guest has an Open vSwitch port")
    cpu: bool = setting(False, "the live CPU differs from the configured one")
    statistics: bool = setting(False, "follow the statistics element, which every migration has")
    allow_reboot: bool = setting(False, "follow the allowReboot element, which every migration from 3.9.0 to 7.6 has")
    same_host: bool = setting(False, "both daemons run on one host")
    src_lock: Lock = setting(Lock.NOP, "the lock manager of the source")
    dst_lock: Lock = setting(Lock.NOP, "the lock manager of the destination")
    compare_locks: bool = setting(
        False, "Prepare compares the lock managers (in every release seen the test is never reached)"
    )
    faults: Faults = setting(Faults.ONE, "how many cookies cannot be formatted")
    upgrades: bool = setting(False, "after a migration that worked, one component is upgraded and another one is tried")

    def __post_init__(self) -> None:
        for each, oldest in (
            (self.source_libvirt, OLDEST_LIBVIRT),
            (self.destination_libvirt, OLDEST_LIBVIRT),
            (self.source_qemu, OLDEST_QEMU),
            (self.destination_qemu, OLDEST_QEMU),
        ):
            if each != ANY and each < oldest:
                name = "libvirt" if oldest is OLDEST_LIBVIRT else "QEMU"
                raise InputError(f"{name} {each} is older than this model knows; write {oldest} or later, or 0 for any")
        for libvirt, qemu in (
            (self.source_libvirt, self.source_qemu),
            (self.destination_libvirt, self.destination_qemu),
        ):
            if self.minimum_qemu and ANY not in (libvirt, qemu) and not runs(libvirt, qemu):
                raise InputError(
                    f"libvirt {libvirt} does not run QEMU {qemu}; write a QEMU from {MIRROR} on, or set minimum_qemu=false"
                )

    @property
    def source_libvirt(self) -> Release:
        """The source's libvirt, or ``ANY``."""
        return self.libvirt if self.src_libvirt == ANY else self.src_libvirt

    @property
    def source_qemu(self) -> Release:
        """The source's QEMU, or ``ANY``."""
        return self.qemu if self.src_qemu == ANY else self.src_qemu

    @property
    def destination_libvirt(self) -> Release:
        """The destination's libvirt, or ``ANY``."""
        return self.libvirt if self.dst_libvirt == ANY else self.dst_libvirt

    @property
    def destination_qemu(self) -> Release:
        """The destination's QEMU, or ``ANY``."""
        return self.qemu if self.dst_qemu == ANY else self.dst_qemu


def runs(libvirt: Release, qemu: Release) -> bool:
    """Whether this libvirt's minimum lets it run this QEMU, as far as the copy of storage can tell."""
    return libvirt < LIBVIRT_NEEDS_MIRROR or qemu >= MIRROR
