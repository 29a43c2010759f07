"""The comparison of sources finds differences, and explains only what a rule covers."""

from __future__ import annotations

from typing import Any

import msgspec

from hopcheck.model.facts.agree_defaults import compare_defaults
from hopcheck.model.facts.agree_effective import EffectiveAgreement, compare_effective
from hopcheck.model.facts.agree_lists import compare_lists
from hopcheck.model.facts.agreement import pairs, report
from hopcheck.model.facts.causes import Cause
from hopcheck.model.facts.schema import SCHEMA, Facts
from hopcheck.model.facts.views import make_views


def two_sources(tree_props: dict[str, Any], binary_props: dict[str, Any], readings: dict[str, Any]) -> Facts:
    """A tree and a binary of one release: a PCI device ``dev`` with given properties and readings."""
    machines = ["pc-q35-1.0", "pc-q35-1.1"]
    tree = {
        "name": "1.1",
        "version": "1.1",
        "kind": "tree",
        "origin": "made up",
        "compat_arrays": {"hw_compat_1_0": {"entries": [["dev", "size", "7"]]}},
        "machines": {"pc-q35-1.1": {"arrays": []}, "pc-q35-1.0": {"arrays": ["hw_compat_1_0"]}},
        "types": {
            "pci-device": {"parent": None, "props": {"addr": ["PCI_DEVFN", -1]}},
            "dev": {"parent": "pci-device", "props": {"size": ["UINT32", 5], **tree_props}},
        },
    }
    binary = {
        "name": "1.1-binary",
        "version": "1.1",
        "kind": "binary",
        "origin": "made up",
        "arch": "x86_64",
        "counterpart": "1.1",
        "station": False,
        "compat_arrays": {"a": {"entries": []}, "b": {"entries": [["dev", "size", "7"]]}},
        "machines": {"pc-q35-1.1": {"arrays": ["a"]}, "pc-q35-1.0": {"arrays": ["b"]}},
        "types": {
            "pci-device": {"parent": None},
            "dev": {
                "parent": "pci-device",
                "concrete": True,
                "props": {"addr": ["str", -1], "size": ["uint32", 5], **binary_props},
            },
        },
        "runs": [
            {
                "family": "q35",
                "origin": "processes",
                "machines": machines,
                "objects": [{"path": "id:d(dev)", "type": "dev", "readings": readings}],
            }
        ],
    }
    return msgspec.convert({"schema": SCHEMA, "builds": [tree, binary]}, Facts)


def effective(facts: Facts) -> EffectiveAgreement:
    views = make_views(facts)
    return compare_effective(views["1.1"], views["1.1-binary"])


def causes(part: EffectiveAgreement) -> set[tuple[str, Cause]]:
    return {(finding.property, finding.cause) for finding in part.findings}


def test_agreeing_sources() -> None:
    facts = two_sources({}, {}, {"size": [[7, 5], [0, 1]]})
    found = report(facts)
    assert [(tree.name, binary.name) for tree, binary in pairs(facts)] == [("1.1", "1.1-binary")]
    assert found.lists[0].equal == ("pc-q35-1.0", "pc-q35-1.1")
    assert found.defaults[0].counts == {"equal": 2}
    assert found.effective[0].counts == {"equal": 2}
    assert found.unexplained() == ()


def test_different_default_is_unexplained() -> None:
    facts = two_sources({"mode": ["BOOL", True]}, {"mode": ["bool", False]}, {})
    found = compare_defaults(facts, *facts.builds)
    assert found.counts == {"equal": 2, "differ": 1}
    assert [(f.property, f.cause, f.computed, f.found) for f in found.findings] == [("mode", Cause.UNEXPLAINED, "on", "off")]


def test_symbolic_default_is_named_as_such() -> None:
    facts = two_sources({"mode": ["UINT32", {"sym": "ODD_NAME"}]}, {"mode": ["uint32", 3]}, {})
    assert compare_defaults(facts, *facts.builds).causes == {Cause.SYMBOLIC: 1}


def test_property_on_one_side_only() -> None:
    facts = two_sources({"mine": ["BOOL", True], "legacy-x": ["BOOL", True]}, {"theirs": ["bool", True]}, {})
    found = compare_defaults(facts, *facts.builds)
    assert {f.property: f.cause for f in found.findings} == {
        "mine": Cause.UNEXPLAINED,
        "legacy-x": Cause.HIDDEN,
        "theirs": Cause.UNEXPLAINED,
    }


def test_different_reading_without_a_rule_is_unexplained() -> None:
    facts = two_sources({}, {}, {"size": [[5]]})
    assert causes(effective(facts)) == {("size", Cause.UNEXPLAINED)}


def test_rule_explains_consistent_readings_only() -> None:
    """``addr`` is resolved at realize; where equal computed values led to different readings, something else did."""
    consistent = effective(two_sources({}, {}, {"addr": [[16]]}))
    assert causes(consistent) == {("addr", Cause.RESOLVED)}
    varying = effective(two_sources({}, {}, {"addr": [[16, 24], [0, 1]]}))
    assert causes(varying) == {("addr", Cause.UNEXPLAINED)}


def test_entry_that_only_the_tree_has_is_unequal() -> None:
    facts = two_sources({}, {}, {})
    tree, binary = facts.builds
    binary = msgspec.structs.replace(binary, compat_arrays={**binary.compat_arrays, "b": binary.compat_arrays["a"]})
    found = compare_lists(tree, binary)
    assert (found.equal, found.explained, found.unequal) == (("pc-q35-1.1",), (), ("pc-q35-1.0",))
    assert [(d.side, d.entry, d.machines) for d in found.differences] == [("tree", ("dev", "size", "7"), ("pc-q35-1.0",))]


def test_order_of_entries_counts() -> None:
    facts = two_sources({}, {}, {})
    tree, binary = facts.builds
    entries = [["dev", "size", "1"], ["dev", "size", "2"]]
    one = msgspec.convert({"entries": entries}, type(tree.compat_arrays["hw_compat_1_0"]))
    other = msgspec.convert({"entries": entries[::-1]}, type(one))
    tree = msgspec.structs.replace(tree, compat_arrays={"hw_compat_1_0": one})
    binary = msgspec.structs.replace(binary, compat_arrays={**binary.compat_arrays, "b": other})
    assert compare_lists(tree, binary).unequal == ("pc-q35-1.0",)
