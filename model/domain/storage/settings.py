"""The settings of the storage model: the releases, the policy, the disk, what may go wrong.

Defaults are libvirt 11.3 and QEMU 10.0 on both sides, with every disk at once.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from hopcheck.model.domain.settings import Release, setting
from hopcheck.model.errors import InputError


class Policy(enum.StrEnum):
    """Who decides whether a disk may migrate, and by what."""

    LIBVIRT = "libvirt"  # the check of that libvirt release
    THREAD = "thread"  # the table of the 2011 thread
    TAINTING = "tainting"  # that table, but what it calls unsafe is only marked as tainted
    POOL = "pool"  # the administrator permits a storage pool, whatever its disks' cache modes
    REQUIRE_NONE = "require_none"  # a host setting forbids migration without cache=none
    NONE = "none"  # nobody: VIR_MIGRATE_UNSAFE, or libvirt before 0.9.11


class Handover(enum.StrEnum):
    """What the source does with the image before the stream ends."""

    RELEASED = "released"  # what that QEMU release does: flush, and since 2.6 inactivate
    NOTHING = "nothing"  # not even a flush
    FLUSH = "flush_in_last_phase"  # flush at the stop; the destination does nothing of its own
    CLOSE = "close_before_last_chunk"  # the source closes its files first, the destination opens them after that


class Faults(enum.StrEnum):
    """How many faults a run may meet."""

    ZERO = "0"
    ONE = "1"
    TWO = "2"
    UNBOUNDED = "unbounded"  # not counted at all


class ThirdReader(enum.StrEnum):
    """What else opens the image on the destination host (a backup, an indexer, a probe of the device)."""

    NONE = "none"
    READS = "reads"
    MAPS = "maps"  # maps it into memory: posix_fadvise() leaves such pages


class Device(enum.StrEnum):
    """The guest's disk controller: whether it keeps a copy of the length."""

    VIRTIO_BLK = "virtio-blk"
    IDE = "ide"
    SCSI = "scsi"


class NetworkClient(enum.StrEnum):
    """What a network disk is in QEMU's process."""

    RBD = "rbd"  # a cache, invalidated at activation
    GLUSTER = "gluster"  # a cache that QEMU's driver cannot invalidate
    STATELESS = "stateless"  # none (nbd, iscsi URI)


class Yes(enum.StrEnum):
    """Whether a disk is so; ``any``: explore both."""

    ANY = "any"
    YES = "yes"
    NO = "no"


class Medium(enum.StrEnum):
    """Where the bytes are."""

    ANY = "any"
    CLUSTER = "cluster"  # GFS2, OCFS2, Ceph, GlusterFS
    GPFS = "gpfs"  # a cluster file system that libvirt knows as shared only
    NFS_PROTOCOL = "nfs_protocol"  # NFS by its protocol: close-to-open and no more
    NFS_LINUX = "nfs_linux"  # NFS as Linux does it: one server, exported with sync
    BLOCK = "block"  # iSCSI, FC, DAS as a block device of the host
    NETWORK = "network"  # a client in QEMU: rbd, iscsi URI, nbd, ...
    NVME = "nvme"  # a controller that QEMU drives itself
    LOCAL = "local"  # a file system of the host


class Format(enum.StrEnum):
    """The image format."""

    ANY = "any"
    RAW = "raw"
    QCOW2 = "qcow2"
    QED = "qed"
    BLOCKED = "blocked"  # vmdk, vdi, vhdx, vpc, parallels, qcow, vvfat: today with a migration blocker


class Cache(enum.StrEnum):
    """The cache mode of the disk, the same on both sides."""

    ANY = "any"
    NONE = "none"
    DIRECTSYNC = "directsync"
    WRITETHROUGH = "writethrough"
    WRITEBACK = "writeback"
    UNSAFE = "unsafe"


