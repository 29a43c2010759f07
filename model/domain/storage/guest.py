"""What goes on beside the migration: the guest, its host's kernel, other readers and writers of the same image."""

from __future__ import annotations

from hopcheck.model.domain.storage.copies import cached, flushed, resized, updates, written, written_back
from hopcheck.model.domain.storage.run import Run
from hopcheck.model.domain.storage.settings import ThirdReader
from hopcheck.model.language import becomes


def guest_actions(run: Run) -> None:
    """Declare the guest on the source, and the source host's kernel."""
    disk, copies, system = run.disk, run.copies, run.system
    # Once the destination runs, a source that runs too is a second guest: that is another property's matter.
    here = (run.src == "running") & (run.dst != "running")
    system.action("guest_writes", guard=here & ~disk.readonly, updates=updates(copies, written(disk, copies)))
    system.action(
        "guest_flushes",
        guard=here & (copies.src_dirty | copies.src_meta_dirty),
        updates=updates(copies, flushed(disk, copies)),
    )
    system.action("source_host_writes_back", guard=copies.src_dirty, updates=updates(copies, written_back(disk, copies)))
    system.action("nfs_server_shows_writes", guard=copies.server == "stale", updates=[becomes(copies.server, "fresh")])


def other_actions(run: Run) -> None:
    """Declare who else uses the image, as far as the settings allow it."""
    disk, copies, system, settings = run.disk, run.copies, run.system, run.settings
    if settings.second_writer:
        system.action("other_guest_writes", guard=disk.shareable, updates=updates(copies, written(disk, copies)))
    if settings.third_reader is not ThirdReader.NONE:
        system.action(
            "third_reader_reads",
            guard=disk.buffered & disk.page_cache & disk.same_bytes & ~disk.coherent & (copies.dst_host == "none"),
            updates=updates(copies, cached(disk, copies)),
        )
    if settings.third_reader is ThirdReader.MAPS:
        system.action(
            "third_reader_maps",
            guard=(copies.dst_host != "none") & ~copies.pinned,
            updates=[becomes(copies.pinned, True)],
        )
    if settings.online_resize:
        # QEMU refuses to resize a disk while it is copied, and nobody resizes what is read-only.
        system.action(
            "online_resize",
            guard=(run.src == "running") & (run.dst != "running") & ~disk.readonly & ~disk.copied,
            updates=updates(copies, resized(copies)),
        )
