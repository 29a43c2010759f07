"""Published QEMU compatibility bugs as patches: each is a source tree before and after, and ``prove`` has to tell.

The trees are made from the cases: one device, one device property, whose values are numbered in the order of the releases.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hopcheck.engine.changes import of_patch
from hopcheck.engine.prove_change import ChangeResult, prove
from hopcheck.model.facts.schema import SCHEMA, Facts
from hopcheck.model.facts.versions import version_key
from hopcheck.model.importers.patch import unified
from hopcheck.model.importers.trees import Directory, Patched
from tests.synthetic import Device, Source

from .history_case import DEVICE

DOCUMENT = json.loads((Path(__file__).parent / "data" / "qemu-history.json").read_text(encoding="utf-8"))
CASES = [pytest.param(case, id=case["id"]) for case in DOCUMENT["cases"] if case.get("model")]
LATE = [each for each in CASES if each.values[0]["model"]["as_shipped"] != each.values[0]["model"]["ideal"]]  # type: ignore[index]


@dataclass(frozen=True)
class World:
    """A case's releases as trees, in one of its encodings."""

    case: Mapping[str, Any]
    encoding: str

    @property
    def releases(self) -> list[str]:
        """All releases of the case, oldest first."""
        return sorted(self.case["model"][self.encoding]["releases"], key=version_key)

    @property
    def prop(self) -> str:
        """The device property; the first of several that change together."""
        return str(self.case["property"]).partition(",")[0]

    def number(self, value: object) -> int:
        """A value of the case as a number: older values have smaller ones."""
        seen: dict[str, int] = {}
        releases = self.case["model"]["without_fix"]["releases"]
        for release in sorted(releases, key=version_key):
            seen.setdefault(str(releases[release]["default"]), len(seen) + 1)
        return seen[str(value)]

    def default(self, release: str) -> int:
        """The default in a release."""
        return self.number(self.case["model"][self.encoding]["releases"][release]["default"])

    def entries(self, release: str, labels: list[str]) -> dict[str, tuple[tuple[str, str, str], ...]]:
        """The entries of a release by label: an empty array where it has none."""
        stated = self.case["model"][self.encoding]["releases"][release].get("entries", [])
        found: dict[str, tuple[tuple[str, str, str], ...]] = dict.fromkeys(labels, ())
        for label, value in stated:
            if label in found:
                found[label] = ((DEVICE, self.prop, str(self.number(value))),)
        return found

    def machines(self, release: str) -> list[str]:
        """The machine type versions of a release."""
        every = self.case["model"][self.encoding].get("machines") or self.releases
        return [each for each in every if version_key(each) <= version_key(release)]

    def tree(self, release: str) -> Source:
        """The tree of a release."""
        machines = self.machines(release)
        entries = self.entries(release, [each for each in machines if version_key(each) < version_key(release)])
        return Source(f"{release}.0", tuple(machines), entries, {DEVICE: Device(props={self.prop: self.default(release)})})

    def development(self, before: str, like: str | None = None) -> Source:
        """The tree on its way from a release to the next; ``like``: with the default and the entries of that one."""
        shown = like or before
        machines = self.machines(before)
        return Source(
            f"{before}.50" if before.count(".") == 1 else before,
            (*machines, "99.0"),
            self.entries(shown, machines),
            {DEVICE: Device(props={self.prop: self.default(shown)})},
        )

    def facts(self, folder: Path) -> Facts:
        """All releases as builds."""
        builds = [self.tree(release).build(folder / release, release) for release in self.releases]
        return Facts(SCHEMA, tuple(builds))


def _proved(folder: Path, known: Facts, before: Source, after: Source) -> ChangeResult:
    tree = Directory(before.write(folder / "tree"))
    patch = unified(tree, Patched(tree, dict(after.files()), ""))
    assert patch
    return prove(of_patch(patch.encode(), "x.patch", tree, facts=known), prove_seconds=0)


def _change(case: Mapping[str, Any]) -> tuple[str, str]:
    """The release in which the behaviour first changes, and the one before."""
    world = World(case, "without_fix")
    releases = world.releases
    since = next(i for i, each in enumerate(releases) if world.default(each) != world.default(releases[0]))
    return releases[since - 1], releases[since]


@pytest.mark.parametrize("case", CASES)
def test_the_change_without_its_entry_is_unsafe_after_one_hop(case: Mapping[str, Any], tmp_path: Path) -> None:
    last, since = _change(case)
    ideal, bug = World(case, "ideal"), World(case, "without_fix")
    result = _proved(tmp_path, ideal.facts(tmp_path), ideal.development(last), bug.development(last, since))
    assert result.exit_code == 1
    found = result.new[0]
    assert (found.finding.device, found.finding.prop) == (DEVICE, ideal.prop)
    assert f"virt-{last}" in found.finding.machines
    assert next(step.action for step in found.chain) == "boot"
    assert len(found.chain) == 2
    assert result.build in found.builds
    needed = ideal.entries(since, [last]).get(last)
    if needed:
        why = found.finding.why.needed
        assert why is not None
        assert (why.array, why.entry.value) == (f"hw_compat_{last.replace('.', '_')}", needed[0][2])


@pytest.mark.parametrize("case", [each for each in CASES if each.values[0]["id"] != "s390-css-9.1"])  # type: ignore[index]
def test_the_change_with_its_entry_is_safe(case: Mapping[str, Any], tmp_path: Path) -> None:
    last, since = _change(case)
    ideal = World(case, "ideal")
    result = _proved(tmp_path, ideal.facts(tmp_path), ideal.development(last), ideal.development(last, since))
    assert (result.exit_code, result.new, result.undecided) == (0, (), ())


@pytest.mark.parametrize("case", LATE)
def test_the_repair_that_came_late_repairs(case: Mapping[str, Any], tmp_path: Path) -> None:
    shipped = World(case, "as_shipped")
    last, fixed = shipped.releases[-2:]
    known = Facts(SCHEMA, shipped.facts(tmp_path).builds[:-1])  # as it was when the repair was written
    result = _proved(tmp_path, known, shipped.development(last), shipped.development(last, fixed))
    assert result.exit_code == 0
    assert [each.partition(":")[0] for each in result.gone] == [f"{DEVICE}.{shipped.prop}"]
    assert any("guests cannot be moved to or from" in each.what for each in result.warnings)
