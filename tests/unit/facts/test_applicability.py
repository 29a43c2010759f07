"""Which types a machine type has, and who creates them."""

from __future__ import annotations

import pytest

from hopcheck.model.facts.applicability import Applicability, Creatable, Presence, arch_of, user_creatable
from hopcheck.model.facts.load import bundled


@pytest.mark.parametrize(
    ("machine", "arch"),
    [
        ("pc-i440fx-2.4", "x86_64"),
        ("pc-q35-10.0", "x86_64"),
        ("pc-1.3", "x86_64"),
        ("microvm", "x86_64"),
        ("virt-9.2", "arm"),
        ("m68k:virt-9.2", "m68k"),
        ("s390-ccw-virtio-9.1", "s390x"),
        ("pseries-2.12-sxxm", "ppc64"),
        ("none", ""),
    ],
)
def test_architecture_of_a_machine_type(machine: str, arch: str) -> None:
    assert arch_of(machine) == arch


def test_every_bundled_machine_type_has_an_architecture() -> None:
    for build in bundled().builds:
        assert [m for m in build.machines if not arch_of(m)] in ([], ["none"])


P, A, D = Presence.PRESENT, Presence.ABSENT, Presence.DOUBTFUL


@pytest.mark.parametrize(
    ("build", "machine", "name", "presence"),
    [
        ("10.0.13", "pc-q35-9.0", "virtio-blk-pci", P),
        ("10.0.13", "virt-9.0", "virtio-blk-pci", P),
        ("10.0.13", "pc-q35-9.0", "arm-smmuv3", A),
        ("10.0.13", "virt-9.0", "arm-smmuv3", P),
        ("10.0.13", "virt-9.0", "ICH9-LPC", D),
        ("10.0.13", "virt-9.0", "intel-iommu", A),
        ("10.0.13", "virt-9.0", "Haswell-v1-x86_64-cpu", A),
        ("10.0.13", "pseries-9.0", "spapr-pci-host-bridge", P),
        ("10.0.13", "virt-9.0", "spapr-pci-host-bridge", A),
        ("10.0.13", "s390-ccw-virtio-9.0", "virtio-blk-ccw", P),
        ("10.0.13", "virt-9.0", "virtio-blk-ccw", A),
        ("10.0.13", "m68k:virt-9.0", "virtio-blk-device", P),
        ("10.0.13", "m68k:virt-9.0", "virtio-blk-pci", D),
        ("10.0.13", "m68k:virt-9.0", "nvme-ns", D),
        ("10.0.13", "virt-9.0", "nvme-ns", P),
        ("10.0.13", "m68k:virt-9.0", "nubus-macfb", D),
        ("10.0.13", "virt-9.0", "aspeed2400-soc", D),
        ("10.0.13", "virt-9.0", "isa-serial", D),
        ("10.0.13", "virt-9.0", "gpex-pcihost", P),
        ("10.0.13", "pc-q35-9.0", "nothing", A),
        ("8.1", "pc-q35-8.0", "igb", P),
        ("7.2", "pc-q35-7.0", "igb", A),
        ("8.2", "pc-q35-8.0", "e1000", P),
    ],
)
def test_presence(build: str, machine: str, name: str, presence: Presence) -> None:
    facts = bundled()
    found = Applicability(facts, facts.build(build)).on(machine, name)
    assert found.presence is presence, found.reason
    assert found.reason


@pytest.mark.parametrize(
    ("name", "creatable"),
    [
        ("virtio-blk-pci", Creatable.USER),
        ("virtio-blk-device", Creatable.USER),
        ("vfio-pci", Creatable.USER),
        ("qemu64-x86_64-cpu", Creatable.USER),
        ("ICH9-LPC", Creatable.BOARD),
        ("i8257", Creatable.BOARD),
        ("fw_cfg_io", Creatable.BOARD),
        ("gpex-pcihost", Creatable.BOARD),
        ("virtio-pci", Creatable.NOBODY),
        ("migration", Creatable.CORE),
        ("memory-backend-ram", Creatable.UNKNOWN),
    ],
)
def test_who_creates(name: str, creatable: Creatable) -> None:
    facts = bundled()
    found = user_creatable(facts, facts.build("10.0.13"), name)
    assert found.creatable is creatable, found.reason


def test_versioned_x86_machine_types_have_what_processes_showed() -> None:
    """All objects that were seen are of types that apply."""
    facts = bundled()
    for tree, binary in (("5.2", "5.2.0-debian"), ("10.0.13", "10.0.13-debian")):
        answers = Applicability(facts, facts.build(tree))
        for run in facts.build(binary).runs:
            for seen in run.objects:
                if seen.path != "MACHINE":
                    assert answers.in_arch("x86_64", seen.type).presence is P, seen.type
