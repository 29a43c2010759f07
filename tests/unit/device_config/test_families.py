"""Machine types as families and versions: QEMU's own, and those of distributions."""

from __future__ import annotations

import pytest

from hopcheck.model.domain.device_config.draft import is_draft
from hopcheck.model.domain.device_config.families import families, machine_type, own_machine_type, predates
from hopcheck.model.domain.device_config.labels import newest_release, vendor_of
from hopcheck.model.facts.schema import Build, BuildKind, Machine


@pytest.mark.parametrize(
    ("name", "family", "version", "vendor"),
    [
        ("pc-q35-4.0.1", "pc-q35", "4.0.1", ""),
        ("pseries-2.12-sxxm", "pseries-sxxm", "2.12", ""),
        ("m68k:virt-6.0", "m68k:virt", "6.0", ""),
        ("pc-q35-rhel9.6.0", "pc-q35-rhel", "9.6.0", "rhel"),
        ("pc-i440fx-rhel7.6.0", "pc-i440fx-rhel", "7.6.0", "rhel"),
        ("virt-rhel9.6.0", "virt-rhel", "9.6.0", "rhel"),
        ("s390-ccw-virtio-rhel9.6.0", "s390-ccw-virtio-rhel", "9.6.0", "rhel"),
        ("pseries-rhel7.6.0-sxxm", "pseries-rhel-sxxm", "7.6.0", "rhel"),
        ("pc-q35-noble", "pc-q35", "", ""),
        ("pc-i440fx-jammy-hpb", "pc-i440fx", "", ""),
        ("microvm", "microvm", "", ""),
    ],
)
def test_names(name: str, family: str, version: str, vendor: str) -> None:
    each = machine_type(name)
    assert (each.family, each.version, each.vendor) == (family, version, vendor)


def _build(version: str, machines: dict[str, tuple[str, ...]]) -> Build:
    made = {name: Machine(arrays) for name, arrays in machines.items()}
    return Build(name=version, version=version, kind=BuildKind.TREE, origin="", machines=made, compat_arrays={}, types={})


RHEL = _build(
    "9.1.0",
    {"virt-rhel9.6.0": (), "virt-rhel9.4.0": ("hw_compat_rhel_9_5",), "virt-rhel9.10.0": (), "microvm": ()},
)
UBUNTU = _build(
    "9.0.0",
    {
        "pc-q35-9.0": (),
        "pc-q35-8.2": ("hw_compat_8_2",),
        "pc-q35-8.1": ("hw_compat_8_2", "hw_compat_8_1"),
        "pc-q35-noble": ("hw_compat_8_2",),
        "pc-q35-mantic": ("hw_compat_8_2", "hw_compat_8_1", "own"),
        "none": (),
    },
)


def test_versions_of_a_distribution_are_in_their_own_order() -> None:
    assert families([RHEL]) == {"virt-rhel": ("virt-rhel9.4.0", "virt-rhel9.6.0", "virt-rhel9.10.0")}
    assert own_machine_type(RHEL, "virt-rhel") == "virt-rhel9.10.0"
    assert predates("virt-rhel9.6.0", RHEL)
    assert not predates("virt-rhel9.10.0", RHEL)


def test_names_are_as_old_as_their_arrays() -> None:
    assert families([UBUNTU]) == {"pc-q35": ("pc-q35-8.1", "pc-q35-mantic", "pc-q35-8.2", "pc-q35-noble", "pc-q35-9.0")}
    assert own_machine_type(UBUNTU, "pc-q35") == "pc-q35-9.0"


def test_a_distributions_versions_are_no_drafts_of_qemu() -> None:
    assert is_draft("9.1pre", "virt-9.1")
    assert not is_draft("9.1pre", "virt-rhel9.6.0")


def test_labels_count_the_releases_of_somebody() -> None:
    assert vendor_of("hw_compat_rhel_9_5", RHEL) == vendor_of("pc_rhel_9_5_compat", RHEL) == "rhel"
    assert vendor_of("hw_compat_9_0", RHEL) == vendor_of("hw_compat_rhel_9_5", UBUNTU) == ""
    assert newest_release(RHEL, "rhel")[:2] == (9, 10)
    assert newest_release(RHEL, "")[:2] == (9, 1)
