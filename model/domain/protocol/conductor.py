"""What the conductor of the migration does: one call after the other, by the answers that it gets.

The conductor is the client, or the source daemon in a peer-to-peer migration. Each action reads the answer to one call
and makes the next; a daemon executes a call in actions of its own (``perform``, ``finish``, ``confirm``).
"""

from __future__ import annotations

from hopcheck.model.domain.protocol.state import PHASE_SRC, State
from hopcheck.model.language import Expr, If, Update, becomes, literal


def conduct(s: State) -> None:
    """Begin, Prepare, Perform, Finish, Confirm."""
    _begin(s)
    _prepare(s)
    if not s.rules.offline:
        _perform(s)
    _finish(s)
    if s.rules.v3:
        _confirm(s)
    else:
        _without_confirm(s)
    # virsh exits, or the source daemon drops its connection, when all is said.
    s.system.action(
        "close_connections",
        guard=s.conductor & (s.call == "over") & (s.ctl_src | s.ctl_dst),
        updates=[becomes(s.ctl_src, False), becomes(s.ctl_dst, False)],
    )


def _begin(s: State) -> None:
    # Version 2 only asks for the domain's XML: no job is started.
    phase = "BEGIN3" if s.rules.protected else "NONE"
    s.system.action(
        "begin",
        guard=s.call == "none",
        updates=[*s.calls("begin", "ok"), becomes(s.phase_src, phase)],
    )
    s.system.action("begin_unanswered", guard=s.unanswered("begin"), updates=s.ends("error"))


def _prepare(s: State) -> None:
    """The destination starts QEMU, which waits for the stream; it is destroyed with the connection (autodestroy)."""
    dst = "none" if s.rules.offline else "paused_migration"
    s.system.action(
        "prepare",
        guard=s.answered("begin") & s.reach_dst,
        updates=[*s.calls("prepare", "ok"), becomes(s.phase_dst, "PREPARE"), becomes(s.dst, dst)],
    )
    for name, guard in (
        ("prepare_fails", s.answered("begin") & ~s.reach_dst),
        ("prepare_unanswered", s.unanswered("prepare")),
    ):
        # A job that Begin left must be ended by Confirm(1); without one there is nothing to end.
        s.system.action(name, guard=guard, updates=_cancel(s) if s.rules.protected else s.ends("error"))


def _perform(s: State) -> None:
    phase = "PERFORM3" if s.rules.v3 else "PERFORM2"
    may = s.answered("prepare")
    s.system.action(
        "perform",
        guard=may & s.reach_src & s.src_alive,
        updates=[
            *s.calls("perform"),
            becomes(s.phase_src, phase),
            becomes(s.stream, "active"),
            becomes(s.mirror, s.settings.non_shared_disk),
        ],
    )
    # The source daemon cannot be reached, or has no guest any more: on to Finish(1).
    s.system.action("perform_fails", guard=may & ~(s.reach_src & s.src_alive), updates=s.calls("perform", "error"))


def _finish(s: State) -> None:
    """Finish(0) starts the guest, Finish(1) destroys it."""
    done = "prepare" if s.rules.offline else "perform"
    phase = "FINISH3" if s.rules.v3 else "FINISH2"
    good, prepared = s.answered(done), s.phase_dst == "PREPARE"
    s.system.action(
        "finish(0)",
        guard=good & s.reach_dst & prepared,
        updates=[*s.calls("finish"), becomes(s.phase_dst, phase)],
    )
    s.system.action("finish(0)_fails", guard=good & ~(s.reach_dst & prepared), updates=s.calls("finish", "error"))
    if s.rules.offline:
        return
    # Perform has failed, or may have: no Confirm follows, since a Perform that fails restores the source itself.
    failed = s.unanswered("perform")
    s.system.action(
        "finish(1)",
        guard=failed & s.reach_dst,
        updates=[*s.ends("error"), *killed(s)],
    )
    s.system.action("finish(1)_fails", guard=failed & ~s.reach_dst, updates=s.ends("error"))


def _confirm(s: State) -> None:
    """The verdict: whether the destination has said that the guest runs. No answer counts as no."""
    heard = s.answered("finish")
    s.system.action(
        "confirm(0)",
        guard=heard & s.reach_src,
        updates=[*s.calls("confirm"), *_phase(s, "CONFIRM3"), becomes(s.cancelled, False)],
    )
    s.system.action("confirm(0)_fails", guard=heard & ~s.reach_src, updates=s.ends("ok"))
    s.system.action("finish_unanswered", guard=s.unanswered("finish"), updates=_cancel(s))
    told = (s.call == "confirm") & s.conductor & ((s.reply != "none") | ~s.reach_src)
    s.system.action("confirm_answered", guard=told & ~s.cancelled, updates=s.ends("ok"))
    s.system.action("confirm_cancelled_answered", guard=told & s.cancelled, updates=s.ends("error"))


def _without_confirm(s: State) -> None:
    s.system.action("finish_answered", guard=s.answered("finish"), updates=s.ends("ok"))
    s.system.action("finish_failed", guard=s.unanswered("finish"), updates=s.ends("error"))


def _cancel(s: State) -> list[Update]:
    """Confirm(1), where the source can be reached; the phase is that of a call that reached it."""
    return [*s.calls("confirm"), *_phase(s, "CONFIRM3_CANCELLED", s.reach_src), becomes(s.cancelled, True)]


def _phase(s: State, phase: str, reached: Expr | bool = True) -> list[Update]:
    """Confirm's phase; a source without the job refuses the call, a failed post-copy keeps its phase."""
    held = (s.phase_src != "NONE") & (s.phase_src != "POSTCOPY_FAILED") if not s.rules.offline else s.phase_src == "BEGIN3"
    return [becomes(s.phase_src, If(held & reached, literal(PHASE_SRC, phase), s.phase_src))]


def killed(s: State) -> list[Update]:
    """The destination daemon destroys the guest and ends the job."""
    return [becomes(s.dst, "none"), becomes(s.img_dst, "inactive"), becomes(s.phase_dst, "NONE")]
