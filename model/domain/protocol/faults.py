"""The faults: each a named action, each with a setting of its name, and together no more than ``faults``."""

from __future__ import annotations

from hopcheck.model.domain.protocol.perform import gives_up, performing
from hopcheck.model.domain.protocol.state import STREAM, UNDER_WAY, State
from hopcheck.model.language import Expr, If, becomes, literal


def faults(s: State) -> None:
    """Lost replies, broken connections, dead processes, a broken stream, a load that fails, an abort."""
    _messages(s)
    _processes(s)
    if not s.rules.offline:
        _qemus(s)
        _stream(s)
    # Progress is asked for without new faults: from here on there are none.
    s.system.action("no_more_faults", guard=s.faults > 0, updates=[becomes(s.faults, 0)])


def _busy(s: State) -> Expr:
    return ~s.call.one_of("none", "over")


def _messages(s: State) -> None:
    asked = ["prepare", "finish"] if s.rules.p2p or s.rules.offline else ["prepare", "perform", "finish"]
    for call in asked:
        lost = (s.call == call) & (s.reply == "ok")
        s.fault("lose_reply", guard=lost, updates=[becomes(s.reply, "error")], call=call)
    conductor = "source daemon" if s.rules.p2p else "client"
    if not s.rules.p2p:
        cut = [becomes(s.ctl_src, False)]
        s.fault("break_connection", guard=_busy(s) & s.ctl_src, updates=cut, between="client and source daemon")
    cut = [becomes(s.ctl_dst, False)]
    s.fault("break_connection", guard=_busy(s) & s.ctl_dst, updates=cut, between=f"{conductor} and destination daemon")


def _processes(s: State) -> None:
    if not s.rules.p2p:
        dead = [becomes(s.client, False), becomes(s.ctl_src, False), becomes(s.ctl_dst, False)]
        s.fault("kill_client", guard=_busy(s) & s.client, updates=dead)
    # A source daemon that conducts takes the whole conversation with it.
    held = [*s.ends("error"), becomes(s.ctl_dst, False)] if s.rules.p2p else [becomes(s.ctl_src, False)]
    s.fault(
        "kill_source_daemon",
        guard=s.source_daemon & (_busy(s) | (s.phase_src != "NONE")),
        updates=[becomes(s.source_daemon, False), *held],
    )
    s.fault(
        "kill_destination_daemon",
        guard=s.destination_daemon & (_busy(s) | (s.phase_dst != "NONE")),
        updates=[becomes(s.destination_daemon, False), becomes(s.ctl_dst, False)],
    )


def _qemus(s: State) -> None:
    complete_there = (s.stream == "completed") & (s.dst != "none")
    s.fault(
        "kill_source_qemu",
        guard=s.src_alive & _busy(s),
        updates=[
            becomes(s.src, "crashed"),
            becomes(s.img_src, "inactive"),
            becomes(s.mirror, False),
            becomes(s.lost, s.lost | ~complete_there),
        ],
    )
    went_on = s.dst_runs | (s.dst == "paused")
    s.fault(
        "kill_destination_qemu",
        guard=(s.dst != "none") & _busy(s),
        updates=[
            becomes(s.dst, "none"),
            becomes(s.img_dst, "inactive"),
            becomes(s.lost, s.lost | went_on | ~s.src_alive),
        ],
    )


def _stream(s: State) -> None:
    under_way = s.stream.one_of(*UNDER_WAY)
    s.fault("stream_error", guard=under_way & s.src_alive, updates=gives_up(s, "failed"))
    if s.settings.postcopy:
        broken = [becomes(s.stream, "postcopy_paused")]
        s.fault("stream_error", guard=s.stream == "postcopy_active", updates=broken, mode="post-copy")
    loading = (s.stream == "device") & (s.dst == "paused_migration") & s.src_alive
    quits = [becomes(s.dst, "none"), becomes(s.img_dst, "inactive")]
    # Without a way back the source takes the end of its stream for success.
    unnoticed = [becomes(s.stream, literal(STREAM, "completed"))]
    s.fault("load_error", guard=loading, updates=[*quits, *(gives_up(s, "failed") if s.rules.return_path else unnoticed)])
    s.fault("abort", guard=performing(s) & under_way & s.src_alive, updates=gives_up(s, "cancelled"))
    paused = [becomes(s.src, If(s.src == "running", "paused_ioerror", s.src))]
    s.fault("io_error", guard=(s.src == "running") & (s.stream == "active"), updates=paused)
