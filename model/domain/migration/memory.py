"""The guest's memory against its disk: whoever writes after the memory was sent leaves the other side's memory behind."""

from __future__ import annotations

from hopcheck.model.domain.protocol.state import RUNNING_DST
from hopcheck.model.language import Enum, System, SystemBuilder, becomes

AHEAD = Enum("nobody", "source", "destination")


def memory(protocol: System) -> System:
    """``ahead``: whose guest was the first to write to the shared image after its memory was sent."""
    builder = SystemBuilder("memory")
    src, dst, img_src, img_dst, stream = (
        builder.variable(name, protocol[name].type) for name in ("src", "dst", "img_src", "img_dst", "stream")
    )
    ahead = builder.variable("ahead", AHEAD, initial="nobody")
    untouched = (ahead == "nobody") & (stream == "completed")
    builder.action(
        "source_writes_on",
        guard=untouched & (src == "running") & (img_src == "active"),
        updates=[becomes(ahead, "source")],
    )
    builder.action(
        "destination_writes",
        guard=untouched & dst.one_of(*RUNNING_DST) & (img_dst == "active"),
        updates=[becomes(ahead, "destination")],
    )
    return builder.build()