@dataclass(frozen=True, slots=True)
class Settings:
    """What one storage model is about."""

    libvirt: Release = setting(Release("11.3"), "The source's libvirt: it checks, and asks QEMU for late activation.")
    qemu_src: Release = setting(Release("10.0"), "QEMU on the source.")
    qemu_dst: Release = setting(Release("10.0"), "QEMU on the destination.")
    linux_src: bool = setting(True, "The source host runs Linux (the drop-cache option exists on no other).")
    linux_dst: bool = setting(True, "The destination host runs Linux (no other host's page cache is dropped).")
    policy: Policy = setting(Policy.LIBVIRT, "Who decides whether a disk may migrate.")
    force: bool = setting(True, "The user may override a refusal (VIR_MIGRATE_UNSAFE, since libvirt 0.9.11).")
    shared_filesystems: bool = setting(
        False, "The local file system is listed in shared_filesystems of qemu.conf (libvirt after 9.0)."
    )
    handover: Handover = setting(Handover.RELEASED, "What the source does with the image before the stream ends.")
    drop_cache: bool = setting(True, "The drop-cache option of the destination's file nodes is left on.")
    image_lock: bool = setting(True, "QEMU's image locking is on (since 2.10).")
    lock_manager: bool = setting(False, "A lock manager (sanlock, virtlockd) fences the images on every medium.")
    medium: Medium = setting(Medium.ANY, "Where the bytes are.")
    format: Format = setting(Format.ANY, "The image format.")
    cache: Cache = setting(Cache.ANY, "The cache mode.")
    copied: Yes = setting(Yes.ANY, "The disk is copied by this migration (NON_SHARED_DISK or NON_SHARED_INC).")
    readonly: Yes = setting(Yes.ANY, "The disk is read-only.")
    shareable: Yes = setting(Yes.ANY, "The disk is <shareable/>.")
    network_client: NetworkClient = setting(NetworkClient.RBD, "What a network disk is in QEMU's process.")
    copy_elsewhere: bool = setting(False, "The copy of a disk goes to another path (a changed XML), not to the same one.")
    coherent_cluster: bool = setting(True, "A cluster file system keeps the page caches of its hosts coherent.")
    early_open: bool = setting(True, "The destination reads from the image while it waits (device geometry, probing).")
    earlier_visit: bool = setting(True, "The guest may have run on the destination host before: old pages may be there.")
    second_writer: bool = setting(
        True, "Another guest on the source host writes to a shareable disk, in the same cache mode."
    )
    third_reader: ThirdReader = setting(ThirdReader.NONE, "What else opens the image on the destination host.")
    online_resize: bool = setting(False, "The image may be made longer while the migration is under way.")
    device: Device = setting(Device.VIRTIO_BLK, "The guest's disk controller.")
    faults: Faults = setting(Faults.UNBOUNDED, "How many faults a run may meet.")
    stream_breaks: bool = setting(True, "Fault: the stream breaks or the destination is killed before its cont.")
    destination_unreachable: bool = setting(True, "Fault: the source rolls back while the destination stays, paused.")
    finish_reply_lost: bool = setting(True, "Fault: the destination runs, the source is told that it failed.")
    source_host_crashes: bool = setting(True, "Fault: the source host dies after the destination's cont.")
    source_qemu_dies: bool = setting(False, "Fault: QEMU dies on the source while the destination is there.")

    def __post_init__(self) -> None:
        if self.shared_filesystems and self.libvirt <= Release("9.0"):
            raise InputError(f"libvirt {self.libvirt} has no shared_filesystems; write libvirt=11.3, or leave it out")
        if self.medium is Medium.NVME and self.libvirt < Release("6.0") and self.policy is Policy.LIBVIRT:
            raise InputError(f"libvirt {self.libvirt} has no NVMe disks (6.0 does); write another medium")
        if self.copied is Yes.YES and Yes.YES in (self.readonly, self.shareable):
            raise InputError("libvirt copies no disk that is read-only or shareable; write copied=no")
        if self.shareable is Yes.YES and self.readonly is Yes.YES:
            raise InputError("a read-only disk is judged as such before it is shareable; write shareable=no")
        if self.shareable is Yes.YES and self.format not in (Format.ANY, Format.RAW):
            raise InputError(f"libvirt refuses a shareable disk of format {self.format}; write format=raw")
        uncached = self.cache in (Cache.ANY, Cache.NONE, Cache.DIRECTSYNC) or self.network_client is NetworkClient.STATELESS
        if self.shareable is Yes.YES and self.medium is Medium.NETWORK and not uncached:
            raise InputError("two network clients that cache disagree without any migration; write cache=none")
