"""What the daemons do when a connection is lost or they were restarted, and what people do by hand afterwards.

The callback of a lost connection runs only between calls: a daemon lets go of a connection when the call that came by
it has returned. So nothing here happens in the middle of Perform, Finish or Confirm.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from hopcheck.model.domain.protocol.conductor import killed
from hopcheck.model.domain.protocol.confirm import gone
from hopcheck.model.domain.protocol.finish import started
from hopcheck.model.domain.protocol.perform import gives_up
from hopcheck.model.domain.protocol.settings import Guest
from hopcheck.model.domain.protocol.state import PHASE_DST, PHASE_SRC, POSTCOPY, SRC, UNDER_WAY, State
from hopcheck.model.language import FALSE, Expr, If, Update, becomes, literal

Restart: TypeAlias = Callable[[str, tuple[str, ...], object, list[Update]], None]
"""Declares what a daemon does that finds one of these phases, and a condition, when it starts again."""


def recover(s: State) -> None:
    """Lost connections, restarts, deaths that are noticed, and helping hands."""
    _connections(s)
    _source_restarts(s)
    _destination_restarts(s)
    if not s.rules.offline:
        _deaths(s)
        if s.settings.third_party:
            _by_hand(s)


def _connections(s: State) -> None:
    if not s.rules.p2p:
        _source_loses_client(s)
    s.system.action(
        "autodestroy",
        guard=s.destination_daemon & ~s.ctl_dst & (s.phase_dst == "PREPARE"),
        updates=killed(s),
    )


def _source_loses_client(s: State) -> None:
    """Between calls: after Begin the job is dropped; after Perform nobody knows what the destination did."""
    lost = s.source_daemon & ~s.ctl_src
    if s.rules.protected:
        updates = [becomes(s.phase_src, "NONE")]
        s.system.action("job_dropped", guard=lost & (s.phase_src == "BEGIN3"), updates=updates)
    if s.rules.offline or not s.rules.v3:
        return
    # CONFIRM3_CANCELLED is only recorded: the guest is not resumed.
    s.system.action(
        "unfinished_job_dropped",
        guard=lost & (s.phase_src == "PERFORM3_DONE") & ~_switched(s),
        updates=[becomes(s.phase_src, "NONE")],
    )
    if s.settings.postcopy:
        s.system.action(
            "protocol_interrupted_in_postcopy",
            guard=lost & (s.phase_src == "PERFORM3_DONE") & _switched(s),
            updates=[becomes(s.src, "paused_postcopy_failed"), _postcopy_phase(s)],
        )


def _switched(s: State) -> Expr:
    """The source daemon knows the migration to be in post-copy mode."""
    return s.src.one_of("paused_postcopy", "paused_postcopy_failed") if s.settings.postcopy else FALSE


def _postcopy_phase(s: State) -> Update:
    return becomes(s.phase_src, literal(PHASE_SRC, "POSTCOPY_FAILED" if s.rules.recovers_postcopy else "NONE"))


def _source_restarts(s: State) -> None:
    """The source daemon starts again and looks at the phase that it had recorded."""
    up = becomes(s.source_daemon, True)
    forgets = becomes(s.phase_src, "NONE")

    def restarts(name: str, phases: tuple[str, ...], condition: object, updates: list[Update]) -> None:
        s.system.action(name, guard=~s.source_daemon & s.phase_src.one_of(*phases) & condition, updates=[up, *updates])

    idle = ("NONE", "BEGIN3") if not s.rules.offline else ("NONE", "BEGIN3", "CONFIRM3", "CONFIRM3_CANCELLED")
    restarts("source_daemon_restarts", idle, True, [forgets])
    if s.rules.offline:
        return
    _restart_in_perform(s, restarts, forgets)
    if not s.rules.v3:
        return
    restarts("restart_after_perform", ("PERFORM3_DONE",), ~_switched(s), [forgets])
    mirrors = [becomes(s.mirror, False)] if s.rules.restart_cancels_mirrors else []
    back = s.restored() if s.settings.guest is Guest.RUNNING else []
    restarts("restart_in_confirm(1)", ("CONFIRM3_CANCELLED",), ~_switched(s), [forgets, *mirrors, *back])
    restarts("restart_in_confirm(0)", ("CONFIRM3",), True, [forgets, *gone(s)])
    if not s.settings.postcopy:
        return
    late = ("PERFORM3_DONE", "CONFIRM3_CANCELLED", "POSTCOPY_FAILED", "BEGIN_RESUME", "PERFORM_RESUME", "CONFIRM_RESUME")
    completed, broken = s.stream == "completed", s.stream == "postcopy_paused"
    restarts("restart_finds_it_completed", late, _switched(s) & completed, [forgets, *gone(s)])
    marked = [becomes(s.src, "paused_postcopy_failed"), _postcopy_phase(s)]
    restarts("restart_finds_it_broken", late, _switched(s) & broken, marked)
    # QEMU goes on by itself: the job is kept as unattended, and the guest is not marked as failed.
    unattended = [_postcopy_phase(s)] if s.rules.recovers_postcopy else marked
    restarts("restart_finds_it_active", late, _switched(s) & ~completed & ~broken, unattended)
    restarts("restart_without_guest", late, ~_switched(s) & ~s.src_alive & (s.phase_src == "POSTCOPY_FAILED"), [forgets])


def _restart_in_perform(s: State, restarts: Restart, forgets: Update) -> None:
    """The migration is cancelled, and the guest goes on if the migration had paused it.

    Since 8.5.0 also in post-copy mode, for nothing runs on the destination yet. But the guest is resumed only if it is
    paused for the reason ``migration``; a source that has switched is paused for the reason ``post-copy``.
    """
    mirrors = [becomes(s.mirror, False)] if s.rules.restart_cancels_mirrors else []
    phases = ("PERFORM2", "PERFORM3")
    running = s.stream.one_of(*UNDER_WAY)
    restarts("restart_in_perform", phases, running, [forgets, *mirrors, *gives_up(s, "cancelled")])
    back = s.restored() if s.settings.guest is Guest.RUNNING else []
    over = ~running & ~s.stream.one_of(*POSTCOPY)
    restarts("restart_in_perform_too_late", phases, over, [forgets, *mirrors, *back])
    if s.settings.postcopy:
        failed = [becomes(s.src, If(_switched(s), literal(SRC, "paused_postcopy_failed"), s.src))]
        marked = [] if s.rules.recovers_postcopy else failed
        cancelled = becomes(s.stream, "cancelled")
        restarts(
            "restart_in_perform_in_postcopy", phases, s.stream.one_of(*POSTCOPY), [forgets, *mirrors, cancelled, *marked]
        )


def _destination_restarts(s: State) -> None:
    up = becomes(s.destination_daemon, True)
    forgets = becomes(s.phase_dst, "NONE")

    def restarts(name: str, phases: tuple[str, ...], condition: object, updates: list[Update]) -> None:
        guard = ~s.destination_daemon & s.phase_dst.one_of(*phases) & condition
        s.system.action(name, guard=guard, updates=[up, *updates])

    restarts("destination_daemon_restarts", ("NONE",), True, [])
    if s.rules.offline:
        restarts("destination_restart_in_finish", ("PREPARE", "FINISH3"), True, [forgets])
        return
    restarts("destination_restart_in_prepare", ("PREPARE",), True, killed(s))
    if not s.rules.v3:
        # The source is gone: start the CPUs, and hope.
        may = (s.dst == "paused_migration") & ~s.dst_cont_refused
        restarts("destination_restart_in_finish2", ("FINISH2",), may, [forgets, *started(s)])
        restarts("destination_restart_finds_it_started", ("FINISH2",), ~may, [forgets])
        return
    precopy = s.dst == "running"
    switched = s.dst.one_of("running_postcopy", "running_postcopy_failed") if s.settings.postcopy else FALSE
    kept = [forgets] if s.rules.keeps_running_destination else killed(s)
    restarts("destination_restart_in_finish3", ("FINISH3",), ~precopy & ~switched, killed(s))
    restarts("destination_restart_finds_it_running", ("FINISH3",), precopy, kept)
    if s.settings.postcopy:
        _destination_restarts_in_postcopy(s, restarts, switched)


def _destination_restarts_in_postcopy(s: State, restarts: Restart, switched: Expr) -> None:
    late = ("FINISH3", "POSTCOPY_FAILED", "PREPARE_RESUME", "FINISH_RESUME")
    completed, broken = s.stream == "completed", s.stream == "postcopy_paused"
    phase = becomes(s.phase_dst, literal(PHASE_DST, "POSTCOPY_FAILED" if s.rules.recovers_postcopy else "NONE"))
    done = [becomes(s.dst, "running"), becomes(s.phase_dst, "NONE")]
    restarts("destination_restart_finds_it_completed", late, switched & completed, done)
    marked = [becomes(s.dst, "running_postcopy_failed"), phase]
    restarts("destination_restart_finds_it_broken", late, switched & broken, marked)
    restarts("destination_restart_finds_it_active", late, switched & ~completed & ~broken, [phase])
    gone_ = (s.dst == "none") & (s.phase_dst != "FINISH3")
    restarts("destination_restart_without_guest", late, gone_, killed(s))


def _deaths(s: State) -> None:
    """A daemon notices that its QEMU has ended."""
    s.system.action(
        "destination_qemu_exits",
        guard=(s.dst == "paused_migration") & s.stream.one_of("failed", "cancelled"),
        updates=[becomes(s.dst, "none"), becomes(s.img_dst, "inactive")],
    )
    over = s.destination_daemon & (s.dst == "none") & s.phase_dst.one_of("PREPARE", "POSTCOPY_FAILED", "PREPARE_RESUME")
    s.system.action("destination_notices_exit", guard=over, updates=killed(s))
    idle = s.phase_src.one_of("BEGIN3", "PERFORM3_DONE", "POSTCOPY_FAILED", "BEGIN_RESUME", "PERFORM_RESUME")
    s.system.action(
        "source_notices_exit",
        guard=s.source_daemon & ~s.src_alive & idle,
        updates=[becomes(s.phase_src, "NONE"), becomes(s.mirror, False)],
    )


def _by_hand(s: State) -> None:
    """An administrator who looks at both hosts: nobody else knows which of two leftovers to keep."""
    free = s.source_daemon & (s.phase_src == "NONE") & s.unattended & (s.phase_dst == "NONE")
    left = s.src.one_of("paused_migration", "paused_postcopy")
    s.system.action(
        "resume_by_hand",
        guard=free & left & (s.dst == "none") & ~s.src_cont_refused & (s.ran != "postcopy"),
        updates=[becomes(s.src, "running"), becomes(s.img_src, "active")],
    )
    s.system.action(
        "destroy_by_hand",
        guard=free & s.src_alive & (s.src != "running") & s.dst.one_of("running", "paused"),
        updates=gone(s),
    )
    if not s.rules.v3 and not s.rules.stays_paused:
        s.system.action(
            "resume_destination_by_hand",
            guard=(s.dst == "paused_migration") & (s.phase_dst == "NONE") & ~s.dst_cont_refused & ~s.src_alive,
            updates=started(s),
        )
