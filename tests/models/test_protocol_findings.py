"""What libvirt 11.3 violates in its migration protocol, and the published cases."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from hopcheck.engine.known_findings import bundled_findings
from hopcheck.engine.main_job import chosen
from hopcheck.engine.model_findings import look_for
from hopcheck.engine.searching import Searching
from hopcheck.model.domain.protocol import Settings
from hopcheck.model.domain.protocol.selection import Control
from hopcheck.model.domain.protocol.settings import Fence, Guest
from hopcheck.model.domain.settings import Release

from .libvirt_history.protocol import CASES, counterexample, kept, only, violated
from .protocol_run import SWITCHED, led

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


def test_the_page_of_the_model_gives_the_shortest_traces_of_the_run() -> None:
    """The first list of steps of each numbered finding is what looking for some known finding shows."""
    page = (Path(__file__).parents[2] / "docs/models/protocol.md").read_text(encoding="utf-8")
    (sent,) = re.findall(r"`S` stands for\s+`([^`]+)`", page)
    told = re.findall(r"^\d+\. \*\*[^`]*?`([^`]*, [^`]*)`", page, flags=re.MULTILINE)
    written = {tuple(re.split(r",\s+", re.sub(r"^S(?=,)", sent, each))) for each in told}
    (model,) = chosen(["protocol"])
    shown = [look_for(model, each, Searching()) for each in bundled_findings() if each.model == "protocol"]
    runs = {tuple(step.label for step in each.shown.verdict.trace.steps) for each in shown}
    assert len(written) >= 6
    assert written <= runs


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
