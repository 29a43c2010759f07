"""Perform: what QEMU does on both sides, and what the source daemon makes of it."""

from __future__ import annotations

from hopcheck.model.domain.protocol.state import IMAGES, PHASE_SRC, UNDER_WAY, State
from hopcheck.model.language import Expr, If, Update, becomes, literal


def perform(s: State) -> None:
    """The stream, and how Perform ends."""
    _switch_over(s)
    _stream_ends(s)
    if s.settings.postcopy:
        _postcopy(s)
    _succeeds(s)
    _fails(s)


def performing(s: State) -> Expr:
    """The source daemon executes Perform."""
    return s.source_daemon & s.phase_src.one_of("PERFORM2", "PERFORM3")


def gives_up(s: State, status: str) -> list[Update]:
    """The migration ends on the source before it is complete: QEMU activates its images and goes on, if it ran."""
    return [
        becomes(s.stream, status),
        becomes(s.src, If(s.src == "paused_migration", "running", s.src)),
        becomes(s.img_src, If(s.src_alive, literal(IMAGES, "active"), "inactive")),
    ]


def _switch_over(s: State) -> None:
    """QEMU stops the guest, mirrors end, the source gives up its images before the end of the stream."""
    stopped = becomes(s.src, If(s.src == "running", "paused_migration", s.src))
    inactive = [becomes(s.stream, "device"), becomes(s.img_src, "inactive")]
    may = (s.stream == "active") & (s.dst == "paused_migration") & s.src_alive
    if not s.settings.pause_before_switchover:
        s.system.action("stop", guard=may, updates=[stopped, *inactive])
        return
    s.system.action("stop", guard=may, updates=[stopped, becomes(s.stream, "pre_switchover")])
    s.system.action(
        "migrate_continue",
        guard=(s.stream == "pre_switchover") & s.src_alive & performing(s),
        updates=[*inactive, becomes(s.mirror, False)],
    )


def _stream_ends(s: State) -> None:
    late = s.img_dst if s.rules.late_activation else literal(IMAGES, "active")
    s.system.action(
        "end_of_stream",
        guard=(s.stream == "device") & (s.dst == "paused_migration") & s.src_alive,
        updates=[becomes(s.stream, "completed"), becomes(s.img_dst, late)],
    )
    s.system.action(
        "stream_fails",
        guard=s.stream.one_of(*UNDER_WAY) & ((s.dst == "none") | ~s.src_alive),
        updates=gives_up(s, "failed"),
    )


def _postcopy(s: State) -> None:
    """migrate-start-postcopy: the source stops and hands over before the memory is complete."""
    s.system.action(
        "start_postcopy",
        guard=(s.stream == "active") & performing(s) & (s.dst == "paused_migration") & s.src_alive,
        updates=[
            becomes(s.stream, "postcopy_active"),
            becomes(s.src, If(s.src == "running", "paused_postcopy", s.src)),
            becomes(s.img_src, "inactive"),
        ],
    )


def _succeeds(s: State) -> None:
    sent = s.stream.one_of("completed", "postcopy_active") if s.settings.postcopy else s.stream == "completed"
    peer = s.ctl_dst if s.rules.p2p and s.rules.notices_lost_destination else s.ctl_dst | True
    guard = performing(s) & sent & s.src_alive & peer
    if s.rules.v3:
        done = [becomes(s.phase_src, "PERFORM3_DONE"), s.replies("perform", "ok"), becomes(s.mirror, False)]
        s.system.action("perform_succeeds", guard=guard, updates=done)
        return
    # Version 2 has no Confirm: the source lets go of the guest before the destination has started it.
    s.system.action(
        "perform_succeeds",
        guard=guard,
        updates=[
            becomes(s.src, "shutoff"),
            becomes(s.img_src, "inactive"),
            becomes(s.phase_src, "NONE"),
            becomes(s.mirror, False),
            becomes(s.def_src, not s.settings.undefine_source),
            s.replies("perform", "ok"),
        ],
    )


def _fails(s: State) -> None:
    """QEMU reports a failure, or the daemon ends it: the source is restored, no Confirm is needed."""
    # In post-copy mode the source is marked first, by the event that tells of the break.
    marked = (s.stream == "postcopy_paused") & (s.src != "paused_postcopy")
    ended = s.stream.one_of("failed", "cancelled") | marked | ~s.src_alive
    kept = (s.src == "paused_postcopy_failed") & s.rules.recovers_postcopy
    over = [becomes(s.mirror, False), s.replies("perform", "error")]
    phase = becomes(s.phase_src, If(kept, literal(PHASE_SRC, "POSTCOPY_FAILED"), "NONE"))
    s.system.action(
        "perform_returns_error", guard=performing(s) & ended, updates=[*over, phase, *s.started_although_paused()]
    )
    if s.rules.p2p and s.rules.notices_lost_destination:
        s.system.action(
            "lost_destination",
            guard=performing(s) & ~s.ctl_dst & ~ended & (s.stream != "completed"),
            updates=gives_up(s, "cancelled"),
        )
        s.system.action(
            "lost_destination_too_late",
            guard=performing(s) & ~s.ctl_dst & (s.stream == "completed") & s.src_alive,
            updates=[*over, becomes(s.phase_src, "NONE"), *s.restored()],
        )
    if s.settings.abort_on_error:
        s.system.action(
            "abort_on_error",
            guard=performing(s) & s.stream.one_of("active", "pre_switchover") & (s.src == "paused_ioerror"),
            updates=gives_up(s, "cancelled"),
        )
