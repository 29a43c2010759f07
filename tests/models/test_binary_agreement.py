"""The bundled source trees and the bundled binaries tell the same, in numbers.

Three questions: ordered compat lists, static defaults, and effective values against readings from running processes.
A difference is a failure unless a rule or a declared finding explains it; the numbers below were measured, and
may only get better.
"""

from __future__ import annotations

import pytest

from hopcheck.model.facts.agree_defaults import DefaultAgreement
from hopcheck.model.facts.agree_effective import EffectiveAgreement
from hopcheck.model.facts.agree_lists import ListAgreement, ordered_list
from hopcheck.model.facts.agreement import Report, report
from hopcheck.model.facts.causes import Cause, declared_differences
from hopcheck.model.facts.load import bundled

UNEXPLAINED: frozenset[tuple[str, str]] = frozenset()
"""(type, property) of differences that nobody could explain, each with its reason beside it. There are none."""


@pytest.fixture(scope="module")
def agreement() -> Report:
    return report(bundled())


def lists(agreement: Report, binary: str) -> ListAgreement:
    return next(part for part in agreement.lists if part.binary == binary)


def defaults(agreement: Report, binary: str) -> DefaultAgreement:
    return next(part for part in agreement.defaults if part.binary == binary)


def effective(agreement: Report, binary: str) -> EffectiveAgreement:
    return next(part for part in agreement.effective if part.observed == binary)


def test_nothing_is_unexplained(agreement: Report) -> None:
    found = {(finding.type, finding.property) for finding in agreement.unexplained()}
    assert found == UNEXPLAINED


def test_lists_of_the_same_release_are_identical(agreement: Report) -> None:
    part = lists(agreement, "10.0.13-debian")
    assert len(part.equal) == 61
    assert (part.explained, part.unequal, part.differences) == ((), (), ())
    assert part.unknown == ("isapc", "microvm", "none", "x-remote")
    facts = bundled()
    assert sum(len(ordered_list(facts.build("10.0.13"), machine)) for machine in part.equal) >= 6304


def test_lists_of_the_next_release_differ_by_what_it_added(agreement: Report) -> None:
    part = lists(agreement, "11.1.3")
    assert len(part.explained) == 34
    assert part.unequal == ()
    assert len(part.differences) == 12
    assert {difference.side for difference in part.differences} == {"binary"}
    labels = {difference.entry[:2]: difference.label for difference in part.differences}
    assert labels["virtio-mmio", "x-override-queue-size"].startswith("array of 11.0")
    assert labels["isa-cirrus-vga", "global-vmstate"].startswith("added to the arrays of 10.2")
    assert labels["chardev-qemu-vdagent", "x-migration-blocked"].startswith("added to the arrays of 10.0")
    later = [difference for difference in part.differences if difference.label.startswith("array of 11.0")]
    assert len(later) == 10
    assert all(len(difference.machines) == 34 for difference in later)


@pytest.mark.parametrize(
    ("binary", "equal", "unset"),
    [("5.2.0-debian", 9804, 878), ("7.2.22", 12796, 921), ("10.0.13-debian", 16668, 888), ("11.1.3", 17618, 1117)],
)
def test_static_defaults(agreement: Report, binary: str, equal: int, unset: int) -> None:
    part = defaults(agreement, binary)
    assert part.counts["equal"] >= equal
    assert part.counts["unset"] >= unset
    assert part.counts.get("differ", 0) == 0


def test_every_default_that_one_side_lacks_has_a_cause(agreement: Report) -> None:
    for part in agreement.defaults:
        one_sided = part.counts["tree only"] + part.counts["binary only"]
        assert sum(part.causes.values()) == one_sided
        assert sum(finding.count for finding in part.findings) == one_sided


def test_patch_levels_are_few_and_named(agreement: Report) -> None:
    found = {
        (part.binary, finding.type, finding.property)
        for part in agreement.defaults
        for finding in part.findings
        if finding.cause is Cause.PATCH_LEVEL
    }
    assert found == {("7.2.22", "ati-vga", "x-pixman"), ("7.2.22", "nvme", "msix-exclusive-bar")}


@pytest.mark.parametrize(
    ("binary", "machines", "objects", "equal", "differ"),
    [
        ("5.2.0-debian", 35, 237, 43234, 8714),
        ("7.2.22", 47, 290, 71697, 12743),
        ("10.0.13-debian", 61, 292, 113157, 17048),
        ("11.1.3", 36, 292, 64544, 10515),
    ],
)
def test_effective_values(agreement: Report, binary: str, machines: int, objects: int, equal: int, differ: int) -> None:
    part = effective(agreement, binary)
    assert (part.machines, part.objects) == (machines, objects)
    assert part.counts["equal"] >= equal
    assert part.counts["differ"] <= differ
    assert sum(part.causes.values()) == sum(n for heading, n in part.counts.items() if heading != "equal")


def test_readings_are_explained_by_rules_not_dropped(agreement: Report) -> None:
    explained = {Cause.RESOLVED, Cause.OPTION, Cause.BOARD, Cause.PATCH_LEVEL}
    for part in agreement.effective:
        for finding in part.findings:
            if finding.cause in explained:
                assert finding.why, finding
        total = sum(f.count for f in part.findings if f.cause in explained)
        patched_absent = sum(
            f.count for f in part.findings if f.cause is Cause.PATCH_LEVEL and f.computed.startswith("(absent")
        )
        assert total - patched_absent == part.counts["differ"]


def test_declared_differences_are_all_still_there(agreement: Report) -> None:
    """An explanation that explains nothing any more has to go."""
    seen = {(p.binary, f.type, f.property) for p in agreement.defaults for f in p.findings if f.why}
    seen |= {(p.observed, f.type, f.property) for p in agreement.effective for f in p.findings if f.why}
    for binary, name, prop in declared_differences():
        family = {key for key in declared_differences() if (key[0], key[2]) == (binary, prop)}
        assert family & seen, (binary, name, prop)
