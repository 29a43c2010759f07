"""Real builds compared: the questions of a release's reviewer and of a stable branch, answered from the bundled facts."""

from __future__ import annotations

import pytest

from hopcheck.engine.baseline import bundled_baseline
from hopcheck.engine.comparing.diff import DiffResult, diff
from hopcheck.engine.comparing.operand import open_operand
from hopcheck.engine.comparing.placing import placed
from hopcheck.model.domain.device_config.pair import Move
from hopcheck.model.facts.load import bundled


def compared(old: str, new: str) -> DiffResult:
    facts = bundled()
    at = placed(facts, open_operand(old, facts), open_operand(new, facts))
    return diff(at, baseline=bundled_baseline(), prove_seconds=0)


@pytest.fixture(scope="module")
def release() -> DiffResult:
    return compared("9.2", "10.0")


def test_a_release_changes_an_iommu(release: DiffResult) -> None:
    found = next(each for each in release.between.findings if each.finding.prop == "aw-bits")
    assert found.builds == ("9.2", "10.0")
    assert [(step.value, step.guest) for step in found.chain] == [("39", "39"), ("48", "39")]
    assert found.finding.machines == ("pc-i440fx-9.2", "pc-q35-9.2")
    assert str(found.finding.why.entry) == "pc_compat_9_1: { intel-iommu, aw-bits, 39 }"
    assert found.known is not None
    assert release.exit_code == 1


def test_later_builds_agree_with_the_release_and_not_with_the_one_before(release: DiffResult) -> None:
    moves = {
        (release.stations[each.partner], each.towards): each.move
        for each in release.moves
        if each.member.subject.prop == "aw-bits"
    }
    later = ("10.0.13", "10.1", "10.2", "11.0pre", "11.1.3")
    assert moves == {
        **{("9.2", towards): Move.WORSE for towards in (True, False)},
        **{(name, towards): Move.BETTER for name in later for towards in (True, False)},
    }
    assert any(each.finding.prop == "aw-bits" for each in release.chains.disappear)
    assert release.chains.appear == ()


def test_machine_types_that_a_release_adds_and_drops(release: DiffResult) -> None:
    assert "pc-q35-10.0" in release.machines.new
    assert set(release.machines.gone) == {f"s390-ccw-virtio-2.{minor}" for minor in range(4, 9)}


def test_a_release_and_its_stable_branch() -> None:
    result = compared("10.0", "10.0.13")
    assert {each.finding.prop for each in result.between.findings} == {"virtqueue size"}
    assert result.machines.gone == ()


def test_two_sources_of_one_build_have_the_same_verdicts() -> None:
    result = compared("10.0.13", "10.0.13-debian")
    assert (result.between.findings, result.chains.appear) == ((), ())
    assert result.machines.gone == ("xenfv-3.1", "xenfv-4.2"), "the binary is built without Xen"
    assert not [each for each in result.moves if each.move is Move.WORSE]
