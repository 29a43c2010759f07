"""Facts of three small builds of a QEMU that never was: quick to check, with a mistake of each kind that tests look for."""

from __future__ import annotations

from hopcheck.model.facts.schema import (
    SCHEMA,
    Build,
    BuildKind,
    CompatArray,
    Entry,
    Facts,
    Machine,
    Property,
    QomType,
)

RELEASES = ("8.0", "8.1", "8.2")

DEFAULTS = {
    "8.0": {"queues": 1, "late": False, "fine": False, "dead": 1},
    "8.1": {"queues": 2, "late": True, "fine": True, "dead": 1},
    "8.2": {"queues": 2, "late": True, "fine": True, "dead": 2},
}

ENTRIES = {
    "8.0": {},
    "8.1": {"hw_compat_8_0": (Entry("toy-device", "fine", "off"),)},
    "8.2": {
        "hw_compat_8_0": (
            Entry("toy-device", "fine", "off"),
            Entry("toy-device", "late", "off"),
            Entry("virtio-blk-device", "num-queues", "1"),
        ),
        "hw_compat_8_1": (Entry("toy-devise", "dead", "1"),),
    },
}

NUM_QUEUES = {"8.0": 1, "8.1": 1, "8.2": 4}


def toy_facts(*, broken: bool = True) -> Facts:
    """The facts; not ``broken``: those in which every build is like the first."""
    return Facts(SCHEMA, tuple(_build(release, release if broken else "8.0") for release in RELEASES))


def _build(name: str, like: str) -> Build:
    known = RELEASES[: RELEASES.index(name) + 1]
    arrays = {f"hw_compat_{each.replace('.', '_')}": () for each in known[:-1]} | dict(ENTRIES[like])
    kinds = {int: "UINT32", bool: "BOOL"}
    return Build(
        name=name,
        version=name,
        kind=BuildKind.TREE,
        origin="made up",
        compat_arrays={key: CompatArray(entries) for key, entries in arrays.items()},
        machines={f"pc-q35-{each}": Machine(_arrays(each, known)) for each in known},
        types={
            "device": QomType(parent=None),
            "toy-device": QomType(
                "device",
                "hw/core/toy.c",
                {prop: Property(kinds[type(value)], value) for prop, value in DEFAULTS[like].items()},
            ),
            "virtio-blk-device": QomType(
                "device", "hw/block/virtio-blk.c", {"num-queues": Property("UINT16", NUM_QUEUES[like])}
            ),
        },
    )


def _arrays(machine: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """The arrays of a machine type, newest first."""
    return tuple(f"hw_compat_{each.replace('.', '_')}" for each in reversed(known[:-1]) if each >= machine)
