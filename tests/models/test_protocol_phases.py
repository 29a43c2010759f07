"""Table 1.4 of the protocol: what a state leads to without further faults, row by row."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hopcheck.model.domain.protocol import Settings
from hopcheck.model.domain.protocol.selection import Control
from hopcheck.model.domain.protocol.settings import Count, Fence, Newest
from hopcheck.model.domain.settings import Release

from .protocol_run import SWITCHED, led

SENT = ["begin", "prepare", "perform", "stop", "migrate_continue", "end_of_stream"]
DONE = [*SENT, "perform_succeeds"]
P2P = Settings(control=Control.P2P, faults=Count.TWO)
MANAGED = Settings(faults=Count.TWO)
POST = Settings(postcopy=True, faults=Count.TWO)
RUNS = [*SWITCHED, "finish(0)", "cont"]
CUT = "break_connection(between=client and destination daemon)"
CUT_SRC = "break_connection(between=client and source daemon)"
CUT_P2P = "break_connection(between=source daemon and destination daemon)"
V2 = Settings(protocol=Newest.V2, faults=Count.TWO)
OLD = replace(MANAGED, libvirt=Release("0.9.3"), qemu=Release("2.4"))

ROWS: dict[str, tuple[Settings, list[str], dict[str, object]]] = {
    "BEGIN3, ctl lost": (
        MANAGED,
        ["begin", CUT_SRC, "job_dropped"],
        {"src": "running", "phase_src": "NONE", "dst": "none"},
    ),
    "BEGIN3, source daemon restart": (
        MANAGED,
        ["begin", "kill_source_daemon", "source_daemon_restarts"],
        {"src": "running", "phase_src": "NONE"},
    ),
    "BEGIN3, Prepare error, change protection on": (
        MANAGED,
        ["begin", CUT, "prepare_fails", "confirm_goes_on", "confirm_cancelled_answered"],
        {"src": "running", "phase_src": "NONE", "dst": "none", "result": "error"},
    ),
    "BEGIN3, Prepare error, no protection": (
        OLD,
        ["begin", CUT, "prepare_fails"],
        {"src": "running", "phase_src": "NONE", "dst": "none", "result": "error", "call": "over"},
    ),
    "PREPARE, ctl lost": (
        MANAGED,
        ["begin", "prepare", CUT, "autodestroy"],
        {"dst": "none", "phase_dst": "NONE", "src": "running"},
    ),
    "PREPARE, destination daemon restart": (
        MANAGED,
        ["begin", "prepare", "perform", "kill_destination_daemon", "destination_restart_in_prepare", "stream_fails"],
        {"dst": "none", "src": "running", "stream": "failed"},
    ),
    "PERFORM3, QEMU reports failure": (
        MANAGED,
        [*SENT[:-1], "stream_error", "perform_returns_error", "finish(1)"],
        {"src": "running", "dst": "none", "phase_src": "NONE", "call": "over"},
    ),
    "PERFORM3, I/O error with ABORT_ON_ERROR": (
        replace(MANAGED, abort_on_error=True),
        ["begin", "prepare", "perform", "io_error", "abort_on_error", "perform_returns_error", "finish(1)"],
        {"src": "paused_ioerror", "dst": "none"},
    ),
    "PERFORM3, p2p link lost": (
        P2P,
        ["begin", "prepare", "perform", CUT_P2P, "lost_destination", "perform_returns_error"],
        {"src": "running", "phase_src": "NONE"},
    ),
    "PERFORM3, managed client dies": (
        MANAGED,
        [*SENT, "kill_client", "autodestroy", "perform_succeeds", "unfinished_job_dropped"],
        {"src": "paused_migration", "dst": "none", "phase_src": "NONE"},
    ),
    "PERFORM3, source daemon restart": (
        replace(MANAGED, non_shared_disk=True),
        ["begin", "prepare", "perform", "stop", "kill_source_daemon", "restart_in_perform"],
        {"src": "running", "phase_src": "NONE", "mirror": False},
    ),
    "PERFORM3, source daemon restart, post-copy begun": (
        # Cancelled, but the guest is paused for the reason post-copy, which the restart does not resume.
        POST,
        ["begin", "prepare", "perform", "start_postcopy", "kill_source_daemon", "restart_in_perform_in_postcopy"],
        {"src": "paused_postcopy", "phase_src": "NONE", "stream": "cancelled"},
    ),
    "PERFORM2, source daemon restart": (
        V2,
        ["begin", "prepare", "perform", "stop", "kill_source_daemon", "restart_in_perform"],
        {"src": "running", "phase_src": "NONE"},
    ),
    "PERFORM3_DONE, ctl lost, precopy": (
        MANAGED,
        [*DONE, CUT_SRC, "unfinished_job_dropped"],
        {"src": "paused_migration", "phase_src": "NONE"},
    ),
    "PERFORM3_DONE, source daemon restart, precopy": (
        P2P,
        [*DONE, "kill_source_daemon", "autodestroy", "restart_after_perform"],
        {"src": "paused_migration", "phase_src": "NONE", "dst": "none"},
    ),
    "PERFORM3_DONE, ctl lost, post-copy": (
        POST,
        [*SWITCHED, CUT_SRC, "protocol_interrupted_in_postcopy"],
        {"src": "paused_postcopy_failed", "phase_src": "POSTCOPY_FAILED"},
    ),
    "FINISH3, a step fails before CPUs start": (
        MANAGED,
        [*DONE, "finish(0)", "finish_error", "finish_unanswered", "confirm_goes_on", "confirm_cancelled_answered"],
        {"src": "running", "dst": "none", "result": "error"},
    ),
    "FINISH3, CPUs fail to start, v3": (
        MANAGED,
        [*DONE, "finish(0)", "cont_error", "finish_unanswered", "confirm_goes_on"],
        {"src": "running", "dst": "none"},
    ),
    "FINISH2, CPUs fail to start, v2": (
        V2,
        [*DONE, "finish(0)", "cont_error", "finish_answered"],
        {"src": "shutoff", "dst": "paused_migration", "result": "ok"},
    ),
    "FINISH3, daemon restart, CPUs not started": (
        MANAGED,
        [*DONE, "finish(0)", "kill_destination_daemon", "destination_restart_in_finish3", "finish_unanswered"],
        {"dst": "none", "phase_dst": "NONE", "phase_src": "CONFIRM3_CANCELLED"},
    ),
    "FINISH3, daemon restart, CPUs started": (
        replace(MANAGED, fence=Fence.NONE),
        [
            *[*DONE, "finish(0)", "cont", "kill_destination_daemon", "destination_restart_finds_it_running"],
            *["finish_unanswered", "confirm_goes_on"],
        ],
        {"src": "running", "dst": "running", "phase_dst": "NONE"},
    ),
    "FINISH3 done, reply lost": (
        MANAGED,
        [
            *[*DONE, "finish(0)", "cont", "finish_succeeds", "lose_reply(call=finish)", "finish_unanswered"],
            "confirm_goes_on",
        ],
        {"src": "paused_migration", "dst": "running", "refused": True},
    ),
    "FINISH3, post-copy, failure after CPUs start": (
        POST,
        [*RUNS, "stream_error(mode=post-copy)", "finish_fails_in_postcopy"],
        {"dst": "running_postcopy_failed", "phase_dst": "POSTCOPY_FAILED"},
    ),
    "CONFIRM3, source daemon restart": (
        MANAGED,
        [*DONE, "finish(0)", "cont", "finish_succeeds", "confirm(0)", "kill_source_daemon", "restart_in_confirm(0)"],
        {"src": "shutoff", "dst": "running"},
    ),
    "CONFIRM3_CANCELLED, source daemon restart": (
        MANAGED,
        [*DONE, "finish(0)", "cont_error", "finish_unanswered", "kill_source_daemon", "restart_in_confirm(1)"],
        {"src": "running", "dst": "none"},
    ),
    "Confirm(1), post-copy, completed": (
        POST,
        [*RUNS, CUT, "postcopy_completes", "finish_unanswered", "confirm_finds_it_completed"],
        {"src": "shutoff", "phase_src": "NONE"},
    ),
    "Confirm(1), post-copy, otherwise": (
        POST,
        [*RUNS, CUT, "finish_unanswered", "confirm_fails_in_postcopy"],
        {"src": "paused_postcopy_failed", "phase_src": "POSTCOPY_FAILED", "dst": "running_postcopy"},
    ),
    "Confirm lost": (
        MANAGED,
        [*DONE, "finish(0)", "cont", "finish_succeeds", "kill_client", "unfinished_job_dropped"],
        {"src": "paused_migration", "dst": "running", "phase_src": "NONE"},
    ),
    "FINISH2, daemon restart": (
        V2,
        [*DONE, "finish(0)", "kill_destination_daemon", "destination_restart_in_finish2"],
        {"src": "shutoff", "dst": "running"},
    ),
    "POSTCOPY_FAILED, resumed": (
        POST,
        [
            *[*RUNS, "stream_error(mode=post-copy)", "finish_fails_in_postcopy", "finish_unanswered"],
            *["confirm_fails_in_postcopy", "confirm_cancelled_answered", "begin_resume", "prepare_resume"],
            *["perform_resume", "finish_resume", "postcopy_completes", "finish_resume_succeeds", "confirm_resume"],
        ],
        {"src": "shutoff", "dst": "running", "phase_src": "NONE", "phase_dst": "NONE", "result": "ok"},
    ),
    "any *_RESUME, ctl lost": (
        POST,
        [
            *[*RUNS, "stream_error(mode=post-copy)", "finish_fails_in_postcopy", "finish_unanswered"],
            *["confirm_fails_in_postcopy", "confirm_cancelled_answered", "begin_resume", "prepare_resume", "kill_client"],
            *["source_gives_up_resume", "destination_gives_up_resume"],
        ],
        {"src": "paused_postcopy_failed", "dst": "running_postcopy_failed", "phase_src": "POSTCOPY_FAILED"},
    ),
    "POSTCOPY_FAILED, QEMU finishes by itself": (
        POST,
        [
            *SWITCHED,
            "kill_source_daemon",
            "restart_finds_it_active",
            "postcopy_completes",
            "unattended_completion_on_source",
        ],
        {"src": "shutoff", "phase_src": "NONE"},
    ),
    "post-copy, daemon restart, QEMU still active": (
        POST,
        [*RUNS, "kill_destination_daemon", "destination_restart_finds_it_active"],
        {"dst": "running_postcopy", "phase_dst": "POSTCOPY_FAILED"},
    ),
}


@pytest.mark.parametrize("row", ROWS)
def test_row_of_the_table_of_phases_and_events(row: str) -> None:
    settings, steps, end = ROWS[row]
    led(settings, steps, **end)
