"""The settings of the migration model: the releases, the disk, what may go wrong; and what its parts are set to."""

from __future__ import annotations

import enum
from dataclasses import dataclass, fields
from typing import Any

from hopcheck.model.domain.bitmaps import settings as bitmaps_model
from hopcheck.model.domain.bitmaps.settings import Storage
from hopcheck.model.domain.protocol import settings as protocol_model
from hopcheck.model.domain.protocol.selection import Control
from hopcheck.model.domain.protocol.settings import Count, Fence
from hopcheck.model.domain.settings import Release, setting
from hopcheck.model.domain.storage import settings as storage_model
from hopcheck.model.domain.storage.configuration import configurations
from hopcheck.model.domain.storage.disk import MEDIUM
from hopcheck.model.domain.storage.mechanism import mechanism
from hopcheck.model.domain.storage.settings import Cache, Format, Medium, Policy, ThirdReader, Yes
from hopcheck.model.errors import InputError

OLDEST_LIBVIRT, OLDEST_QEMU = Release("7.0"), Release("5.2")
"""The oldest releases whose parts fit together here: version 3, late activation, bitmaps over libvirt's cookie."""

HOST_ONLY = (Medium.BLOCK, Medium.NETWORK)
"""Where it does not."""

SPANNING = (Medium.CLUSTER, Medium.GPFS, Medium.NFS_PROTOCOL, Medium.NFS_LINUX)
"""Where a lock that QEMU takes on one host keeps the other host away: file systems of several hosts."""


class Size(enum.StrEnum):
    """How much is explored."""

    AS_SET = "as_set"
    """What the other settings say."""
    FULL = "full"
    """Every disk that libvirt accepts on media with the same fence, with somebody who resizes it and somebody who maps it
    on the destination host; any bitmap; any number of faults of the kinds that are allowed."""


