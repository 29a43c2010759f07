"""Proving a change written by hand: is it safe for every chain through all known builds and the changed one?"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from hopcheck.engine.baseline import NOTHING_KNOWN, Baseline
from hopcheck.engine.device_config import check_device_config
from hopcheck.engine.results import Began, FindingResult, Listener, ModelResult, ignore
from hopcheck.model.domain.device_config.study import Study, study
from hopcheck.model.domain.device_config.subjects import Subject
from hopcheck.model.facts.change import Change, apply, read_change
from hopcheck.model.facts.load import bundled
from hopcheck.model.facts.schema import BuildKind, Facts
from hopcheck.model.facts.versions import version_key


@dataclass(frozen=True, slots=True)
class ChangeResult:
    """What a change does, and what it breaks.

    ``build``: the name of the build with the change; ``base``: the one it starts from. ``says``: what it does, one line
    an item. ``before`` and ``after``: the check of the device properties it touches, without it and with it.
    ``new``: findings that only the change brings; ``gone``: ids of those that it repairs.
    """

    path: str
    build: str
    base: str
    says: tuple[str, ...]
    before: ModelResult
    after: ModelResult
    new: tuple[FindingResult, ...]
    gone: tuple[str, ...]
    undecided: tuple[str, ...]
    seconds: float

    @property
    def exit_code(self) -> int:
        """0: safe; 1: it breaks a chain; 3: a fact that the verdict needs is missing."""
        return 1 if self.new else 3 if self.undecided else 0


def prove_change(
    path: Path, *, facts: Facts | None = None, listener: Listener = ignore, prove_seconds: float = 20.0
) -> ChangeResult:
    """Apply the change in a TOML file to facts in memory, and check what it touches. Raises ``ChangeError``."""
    started = time.monotonic()
    known = facts or bundled()
    change = read_change(path)
    changed = apply(known, change)
    touched = _Touched(change)
    added = next(each for each in changed.builds if each.name not in {build.name for build in known.builds})
    listener(Began("reading the facts"))
    before, after = (study(each, only=touched, behaviours=()) for each in (known, changed))
    base = check_device_config(before, NOTHING_KNOWN, listener=ignore, prove_seconds=0)
    ids = {found.finding.id: "known before the change" for found in base.findings}
    result = check_device_config(after, Baseline(ids), listener=listener, prove_seconds=prove_seconds)
    return ChangeResult(
        str(path),
        added.name,
        change.base or _newest_tree(known),
        tuple(_says(change)),
        base,
        result,
        tuple(found for found in result.findings if found.known is None),
        tuple(result.missing),
        _undecided(before, after),
        time.monotonic() - started,
    )


class _Touched:
    """The device properties that a change can make a difference to."""

    def __init__(self, change: Change) -> None:
        self.properties = {item.text("property") for item in change.items if item.kind != "rename"}
        self.types = {item.text(key) for item in change.items if item.kind == "rename" for key in ("driver", "to")}

    def __call__(self, subject: Subject) -> bool:
        return subject.prop in self.properties or any(
            self.types.intersection(lineage) for lineage in (subject.types, *subject.lineage.values())
        )


def _newest_tree(facts: Facts) -> str:
    trees = [build for build in facts.builds if build.kind is not BuildKind.BINARY]
    return max(trees, key=lambda build: version_key(build.version)).name


def _undecided(before: Study, after: Study) -> tuple[str, ...]:
    """What is unknown or to be reviewed with the change, and was not without it."""
    old = {(gap.type, gap.subject.prop, gap.standing) for gap in before.rows.gaps}
    return tuple(
        f"{gap.type}.{gap.subject.prop} in {gap.station}: {gap.reason}"
        for gap in after.rows.gaps
        if (gap.type, gap.subject.prop, gap.standing) not in old
    )


def _says(change: Change) -> list[str]:
    """The change in QEMU's terms, one line an item."""
    lines = []
    if change.machine:
        lines.append(f"machine types of version {change.machine} are new")
    for item in change.items:
        name = f"{item.text('driver')}.{item.text('property')}"
        match item.kind:
            case "default":
                lines.append(f"the default of {name} becomes {item.text('value')}")
            case "entry":
                entry = f'{{ "{item.text("driver")}", "{item.text("property")}", "{item.text("value")}" }}'
                lines.append(f"{item.text('array')} gets the entry {entry}")
            case "remove":
                lines.append(f"{item.text('array')} loses its entry for {name}")
            case "retarget":
                moved = [f"{key[3:]} {item.text(key)}" for key in ("to_driver", "to_array", "to_value") if item.text(key)]
                lines.append(f"the entry for {name} in {item.text('array')} gets the {', the '.join(moved)}")
            case _:
                lines.append(f"the type {item.text('driver')} becomes {item.text('to')}")
    return lines
