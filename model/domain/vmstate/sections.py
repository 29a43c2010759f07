"""Sections over builds: what a device's section is in each, and which of them one build does not load from another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from hopcheck.model.domain.device_config.mismatch import Breaks, Kind
from hopcheck.model.domain.device_config.shape import OFF, Shape
from hopcheck.model.domain.device_config.system import DeviceConfig, device_config
from hopcheck.model.domain.vmstate.compare import counterpart, states_counts, stream_name
from hopcheck.model.domain.vmstate.judgement import Judgement, Outcome
from hopcheck.model.domain.vmstate.load import Counted, load_section
from hopcheck.model.facts.schema import Build, Facts
from hopcheck.model.facts.vmstate import VMStateSection

MODEL = "vmstate"
"""What reports call the model."""

Pair = tuple[int, int]
"""Positions of a source and a destination."""


@dataclass(frozen=True, slots=True)
class SectionRow:
    """A section over the builds. ``name``: in the stream of the newest build; ``types``: the device types that have it.

    ``shape``: what the model sees: equal descriptions have equal values. ``judgements``: of the pairs of builds, a build
    with itself included, those that are not accepted.
    """

    name: str
    types: tuple[str, ...]
    shape: Shape
    judgements: Mapping[Pair, Judgement]

    def pairs(self, outcome: Outcome) -> tuple[Pair, ...]:
        """The pairs of builds with this outcome."""
        return tuple(pair for pair, judgement in self.judgements.items() if judgement.outcome is outcome)

    def knows(self, station: int) -> bool:
        """Whether the build at this position has the section."""
        return self.shape.values[station] != OFF


@dataclass(frozen=True, slots=True)
class SectionStudy:
    """The sections of the builds that state them, oldest first.

    ``explored``: the distinct shapes of the rows: the values of the model's variable ``row``.
    """

    stations: tuple[str, ...]
    rows: tuple[SectionRow, ...]
    explored: tuple[Shape, ...]

    def model(self) -> DeviceConfig:
        """A guest with a device that has one of the sections, moved between the builds for as long as it lives."""
        return device_config(self.stations, self.explored, name=MODEL)


def study_sections(facts: Facts) -> SectionStudy:
    """The sections of a document, by the builds that state them."""
    builds = [build for build in facts.builds if build.vmstate is not None]
    rows = tuple(_rows(builds))
    return SectionStudy(tuple(build.name for build in builds), rows, tuple(dict.fromkeys(row.shape for row in rows)))


def _rows(builds: Sequence[Build]) -> Iterator[SectionRow]:
    """A row for the types that have equal sections in each build."""
    counted = [states_counts(build.vmstate or {}) for build in builds]
    alike: dict[tuple[VMStateSection | None, ...], list[str]] = {}
    for type_, sections in _histories(builds):
        described = tuple(None if each is None else _without_type(each) for each in sections)
        alike.setdefault(described, []).append(type_)
    for sections, types in alike.items():
        yield _row(sections, tuple(types), counted)


def _histories(builds: Sequence[Build]) -> Iterator[tuple[str, tuple[VMStateSection | None, ...]]]:
    """Each device type with its section in each build, under the name that the newest build has for it."""
    told: list[set[str]] = [set() for _ in builds]
    for newest in reversed(range(len(builds))):
        for type_ in builds[newest].vmstate or {}:
            if type_ in told[newest]:
                continue
            history: list[VMStateSection | None] = [None] * len(builds)
            name, last = type_, newest
            for station in range(newest, -1, -1):
                sections = builds[station].vmstate or {}
                known = counterpart(name, builds[last].vmstate or {}, sections)
                if known is not None and known not in told[station]:
                    told[station].add(known)
                    history[station], name, last = sections[known], known, station
            yield type_, tuple(history)


def _without_type(section: VMStateSection) -> VMStateSection:
    """The section as the stream has it: the name of the type is not in it, unless nothing else names the section."""
    return VMStateSection(stream_name(section), section.version, section.minimum_version, section.description)


def _row(sections: Sequence[VMStateSection | None], types: tuple[str, ...], counted: Sequence[bool]) -> SectionRow:
    numbers: dict[tuple[VMStateSection, bool], int] = {}
    values = tuple(
        OFF if section is None else numbers.setdefault((section, told), len(numbers))
        for section, told in zip(sections, counted, strict=True)
    )
    by_value = {
        (ours, theirs): load_section(sent, local, Counted(one, two))
        for (sent, one), ours in numbers.items()
        for (local, two), theirs in numbers.items()
    }
    judgements = {
        (source, destination): judgement
        for source, ours in enumerate(values)
        for destination, theirs in enumerate(values)
        if ours != OFF and theirs != OFF and (judgement := by_value[ours, theirs]).outcome is not Outcome.ACCEPTED
    }
    refused = tuple(sorted(pair for pair, each in by_value.items() if each.outcome is Outcome.REFUSED))
    newest = next(section for section in reversed(sections) if section is not None)
    return SectionRow(newest.name, types, Shape(values, Kind.LOAD_ERROR, Breaks.NEITHER, refused=refused), judgements)
