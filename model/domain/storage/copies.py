"""The coherence model: which copies of the disk's bytes there are, and what writing, flushing and activating do to them.

A copy is ``fresh`` where it holds the guest's newest bytes, else ``stale``. That is all there is to know of a version:
a version number never comes back, so that a stale copy stays stale until it is read again. Two words instead of numbers
make the model exact for any number of writes.

``disk``: what a read gets that misses every cache of the destination: bytes on the medium, and on a coherent cluster
file system those in the source's page cache too. ``lost``: newer bytes are gone for ever; ``foreign``: the destination
opens something else than the source. Of a disk that is copied it is the destination's own copy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from hopcheck.model.domain.storage.disk import Disk
from hopcheck.model.domain.storage.mechanism import Mechanism
from hopcheck.model.domain.storage.settings import Device, Settings
from hopcheck.model.language import (
    FALSE,
    TRUE,
    Bool,
    Enum,
    Expr,
    If,
    System,
    SystemBuilder,
    Update,
    becomes,
    literal,
)

COPY = Enum("none", "stale", "fresh")
BYTES = Enum("fresh", "stale", "lost", "foreign")
READ = Enum("none", "fresh", "stale", "foreign")
SERVER = Enum("fresh", "stale")

Changes = Mapping[str, object]
"""New values by variable."""


@dataclass(frozen=True, slots=True, eq=False)
class Copies:
    """The variables.

    ``src_meta_dirty``: the format's tables in the source QEMU are newer than its file; ``src_dirty``: the source
    host's cache (or the client's) is newer than the medium; ``server``: whether an NFS server shows what was written to
    a client that has the file open; ``dst_host``: pages in the destination host's
    cache (none on a coherent cluster file system, where they are as good as the medium); ``dst_meta``: the format's
    tables in the destination QEMU; ``dst_len``: the length that its block node knows; ``dst_dev``: the length that the
    guest's disk controller knows; ``pinned``: somebody has mapped the pages of ``dst_host``; ``read``: what the guest
    last read on the destination.
    """

    disk: Expr
    src_meta_dirty: Expr
    src_dirty: Expr
    server: Expr
    dst_host: Expr
    dst_meta: Expr
    dst_len: Expr
    dst_dev: Expr
    pinned: Expr
    read: Expr


def declare_copies(system: SystemBuilder, disk: Disk, settings: Settings) -> Copies:
    """Declare the copies as they are while the guest runs on the source and no migration was begun."""
    copies = Copies(
        disk=system.variable("disk", BYTES, initial=["fresh", "stale", "foreign"]),
        src_meta_dirty=system.variable("src_meta_dirty", Bool, initial=False),
        src_dirty=system.variable("src_dirty", Bool, initial=False),
        server=system.variable("server", SERVER, initial="fresh"),
        dst_host=system.variable("dst_host", COPY, initial=["none", "stale"] if settings.earlier_visit else "none"),
        dst_meta=system.variable("dst_meta", COPY, initial="none"),
        dst_len=system.variable("dst_len", COPY, initial="none"),
        dst_dev=system.variable("dst_dev", COPY, initial="none"),
        pinned=system.variable("pinned", Bool, initial=False),
        read=system.variable("read", READ, initial="none"),
    )
    system.initially(copies.disk == at_rest(disk))
    # Pages of an earlier visit: where there is a page cache that nobody keeps coherent. Nobody but QEMU reads them
    # through it, so that they matter only where QEMU does.
    system.initially((copies.dst_host == "stale").implies(_leaves_pages(disk) & ~disk.readonly))
    return copies


def copies_of(system: System) -> Copies:
    """The copies of a system that was built by ``system``."""
    return Copies(*(system[each.name] for each in fields(Copies)))


def at_rest(disk: Disk) -> Expr:
    """``disk`` while the guest runs on the source and has written everything out."""
    return If(disk.copied, literal(BYTES, "stale"), If(disk.reachable, literal(BYTES, "fresh"), "foreign"))


def updates(copies: Copies, changes: Changes) -> list[Update]:
    """The changes as updates of an action."""
    return [becomes(getattr(copies, name), value) for name, value in changes.items()]


def written(disk: Disk, copies: Copies) -> Changes:
    """A guest writes on the source host."""
    in_qemu = disk.has_metadata & ~disk.through
    in_cache = disk.buffered & ~disk.through
    hidden = in_qemu | (in_cache & ~disk.coherent)
    return {
        "disk": If(
            disk.copied & (copies.disk == "fresh"),  # the copy lags until the mirror ends
            literal(BYTES, "stale"),
            _of_shared(disk, copies, If(hidden, literal(BYTES, "stale"), "fresh")),
        ),
        "src_meta_dirty": copies.src_meta_dirty | in_qemu,
        "src_dirty": copies.src_dirty | in_cache,
        "server": _unseen(disk, copies, TRUE),
        "dst_host": If((copies.dst_host == "none") | disk.copied, copies.dst_host, "stale"),
        "dst_meta": If((copies.dst_meta != "none") & ~disk.copied, "stale", copies.dst_meta),
    }


def flushed(disk: Disk, copies: Copies) -> Changes:
    """The source QEMU flushes: its tables always go to the host; cache=unsafe asks the host for nothing more."""
    kept = (disk.cache == "unsafe") & disk.buffered & (copies.src_dirty | copies.src_meta_dirty)
    return {
        "disk": _of_shared(disk, copies, If(kept & ~disk.coherent, literal(BYTES, "stale"), "fresh")),
        "src_meta_dirty": False,
        "src_dirty": kept,
        "server": _unseen(disk, copies, copies.src_dirty | copies.src_meta_dirty),
    }


def written_back(disk: Disk, copies: Copies) -> Changes:
    """The source host's kernel (or the network client) writes its dirty pages, of its own accord or at a close."""
    return {
        "disk": _of_shared(disk, copies, If(copies.src_meta_dirty, literal(BYTES, "stale"), "fresh")),
        "src_dirty": False,
        "server": _unseen(disk, copies, copies.src_dirty),
    }


