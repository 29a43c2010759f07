"""Message-sequence pictures: whole, self-contained, readable, and telling what the trace tells."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from hopcheck.engine.check import check
from hopcheck.model.domain.protocol import Settings, system
from hopcheck.model.domain.protocol.selection import Control
from hopcheck.model.domain.protocol.settings import Count, Fence, Newest
from hopcheck.properties.catalog.protocol import properties
from hopcheck.report.gathering.report import property_report
from hopcheck.report.pictures.sequence import WIDTH, sequence_svg
from hopcheck.report.schema.report import PropertyReport

SVG = "{http://www.w3.org/2000/svg}"
BARE = Settings(fence=Fence.NONE)

TRACES = {
    "two generals": (BARE, "AT_MOST_ONE_RUNNING"),
    "two generals, p2p": (replace(BARE, control=Control.P2P), "AT_MOST_ONE_RUNNING"),
    "v2": (replace(BARE, protocol=Newest.V2), "AT_LEAST_ONE_RESUMABLE"),
    "post-copy": (Settings(postcopy=True, faults=Count.TWO), "ROLLBACK_ALWAYS_POSSIBLE_BEFORE_DST_CONT"),
    "offline": (Settings(offline=True, persist_dest=True), "FAILED_DST_IS_ABSENT"),
    "good": (Settings(persist_dest=True), "MIGRATES"),
}


def report(settings: Settings, name: str) -> PropertyReport:
    model = system(settings)
    (prop,) = (each for each in properties(settings, model) if each.name == name)
    (result,) = check(model, [prop], prove_seconds=0)
    return property_report(result)


def drawn(key: str) -> tuple[PropertyReport, str]:
    settings, name = TRACES[key]
    told = report(settings, name)
    assert told.trace is not None
    return told, sequence_svg(told, told.trace, settings.control)


def texts(svg: str) -> list[tuple[float, float, float, str]]:
    """Left end, right end, base line and words of each text; the width is that of wide letters."""
    found = []
    for each in ElementTree.fromstring(svg).iter(f"{SVG}text"):
        x, y, words = float(each.attrib["x"]), float(each.attrib["y"]), each.text or ""
        wide = 0.56 * float(each.attrib["font-size"]) * len(words)
        left = x - wide / 2 if each.attrib["text-anchor"] == "middle" else x
        found.append((left, left + wide, y, words))
    return found


@pytest.mark.parametrize("key", TRACES)
def test_the_picture_stands_for_itself(key: str) -> None:
    _, svg = drawn(key)
    root = ElementTree.fromstring(svg)
    assert root.attrib["width"] == str(WIDTH)
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)|url\(|<script|<image|href", svg)
    # A ground of its own, so that a dark page does not swallow the ink.
    first = next(iter(root.iter(f"{SVG}rect")))
    assert (first.attrib["width"], first.attrib["height"]) == (root.attrib["width"], root.attrib["height"])


@pytest.mark.parametrize("key", TRACES)
def test_no_two_texts_overlap_and_none_leaves_the_picture(key: str) -> None:
    _, svg = drawn(key)
    placed = texts(svg)
    for left, right, _, words in placed:
        assert left >= 0, words
        assert right <= WIDTH, words
    for number, (left, right, y, words) in enumerate(placed):
        for other_left, other_right, other_y, other in placed[number + 1 :]:
            apart = right <= other_left or other_right <= left or abs(y - other_y) >= 11
            assert apart, (words, other)


@pytest.mark.parametrize("key", TRACES)
def test_every_step_is_drawn(key: str) -> None:
    told, svg = drawn(key)
    assert told.trace is not None
    words = [each for *_, each in texts(svg)]
    steps = [str(number) for number in range(1, len(told.trace.steps) + 1)]
    assert [each for each in words if each in steps] == steps
    assert {"client", "source daemon", "destination daemon", "source QEMU", "destination QEMU"} <= set(words)


def test_the_window_of_doubt_reads_as_it_happened() -> None:
    settings = replace(BARE, kill_destination_daemon=False, break_connection=False)
    told = report(settings, "AT_MOST_ONE_RUNNING")
    assert told.trace is not None
    svg = sequence_svg(told, told.trace, settings.control)
    words = [each for *_, each in texts(svg)]
    order = ["Begin", "Prepare: start QEMU", "Perform", "Finish(0): start guest", "cont", "Finish: ok"]
    places = [words.index(each) for each in [*order, "reply to Finish lost", "no domain: Confirm(1)", "violated here"]]
    assert places == sorted(places)
    assert words.count("running") == 4  # each guest, where it starts and at the end


def test_a_fault_and_the_violated_state_stand_out() -> None:
    told, svg = drawn("two generals")
    assert "violated here" in svg
    assert told.outcome == "unsafe"
    good, fine = drawn("good")
    assert good.outcome == "safe"
    assert "violated here" not in fine
    bad = "#c81e1e"
    assert svg.count(bad) > fine.count(bad) == 0


def test_in_a_p2p_migration_the_client_says_nothing() -> None:
    _, svg = drawn("two generals, p2p")
    root = ElementTree.fromstring(svg)
    arrows = [each.attrib["d"] for each in root.iter(f"{SVG}path") if each.attrib.get("fill") == "none"]
    assert arrows
    assert not [each for each in arrows if each.startswith("M100 ") or each.endswith("H108")]


def test_another_models_trace_is_refused() -> None:
    told, _ = drawn("good")
    assert told.trace is not None
    foreign = replace(told.trace, steps=(replace(told.trace.steps[0], action="boot"),))
    with pytest.raises(KeyError, match="no action boot"):
        sequence_svg(told, foreign, Control.MANAGED)
