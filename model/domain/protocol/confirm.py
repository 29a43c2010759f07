"""Confirm on the source: let go of the guest, or go on with it."""

from __future__ import annotations

from hopcheck.model.domain.protocol.state import PHASE_SRC, SRC, State
from hopcheck.model.language import FALSE, Expr, Update, becomes, literal


def confirm(s: State) -> None:
    """What becomes of the source by the verdict."""
    if s.rules.offline:
        _offline(s)
        return
    _let_go(s)
    _go_on(s)


def confirming(s: State, phase: str) -> Expr:
    """The source daemon executes Confirm, whether or not anybody still waits for it."""
    return s.source_daemon & (s.phase_src == phase)


def gone(s: State) -> list[Update]:
    """The source's QEMU is ended, as migrated."""
    return [becomes(s.src, "shutoff"), becomes(s.img_src, "inactive")]


def _offline(s: State) -> None:
    kept = not s.settings.undefine_source
    s.system.action(
        "confirm_lets_go",
        guard=confirming(s, "CONFIRM3"),
        updates=[becomes(s.def_src, kept), becomes(s.phase_src, "NONE"), s.replies("confirm", "ok")],
    )
    s.system.action(
        "confirm_goes_on",
        guard=confirming(s, "CONFIRM3_CANCELLED"),
        updates=[
            becomes(s.def_src, not s.rules.undefines_after_failure),
            becomes(s.phase_src, "NONE"),
            s.replies("confirm", "ok"),
        ],
    )
    _refused(s)


def _let_go(s: State) -> None:
    over = [becomes(s.phase_src, "NONE")]
    s.system.action(
        "confirm_lets_go",
        guard=confirming(s, "CONFIRM3"),
        updates=[*over, s.replies("confirm", "ok"), *gone(s), becomes(s.def_src, not s.settings.undefine_source)],
    )
    # The job's end restores a guest that is still there, although the verdict was 0 (peer-to-peer).
    back = s.restored() if s.rules.resumes_although_confirmed else []
    s.fault(
        "confirm_error",
        guard=confirming(s, "CONFIRM3"),
        updates=[*over, s.replies("confirm", "error"), *back],
    )
    _refused(s)


def _go_on(s: State) -> None:
    """Confirm(1): the guest goes on here, unless it may have gone on there in post-copy mode."""
    switched = s.src.one_of("paused_postcopy", "paused_postcopy_failed") if s.settings.postcopy else FALSE
    here = confirming(s, "CONFIRM3_CANCELLED")
    undefined = becomes(s.def_src, s.def_src & (s.src_alive | (not s.rules.undefines_after_failure)))
    s.system.action(
        "confirm_goes_on",
        guard=here & ~switched,
        updates=[
            *s.restored(),
            undefined,
            becomes(s.mirror, False),
            becomes(s.phase_src, "NONE"),
            s.replies("confirm", "ok"),
        ],
    )
    if not s.settings.postcopy:
        return
    done = s.stream == "completed"
    s.system.action(
        "confirm_finds_it_completed",
        guard=here & switched & done,
        updates=[*gone(s), becomes(s.phase_src, "NONE"), s.replies("confirm", "ok")],
    )
    s.system.action(
        "confirm_fails_in_postcopy",
        guard=here & switched & ~done,
        updates=[*failed_in_postcopy(s), s.replies("confirm", "ok")],
    )


def failed_in_postcopy(s: State) -> list[Update]:
    """The source is marked; since 8.5.0 its job stays, so that the migration can be resumed."""
    phase = "POSTCOPY_FAILED" if s.rules.recovers_postcopy else "NONE"
    return [becomes(s.src, literal(SRC, "paused_postcopy_failed")), becomes(s.phase_src, literal(PHASE_SRC, phase))]


def _refused(s: State) -> None:
    """There is no job (any more) that Confirm could end."""
    s.system.action(
        "confirm_finds_no_job",
        guard=s.source_daemon
        & (s.call == "confirm")
        & (s.reply == "none")
        & ~s.phase_src.one_of("CONFIRM3", "CONFIRM3_CANCELLED"),
        updates=[s.replies("confirm", "error")],
    )
