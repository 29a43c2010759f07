"""A published case as facts: releases with a default and compat entries each, for one device property."""

from __future__ import annotations

import re
from typing import Any

from hopcheck.model.domain.device_config.mismatch import bundled_rules
from hopcheck.model.domain.device_config.study import Study, study
from hopcheck.model.facts.schema import SCHEMA, Build, BuildKind, CompatArray, Entry, Facts, Machine, Property, QomType

FAMILY = "virt"
"""The family of the machine types; any one will do, since the cases name versions only."""


DEVICE = "device-of-the-case"
"""The device type: its real name would bring in what is known of it beyond the case."""


def case_facts(case: dict[str, Any], encoding: str, order: list[str]) -> Facts:
    """The builds of one encoding of a case, oldest first."""
    model = case["model"][encoding]
    releases = sorted(model["releases"], key=order.index)
    machines = model.get("machines") or releases
    device, prop = DEVICE, case.get("property") or "property"
    builds = []
    for release in releases:
        facts = model["releases"][release]
        arrays: dict[str, list[Entry]] = {}
        for label, value in facts.get("entries", []):
            arrays.setdefault(array(label), []).append(Entry(device, prop, str(value)))
        older = [each for each in order if order.index(each) < order.index(release)]
        known = [each for each in machines if order.index(each) <= order.index(release)]
        builds.append(
            Build(
                name=release,
                version=release,
                kind=BuildKind.HAND,
                origin=f"case {case.get('id')}, {encoding}",
                compat_arrays={key: CompatArray(tuple(entries)) for key, entries in arrays.items()},
                machines={
                    f"{FAMILY}-{each}": Machine(
                        tuple(
                            array(label)
                            for label in reversed(older)
                            if order.index(label) >= order.index(each) and array(label) in arrays
                        )
                    )
                    for each in known
                },
                types={
                    "device": QomType(parent=None),
                    device: QomType("device", "hw/core/device.c", {prop: Property("STRING", str(facts["default"]))}),
                },
            )
        )
    return Facts(SCHEMA, tuple(builds))


def case_study(case: dict[str, Any], encoding: str, order: list[str]) -> Study:
    """The rows of one encoding of a case."""
    return study(case_facts(case, encoding, order), rules=bundled_rules(), behaviours=())


def array(label: str) -> str:
    """``5.1`` is the array ``hw_compat_5_1``."""
    return "hw_compat_" + label.replace(".", "_")


def version_in(text: str) -> str:
    """The version at the start of a step of a chain: ``7.0-rc -M pc-i440fx-6.2`` is 7.0."""
    match = re.match(r"\d+\.\d+", text)
    assert match is not None, text
    return match[0]


def machine_of(chain: list[str]) -> str:
    """The version of the machine type that a chain is about: named after ``-M`` or in brackets, else the first build's."""
    for step in chain:
        named = re.search(r"(?:-M \S*?|\(pc-)(\d+\.\d+)", step)
        if named:
            return named[1]
    return version_in(chain[0])
