"""Which entries are needed: known ones, dead ones, and the same asked of the proof by taking the entry away."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from hopcheck.engine.changes.between import Told, changed
from hopcheck.engine.prove_change import prove
from hopcheck.model.domain.device_config.edits import Edits, edited
from hopcheck.model.domain.device_config.need import Need, Needed, needs
from hopcheck.model.facts.load import bundled
from hopcheck.model.facts.schema import Entry, Facts

from .repair_facts import PROP, Release, build

NEWEST = "11.0pre"


@pytest.fixture(scope="module")
def judged() -> tuple[Needed, ...]:
    return needs(bundled(), NEWEST)


Find = Callable[[str, str, str], Needed]


@pytest.fixture(scope="module")
def find(judged: tuple[Needed, ...]) -> Find:
    def one(array: str, driver: str, prop: str) -> Needed:
        (found,) = (
            each
            for each in judged
            if (each.placed.array, each.placed.entry.driver, each.placed.entry.property) == (array, driver, prop)
        )
        return found

    return one


def test_every_entry_is_judged_once(judged: tuple[Needed, ...]) -> None:
    arrays = bundled().build(NEWEST).compat_arrays
    assert [(each.placed.array, each.placed.entry) for each in judged] == [
        (key, entry) for key, array in arrays.items() for entry in array.entries
    ]
    assert {each.witness is not None for each in judged if each.need is Need.NEEDED} == {True}
    assert {each.witness is not None for each in judged if each.need is not Need.NEEDED} == {False}


@pytest.mark.parametrize(
    ("array", "driver", "prop", "machine", "values"),
    [
        ("hw_compat_5_1", "virtio-blk-device", "num-queues", "pc-q35-5.1", ("1", "65535")),
        ("pc_compat_9_1", "intel-iommu", "aw-bits", "pc-q35-9.1", ("39", "48")),
        ("hw_compat_7_2", "pci-device", "x-pcie-err-unc-mask", "pc-q35-7.2", ("off", "on")),
    ],
)
def test_what_breaks_without_a_needed_entry(
    find: Find, array: str, driver: str, prop: str, machine: str, values: tuple[str, str]
) -> None:
    found = find(array, driver, prop)
    assert found.need is Need.NEEDED
    assert found.witness is not None
    assert (found.witness.duty.machine, found.witness.upwards) == (machine, True)
    assert (found.witness.kept, found.witness.lost) == values


@pytest.mark.parametrize(
    ("array", "driver", "prop", "need"),
    [
        ("hw_compat_2_8", "pflash_cfi01", "old-multiple-chip-handling", Need.NO_DRIVER),
        ("hw_compat_4_2", "vhost-blk-device", "seg_max_adjust", Need.NO_DRIVER),
        ("hw_compat_q800", "scsi-hd", "vendor", Need.NOT_APPLIED),
        ("hw_compat_4_0", "virtio-vga", "edid", Need.SAME_VALUE),
        ("pc_compat_3_1", "EPYC-x86_64-cpu", "npt", Need.UNTOLD),
    ],
)
def test_what_nothing_known_depends_on(find: Find, array: str, driver: str, prop: str, need: Need) -> None:
    assert find(array, driver, prop).need is need


SAMPLE = 9
"""So many entries of the newest tree are asked of the proof, spread over all of them."""


def test_the_proof_says_the_same_when_the_entry_is_taken_away(judged: tuple[Needed, ...]) -> None:
    """A build beside the newest tree, without the entry, in a fleet that this tree is no part of."""
    known = bundled()
    base = msgspec.structs.replace(known.build(NEWEST), station=False)
    for each in judged[:: len(judged) // SAMPLE]:
        less = edited(known.build(NEWEST), Edits(removed=(each.placed,)))
        less = msgspec.structs.replace(less, name="11.0pre-less", station=True)
        builds: list[object] = []
        for one in known.builds:
            builds += [base, less] if one.name == NEWEST else [one]
        with_ = Facts(known.schema, tuple(builds))  # type: ignore[arg-type]
        result = prove(changed(known, with_, NEWEST, less.name, Told("less")), prove_seconds=0)
        assert bool(result.new) is (each.need is Need.NEEDED), each


def test_an_entry_before_another_one_is_overridden() -> None:
    entries = {"hw_compat_5_1": [Entry("storage", PROP, "3"), Entry("storage", PROP, "1")]}
    entries["hw_compat_5_2"] = [Entry("storage", PROP, "2")]
    old = build("5.1", Release({"storage": "1"}))
    middle = build("5.2", Release({"storage": "2"}, {"hw_compat_5_1": entries["hw_compat_5_1"]}))
    new = build("6.0", Release({"storage": "2"}, {**entries, "pc_compat_5_1": [Entry("storage", PROP, "1")]}))
    found = {str(each.placed): each.need for each in needs(Facts("hopcheck-facts/1", (old, middle, new)), "6.0")}
    assert found == {
        "hw_compat_5_1: { storage, queues, 3 }": Need.OVERRIDDEN,
        "hw_compat_5_1: { storage, queues, 1 }": Need.NEEDED,  # virt-5.1 has no other
        "hw_compat_5_2: { storage, queues, 2 }": Need.SAME_VALUE,
        "pc_compat_5_1: { storage, queues, 1 }": Need.SAME_VALUE,  # pc-q35-5.1 gets it from hw_compat_5_1 too
    }