def closed(disk: Disk, copies: Copies) -> Changes:
    """The source QEMU closes the image: an NFS client and a network client then write everything out."""
    kept = copies.src_dirty & disk.page_cache & ~disk.nfs
    return {
        "disk": _of_shared(disk, copies, If(kept & ~disk.coherent, literal(BYTES, "stale"), "fresh")),
        "src_meta_dirty": False,
        "src_dirty": kept,
        "server": "fresh",
    }


def killed(disk: Disk, copies: Copies) -> Changes:
    """The source QEMU dies: its kernel closes the image, and what only its own memory held is lost."""
    left = closed(disk, copies)
    gone = copies.src_meta_dirty & (copies.disk != "foreign") & ~disk.copied
    return {**left, "disk": If(gone, literal(BYTES, "lost"), left["disk"])}


def opened(disk: Disk, copies: Copies) -> Changes:
    """The destination QEMU opens the image, inactive: a format reads its tables."""
    found = seen(disk, copies, copies.dst_host)
    return {
        "dst_meta": If(disk.has_metadata & disk.same_bytes, kept_as(found), "none"),
        "dst_host": _filled(disk, copies.dst_host, found, disk.has_metadata),
        "dst_len": "fresh",
        "dst_dev": "fresh",
    }


def cached(disk: Disk, copies: Copies) -> Changes:
    """Somebody on the destination host reads through its cache."""
    return {"dst_host": _filled(disk, copies.dst_host, seen(disk, copies, copies.dst_host), TRUE)}


