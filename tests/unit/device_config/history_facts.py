"""Small histories as facts: one device type, one property, a few releases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hopcheck.model.domain.device_config.mismatch import Breaks, Kind, Mismatch, Rules
from hopcheck.model.domain.device_config.study import Study, study
from hopcheck.model.facts.schema import (
    SCHEMA,
    Build,
    BuildKind,
    CompatArray,
    Default,
    Entry,
    Facts,
    Machine,
    Property,
    QomType,
)
from hopcheck.model.facts.versions import version_key

DEVICE = "disk"
SIBLING = "tape"
PROP = "queues"

LOADS_NOT = Rules({(DEVICE, PROP): Mismatch(Kind.LOAD_ERROR, Breaks.BOTH, "a test")})


def history(
    defaults: Mapping[str, Default | str],
    entries: Mapping[str, Mapping[str, Sequence[tuple[str, str]]]] | None = None,
    *,
    kind: str = "UINT16",
    prop: str = PROP,
) -> Facts:
    """``defaults``: release to the property's default, "-" where the build lacks it.

    ``entries``: release to array label to (driver, value). Every release adds the machine type ``virt-RELEASE``, and all
    machine types stay. ``disk`` and ``tape`` derive from ``storage``, and each declares the property itself.
    """
    order = sorted(defaults, key=version_key)
    builds = []
    for place, release in enumerate(order):
        has_it = defaults[release] != "-"
        declared = {prop: Property(kind, defaults[release])} if has_it else {}
        stated = (entries or {}).get(release, {})
        arrays = {
            f"hw_compat_{label.replace('.', '_')}": CompatArray(
                tuple(Entry(driver, prop, value) for driver, value in pairs), "hw/core/machine.c"
            )
            for label, pairs in stated.items()
        }
        machines = {
            f"virt-{machine}": Machine(
                tuple(
                    f"hw_compat_{label.replace('.', '_')}"
                    for label in reversed(order[order.index(machine) : place])
                    if f"hw_compat_{label.replace('.', '_')}" in arrays
                )
            )
            for machine in order[: place + 1]
        }
        builds.append(
            Build(
                name=release,
                version=release,
                kind=BuildKind.HAND,
                origin="a test",
                compat_arrays=arrays,
                machines=machines,
                types={
                    "device": QomType(None),
                    "storage": QomType("device", "hw/core/storage.c"),
                    DEVICE: QomType("storage", "hw/core/disk.c", declared),
                    SIBLING: QomType("storage", "hw/core/tape.c", dict(declared)),
                },
            )
        )
    return Facts(SCHEMA, tuple(builds))


def studied(facts: Facts, *, rules: Rules = LOADS_NOT) -> Study:
    """The rows of a small history."""
    return study(facts, rules=rules, behaviours=())
