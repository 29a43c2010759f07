"""A small synthetic document: a few types, two trees, one binary with lists, one binary with readings only."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from hopcheck.model.facts.schema import SCHEMA, Facts

TYPES: dict[str, Any] = {
    "device": {"parent": None, "file": "hw/core/qdev.c", "code_props": ["realized"]},
    "pci-device": {"parent": "device", "file": "hw/pci/pci.c", "props": {"rombar": ["UINT32", 1]}},
    "virtio-device": {"parent": "device", "file": "hw/virtio/virtio.c", "props": {"event_idx": ["BIT64", True]}},
    "virtio-pci": {"parent": "pci-device", "file": "hw/virtio/virtio-pci.c", "props": {"ats": ["BIT", False]}},
    "virtio-blk-device": {
        "parent": "virtio-device",
        "file": "hw/block/virtio-blk.c",
        "props": {
            "num-queues": ["UINT16", 65535],
            "serial": ["STRING"],
            "logical_block_size": ["BLOCKSIZE"],
            "werror": ["BLOCKDEV_ON_ERROR", {"sym": "BLOCKDEV_ON_ERROR_AUTO"}],
            "odd": ["UINT32", {"sym": "SOMETHING_ODD"}],
            "endian": ["ENDIAN_NODEFAULT"],
        },
        "code_props": ["bootindex"],
    },
    "virtio-blk-pci": {
        "parent": "virtio-pci",
        "file": "hw/virtio/virtio-blk-pci.c",
        "props": {"vectors": ["UINT32", -1]},
    },
    "x86-thing": {"parent": "device", "file": "hw/i386/thing.c"},
}

OLD: dict[str, Any] = {
    "hw_compat_1_0": {
        "file": "hw/core/machine.c",
        "entries": [
            ["virtio-blk-device", "num-queues", "1"],
            ["virtio-device", "event_idx", "off"],
            ["virtio-blk-pci", "num-queues", "2"],
        ],
    },
    "hw_compat_1_1": {
        "file": "hw/core/machine.c",
        "entries": [["virtio-blk-device", "num-queues", "4"], ["pci-device", "rombar", "0x0"]],
    },
}


def document() -> dict[str, Any]:
    """Return the document as JSON data, to be spoilt by tests."""
    machines = {
        "pc-q35-1.2": {"arrays": []},
        "pc-q35-1.1": {"arrays": ["hw_compat_1_1"]},
        "pc-q35-1.0": {"arrays": ["hw_compat_1_1", "hw_compat_1_0"]},
        "virt-1.0": {"arrays": ["hw_compat_1_1", "hw_compat_1_0"]},
    }
    tree = {"kind": "tree", "origin": "made up", "compat_arrays": OLD, "machines": machines, "types": TYPES}
    listed = {
        "kind": "binary",
        "origin": "made up",
        "arch": "x86_64",
        "counterpart": "1.2",
        "station": False,
        "compat_arrays": {"pc-q35-1.1:compat-props": {"entries": OLD["hw_compat_1_1"]["entries"]}},
        "machines": {"pc-q35-1.1": {"arrays": ["pc-q35-1.1:compat-props"]}},
        "types": {
            "device": {"parent": None},
            "virtio-blk-device": {
                "parent": "device",
                "concrete": True,
                "props": {"num-queues": ["uint16", 65535], "hidden": ["bool", True]},
            },
            "table-made": {"parent": "device", "concrete": True, "props": {"frames": ["uint32", 128]}},
        },
    }
    seen = {
        "kind": "binary",
        "origin": "made up",
        "arch": "x86_64",
        "counterpart": "1.1",
        "compat_arrays": {},
        "machines": {"pc-q35-1.0": {"arrays": None}, "pc-q35-1.1": {"arrays": None}},
        "types": {
            "device": {"parent": None},
            "gadget": {
                "parent": "device",
                "concrete": True,
                "props": {"size": ["uint32", 5], "flag": ["bool", False], "mode": ["bool", True]},
            },
        },
        "runs": [
            {
                "family": "q35",
                "origin": "processes",
                "machines": ["pc-q35-1.0", "pc-q35-1.1"],
                "objects": [
                    {
                        "path": "id:a(gadget)",
                        "type": "gadget",
                        "readings": {"size": [[7, 9], [0, 1]], "flag": [[True]], "mode": [[True], [0, -1]]},
                    },
                    {"path": "gadget", "type": "gadget", "readings": {"flag": [[True, False], [0, 1]]}},
                ],
            }
        ],
    }
    return {
        "schema": SCHEMA,
        "builds": [
            {"name": "1.1", "version": "1.1", **tree},
            {"name": "1.1-seen", "version": "1.1", **seen},
            {"name": "1.2", "version": "1.2", **tree},
            {"name": "1.2-listed", "version": "1.2.1", **listed},
        ],
    }


@pytest.fixture
def raw() -> dict[str, Any]:
    """A fresh deep copy of the document."""
    copy: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(document()))
    return copy


@pytest.fixture
def small(raw: dict[str, Any]) -> Facts:
    """The document, typed."""
    return msgspec.convert(raw, Facts)