@dataclass(frozen=True, slots=True)
class Settings:
    """One migration of one guest, with its disk and the disk's dirty bitmap."""

    size: Size = setting(Size.AS_SET, "how much is explored")
    libvirt: Release = setting(Release("11.3"), "libvirt on both sides")
    qemu_src: Release = setting(Release("10.0"), "QEMU on the source")
    qemu_dst: Release = setting(Release("10.0"), "QEMU on the destination")
    control: Control = setting(Control.MANAGED, "who conducts the migration")
    storage: Storage = setting(Storage.SHARED, "how the disk gets to the destination")
    medium: Medium = setting(Medium.NFS_LINUX, "where the disk's bytes are; local where it is copied")
    format: Format = setting(Format.QCOW2, "the image format")
    cache: Cache = setting(Cache.NONE, "the cache mode")
    persist_dest: bool = setting(False, "flag PERSIST_DEST: define the guest on the destination")
    undefine_source: bool = setting(False, "flag UNDEFINE_SOURCE: remove the definition from the source afterwards")
    unsafe: bool = setting(False, "flag UNSAFE: libvirt does not check the disk")
    lock_manager: bool = setting(False, "a lock manager (sanlock, virtlockd) fences a shared disk on every medium")
    third_party: bool = setting(True, "somebody resumes or destroys by hand what a failed migration leaves behind")
    faults: Count = setting(Count.ONE, "how many faults may happen in one run")
    lose_reply: bool = setting(True, "a reply may get lost while the connections hold")
    break_connection: bool = setting(True, "a controlling connection may break")
    kill_client: bool = setting(True, "the client may die (where it conducts the migration)")
    kill_source_daemon: bool = setting(True, "the source daemon may die, and is started again")
    kill_destination_daemon: bool = setting(True, "the destination daemon may die, and is started again")
    kill_source_qemu: bool = setting(True, "QEMU may die on the source")
    kill_destination_qemu: bool = setting(True, "QEMU may die on the destination")
    stream_error: bool = setting(True, "the migration stream may break")
    load_error: bool = setting(True, "the destination may fail to load the guest at the end of the stream")
    finish_error: bool = setting(True, "Finish may fail before it starts the CPUs")
    cont_error: bool = setting(True, "the destination may fail to start the CPUs")
    confirm_error: bool = setting(True, "the source may fail to read the cookie that Confirm brings")
    abort: bool = setting(True, "the user may ask to abort (virDomainAbortJob)")

    def __post_init__(self) -> None:
        _check_releases(self)
        _check_disk(self)

    @property
    def full(self) -> bool:
        """Every disk and any number of faults are explored."""
        return self.size is Size.FULL

    @property
    def formats(self) -> Format:
        """The image format that is explored, or any."""
        return Format.ANY if self.full else self.format

    @property
    def media(self) -> tuple[Medium, ...]:
        """Where the disk's bytes may be."""
        if not self.full:
            return (self.medium,)
        return next((media for media in (SPANNING, HOST_ONLY) if self.medium in media), (self.medium,))

    @property
    def copied(self) -> bool:
        """The migration copies the disk."""
        return self.storage is not Storage.SHARED

    @property
    def fence(self) -> Fence:
        """What keeps the guest from running twice: a lock reaches as far as both sides open one image, and no further."""
        if self.copied:
            return Fence.NONE
        if self.lock_manager:
            return Fence.LOCK_MANAGER
        return Fence.IMAGE_LOCK if self.medium in SPANNING else Fence.NONE

    @property
    def of_protocol(self) -> protocol_model.Settings:
        """The protocol's settings."""
        named = {each.name for each in fields(protocol_model.Settings)} & {each.name for each in fields(Settings)}
        alike: dict[str, Any] = {name: getattr(self, name) for name in named}
        return protocol_model.Settings(
            **{**alike, "faults": Count.UNBOUNDED if self.full else self.faults},
            qemu=self.qemu_src,
            destination_qemu=self.qemu_dst,
            fence=self.fence,
            non_shared_disk=self.copied,
            io_error=False,
        )

    @property
    def of_storage(self) -> storage_model.Settings:
        """The storage model's settings: one guest, one image, nobody else who uses it."""
        return storage_model.Settings(
            libvirt=self.libvirt,
            qemu_src=self.qemu_src,
            qemu_dst=self.qemu_dst,
            policy=Policy.NONE if self.unsafe else Policy.LIBVIRT,
            force=False,
            lock_manager=self.lock_manager,
            medium=self.medium if len(self.media) == 1 else Medium.ANY,
            format=self.formats,
            cache=Cache.ANY if self.full else self.cache,
            copied=Yes.YES if self.copied else Yes.NO,
            readonly=Yes.NO,
            shareable=Yes.NO,
            second_writer=False,
            online_resize=self.full,
            third_reader=ThirdReader.MAPS if self.full else ThirdReader.NONE,
            source_host_crashes=False,
            source_qemu_dies=True,
        )

    @property
    def of_bitmaps(self) -> bitmaps_model.Settings:
        """The bitmaps model's settings: one bitmap that fits the destination, sent by libvirt if at all.

        It is persistent where the image can store one. In a full exploration a qcow2 image may have a transient one, too.
        """
        persistent = {Format.QCOW2: bitmaps_model.YesNo.YES, Format.ANY: bitmaps_model.YesNo.ANY}
        return bitmaps_model.Settings(
            policy=bitmaps_model.Policy.MAPPING,
            manager=bitmaps_model.Manager.LIBVIRT,
            qemu_src=self.qemu_src,
            qemu_dst=self.qemu_dst,
            libvirt=self.libvirt,
            libvirt_dst=self.libvirt,
            storage=self.storage,
            target=bitmaps_model.Target.OTHER if self.formats in (Format.RAW, Format.QED) else bitmaps_model.Target.QCOW2_V3,
            enabled=bitmaps_model.YesNo.ANY if self.full else bitmaps_model.YesNo.YES,
            persistent=persistent.get(self.formats, bitmaps_model.YesNo.NO),
            unbounded=True,
            destination_dies=True,
        )


def _check_releases(settings: Settings) -> None:
    if settings.libvirt < OLDEST_LIBVIRT:
        raise InputError(
            f"libvirt is {settings.libvirt}: the joint model knows it since {OLDEST_LIBVIRT}; write a later one"
        )
    for name in ("qemu_src", "qemu_dst"):
        release = getattr(settings, name)
        if release < OLDEST_QEMU:
            raise InputError(f"{name} is {release}: the joint model knows QEMU since {OLDEST_QEMU}; write a later one")


def _check_disk(settings: Settings) -> None:
    """The disk is one that libvirt lets migrate, and that QEMU migrates."""
    if settings.control is Control.DIRECT:
        raise InputError("the QEMU driver has no direct migration; write control=managed or control=p2p")
    if settings.medium is Medium.ANY:
        raise InputError(f"a fence depends on the medium; write one of {', '.join(MEDIUM.members)}")
    if settings.copied and settings.medium is not Medium.LOCAL:
        raise InputError(f"the copy of a disk on {settings.medium} would go onto the disk itself; write medium=local")
    if not settings.copied and settings.medium in (Medium.LOCAL, Medium.NVME):
        raise InputError(
            f"a disk on {settings.medium} storage is not shared; write storage=non-shared-disk and medium=local"
        )
    if settings.formats is Format.BLOCKED:
        raise InputError("QEMU migrates no image of a format with a blocker; write raw, qcow2 or qed")
    wanted = settings.of_storage
    found = [rule for _, rule in configurations(wanted)]
    if not any(rule.accepts for rule in found):
        raise InputError(f"libvirt refuses this disk ({found[0].text}, rule {found[0].number}); write unsafe=true")
    assert mechanism(wanted).hands_over
