"""The settings of the protocol model, and what they mean for the two sides."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from hopcheck.model.domain.protocol.selection import Control, Flag, Protocol, Request, Selection, qemu_driver, select
from hopcheck.model.domain.settings import Release, setting

SAME = Release("0")
"""As the release of the destination: the same as on the source."""


class Newest(enum.StrEnum):
    """The newest protocol that both sides offer."""

    AUTO = "auto"
    PARAMS = "params"
    V3 = "v3"
    V2 = "v2"
    V1 = "v1"


class Guest(enum.StrEnum):
    """What the guest does before the migration."""

    RUNNING = "running"
    PAUSED = "paused"


class Fence(enum.StrEnum):
    """What keeps a guest from running twice."""

    NONE = "none"
    IMAGE_LOCK = "image_lock"
    """QEMU locks its images (file locking not switched off, and the storage supports it)."""
    LOCK_MANAGER = "lock_manager"
    """A libvirt lock manager (virtlockd, sanlock) holds leases while CPUs run."""


class Count(enum.StrEnum):
    """How many faults may happen."""

    NONE = "0"
    ONE = "1"
    TWO = "2"
    THREE = "3"
    UNBOUNDED = "unbounded"


@dataclass(frozen=True, slots=True)
class Settings:
    """Every parameter of the protocol model."""

    libvirt: Release = setting(Release("11.3"), "release of the source's libvirt, and of the client's")
    destination_libvirt: Release = setting(SAME, "release of the destination's libvirt; 0: as on the source")
    qemu: Release = setting(Release("10.0"), "release of the source's QEMU")
    destination_qemu: Release = setting(SAME, "release of the destination's QEMU; 0: as on the source")
    control: Control = setting(Control.MANAGED, "who conducts the migration")
    protocol: Newest = setting(Newest.AUTO, "the newest protocol that both sides are taken to offer")
    extended_parameters: bool = setting(False, "use parameters beyond URI, name, XML and bandwidth")
    new_xml: bool = setting(False, "give the destination other XML")
    tunnelled: bool = setting(False, "flag TUNNELLED: send the stream through the daemons")
    postcopy: bool = setting(False, "flag POSTCOPY: the client may switch to post-copy")
    offline: bool = setting(False, "flag OFFLINE: move the definition of a guest that is shut off")
    persist_dest: bool = setting(False, "flag PERSIST_DEST: define the guest on the destination")
    undefine_source: bool = setting(False, "flag UNDEFINE_SOURCE: remove the definition from the source afterwards")
    paused: bool = setting(False, "flag PAUSED: leave the guest paused on the destination")
    change_protection: bool = setting(False, "flag CHANGE_PROTECTION: insist on one job from Begin on")
    abort_on_error: bool = setting(False, "flag ABORT_ON_ERROR: an I/O error of the guest ends the migration")
    non_shared_disk: bool = setting(False, "flag NON_SHARED_DISK: copy storage, by mirrors to an NBD server")
    unsafe: bool = setting(False, "flag UNSAFE")
    compressed: bool = setting(False, "flag COMPRESSED")
    auto_converge: bool = setting(False, "flag AUTO_CONVERGE")
    rdma_pin_all: bool = setting(False, "flag RDMA_PIN_ALL")
    tls: bool = setting(False, "flag TLS")
    parallel: bool = setting(False, "flag PARALLEL")
    synchronous_writes: bool = setting(False, "flag NON_SHARED_SYNCHRONOUS_WRITES")
    zerocopy: bool = setting(False, "flag ZEROCOPY")
    guest: Guest = setting(Guest.RUNNING, "what the guest does before the migration")
    fence: Fence = setting(Fence.IMAGE_LOCK, "what keeps the guest from running twice")
    return_path: bool = setting(True, "the destination tells the source whether it loaded the guest (never in a tunnel)")
    pause_before_switchover: bool = setting(True, "QEMU waits for libvirt between stopping the guest and its last data")
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
    io_error: bool = setting(True, "the guest may be paused by an I/O error")

    @property
    def destination(self) -> Release:
        """The destination's libvirt."""
        return self.libvirt if self.destination_libvirt == SAME else self.destination_libvirt

    @property
    def qemu_there(self) -> Release:
        """The destination's QEMU."""
        return self.qemu if self.destination_qemu == SAME else self.destination_qemu

    @property
    def flags(self) -> frozenset[Flag]:
        """The flags of the API call."""
        given = {
            Flag.PEER2PEER: self.control is Control.P2P,
            Flag.TUNNELLED: self.tunnelled,
            Flag.POSTCOPY: self.postcopy,
            Flag.OFFLINE: self.offline,
            Flag.PERSIST_DEST: self.persist_dest,
            Flag.UNDEFINE_SOURCE: self.undefine_source,
            Flag.PAUSED: self.paused,
            Flag.CHANGE_PROTECTION: self.change_protection,
            Flag.ABORT_ON_ERROR: self.abort_on_error,
            Flag.NON_SHARED_DISK: self.non_shared_disk,
            Flag.UNSAFE: self.unsafe,
            Flag.COMPRESSED: self.compressed,
            Flag.AUTO_CONVERGE: self.auto_converge,
            Flag.RDMA_PIN_ALL: self.rdma_pin_all,
            Flag.TLS: self.tls,
            Flag.PARALLEL: self.parallel,
            Flag.NON_SHARED_SYNCHRONOUS_WRITES: self.synchronous_writes,
            Flag.ZEROCOPY: self.zerocopy,
        }
        return frozenset(flag for flag, wanted in given.items() if wanted)

    @property
    def selection(self) -> Selection:
        """The protocol that these settings lead to, or the call that refuses."""
        newest = None if self.protocol is Newest.AUTO else Protocol(self.protocol.value)
        return select(
            Request(
                self.control,
                self.flags,
                qemu_driver(self.libvirt, newest),
                qemu_driver(self.destination, newest),
                self.extended_parameters,
                self.new_xml,
                self.fence is Fence.LOCK_MANAGER,
            )
        )
