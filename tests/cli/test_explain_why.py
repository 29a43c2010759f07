"""``hopcheck explain`` of a finding: which conjuncts are false, and what would have to be different."""

from __future__ import annotations

from pathlib import Path

from .conftest import Hopcheck


def test_a_finding_in_facts(hopcheck: Hopcheck, broken: Path) -> None:
    answer = hopcheck("explain", "toy-device.queues", "--facts", broken, "--quiet")
    assert answer.code == 0
    text = " ".join(answer.out.split())
    assert "Why preserved is false there" in text
    assert "guest == start[row, build]" in text
    assert "What would have to be different there One of these values alone would do: build 8.0 guest " in text
    assert "HOP001: hopcheck explain HOP001" in text
    assert max(map(len, answer.out.splitlines())) <= 80


def test_what_a_present_release_violates(hopcheck: Hopcheck) -> None:
    answer = hopcheck("explain", "protocol.unread-cookie", "--quiet", "--timeout", "600")
    assert answer.code == 0
    text = " ".join(answer.out.split())
    assert "Why AT_MOST_ONE_RUNNING is false there" in text
    assert "where src = running, dst = running" in text
    assert "--set confirm_error=false" in text
    assert "other values of single settings were tried." in text
    assert "HOP041: hopcheck explain HOP041" in text
    assert max(map(len, answer.out.splitlines())) <= 80


def test_without_time_no_settings_are_tried(hopcheck: Hopcheck) -> None:
    answer = hopcheck("explain", "protocol.unread-cookie", "--quiet", "--timeout", "0")
    assert answer.code == 0
    assert " 0 of " in answer.out
    assert "before the time was up" in " ".join(answer.out.split())