def activated(disk: Disk, copies: Copies, mechanism: Mechanism) -> Changes:
    """The destination QEMU activates the image, or after a close on the source opens it again."""
    droppable = FALSE
    if mechanism.drops_cache:
        droppable = disk.page_cache & ~disk.direct & ~copies.pinned
    if mechanism.invalidates_rbd and disk.settings.network_client.value == "rbd":
        droppable = droppable | disk.client_cache
    if mechanism.closes:
        droppable = droppable | disk.nfs  # an NFS client compares the file's attributes when it is opened
    host = If(droppable & ~disk.copied, literal(COPY, "none"), copies.dst_host)
    found = seen(disk, copies, host)
    reloads = disk.reloads(mechanism)
    length = copies.dst_len if not mechanism.refreshes_length else literal(COPY, "fresh")
    length = If(reloads, literal(COPY, "fresh"), length)
    follows = disk.settings.device is Device.VIRTIO_BLK  # others took the length when they were made
    return {
        "dst_host": _filled(disk, host, found, reloads),
        "dst_meta": If(reloads & disk.same_bytes, kept_as(found), copies.dst_meta),
        "dst_len": length,
        "dst_dev": length if follows else copies.dst_dev,
    }


def resized(copies: Copies) -> Changes:
    """The image is made longer: whoever knew its length knows it no more."""
    return {
        name: If(each == "none", each, "stale") for name, each in (("dst_len", copies.dst_len), ("dst_dev", copies.dst_dev))
    }


def forgotten(disk: Disk, copies: Copies) -> Changes:
    """The destination QEMU is gone: what was in its process is too, the pages of its host are not."""
    return {
        "dst_host": If(disk.medium == "network", literal(COPY, "none"), copies.dst_host),
        "dst_meta": "none",
        "dst_len": "none",
        "dst_dev": "none",
    }


def crashed(copies: Copies) -> Changes:
    """The source host dies: what its cache had not written is lost."""
    return {
        "disk": If(copies.src_dirty & (copies.disk != "foreign"), literal(BYTES, "lost"), copies.disk),
        "src_meta_dirty": False,
        "src_dirty": False,
    }


def seen(disk: Disk, copies: Copies, host: Expr) -> Expr:
    """What a read on the destination gets from below the format at worst, of ``READ``; ``host``: the pages there then.

    Some blocks have pages in a cache and some have none: fresh pages do not hide stale bytes below them.
    """
    shown = (copies.disk == "fresh") & ((disk.medium != "nfs_protocol") | disk.copied | (copies.server == "fresh"))
    hidden = disk.buffered & disk.same_bytes & (host == "stale")
    return If(copies.disk == "foreign", literal(READ, "foreign"), If(shown & ~hidden, literal(READ, "fresh"), "stale"))


def guest_sees(disk: Disk, copies: Copies) -> Expr:
    """What a read of the guest on the destination gets, through all layers, of ``READ``."""
    below = seen(disk, copies, copies.dst_host)
    return If((below == "fresh") & disk.has_metadata & (copies.dst_meta == "stale"), literal(READ, "stale"), below)


def kept_as(found: Expr) -> Expr:
    """What a read leaves in a cache."""
    return If(found == "fresh", literal(COPY, "fresh"), "stale")


def _filled(disk: Disk, host: Expr, found: Expr, reads: Expr) -> Expr:
    """The destination host's pages after a read, where there is a cache that keeps them for better or worse."""
    keeps = disk.buffered & disk.same_bytes & ~disk.coherent
    return If(reads & keeps & (host != "stale"), kept_as(found), host)


def _of_shared(disk: Disk, copies: Copies, value: Expr) -> Expr:
    """The new ``disk``, where it is the bytes that the source works on: what is lost or foreign stays so."""
    return If(copies.disk.one_of("lost", "foreign") | disk.copied, copies.disk, value)


def _unseen(disk: Disk, copies: Copies, wrote: Expr) -> Expr:
    return If((disk.medium == "nfs_protocol") & wrote, literal(SERVER, "stale"), copies.server)


def _leaves_pages(disk: Disk) -> Expr:
    return disk.page_cache & ~disk.direct & ~disk.coherent & disk.same_bytes
