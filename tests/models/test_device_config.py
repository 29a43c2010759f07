"""device_config on the bundled facts: expected counts, and findings that stand up one by one."""

from __future__ import annotations

import re

import pytest

from hopcheck.engine.main_job import MainResult, bundled_baseline
from hopcheck.engine.results import FindingResult, ModelResult
from hopcheck.model.domain.device_config import system as model_of
from hopcheck.model.domain.device_config.island import islands
from hopcheck.model.domain.device_config.study import Study
from hopcheck.model.language import holds, replay
from hopcheck.properties import Outcome

PROPERTIES = {
    "migrates": model_of.migrates,
    "preserved": model_of.preserved,
    "path independent": model_of.path_independent,
}

COUNTS = {("", 52_406, 1_386_664, 5), ("no power cycle", 195_923, 4_547_632, 5)}
"""Variant, states, transitions and depth on the bundled facts."""

EXPLORED = 888
"""Rows that the model explores; they stand for 13.3 million triples of machine type, device type and property."""

PUBLISHED = {
    "virtio-net-pci-base.vectors: sibling missed @ 6.0",
    "virtio-gpu-device.edid: dead driver @ 4.1",
    "pci-device.x-pcie-err-unc-mask: late entry @ 8.0",
    "virtio-pci.x-ats-page-aligned: late entry @ 5.2",
    "virtio-device.x-disable-legacy-check: late entry @ 5.1",
    "vhost-vsock-common.seqpacket: late entry @ 6.1",
    "nvme.msix-exclusive-bar: late entry @ 6.0",
    "virtio-balloon-device.qemu-4-0-config-size: late entry @ 4.1",
    "x86_64-cpu.x-arch-cap-always-on: late entry @ 10.1",
    "x86_64-cpu.x-pdcm-on-even-without-pmu: late entry @ 10.1",
    "s390-css.css_migration_enabled: behaviour changed @ 9.1",
    "virtio-device.virtqueue size: behaviour changed @ 10.0.13",
}
"""Bugs that were published, and that the facts show: each must be found again as what it was."""


def test_everything_is_as_recorded(bundled_result: ModelResult) -> None:
    assert [found.finding.id for found in bundled_result.findings if found.known is None] == []
    assert bundled_result.missing == ()
    assert bundled_result.further_unknown == ()
    assert bundled_result.vacuity == ()
    assert not any(re.search(r"\d\.\d+-machine", name) for name in bundled_baseline().unknown), "one name for each family"
    assert MainResult((bundled_result,), 0.0).exit_code == 0


def test_counts(bundled_result: ModelResult, bundled_study: Study) -> None:
    counted = {
        (result.variant, explored.states, explored.transitions, explored.depth)
        for result in bundled_result.results
        if (explored := result.exploration) is not None
    }
    assert counted == COUNTS
    assert len(bundled_study.explored) == EXPLORED


def test_every_published_bug_is_found_again(bundled_result: ModelResult) -> None:
    assert {found.finding.id for found in bundled_result.findings} >= PUBLISHED


def test_each_chain_replays_and_violates(bundled_result: ModelResult, bundled_study: Study) -> None:
    model = bundled_study.model()
    for found in bundled_result.findings:
        replay(model.system, found.trace)
        expr = PROPERTIES[found.violates[0]](model)
        assert not holds(model.system, expr, found.trace.last), found.finding.id
        assert all(holds(model.system, expr, state) for state in found.trace.states[:-1]), found.finding.id


def test_no_chain_could_be_shorter(bundled_result: ModelResult) -> None:
    lengths = {len(found.trace) for found in bundled_result.findings}
    assert lengths == {2}, "boot and one migration show every finding of these facts"


@pytest.mark.parametrize("prop", ["known where it runs", "refused before anything starts", "sound"])
def test_what_holds_whatever_the_facts(prop: str, bundled_result: ModelResult) -> None:
    (result,) = (result for result in bundled_result.results if result.prop.name == prop)
    assert result.verdict.outcome is Outcome.SAFE


def _found(result: ModelResult, name: str) -> FindingResult:
    return next(found for found in result.findings if found.finding.id.startswith(name))


def test_a_finding_says_what_is_missing(bundled_result: ModelResult) -> None:
    found = _found(bundled_result, "intel-iommu.aw-bits")
    assert found.finding.open
    assert found.finding.machines == ("pc-i440fx-9.2", "pc-q35-9.2")
    assert str(found.finding.why.entry) == "pc_compat_9_1: { intel-iommu, aw-bits, 39 }"
    assert str(found.finding.why.needed) == "hw_compat_9_2: { intel-iommu, aw-bits, 39 }"
    assert [(step.action, step.build, step.value) for step in found.chain] == [
        ("boot", "9.2", "39"),
        ("migrate", "10.0", "48"),
    ]


def test_what_was_repaired_is_not_open(bundled_result: ModelResult) -> None:
    assert not _found(bundled_result, "pci-device.x-pcie-err-unc-mask").finding.open
    assert not _found(bundled_result, "virtio-net-pci-base.vectors").finding.open


def test_islands(bundled_result: ModelResult, bundled_study: Study) -> None:
    """8.0 stays the odd one out for machine types up to 7.2; what is no island is not called one."""
    found = {(each.build, f"{each.device}.{each.prop}") for each in bundled_result.islands}
    assert ("8.0", "pci-device.x-pcie-err-unc-mask") in found
    assert ("9.0", "virtio-gpu-device.x-scanout-vmstate-version") in found
    assert not any(name == "virtio-device.virtqueue size" and build == "7.2.22" for build, name in found)
    steady = next(shape for shape in bundled_study.explored if not shape.changing)
    assert islands(steady) == ()
