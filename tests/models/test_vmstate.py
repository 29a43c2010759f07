"""Sections of real builds: what is found is known, and no certain verdict contradicts a migration that was run."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from hopcheck.engine.baseline import NOTHING_KNOWN, Baseline, bundled_baseline
from hopcheck.engine.main_job import run
from hopcheck.engine.results import ModelResult, ignore
from hopcheck.engine.vmstate import check_vmstate, pair_counts
from hopcheck.model.domain.vmstate import Outcome, Why, compare
from hopcheck.model.domain.vmstate.findings import open_questions, section_findings
from hopcheck.model.domain.vmstate.sections import SectionStudy, study_sections
from hopcheck.model.facts.load import bundled
from hopcheck.model.facts.schema import SCHEMA, Facts
from hopcheck.properties import Outcome as Verdict

RUNS = json.loads((Path(__file__).parent / "data" / "qemu-runs.json").read_text(encoding="utf-8"))["migration_runs"]
BUILDS = {"5.2": "5.2.0-debian", "7.2": "7.2.22", "10.0": "10.0.13-debian", "11.1": "11.1.3"}

BOARDS = {
    "pc-q35": ("ICH9-LPC", "ICH9-SMB", "ich9-ahci", "mch", "q35-pcihost"),
    "pc-i440fx": ("PIIX4_PM", "PIIX3", "i440FX", "i440FX-pcihost"),
}
"""What is on a board with no device beside it, further to what every PC has."""
EVERY_PC = ("fw_cfg_io", "hpet", "i8042", "i8257", "ioapic", "isa-i8259", "isa-pcspk", "isa-pit", "mc146818rtc", "port92")

TYPES = {
    "virtio-net-pci": "virtio-net-device",
    "virtio-rng-pci": "virtio-rng-device",
    "virtio-balloon-pci": "virtio-balloon-device",
    "virtio-scsi-pci": "virtio-scsi-device",
    "virtio-gpu-pci": "virtio-gpu-device",
    "virtio-keyboard-pci": "virtio-keyboard-device",
    "virtio-tablet-pci": "virtio-tablet-device",
    "xio3130": "xio3130-downstream",
    "pvpanic": None,
    "ramfb": None,
    "cpu-EPYC": None,
    "cpu-max": None,
    "none": None,
}
"""Devices of the runs whose section belongs to another type, or that have none in some of the builds."""


@pytest.fixture(scope="module")
def sections() -> SectionStudy:
    return study_sections(bundled())


@pytest.fixture(scope="module")
def result(sections: SectionStudy) -> ModelResult:
    return check_vmstate(sections, bundled_baseline("vmstate"), listener=ignore)


def test_every_finding_is_known_with_its_reason_and_nothing_else_is(result: ModelResult) -> None:
    assert [each.id for each in result.violations if each.known is None] == []
    assert len(result.violations) == 5
    assert (result.missing, result.further_unknown, result.vacuity) == ((), (), ())


def test_search_and_solvers_agree_and_each_finding_has_its_chain(result: ModelResult) -> None:
    migrates = result.results[0]
    assert migrates.verdict.outcome is Verdict.UNSAFE
    assert "z3 and cvc5 say the same of every row" in migrates.verdict.reason
    assert [each.verdict.outcome for each in result.results[1:]] == [Verdict.SAFE] * 3
    for each in result.violations:
        assert each.shown.verdict.trace is not None
        assert [step.action for step in each.shown.verdict.trace.steps] == ["boot", "migrate_fails"]


def test_the_iommu_breaks_both_ways_as_its_device_property_does(sections: SectionStudy) -> None:
    (found,) = [each for each in section_findings(sections) if each.section == "virtio-iommu"]
    newer = ("7.2.22", "10.0.13-debian", "11.1.3")
    assert set(found.pairs) == {("5.2.0-debian", new) for new in newer} | {(new, "5.2.0-debian") for new in newer}


def test_how_many_sections_fall_in_each_class(sections: SectionStudy) -> None:
    counts = {(each.source, each.destination): (each.accepted, each.refused, each.unknown) for each in pair_counts(sections)}
    assert counts["10.0.13-debian", "11.1.3"] == (154, 2, 6)
    assert counts["11.1.3", "10.0.13-debian"] == (147, 2, 13)
    assert counts["7.2.22", "10.0.13-debian"] == (140, 0, 5)
    assert counts["5.2.0-debian", "7.2.22"] == (134, 1, 4)
    assert counts["7.2.22", "5.2.0-debian"] == (131, 3, 5)


def test_a_build_that_does_not_load_its_own_section(sections: SectionStudy) -> None:
    """11.1.3 has two subsections of one name: a card with the second sends what the first cannot hold."""
    assert [each for each in open_questions(sections) if "11.1.3 -> 11.1.3" in each] == [
        "unknown: sd-card: 11.1.3 -> 11.1.3"
    ]


def test_no_certain_verdict_contradicts_a_run() -> None:
    known = bundled()
    refused = {
        (source.name, destination.name): {
            type_
            for each in compare(source, destination)
            if each.certain and each.source == source.name
            for type_ in each.types
        }
        for source, destination in itertools.permutations([known.build(name) for name in BUILDS.values()], 2)
    }
    assert any(refused.values())
    looked = 0
    for machine, device, source, destination, result, _ in RUNS:
        build = known.build(BUILDS[source])
        type_ = TYPES.get(device, device)
        types = {*EVERY_PC, *BOARDS[machine.rpartition("-")[0]], *([type_] if type_ else [])}
        assert type_ is None or type_ in (build.vmstate or {}), device
        if result == "ok":
            assert not types & refused[BUILDS[source], BUILDS[destination]], (machine, device, source, destination)
            looked += 1
    assert looked == 372


def test_compare_says_both_directions_and_only_what_matters() -> None:
    old, new = bundled().build("10.0.13-debian"), bundled().build("11.1.3")
    found = {(each.section, each.source): each for each in compare(old, new)}
    assert found["nvme", "10.0.13-debian"].reasons[0].why is Why.TOO_OLD
    assert found["nvme", "11.1.3"].reasons[0].why is Why.TOO_NEW
    assert not found["tpm-crb", "11.1.3"].certain
    assert ("tpm-crb", "10.0.13-debian") not in found
    assert compare(old, old) == ()
    assert compare(old, replace(new, vmstate=None)) == ()


def test_a_type_that_was_renamed_keeps_its_section() -> None:
    """ICH9 SMB is called ICH9-SMB since 6.0, with the same section."""
    old, new = bundled().build("5.2.0-debian"), bundled().build("7.2.22")
    assert not [each for each in compare(old, new) if each.section == "ich9_smb"]
    vmstate = new.vmstate or {}
    newer = {**vmstate, "ICH9-SMB": replace(vmstate["ICH9-SMB"], version=9, minimum_version=9)}
    found = [each for each in compare(old, replace(new, vmstate=newer)) if each.section == "ich9_smb"]
    assert [(each.source, each.types, each.certain) for each in found] == [
        ("5.2.0-debian", ("ICH9 SMB",), True),
        ("7.2.22", ("ICH9-SMB",), True),
    ]


def test_a_new_finding_and_one_that_is_gone_are_told(sections: SectionStudy) -> None:
    told = check_vmstate(sections, Baseline({"vmstate.gone: x @ y": "r"}), listener=ignore, prove_seconds=0)
    assert all(each.known is None for each in told.violations)
    assert told.missing == ("vmstate.gone: x @ y",)
    assert len(told.further_unknown) == len(open_questions(sections))


def test_facts_of_ones_own_are_used() -> None:
    builds = tuple(replace(bundled().build(name), counterpart="") for name in ("7.2.22", "10.0.13-debian"))
    checked = run(facts=Facts(SCHEMA, builds), models=["vmstate"], baseline=NOTHING_KNOWN, prove_seconds=0).models[0]
    assert checked.results[0].verdict.outcome is Verdict.SAFE
    assert checked.violations == ()
    assert checked.further_unknown


def test_facts_without_sections_have_nothing_to_check() -> None:
    builds = (replace(bundled().build("7.2"), counterpart=""),)
    checked = run(facts=Facts(SCHEMA, builds), models=["vmstate"], baseline=NOTHING_KNOWN, prove_seconds=0)
    assert checked.models[0].results == ()
    assert checked.exit_code == 0


def test_the_model_agrees_with_the_comparison_pair_by_pair(sections: SectionStudy) -> None:
    for row in sections.rows:
        for source, destination in itertools.product(range(len(sections.stations)), repeat=2):
            if row.knows(source) and row.knows(destination):
                stops = row.shape.stops(row.shape.values[source], destination)
                assert stops is ((source, destination) in row.pairs(Outcome.REFUSED))
