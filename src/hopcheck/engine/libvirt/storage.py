"""A storage policy as a table: what it says of every disk, beside what the model says, with the trace that reads wrong."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from hopcheck.explorer.exploration import Exploration
from hopcheck.explorer.search import explore
from hopcheck.model.domain.storage import Settings, system
from hopcheck.model.domain.storage.configuration import Configuration, configurations, rule_numbers
from hopcheck.model.domain.storage.disk import configuration
from hopcheck.model.domain.storage.policy import Rule
from hopcheck.model.domain.storage.settings import Faults, Policy
from hopcheck.model.language import Trace
from hopcheck.properties.catalog.storage import properties
from hopcheck.properties.catalog.storage_hazards import Name, hazards

READ_BY_THE_GUEST = (Name.NO_STALE_READ, Name.SAME_BYTES, Name.LENGTH_KNOWN)
"""What the table weighs: what the guest reads on the destination, and how long it takes its disk to be."""

_RUNS = "the destination runs"


class Says(enum.StrEnum):
    """What the model says of a disk that migrates, whatever the policy."""

    SAFE = "safe"
    AFTER_A_FAULT = "unsafe after a fault"
    UNSAFE = "unsafe"
    NEVER = "QEMU refuses"


@dataclass(frozen=True, slots=True)
class Judged:
    """One disk: the rule that decides on it, and what the model says of it when it migrates all the same.

    ``violates``, ``why`` and ``trace`` (a shortest run) where that is unsafe. The run's first step is a check that
    accepts everything: it is not the policy that is judged there. ``visited``: it starts with old pages of an earlier
    visit in the destination host's cache.
    """

    disk: Configuration
    rule: Rule
    says: Says
    violates: str
    why: str
    trace: Trace | None
    visited: bool


@dataclass(frozen=True, slots=True)
class Row:
    """Disks of which policy and model say the same, for the same reason.

    ``rule``, ``text``, ``accepts``: the rule of the policy that decides; ``disks``: which, as patterns; ``count``: how
    many combinations that is; ``says``: the model's verdict, ``why`` and ``violates``: the reason and the property where
    it is unsafe; ``example`` and ``trace``: one of them, and the labels of a shortest run from the opening of the image
    to the violation.
    """

    rule: str
    text: str
    accepts: bool
    disks: tuple[str, ...]
    count: int
    says: Says
    why: str
    violates: str
    example: str
    trace: tuple[str, ...]

    @property
    def laxer(self) -> bool:
        """The policy accepts what the model shows unsafe."""
        return self.accepts and self.says in (Says.UNSAFE, Says.AFTER_A_FAULT)

    @property
    def stricter(self) -> bool:
        """The policy refuses what the model shows safe."""
        return not self.accepts and self.says is Says.SAFE


def judged(settings: Settings) -> tuple[Judged, ...]:
    """Every disk that the settings leave, judged by the policy and by the model."""
    allowed = replace(settings, policy=Policy.NONE, force=False)
    with_faults = _Explored.of(allowed)
    without = _Explored.of(replace(allowed, faults=Faults.ZERO))
    pages = system(allowed).index["dst_host"]
    found = []
    for disk, rule in configurations(settings):
        says, violates, trace = _judge(disk, with_faults, without)
        why = "; ".join(each.why for each in hazards(allowed, disk) if each.violates == violates)
        visited = trace is not None and bool(trace.initial[pages])
        found.append(Judged(disk, rule, says, violates, why, trace, visited))
    return tuple(found)


def table(settings: Settings) -> tuple[Row, ...]:
    """The table of the settings' policy, in the order of its rules; of one rule, what is unsafe first."""
    groups: dict[tuple[str, Says, str], list[Judged]] = {}
    every = judged(settings)
    for each in every:
        groups.setdefault((each.rule.number, each.says, each.why), []).append(each)
    everything = [each.disk for each in every]
    order, worst = rule_numbers(settings), list(Says)[::-1]
    rows = [_row(members, everything) for members in groups.values()]
    return tuple(sorted(rows, key=lambda row: (order.index(row.rule), worst.index(row.says), row.why)))


@dataclass(frozen=True, slots=True)
class _Explored:
    """The traces of every disk by property, and the disks whose migration can get to its end."""

    traces: Mapping[str, Mapping[int, Trace]]
    arrive: frozenset[int]

    @staticmethod
    def of(settings: Settings) -> _Explored:
        model = system(settings)
        asked = {each.name: each.expr for each in properties(settings, model) if each.name in READ_BY_THE_GUEST}
        found: Exploration = explore(
            model, always=asked, reachable={_RUNS: model["dst"] == "running"}, group_by=configuration(model)
        )
        return _Explored({name: found.answers[name].traces for name in asked}, frozenset(found.answers[_RUNS].traces))

    def violation(self, disk: Configuration) -> tuple[str, Trace] | None:
        """The first property of ``READ_BY_THE_GUEST`` that the disk violates."""
        for name in READ_BY_THE_GUEST:
            if disk.code in self.traces.get(name, {}):
                return name, self.traces[name][disk.code]
        return None


def _judge(disk: Configuration, with_faults: _Explored, without: _Explored) -> tuple[Says, str, Trace | None]:
    if disk.code not in with_faults.arrive:
        return Says.NEVER, "", None
    for says, explored in ((Says.UNSAFE, without), (Says.AFTER_A_FAULT, with_faults)):
        found = explored.violation(disk)
        if found is not None:
            return says, *found
    return Says.SAFE, "", None


def _row(members: Sequence[Judged], everything: Sequence[Configuration]) -> Row:
    shown = min(members, key=lambda each: (len(each.trace) if each.trace else 0, each.disk.code))
    return Row(
        shown.rule.number,
        shown.rule.text,
        shown.rule.accepts,
        patterns([each.disk for each in members], everything),
        len(members),
        shown.says,
        shown.why,
        shown.violates,
        f"{shown.disk}{', old pages of an earlier visit' if shown.visited else ''}",
        tuple(step.label for step in shown.trace.steps[1:]) if shown.trace else (),
    )


def patterns(disks: Sequence[Configuration], everything: Sequence[Configuration]) -> tuple[str, ...]:
    """The disks in few words: values that differ in one place only are written together, all values as ``any``."""
    cubes = [tuple(frozenset({value}) for value in _values(disk)) for disk in disks]
    for place in (2, 1, 3, 0, 2, 1, 3):
        joined: dict[tuple[frozenset[str], ...], frozenset[str]] = {}
        for cube in cubes:
            rest = cube[:place] + cube[place + 1 :]
            joined[rest] = joined.get(rest, frozenset()) | cube[place]
        cubes = [(*rest[:place], values, *rest[place:]) for rest, values in joined.items()]
    domains = [list(dict.fromkeys(column)) for column in zip(*map(_values, everything), strict=True)]
    return tuple(", ".join(map(_written, cube, domains, ("storage", "format", "cache", "disk"))) for cube in cubes)


def _values(disk: Configuration) -> tuple[str, ...]:
    flag = next((name for name in ("copied", "readonly", "shareable") if getattr(disk, name)), "plain")
    return disk.medium, disk.format, disk.cache, flag


def _written(values: frozenset[str], domain: Sequence[str], name: str) -> str:
    if len(values) == len(domain) > 1:
        return f"any {name}"
    return "|".join(each for each in domain if each in values)
