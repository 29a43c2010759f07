"""Reports as text, compared with what they looked like when somebody last read them.

After a wanted change, look at ``golden/`` again: ``HOPCHECK_GOLDEN=write pytest tests/unit/report`` writes it anew.
"""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from hopcheck.report.schema.report import ChangeReport, FindingReport, PropertyReport, Report, ViolationReport
from hopcheck.report.text.chain import chain_text, trace_text
from hopcheck.report.text.page import Look, Page, wrap
from hopcheck.report.text.report import report_text
from hopcheck.report.text.violations import violation_text

GOLDEN = Path(__file__).parent / "golden"


def _compare(name: str, text: str, width: int) -> None:
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("HOPCHECK_GOLDEN") == "write":
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
    assert max(map(len, text.splitlines())) <= width
    assert not re.search(r"[ \t]$", text, re.MULTILINE)


@pytest.mark.parametrize("width", [80, 120])
def test_the_main_job(report: Report, width: int) -> None:
    _compare(f"main-{width}", report_text(report, Look(width), files="out/check"), width)


@pytest.mark.parametrize("width", [80, 120])
def test_every_finding_in_full(report: Report, width: int) -> None:
    _compare(f"all-{width}", report_text(report, Look(width), everything=True), width)


def test_a_change(report: Report) -> None:
    (model,) = (each for each in report.models if each.findings)
    change = ChangeReport(
        file="change.toml",
        build="8.1",
        base="8.0",
        says=("the default of toy-device.queues becomes <auto>",),
        brings=(model.findings[0].id,),
        repairs=(model.findings[1].id,),
        undecided=("toy-device.new in 8.1: nobody tells",),
    )
    made = replace(report, job="prove", models=(replace(report.models[0], findings=model.findings),), change=change)
    _compare("change-80", report_text(made, Look(80), files="out/prove"), 80)


def test_a_violation(violation: ViolationReport) -> None:
    _compare("violation", violation_text(violation, Look(80)), 80)


def test_a_chain(silent: FindingReport, failing: FindingReport) -> None:
    _compare("chain-silent", chain_text(silent, "8.2", Look(80)), 80)
    _compare("chain-failing", chain_text(failing, "8.2", Look(80)), 80)


def test_a_trace_tells_only_what_changed(unsafe: PropertyReport) -> None:
    assert unsafe.trace is not None
    _compare("trace", trace_text(unsafe, unsafe.trace, Look(80)), 80)


def test_colour_changes_nothing_else(report: Report) -> None:
    plain = report_text(report, Look(80))
    coloured = report_text(report, Look(80, colour=True))
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


def test_a_compat_entry_is_not_broken() -> None:
    text = 'and then the entry { "toy-device", "queues", "1" } stands in hw_compat_8_0'
    assert any('{ "toy-device", "queues", "1" }' in line for line in wrap(text, 40))
    assert all(len(line) <= 20 for line in wrap("a word or two of it", 20))


def test_ends_that_do_not_fit_stand_on_two_lines() -> None:
    page = Page(Look(20))
    page.ends("left end of it", "right end")
    assert page.text == "left end of it\n           right end\n"
