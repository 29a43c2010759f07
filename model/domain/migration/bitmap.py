"""The disk's dirty bitmap follows the protocol: when it is listed, stored, sent, loaded, and taken back."""

from __future__ import annotations

from hopcheck.model.domain.bitmaps import system
from hopcheck.model.domain.bitmaps.policy import inactivated_before_bits
from hopcheck.model.domain.bitmaps.state import DST, QSRC, SRC
from hopcheck.model.domain.migration.disk import GONE
from hopcheck.model.domain.migration.follow import Move, Part, Step
from hopcheck.model.domain.migration.settings import Settings
from hopcheck.model.domain.protocol.state import RUNNING_DST, UNDER_WAY
from hopcheck.model.language import FALSE, TRUE, Bool, Expr, If, System, literal
from hopcheck.model.language.expr import variable


def bitmap(settings: Settings, protocol: System) -> Part:
    """The bitmaps model of one bitmap, driven by the protocol."""
    wanted = settings.of_bitmaps
    model = system(wanted)
    read = ~model["sent"] | (model["dst_bitmap"] != "none")
    loaded = model["bits"] & (model["qdst"] == "completed")
    return Part(
        protocol,
        model,
        seen=_seen(protocol),
        moves=(
            Move("migrate", lambda step: step.leaves("stream", "none"), (("dirty_bitmaps", TRUE),)),
            Move("inactivate", lambda step: step.enters("img_src", "inactive") & ~step.after("src").one_of(*GONE)),
            Move("cont", lambda step: step.enters("dst", *RUNNING_DST)),
            Move("destination_dies", _destination_gone),
            Move("stream_breaks", _given_up),
            Move("resume_source", lambda step: step.enters("src", "running"), keeps=("dst_bitmap",)),
        ),
        waits={
            "stop": read,
            **({} if inactivated_before_bits(wanted) else {"migrate_continue": model["bits"]}),
            "end_of_stream": loaded,
        },
        initially=TRUE,
        called={},
    )


def _destination_gone(step: Step) -> Expr:
    """There is no destination any more, or none when the stream begins."""
    dies = step.enters("dst", "none") & (step.protocol["stream"] != "none")
    return dies | (step.leaves("stream", "none") & (step.protocol["dst"] == "none"))


def _given_up(step: Step) -> Expr:
    """The source's QEMU gives the migration up; its destination is as good as gone."""
    return step.leaves("stream", *UNDER_WAY) & step.after("stream").one_of("failed", "cancelled")


def _seen(protocol: System) -> dict[str, Expr]:
    """The bitmaps model's word for where the migration, the guest and its images are."""
    stream, src, dst = protocol["stream"], protocol["src"], protocol["dst"]
    ended = stream.one_of("failed", "cancelled")
    # What was sent is forgotten when the source goes on.
    back = (stream == "completed") & ~variable("bits", Bool)
    status = If(back, literal(QSRC, "failed"), "completed")
    for told, meant in (("device", "device"), ("pre_switchover", "device"), ("active", "active"), ("none", "none")):
        status = If(stream == told, literal(QSRC, meant), status)
    for told in ("failed", "cancelled"):
        status = If(stream == told, literal(QSRC, told), status)
    # A destination that waits for a migration that was given up never runs: its exit is a matter of time.
    waits = If(ended | back | (dst == "none"), literal(DST, "exited"), "paused")
    return {
        "qsrc": status,
        "src": If(src == "running", literal(SRC, "running"), "paused"),
        "dst": If(stream == "none", literal(DST, "none"), If(dst.one_of(*RUNNING_DST), literal(DST, "running"), waits)),
        "img_src": protocol["img_src"],
        "img_dst": protocol["img_dst"],
        "refused": FALSE,  # of what libvirt offers, setup refuses nothing
    }
