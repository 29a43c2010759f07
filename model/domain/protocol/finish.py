"""Finish on the destination: wait for the data, define the guest, start its CPUs; or destroy it."""

from __future__ import annotations

from hopcheck.model.domain.protocol.conductor import killed
from hopcheck.model.domain.protocol.state import DST, PHASE_DST, RAN, State
from hopcheck.model.language import FALSE, Expr, If, Update, becomes, literal


def finish(s: State) -> None:
    """How Finish(0) goes on and ends."""
    if s.rules.offline:
        _offline(s)
        return
    _start(s)
    _fails_before_cont(s)
    if s.settings.postcopy and not s.rules.stays_paused:
        _postcopy(s)


def finishing(s: State) -> Expr:
    """The destination daemon executes Finish(0), whether or not anybody still waits for it."""
    return s.destination_daemon & s.phase_dst.one_of("FINISH2", "FINISH3")


def waits(s: State) -> Expr:
    """Finish has not started the CPUs yet, and all that it waits for has come."""
    return finishing(s) & (s.dst == "paused_migration") & s.stream.one_of("completed", "postcopy_active")


def started(s: State) -> list[Update]:
    """CPUs run on the destination, with its images active."""
    switched = s.stream.one_of("postcopy_active", "postcopy_paused") if s.settings.postcopy else FALSE
    return [
        becomes(s.dst, If(switched, literal(DST, "running_postcopy"), "running")),
        becomes(s.img_dst, "active"),
        becomes(s.ran, If(switched, literal(RAN, "postcopy"), "precopy")),
    ]


def dropped(s: State) -> list[Update]:
    """Finish fails: version 3 destroys the guest, since the source still has it.

    In version 2 the source has let go: since 1.2.20 a guest whose CPUs do not start is left paused, and success is
    reported. What Finish has defined before (PERSIST_DEST) stays defined in any version.
    """
    if s.rules.v2_keeps_destination:
        return [becomes(s.phase_dst, "NONE"), s.replies("finish", "ok")]
    return [*killed(s), s.replies("finish", "error")]


def _offline(s: State) -> None:
    done = [becomes(s.phase_dst, "NONE"), s.replies("finish", "ok"), becomes(s.def_dst, True)]
    s.system.action("finish_defines", guard=finishing(s), updates=done)
    s.fault("finish_error", guard=finishing(s), updates=[becomes(s.phase_dst, "NONE"), s.replies("finish", "error")])


def _start(s: State) -> None:
    defined = becomes(s.def_dst, s.def_dst | s.settings.persist_dest)
    if s.rules.stays_paused:
        # The images stay as they are: with late activation nobody has them until somebody resumes the guest.
        s.system.action(
            "finish_leaves_paused",
            guard=waits(s) & (s.stream == "completed"),
            updates=[defined, becomes(s.dst, "paused"), becomes(s.phase_dst, "NONE"), s.replies("finish", "ok")],
        )
        return
    s.system.action("cont", guard=waits(s) & ~s.dst_cont_refused, updates=[defined, *started(s)])
    s.system.action("cont_refused", guard=waits(s) & s.dst_cont_refused, updates=[defined, *dropped(s)])
    s.fault("cont_error", guard=waits(s), updates=[defined, *dropped(s)])
    s.system.action(
        "finish_succeeds",
        guard=finishing(s) & s.dst_runs & (s.stream == "completed"),
        updates=[becomes(s.dst, "running"), becomes(s.phase_dst, "NONE"), s.replies("finish", "ok")],
    )


def _fails_before_cont(s: State) -> None:
    """The guest has quit, or the stream will not come: Finish cannot start anything."""
    quit_ = s.dst == "none"
    broken = (s.dst == "paused_migration") & (s.stream == "postcopy_paused")
    s.system.action(
        "finish_finds_no_guest",
        guard=finishing(s) & (quit_ | broken),
        updates=[*killed(s), s.replies("finish", "error")],
    )
    if not s.rules.v2_keeps_destination:
        # Version 2 ignores such an error since 1.2.20, and goes on to start the CPUs.
        s.fault("finish_error", guard=waits(s), updates=dropped(s))


def _postcopy(s: State) -> None:
    """The CPUs run already; Finish waits for the rest of the memory."""
    kept = s.rules.recovers_postcopy
    s.system.action(
        "finish_fails_in_postcopy",
        guard=finishing(s) & (s.dst == "running_postcopy") & (s.stream == "postcopy_paused"),
        updates=[
            becomes(s.dst, "running_postcopy_failed"),
            becomes(s.phase_dst, literal(PHASE_DST, "POSTCOPY_FAILED") if kept else literal(PHASE_DST, "NONE")),
            s.replies("finish", "error"),
        ],
    )
