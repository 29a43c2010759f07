"""What each action of the protocol model is in a message-sequence picture: data, for whoever draws one.

A message goes from one lane to another; something that happens in one place has one lane for both ends.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from hopcheck.model.domain.protocol.selection import Control
from hopcheck.model.language import Value


class Lane(enum.StrEnum):
    """Who takes part, from left to right."""

    CLIENT = "client"
    SOURCE_DAEMON = "source daemon"
    DESTINATION_DAEMON = "destination daemon"
    SOURCE_QEMU = "source QEMU"
    DESTINATION_QEMU = "destination QEMU"


@dataclass(frozen=True, slots=True)
class Message:
    """One action: from where to where, what it says, whether it is a fault, and whether it never arrives."""

    sender: Lane
    receiver: Lane
    text: str
    fault: bool = False
    lost: bool = False


C, SD, DD, SQ, DQ = Lane


def _at(lane: Lane, text: str) -> Message:
    return Message(lane, lane, text)


def _fault(lane: Lane, text: str) -> Message:
    return Message(lane, lane, text, fault=True)


MESSAGES: Mapping[str, Message] = {
    "refuse": _at(C, "refused"),
    "begin": Message(C, SD, "Begin"),
    "begin_unanswered": Message(SD, C, "no reply to Begin", lost=True),
    "prepare": Message(C, DD, "Prepare: start QEMU"),
    "prepare_fails": Message(C, DD, "Prepare", lost=True),
    "prepare_unanswered": Message(DD, C, "no reply to Prepare", lost=True),
    "perform": Message(C, SD, "Perform"),
    "perform_fails": Message(C, SD, "Perform", lost=True),
    "stop": _at(SQ, "STOP: guest stops"),
    "migrate_continue": Message(SD, SQ, "migrate-continue"),
    "end_of_stream": Message(SQ, DQ, "end of stream"),
    "stream_fails": Message(DQ, SQ, "stream fails", lost=True),
    "destination_qemu_exits": _at(DQ, "exits"),
    "start_postcopy": Message(SD, SQ, "migrate-start-postcopy"),
    "postcopy_completes": Message(SQ, DQ, "rest of the memory"),
    "postcopy_breaks": Message(SQ, DQ, "rest of the memory", lost=True),
    "perform_succeeds": Message(SD, C, "Perform: ok"),
    "perform_returns_error": Message(SD, C, "Perform: error"),
    "lost_destination": Message(SD, SQ, "cancel: peer lost"),
    "lost_destination_too_late": Message(SD, SQ, "peer lost: cont"),
    "abort_on_error": Message(SD, SQ, "cancel: I/O error"),
    "finish(0)": Message(C, DD, "Finish(0): start guest"),
    "finish(0)_fails": Message(C, DD, "Finish(0)", lost=True),
    "finish(1)": Message(C, DD, "Finish(1): kill guest"),
    "finish(1)_fails": Message(C, DD, "Finish(1)", lost=True),
    "finish_defines": _at(DD, "defines the guest"),
    "cont": Message(DD, DQ, "cont"),
    "cont_refused": Message(DQ, DD, "cont refused: fence"),
    "finish_leaves_paused": Message(DD, C, "Finish: ok, paused"),
    "finish_succeeds": Message(DD, C, "Finish: ok"),
    "finish_answered": _at(C, "done: success"),
    "finish_finds_no_guest": Message(DD, C, "Finish: no guest"),
    "finish_fails_in_postcopy": Message(DD, C, "Finish: post-copy failed"),
    "finish_failed": _at(C, "done: error"),
    "finish_unanswered": Message(C, SD, "no domain: Confirm(1)"),
    "confirm(0)": Message(C, SD, "Confirm(0)"),
    "confirm(0)_fails": Message(C, SD, "Confirm(0)", lost=True),
    "confirm_lets_go": Message(SD, SQ, "quit"),
    "confirm_goes_on": Message(SD, SQ, "Confirm(1): restore"),
    "confirm_finds_it_completed": Message(SD, SQ, "completed: quit"),
    "confirm_fails_in_postcopy": _at(SD, "Confirm(1): failed"),
    "confirm_finds_no_job": Message(SD, C, "Confirm: no job"),
    "confirm_answered": _at(C, "done: success"),
    "confirm_cancelled_answered": _at(C, "done: error"),
    "close_connections": _at(C, "closes connections"),
    "autodestroy": Message(DD, DQ, "autodestroy: kill"),
    "job_dropped": _at(SD, "drops the job"),
    "unfinished_job_dropped": _at(SD, "drops the job, no resume"),
    "protocol_interrupted_in_postcopy": _at(SD, "post-copy failed"),
    "source_daemon_restarts": _at(SD, "starts again"),
    "restart_in_perform": Message(SD, SQ, "restarts: cancel"),
    "restart_in_perform_too_late": Message(SD, SQ, "restarts: cont"),
    "restart_in_perform_in_postcopy": Message(SD, SQ, "restarts: cancel"),
    "restart_after_perform": _at(SD, "restarts, drops the job"),
    "restart_in_confirm(1)": Message(SD, SQ, "restarts: cont"),
    "restart_in_confirm(0)": Message(SD, SQ, "restarts: quit"),
    "restart_finds_it_completed": Message(SD, SQ, "restarts: quit"),
    "restart_finds_it_broken": _at(SD, "restarts, failed"),
    "restart_finds_it_active": _at(SD, "restarts, unattended"),
    "restart_without_guest": _at(SD, "restarts"),
    "destination_daemon_restarts": _at(DD, "starts again"),
    "destination_restart_in_prepare": Message(DD, DQ, "restarts: kill"),
    "destination_restart_in_finish": _at(DD, "starts again"),
    "destination_restart_in_finish2": Message(DD, DQ, "restarts: cont"),
    "destination_restart_finds_it_started": _at(DD, "restarts, keeps guest"),
    "destination_restart_in_finish3": Message(DD, DQ, "restarts: kill"),
    "destination_restart_finds_it_running": Message(DD, DQ, "restarts, guest runs"),
    "destination_restart_finds_it_completed": _at(DD, "restarts, completed"),
    "destination_restart_finds_it_broken": _at(DD, "restarts, failed"),
    "destination_restart_finds_it_active": _at(DD, "restarts, unattended"),
    "destination_restart_without_guest": _at(DD, "restarts"),
    "destination_notices_exit": _at(DD, "guest has quit"),
    "source_notices_exit": _at(SD, "guest has quit"),
    "source_notices_break": Message(SQ, SD, "postcopy-paused"),
    "unattended_completion_on_source": Message(SD, SQ, "completed: quit"),
    "unattended_completion_on_destination": Message(DQ, DD, "completed"),
    "begin_resume": Message(C, SD, "Begin (resume)"),
    "prepare_resume": Message(C, DD, "Prepare (resume)"),
    "perform_resume": Message(C, SD, "Perform (resume)"),
    "finish_resume": Message(C, DD, "Finish (resume)"),
    "finish_resume_succeeds": Message(DD, C, "Finish: ok"),
    "finish_resume_fails": Message(DD, C, "Finish: error"),
    "finish_resume_finds_no_guest": Message(DD, C, "Finish: no guest"),
    "confirm_resume": Message(C, SD, "Confirm (resume)"),
    "resume_fails": _at(C, "resume failed"),
    "source_gives_up_resume": _at(SD, "back to failed"),
    "destination_gives_up_resume": _at(DD, "back to failed"),
    "resume_by_hand": Message(C, SD, "virsh resume, by hand"),
    "destroy_by_hand": Message(C, SD, "virsh destroy, by hand"),
    "resume_destination_by_hand": Message(C, DD, "virsh resume, by hand"),
    "no_more_faults": _at(C, "no further fault"),
    "kill_client": _fault(C, "dies"),
    "kill_source_daemon": _fault(SD, "dies"),
    "kill_destination_daemon": _fault(DD, "dies"),
    "kill_source_qemu": _fault(SQ, "dies"),
    "kill_destination_qemu": _fault(DQ, "dies"),
    "stream_error": Message(SQ, DQ, "stream breaks", fault=True, lost=True),
    "load_error": _fault(DQ, "cannot load the guest"),
    "finish_error": _fault(DD, "Finish fails before cont"),
    "cont_error": Message(DD, DQ, "cont fails", fault=True, lost=True),
    "confirm_error": _fault(SD, "cannot read the cookie"),
    "abort": Message(C, SD, "virDomainAbortJob", fault=True),
    "io_error": _fault(SQ, "paused by an I/O error"),
}
"""By the action's name; ``lose_reply`` and ``break_connection`` depend on what they befall."""

BY_HAND = frozenset({"resume_by_hand", "destroy_by_hand", "resume_destination_by_hand", "abort"})
"""Actions of a person, who is at the client's lane in any case."""

_LOST = {"begin": SD, "prepare": DD, "perform": SD, "finish": DD}


def message(action: str, arguments: Mapping[str, Value], control: Control) -> Message:
    """The message of an action; in a peer-to-peer migration the source daemon speaks for the client."""
    found = MESSAGES.get(action) or _befalls(action, arguments)
    if control is not Control.P2P or action in BY_HAND:
        return found
    sender, receiver = (SD if lane is Lane.CLIENT else lane for lane in (found.sender, found.receiver))
    return Message(sender, receiver, found.text, found.fault, found.lost)


def _befalls(action: str, arguments: Mapping[str, Value]) -> Message:
    if action == "lose_reply":
        call = str(arguments["call"])
        return Message(_LOST[call], C, f"reply to {call.capitalize()} lost", fault=True, lost=True)
    if action == "break_connection":
        peer = SD if str(arguments["between"]).endswith("source daemon") else DD
        return Message(C, peer, "connection breaks", fault=True, lost=True)
    raise KeyError(f"the protocol model has no action {action}")
