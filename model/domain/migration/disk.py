"""The disk follows the protocol: who opens, flushes, gives up and activates the image, and when."""

from __future__ import annotations

from hopcheck.model.domain.migration.follow import Move, Part, Step
from hopcheck.model.domain.migration.settings import Settings
from hopcheck.model.domain.protocol.state import RUNNING_DST
from hopcheck.model.domain.storage import system
from hopcheck.model.domain.storage.disk import disk_of
from hopcheck.model.domain.storage.mechanism import mechanism
from hopcheck.model.domain.storage.policy import accepted
from hopcheck.model.domain.storage.run import DST, IMAGE, SRC, VERDICT
from hopcheck.model.language import Expr, If, System, literal

GONE = ("shutoff", "crashed")


def disk(settings: Settings, protocol: System) -> Part:
    """The storage model of one disk that libvirt lets migrate, driven by the protocol."""
    wanted = settings.of_storage
    model = system(wanted)
    chosen = disk_of(model, wanted)
    return Part(
        protocol,
        model,
        seen=_seen(settings, protocol),
        moves=(
            Move("prepare", lambda step: step.leaves("dst", "none")),
            Move("source_stops", lambda step: step.leaves("src", "running") & ~step.after("src").one_of(*GONE)),
            Move("source_inactivates", lambda step: step.enters("img_src", "inactive") & _stays(step)),
            Move("stream_ends", lambda step: step.enters("stream", "completed") & _waits_there(step)),
            Move("destination_cont", lambda step: step.enters("dst", *RUNNING_DST)),
            Move("stream_breaks", lambda step: step.enters("dst", "none")),
            Move("source_quits", lambda step: step.enters("src", "shutoff")),
            Move("source_qemu_dies", lambda step: step.enters("src", "crashed")),
        ),
        waits={"migrate_continue": model["mirror"] != "running"},
        initially=accepted(wanted, chosen)
        & ~chosen.blocked(mechanism(wanted))
        & chosen.medium.one_of(*(each.value for each in settings.media)),
        called={"mirror": "copying"},
    )


def _stays(step: Step) -> Expr:
    """The source's QEMU is there after the step."""
    return ~step.after("src").one_of(*GONE)


def _waits_there(step: Step) -> Expr:
    """The destination's QEMU is there after the step, and has not been started."""
    return step.after("dst") == "paused_migration"


def _seen(settings: Settings, protocol: System) -> dict[str, Expr]:
    """The storage model's word for where the guest and its images are."""
    src, dst, img_dst = protocol["src"], protocol["dst"], protocol["img_dst"]
    there = If(protocol["stream"] == "completed", literal(DST, "paused"), "inmigrate")
    started = If(dst.one_of(*RUNNING_DST), literal(DST, "running"), there)
    # The NBD server on the destination writes to the copy from the start.
    writes = If(dst == "none", literal(IMAGE, "inactive"), "active") if settings.copied else img_dst
    return {
        "src": If(src == "running", literal(SRC, "running"), If(src.one_of(*GONE), literal(SRC, "off"), "paused")),
        "dst": If(dst == "none", literal(DST, "none"), started),
        "img_src": protocol["img_src"],
        "img_dst": writes,
        "verdict": If(dst == "none", literal(VERDICT, "none"), "accepted"),
    }
