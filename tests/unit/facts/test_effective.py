"""Effective values: layers, order, proxies, provenance, and what binaries add or leave open."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hopcheck.model.facts.effective import Effective, Layer
from hopcheck.model.facts.errors import FactsError
from hopcheck.model.facts.hierarchy import Hierarchy, hierarchy
from hopcheck.model.facts.load import bundled
from hopcheck.model.facts.observations import parse_exclusions
from hopcheck.model.facts.schema import (
    SCHEMA,
    Build,
    BuildKind,
    CompatArray,
    Confidence,
    Entry,
    Facts,
    Machine,
    Property,
    QomType,
)
from hopcheck.model.facts.values import UNSET, Absent, AbsentReason, Form, Known, Unknown, UnknownReason
from hopcheck.model.facts.versions import nearest_binaries, same_release, version_key
from hopcheck.model.facts.views import make_view, make_views


def value(facts: Facts, build: str, machine: str, name: str, prop: str) -> Effective:
    return make_view(facts, facts.build(build)).effective(machine, name, prop)


def test_static_default_where_nothing_matches(small: Facts) -> None:
    found = value(small, "1.2", "pc-q35-1.2", "virtio-blk-device", "num-queues")
    assert (found.value, found.layer, found.kind) == (Known("65535"), Layer.STATIC, "UINT16")
    assert (found.declaring, found.file) == ("virtio-blk-device", "hw/block/virtio-blk.c")
    assert found.confidence is Confidence.STATED


def test_oldest_array_wins_and_says_where(small: Facts) -> None:
    newer = value(small, "1.2", "pc-q35-1.1", "virtio-blk-device", "num-queues")
    assert (newer.value, newer.array, newer.index) == (Known("4"), "hw_compat_1_1", 0)
    older = value(small, "1.2", "pc-q35-1.0", "virtio-blk-device", "num-queues")
    assert (older.value, older.array, older.index) == (Known("1"), "hw_compat_1_0", 0)
    assert (older.layer, older.driver, older.file) == (Layer.ARRAY, "virtio-blk-device", "hw/core/machine.c")


def test_entry_on_an_ancestor_reaches_subtypes(small: Facts) -> None:
    found = value(small, "1.2", "pc-q35-1.0", "virtio-blk-device", "event_idx")
    assert (found.value, found.driver) == (Known("off"), "virtio-device")
    found = value(small, "1.2", "virt-1.0", "virtio-blk-pci", "rombar")
    assert (found.value, found.driver, found.declaring) == (Known("0"), "pci-device", "pci-device")


def test_proxy_entry_is_applied_after_its_back_end(small: Facts) -> None:
    proxy = value(small, "1.2", "pc-q35-1.0", "virtio-blk-pci", "num-queues")
    assert (proxy.value, proxy.driver) == (Known("2"), "virtio-blk-pci")
    newer = value(small, "1.2", "pc-q35-1.1", "virtio-blk-pci", "num-queues")
    assert (newer.value, newer.driver) == (Known("4"), "virtio-blk-device")
    plain = value(small, "1.2", "pc-q35-1.2", "virtio-blk-pci", "num-queues")
    assert (plain.value, plain.confidence) == (Known("65535"), Confidence.DERIVED)


def test_proxy_entry_in_a_newer_array_still_comes_after_the_back_end(raw: dict[str, Any]) -> None:
    """The back end's object is complete, oldest array included, before the proxy's entries are applied."""
    arrays = raw["builds"][0]["compat_arrays"]
    arrays["hw_compat_1_0"]["entries"] = [["virtio-blk-device", "num-queues", "1"]]
    arrays["hw_compat_1_1"]["entries"] = [["virtio-blk-pci", "num-queues", "2"]]
    facts = msgspec.convert(raw, Facts)
    assert value(facts, "1.1", "pc-q35-1.0", "virtio-blk-pci", "num-queues").value == Known("2")
    assert value(facts, "1.1", "pc-q35-1.0", "virtio-blk-device", "num-queues").value == Known("1")


@pytest.mark.parametrize(
    ("prop", "expected"),
    [
        ("serial", UNSET),
        ("logical_block_size", Known("0")),
        ("werror", Known("auto")),
        ("odd", Known("SOMETHING_ODD", Form.SYMBOL)),
        ("bootindex", Unknown(UnknownReason.CODE)),
        ("endian", Unknown(UnknownReason.CODE, "ENDIAN_NODEFAULT without default")),
        ("nonsense", Absent(AbsentReason.NO_PROPERTY)),
    ],
)
def test_kinds_of_defaults(small: Facts, prop: str, expected: object) -> None:
    assert value(small, "1.1", "pc-q35-1.2", "virtio-blk-device", prop).value == expected


def test_absent_type_and_machine(small: Facts) -> None:
    assert value(small, "1.1", "pc-q35-1.2", "nothing", "x").value == Absent(AbsentReason.NO_TYPE)
    assert value(small, "1.1", "pc-q35-0.9", "device", "x").value == Absent(AbsentReason.NO_MACHINE)


def test_entry_for_an_unseen_property_proves_that_it_exists(raw: dict[str, Any]) -> None:
    entries = raw["builds"][0]["compat_arrays"]["hw_compat_1_0"]["entries"]
    entries += [["virtio-blk-device", "unseen", "3"], ["virtio-blk-device", "maybe", "3", True]]
    facts = msgspec.convert(raw, Facts)
    assert value(facts, "1.1", "pc-q35-1.0", "virtio-blk-device", "unseen").value == Known("3")
    newest = value(facts, "1.1", "pc-q35-1.2", "virtio-blk-device", "unseen").value
    assert newest == Unknown(UnknownReason.CODE)
    assert isinstance(value(facts, "1.1", "pc-q35-1.0", "virtio-blk-device", "maybe").value, Absent)


def test_binary_of_the_same_release_tells_what_the_tree_does_not_show(small: Facts) -> None:
    view = make_view(small, small.build("1.2"))
    found = view.effective("pc-q35-1.2", "virtio-blk-device", "hidden")
    assert (found.value, found.confidence) == (Known("on"), Confidence.DERIVED)
    assert "hidden" in view.properties("virtio-blk-device")
    assert "table-made" in view.hierarchy
    assert view.hierarchy.supplied("table-made") == "1.2-listed"
    assert view.effective("pc-q35-1.2", "table-made", "frames").value == Known("128")


def test_a_tree_on_the_way_to_a_release_is_not_taken_for_it(small: Facts) -> None:
    early = msgspec.structs.replace(small.build("1.2"), name="early", version="1.2pre")
    facts = Facts(small.schema, (*small.builds[:1], early, *small.builds[1:]))
    assert "hidden" not in make_view(facts, early).properties("virtio-blk-device")


def test_binary_with_lists_computes_like_a_tree(small: Facts) -> None:
    found = value(small, "1.2-listed", "pc-q35-1.1", "virtio-blk-device", "num-queues")
    assert (found.value, found.array) == (Known("4"), "pc-q35-1.1:compat-props")


def test_observed_only_build(small: Facts) -> None:
    build = "1.1-seen"
    seen = value(small, build, "pc-q35-1.1", "gadget", "size")
    assert (seen.value, seen.layer, seen.confidence) == (Known("9"), Layer.OBSERVED, Confidence.OBSERVED)
    assert value(small, build, "pc-q35-1.0", "gadget", "size").value == Known("7")
    differ = value(small, build, "pc-q35-1.1", "gadget", "flag").value
    assert differ == Unknown(UnknownReason.OBJECTS_DIFFER)
    assert value(small, build, "pc-q35-1.0", "gadget", "flag").value == Known("on")
    assert value(small, build, "pc-q35-1.1", "gadget", "mode").value == Unknown(UnknownReason.NOT_STATED)


def test_outcomes_group_machines(small: Facts) -> None:
    view = make_view(small, small.build("1.2"))
    outcomes = view.outcomes("virtio-blk-device", "num-queues")
    assert outcomes.usual.value == Known("65535")
    assert set(outcomes.by_machine) == {"pc-q35-1.1", "pc-q35-1.0", "virt-1.0"}
    assert view.machines_of("hw_compat_1_0") == ("pc-q35-1.0", "virt-1.0")
    assert view.position("hw_compat_1_0", "pc-q35-1.0") == 1
    assert view.position("hw_compat_1_0", "pc-q35-1.1") == -1
    assert not view.outcomes("virtio-pci", "ats").by_machine


ARRAYS = st.lists(
    st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), st.integers(0, 9)), max_size=4), min_size=1, max_size=4
)


@given(ARRAYS, st.data())
def test_outcomes_agree_with_applying_entries_one_by_one(arrays: list[list[tuple[str, int]]], data: st.DataObject) -> None:
    """The reference: walk the arrays in order, and let every matching entry overwrite the value."""
    keys = [f"k{i}" for i in range(len(arrays))]
    order = data.draw(st.permutations(keys))[: data.draw(st.integers(0, len(keys)))]
    types = {"a": {"parent": None, "props": {"p": ["UINT8", 100]}}, "b": {"parent": "a"}, "c": {"parent": "b"}}
    document = {
        "schema": SCHEMA,
        "builds": [
            {
                "name": "1.0",
                "version": "1.0",
                "kind": "tree",
                "origin": "made up",
                "types": types,
                "machines": {"m": {"arrays": order}},
                "compat_arrays": {
                    key: {"entries": [[d, "p", str(v)] for d, v in entries]}
                    for key, entries in zip(keys, arrays, strict=True)
                },
            }
        ],
    }
    facts = msgspec.convert(document, Facts)
    view = make_view(facts, facts.builds[0])
    for name, drivers in {"a": "a", "b": "ab", "c": "abc"}.items():
        expected = 100
        for key in order:
            for driver, number in arrays[keys.index(key)]:
                expected = number if driver in drivers else expected
        assert view.effective("m", name, "p").value == Known(str(expected))


def test_hierarchy(small: Facts) -> None:
    tree = hierarchy(small, small.build("1.1"))
    assert tree.ancestors("virtio-blk-pci") == ("virtio-blk-pci", "virtio-pci", "pci-device", "device")
    assert tree.ancestors("nothing") == ()
    assert tree.subtypes("pci-device") == ("virtio-pci", "virtio-blk-pci")
    assert tree.is_a("virtio-blk-pci", "pci-device")
    assert not tree.is_a("pci-device", "virtio-blk-pci")
    assert tree.is_leaf("virtio-blk-pci")
    assert tree.backend("virtio-blk-pci") == "virtio-blk-device"
    assert tree.backend("virtio-pci") is None
    found = tree.declaration("virtio-blk-pci", "num-queues")
    assert found is not None
    assert (found.type, found.backend) == ("virtio-blk-device", "virtio-blk-device")
    assert tree.declaration("virtio-blk-pci", "nonsense") is None
    assert {"ats", "rombar", "num-queues", "event_idx"} <= set(tree.properties("virtio-blk-pci"))


@pytest.mark.parametrize(
    ("proxy", "backend"),
    [
        ("virtio-blk-pci", "virtio-blk-device"),
        ("virtio-blk-pci-transitional", "virtio-blk-device"),
        ("virtio-blk-pci-non-transitional", "virtio-blk-device"),
        ("virtio-blk-ccw", "virtio-blk-device"),
        ("vhost-scsi-pci", "vhost-scsi"),
        ("vhost-user-blk-pci", "vhost-user-blk"),
        ("virtio-mem-pci", "virtio-mem"),
        ("virtio-vga", "virtio-gpu-device"),
        ("qemu-xhci", "base-xhci"),
        ("virtio-mmio", None),
        ("vfio-pci", None),
        ("vfio-ccw", None),
        ("e1000", None),
    ],
)
def test_proxies_of_a_real_tree(proxy: str, backend: str | None) -> None:
    facts = bundled()
    assert hierarchy(facts, facts.build("10.0.13")).backend(proxy) == backend


def test_proxies_by_name_are_those_that_binaries_state() -> None:
    """A binary lists the child ``virtio-backend`` with its type: the pairing by names must give the same."""
    facts = bundled()
    compared = 0
    for tree, binary in (("5.2", "5.2.0-debian"), ("10.0.13", "10.0.13-debian"), ("11.0pre", "11.1.3")):
        named, stated = hierarchy(facts, facts.build(tree)), Hierarchy(facts.build(binary))
        for name in stated.types:
            if name in named and stated.own(name, "virtio-backend") is not None:
                assert named.backend(name) == stated.backend(name), name
                compared += 1
    assert compared > 150


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("4.0", "4.1"),
        ("9.2", "10.0"),
        ("10.0", "10.0.13"),
        ("10.0.13", "10.1"),
        ("10.2", "11.0pre"),
        ("11.0pre", "11.0"),
    ],
)
def test_versions_are_ordered(older: str, newer: str) -> None:
    assert version_key(older) < version_key(newer)


@pytest.mark.parametrize(
    ("build", "binaries"),
    [
        ("4.0", ["5.2.0-debian"]),
        ("8.0", ["7.2.22", "10.0.13-debian"]),
        ("10.0.13", ["10.0.13-debian", "11.1.3"]),
        ("11.0pre", ["11.1.3", "10.0.13-debian"]),
    ],
)
def test_nearest_binaries(build: str, binaries: list[str]) -> None:
    facts = bundled()
    assert [b.name for b in nearest_binaries(facts, facts.build(build), "x86_64")] == binaries


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("10.0", "10.0.13-debian", True), ("10.1", "10.0.13", False), ("8.0", "7.2.22", False), ("11.0pre", "11.1.3", False)],
)
def test_patch_levels_belong_to_one_release(one: str, other: str, same: bool) -> None:
    facts = bundled()
    assert same_release(facts.build(one), facts.build(other)) is same


def test_real_values() -> None:
    """The textbook case: virtio-blk num-queues was 1, and is one per vCPU since the 5.2 machine types."""
    view = make_views(bundled())["10.0.13"]
    assert view.effective("pc-q35-5.1", "virtio-blk-pci", "num-queues").value == Known("1")
    assert view.effective("pc-q35-5.2", "virtio-blk-pci", "num-queues").value == Known("65535")
    assert view.effective("virt-9.2", "virtio-iommu-pci", "aw-bits").value == Known("48")
    assert view.effective("virt-8.2", "virtio-iommu-pci", "aw-bits").value == Known("64")
    assert view.effective("pc-q35-2.6", "vmxnet3", "romfile").value == Known("")
    assert view.effective("pc-q35-9.2", "vmxnet3", "romfile").value == UNSET


def test_what_trees_do_not_show_between_and_before_binaries() -> None:
    """Aliases of a child: both neighbours agree, or only one is there; and a property that is new in 11.1."""
    views = make_views(bundled())
    between = views["8.0"].effective("pc-q35-8.0", "isa-serial", "wakeup")
    assert (between.value, between.confidence) == (Known("off"), Confidence.DERIVED)
    before = views["4.0"].effective("pc-q35-4.0", "qemu64-x86_64-cpu", "vmx-io-exit")
    assert before.value == Unknown(UnknownReason.CODE)
    glued = views["4.0"].effective("pc-q35-4.0", "virtio-blk-pci", "disable-legacy")
    assert (glued.value, glued.confidence) == (Known("auto"), Confidence.STATED)
    old = views["4.0"].effective("pc-q35-2.4", "e1000", "extra_mac_registers")
    assert (old.value, old.array) == (Known("off"), "hw_compat_2_4")
    new = views["11.0pre"].effective("pc-q35-11.0", "tpm-crb", "cap-chunk")
    assert new.value == Absent(AbsentReason.NO_PROPERTY)
    assert "virtio-rtc-pci" in views["11.1.3"].hierarchy
    assert "virtio-rtc-pci" not in views["11.0pre"].hierarchy
    assert "ich9-usb-uhci1" in views["11.0pre"].hierarchy
    feature = views["8.0"].effective("pc-q35-8.0", "qemu64-x86_64-cpu", "amx-complex")
    assert feature.value == Unknown(UnknownReason.CODE)
    assert views["11.1.3"].effective("pc-q35-11.1", "tpm-crb", "cap-chunk").value == Known("on")
    assert views["11.1.3"].effective("pc-q35-11.0", "tpm-crb", "cap-chunk").value == Known("off")


def test_names_that_qmp_hides_are_unknown_in_a_binary() -> None:
    facts = bundled()
    found = value(facts, "10.0.13-debian", "pc-q35-10.0", "nvme", "legacy-cmb")
    assert isinstance(found.value, Unknown)


@pytest.mark.parametrize(
    "text",
    [
        "[[guess]]\ntypes = ['a']\nproperties = ['b']\nwhy = 'c'\n",
        "[[option]]\ntypes = ['a']\nproperties = ['b']\n",
        "[[option]]\ntypes = ['a']\nproperties = ['b']\nwhy = ''\n",
        "[[option]]\ntypes = ['a']\nproperties = ['b']\nwhy = 'c'\nmore = 1\n",
        "option = 1\n",
        "no toml",
    ],
)
def test_exclusions_without_reason_are_refused(text: str) -> None:
    with pytest.raises(FactsError):
        parse_exclusions(text, "observations.toml")


@pytest.mark.parametrize(
    ("origin", "confidence"),
    [
        ("", Confidence.STATED),
        ("hw/block/virtio-blk.c:1846", Confidence.STATED),
        ("written by hand in change.toml", Confidence.ASSUMED),
        ("change.toml: line 3", Confidence.ASSUMED),
    ],
)
def test_what_has_a_place_in_a_source_is_stated_and_what_a_hand_wrote_is_assumed(
    origin: str, confidence: Confidence
) -> None:
    entry = Entry("disk", "queues", "1", origin=origin)
    build = Build(
        "1.0", "1.0", BuildKind.HAND, "a test",
        compat_arrays={"hw_compat_0_9": CompatArray((entry,))},
        machines={"virt-0.9": Machine(("hw_compat_0_9",)), "virt-1.0": Machine(())},
        types={"device": QomType(None), "disk": QomType("device", "", {"queues": Property("UINT16", 4, origin)})},
    )  # fmt: skip
    view = make_view(Facts(SCHEMA, (build,)), build)
    assert view.effective("virt-0.9", "disk", "queues").confidence is confidence
    assert view.effective("virt-1.0", "disk", "queues").confidence is confidence
