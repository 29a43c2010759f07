"""Post-copy after Perform: the rest of the memory, its loss, and how the migration is resumed (since 8.5.0)."""

from __future__ import annotations

from hopcheck.model.domain.protocol.confirm import gone
from hopcheck.model.domain.protocol.state import State
from hopcheck.model.language import becomes


def postcopy(s: State) -> None:
    """What happens while, and after, the guest's memory follows it."""
    _memory(s)
    if s.rules.recovers_postcopy:
        _unattended(s)
        if not s.rules.stays_paused:
            _resume(s)


def _memory(s: State) -> None:
    both = s.src_alive & (s.dst != "none")
    active = s.stream == "postcopy_active"
    s.system.action("postcopy_completes", guard=active & both, updates=[becomes(s.stream, "completed")])
    s.system.action("postcopy_breaks", guard=active & ~both, updates=[becomes(s.stream, "postcopy_paused")])
    s.system.action(
        "source_notices_break",
        guard=s.source_daemon & (s.phase_src != "NONE") & (s.stream == "postcopy_paused") & (s.src == "paused_postcopy"),
        updates=[becomes(s.src, "paused_postcopy_failed")],
    )


def _unattended(s: State) -> None:
    """QEMU has finished without anybody to wait for it."""
    s.system.action(
        "unattended_completion_on_source",
        guard=s.source_daemon & (s.phase_src == "POSTCOPY_FAILED") & (s.stream == "completed") & s.src_alive,
        updates=[*gone(s), becomes(s.phase_src, "NONE")],
    )
    s.system.action(
        "unattended_completion_on_destination",
        guard=s.destination_daemon & (s.phase_dst == "POSTCOPY_FAILED") & (s.stream == "completed") & (s.dst != "none"),
        updates=[becomes(s.dst, "running"), becomes(s.phase_dst, "NONE")],
    )


def _resume(s: State) -> None:
    """POSTCOPY_RESUME: the same calls once more, over new connections, each in a phase of its own."""
    broken = (s.stream == "postcopy_paused") & s.src_alive & (s.dst != "none")
    held = (s.phase_src == "POSTCOPY_FAILED") & (s.phase_dst == "POSTCOPY_FAILED")
    s.system.action(
        "begin_resume",
        guard=s.source_daemon & s.destination_daemon & held & broken & s.unattended,
        updates=[
            *s.calls("begin_resume", "ok"),
            becomes(s.phase_src, "BEGIN_RESUME"),
            becomes(s.client, True),
            becomes(s.ctl_src, True),
            becomes(s.ctl_dst, True),
        ],
    )
    s.system.action(
        "prepare_resume",
        guard=s.answered("begin_resume") & s.reach_dst & (s.phase_dst == "POSTCOPY_FAILED"),
        updates=[*s.calls("prepare_resume", "ok"), becomes(s.phase_dst, "PREPARE_RESUME")],
    )
    s.system.action(
        "perform_resume",
        guard=s.answered("prepare_resume") & s.reach_src & (s.phase_src == "BEGIN_RESUME") & broken,
        updates=[
            *s.calls("perform_resume", "ok"),
            becomes(s.phase_src, "PERFORM_RESUME"),
            becomes(s.stream, "postcopy_active"),
            becomes(s.src, "paused_postcopy"),
            becomes(s.dst, "running_postcopy"),
        ],
    )
    s.system.action(
        "finish_resume",
        guard=s.answered("perform_resume") & s.reach_dst & (s.phase_dst == "PREPARE_RESUME"),
        updates=[*s.calls("finish_resume"), becomes(s.phase_dst, "FINISH_RESUME")],
    )
    _resumed(s)
    _resume_fails(s)


def _resumed(s: State) -> None:
    there = s.destination_daemon & (s.phase_dst == "FINISH_RESUME") & (s.dst != "none")
    s.system.action(
        "finish_resume_succeeds",
        guard=there & (s.stream == "completed"),
        updates=[becomes(s.dst, "running"), becomes(s.phase_dst, "NONE"), s.replies("finish_resume", "ok")],
    )
    s.system.action(
        "finish_resume_fails",
        guard=there & (s.stream == "postcopy_paused"),
        updates=[
            becomes(s.dst, "running_postcopy_failed"),
            becomes(s.phase_dst, "POSTCOPY_FAILED"),
            s.replies("finish_resume", "error"),
        ],
    )
    s.system.action(
        "finish_resume_finds_no_guest",
        guard=s.destination_daemon & (s.phase_dst == "FINISH_RESUME") & (s.dst == "none"),
        updates=[becomes(s.phase_dst, "NONE"), s.replies("finish_resume", "error")],
    )
    s.system.action(
        "confirm_resume",
        guard=s.answered("finish_resume") & s.reach_src & (s.phase_src == "PERFORM_RESUME"),
        updates=[*s.ends("ok"), *gone(s), becomes(s.phase_src, "NONE")],
    )


def _resume_fails(s: State) -> None:
    """Any error, or a lost connection, leads back to POSTCOPY_FAILED; completion in between is noticed there."""
    for call in ("begin_resume", "prepare_resume", "perform_resume", "finish_resume"):
        s.system.action("resume_fails", guard=_stuck(s, call), updates=s.ends("error"), labels={"call": call})
    between = s.phase_src.one_of("BEGIN_RESUME", "PERFORM_RESUME")
    s.system.action(
        "source_gives_up_resume",
        guard=s.source_daemon & between & ((s.call == "over") | ~s.ctl_src if not s.rules.p2p else s.call == "over"),
        updates=[becomes(s.phase_src, "POSTCOPY_FAILED"), becomes(s.src, "paused_postcopy_failed")],
    )
    s.system.action(
        "destination_gives_up_resume",
        guard=s.destination_daemon & (s.phase_dst == "PREPARE_RESUME") & ((s.call == "over") | ~s.ctl_dst),
        updates=[becomes(s.phase_dst, "POSTCOPY_FAILED"), becomes(s.dst, "running_postcopy_failed")],
    )


def _stuck(s: State, call: str) -> object:
    """The conductor cannot make the call after this one."""
    ready = {
        "begin_resume": s.reach_dst & (s.phase_dst == "POSTCOPY_FAILED"),
        "prepare_resume": s.reach_src
        & (s.phase_src == "BEGIN_RESUME")
        & (s.stream == "postcopy_paused")
        & (s.dst != "none"),
        "perform_resume": s.reach_dst & (s.phase_dst == "PREPARE_RESUME"),
        "finish_resume": s.reach_src & (s.phase_src == "PERFORM_RESUME"),
    }[call]
    return s.unanswered(call) | (s.answered(call) & ~ready)
