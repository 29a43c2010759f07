"""The migration protocol: every variant's verdicts, table 1.4 row by row, the findings, and that nothing is vacuous."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from hopcheck.engine.check import check, seen
from hopcheck.explorer.search import explore
from hopcheck.model.domain.protocol import Settings, system
from hopcheck.model.domain.protocol.messages import MESSAGES, Lane, message
from hopcheck.model.domain.protocol.selection import Control
from hopcheck.model.domain.protocol.settings import Count, Fence, Guest, Newest
from hopcheck.model.domain.settings import Release, described, settings_from
from hopcheck.model.errors import InputError
from hopcheck.model.language import Expr, System, initial_states, successors
from hopcheck.properties.catalog.protocol import properties, variants
from hopcheck.properties.kinds import Kind, Property
from hopcheck.properties.vacuity import Finding, vacuities
from hopcheck.properties.verdict import Outcome

from .libvirt_history.protocol import CASES, KINDS, counterexample, kept, only, violated

VARIANTS = dict(variants())
LOST = Settings(fence=Fence.NONE)


def explored(settings: Settings) -> tuple[System, tuple[Property, ...]]:
    model = system(settings)
    return model, properties(settings, model)


@pytest.mark.parametrize("name", VARIANTS)
def test_every_property_has_its_expected_verdict(name: str) -> None:
    model, asked = explored(VARIANTS[name])
    results = check(model, asked, variant=name, prove_seconds=0)
    assert {r.prop.name: r.verdict.outcome for r in results} == {r.prop.name: r.expected.outcome for r in results}
    assert all(result.expected.reason for result in results)


def test_both_engines_agree_for_any_number_of_faults() -> None:
    """Nothing counts faults here: what is exhausted and proved holds however many there are."""
    name = "11.3 p2p, no fence"
    model, asked = explored(VARIANTS[name])
    wanted = {
        "NO_KILL_OF_RUNNING_DST",
        "RUNSTATE_PRESERVED",
        "DEFINED_SOMEWHERE",
        "ROLLBACK_ALWAYS_POSSIBLE_BEFORE_DST_CONT",
    }
    chosen = [prop for prop in asked if prop.name in wanted | {"AT_MOST_ONE_RUNNING"}]
    results = {r.prop.name: r for r in check(model, chosen, variant=name, prove_seconds=120, workers=1)}
    seconds = {name: result.second for name, result in results.items()}
    assert all(second is not None and second.known for second in seconds.values())
    assert {n for n, r in results.items() if r.verdict.outcome is Outcome.SAFE} == wanted


def test_nothing_is_vacuous() -> None:
    facts, named = [], {}
    for name, settings in variants():
        model, asked = explored(settings)
        found = check(model, asked, variant=name, prove_seconds=0)[0].exploration
        assert found is not None
        facts.append(seen(model, asked, found))
        named |= {prop.name: prop for prop in asked}
    findings = vacuities(tuple(named.values()), facts)
    assert [str(each) for each in findings] == []
    assert Finding.DEAD_ACTION not in {each.finding for each in findings}


def test_expectations_fit_settings_that_no_variant_has() -> None:
    """Any setting can be given on the command line: the catalog knows what to expect of each."""
    draw = random.Random(4)
    for _ in range(60):
        settings = _drawn(draw)
        model, asked = explored(settings)
        for result in check(model, asked, prove_seconds=0):
            assert result.verdict.outcome is result.expected.outcome, (result.prop.name, settings)


def _drawn(draw: random.Random) -> Settings:
    flags = ("postcopy", "persist_dest", "undefine_source", "non_shared_disk", "abort_on_error", "paused", "offline")
    parts = ("return_path", "pause_before_switchover", "third_party")
    kinds = set(draw.sample(KINDS, draw.choice([1, 2, 3, len(KINDS)])))
    chosen = {kind: kind in kinds for kind in KINDS}
    chosen |= {flag: draw.random() < 0.3 for flag in flags} | {part: draw.random() < 0.7 for part in parts}
    return replace(
        Settings(
            libvirt=Release(draw.choice(["11.3", "9.0", "7.0", "4.9.0", "1.3.2", "1.2.16", "1.1.0", "1.1.5", "0.9.3"])),
            qemu=Release(draw.choice(["11.1", "10.0", "7.2", "2.12", "2.5"])),
            control=draw.choice([Control.MANAGED, Control.P2P]),
            protocol=draw.choice([Newest.AUTO, Newest.AUTO, Newest.V3, Newest.V2]),
            fence=draw.choice(list(Fence)),
            guest=draw.choice(list(Guest)),
            faults=draw.choice([Count.NONE, Count.ONE, Count.TWO]),
        ),
        **chosen,
    )


# the rows of table 1.4: what a state leads to without further faults -------------------------------------------------


@cache
def _model(settings: Settings) -> System:
    return system(settings)


def led(settings: Settings, steps: Sequence[str], **end: object) -> None:
    """The steps can be taken in a row, and lead to this end."""
    model = _model(settings)
    (state,) = initial_states(model)
    for name in steps:
        following = {step.label: step.target for step in successors(model, state)}
        assert name in following, (name, sorted(following), model.decode(state))
        state = following[name]
    decoded = model.decode(state)
    assert {key: decoded[key] for key in end} == end, (steps, decoded)


SENT = ["begin", "prepare", "perform", "stop", "migrate_continue", "end_of_stream"]
DONE = [*SENT, "perform_succeeds"]
P2P = Settings(control=Control.P2P, faults=Count.TWO)
MANAGED = Settings(faults=Count.TWO)
POST = Settings(postcopy=True, faults=Count.TWO)
SWITCHED = ["begin", "prepare", "perform", "start_postcopy", "perform_succeeds"]
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


# findings in present releases ----------------------------------------------------------------------------------------

PRESENT = [Settings(qemu=Release(qemu)) for qemu in ("10.0", "11.1")]


@pytest.mark.parametrize("present", PRESENT, ids=lambda s: f"QEMU {s.qemu}")
class TestFindings:
    """Libvirt 11.3 violates these; each trace is the shortest with the only kind of fault that it needs."""

    def test_postcopy_gives_up_a_source_although_the_destination_never_ran(self, present: Settings) -> None:
        switched = only(replace(present, postcopy=True), "cont_error")
        told = [*SWITCHED, "finish(0)", "cont_error", "finish_unanswered", "confirm_fails_in_postcopy"]
        led(switched, told, src="paused_postcopy_failed", phase_src="POSTCOPY_FAILED", dst="none", ran="no")
        for name in ("ROLLBACK_ALWAYS_POSSIBLE_BEFORE_DST_CONT", "AT_LEAST_ONE_RESUMABLE"):
            state = violated(switched, name, "start_postcopy", "cont_error")
            assert (state["src"], state["dst"], state["ran"]) == ("paused_postcopy_failed", "none", "no")
        violated(switched, "NO_ORPHAN_JOBS", "cont_error")
        violated(switched, "GUEST_GOES_ON", "cont_error")
        kept([replace(switched, postcopy=False)], "NO_ORPHAN_JOBS")

    def test_a_confirm_that_fails_resumes_the_source_of_a_p2p_migration(self, present: Settings) -> None:
        bare = only(replace(present, control=Control.P2P, fence=Fence.NONE), "confirm_error")
        violated(bare, "AT_MOST_ONE_RUNNING", "finish_succeeds", "confirm(0)", "confirm_error")
        kept([replace(bare, control=Control.MANAGED), replace(bare, fence=Fence.IMAGE_LOCK)], "AT_MOST_ONE_RUNNING")

    def test_finish_leaves_the_definition_of_a_guest_that_it_could_not_start(self, present: Settings) -> None:
        persist = only(replace(present, persist_dest=True), "cont_error")
        assert violated(persist, "FAILED_DST_IS_ABSENT", "cont_error")["def_dst"] is True
        kept([replace(persist, persist_dest=False)], "FAILED_DST_IS_ABSENT")

    def test_a_lost_reply_to_perform_leaves_the_guest_paused_everywhere(self, present: Settings) -> None:
        alone = only(replace(present, third_party=False), "lose_reply")
        violated(alone, "GUEST_GOES_ON", "perform_succeeds", "lose_reply(call=perform)")
        kept([replace(alone, third_party=True), replace(alone, control=Control.P2P)], "GUEST_GOES_ON")

    def test_finish_kills_a_complete_guest_whose_source_died_after_sending_it(self, present: Settings) -> None:
        dies = only(present, "kill_source_qemu")
        state = violated(dies, "AT_LEAST_ONE_RESUMABLE", "end_of_stream", "kill_source_qemu", "finish(1)")
        assert (state["src"], state["dst"]) == ("crashed", "none")

    def test_images_of_a_paused_guest_stay_inactive_when_its_job_is_dropped(self, present: Settings) -> None:
        paused = only(replace(present, guest=Guest.PAUSED), "kill_client")
        state = violated(paused, "PAUSED_SOURCE_KEEPS_IMAGES", "kill_client", "unfinished_job_dropped")
        assert (state["src"], state["img_src"]) == ("paused", "inactive")

    def test_the_window_of_doubt_is_as_short_as_can_be(self, present: Settings) -> None:
        trace = counterexample(only(replace(present, fence=Fence.NONE), "lose_reply"), "AT_MOST_ONE_RUNNING")
        assert trace is not None
        assert len(trace) == 13
        assert {step.action for step in trace.steps} >= {"finish_succeeds", "lose_reply"}


@pytest.mark.parametrize("case", CASES)
def test_published_case(case: str) -> None:
    CASES[case]()


def test_every_published_case_of_the_protocol_is_encoded() -> None:
    folder = Path(os.environ.get("HOPCHECK_CASES") or Path(__file__).parent / "data")
    path = folder / "libvirt-history.json"
    if not path.is_file():
        pytest.skip(f"no published cases at {path}: set HOPCHECK_CASES to their folder")
    published = json.loads(path.read_text(encoding="utf-8"))["cases"]
    assert set(CASES) == {case["id"] for case in published if case["area"] == "protocol"}


# settings and messages -----------------------------------------------------------------------------------------------


def test_every_setting_can_be_written_and_means_something() -> None:
    for each in described(Settings):
        assert settings_from(Settings, {each.name: each.default}) == Settings()
        assert each.meaning
    with pytest.raises(InputError, match="did you mean 'fence'"):
        settings_from(Settings, {"fense": "none"})


def test_a_refused_migration_touches_nothing() -> None:
    refused = Settings(control=Control.P2P, tunnelled=True, postcopy=True)
    model = system(refused)
    found = explore(model)
    assert (found.states, found.depth) == (2, 1)
    assert "Perform" in next(iter(found.instances))


def test_faults_that_are_not_allowed_are_not_there() -> None:
    assert not {action.name for action in system(only(Settings())).actions} & set(KINDS)
    assert not {action.name for action in system(Settings(faults=Count.NONE)).actions} & set(KINDS)


def test_every_action_has_a_message() -> None:
    for settings in VARIANTS.values():
        for action in system(settings).actions:
            made = message(action.name, dict(action.labels), settings.control)
            assert made.text
            assert made.fault is (action.name in KINDS)
            if settings.control is Control.P2P and action.name.startswith(("finish", "confirm")):
                assert Lane.CLIENT not in (made.sender, made.receiver)


def test_no_message_is_left_over() -> None:
    used = {action.name for settings in VARIANTS.values() for action in system(settings).actions}
    assert set(MESSAGES) <= used


def test_progress_does_not_count_on_faults() -> None:
    """A goal of progress speaks of states after the last fault only."""
    model, asked = explored(Settings())
    goals = [prop.expr for prop in asked if prop.kind is Kind.CAN_ALWAYS_REACH]
    assert goals
    for goal in goals:
        found = explore(model, always={"calm": goal.implies(_calm(model))})
        assert found.answers["calm"].trace is None


def _calm(model: System) -> Expr:
    return model["faults"] == 0
