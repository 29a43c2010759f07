"""The sections of two builds compared: which of them one does not load from the other, in which direction, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hopcheck.model.domain.vmstate.judgement import Judgement, Outcome, Reason
from hopcheck.model.domain.vmstate.load import Counted, load_section
from hopcheck.model.facts.schema import Build
from hopcheck.model.facts.vmstate import VMStateDescription, VMStateSection

Sections = Mapping[str, VMStateSection]
"""QOM type to section."""


@dataclass(frozen=True, slots=True)
class SectionMismatch:
    """A section that ``destination`` refuses from ``source``, or may refuse.

    ``section``: its name in the stream; ``types``: the device types, as the source calls them.
    """

    section: str
    types: tuple[str, ...]
    source: str
    destination: str
    judgement: Judgement

    @property
    def certain(self) -> bool:
        """Whether every stream with the section is refused."""
        return self.judgement.outcome is Outcome.REFUSED

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why."""
        return self.judgement.reasons


def compare(old: Build, new: Build) -> tuple[SectionMismatch, ...]:
    """What does not load, or may not, from ``old`` to ``new`` and then from ``new`` to ``old``, by section.

    Types that only one of the builds has are left out: no process of the other starts with them. Nothing is found where
    one of the builds does not state its sections.
    """
    return (*_one_way(old, new), *_one_way(new, old))


def _one_way(source: Build, destination: Build) -> Iterator[SectionMismatch]:
    ours, theirs = source.vmstate or {}, destination.vmstate or {}
    counted = Counted(states_counts(ours), states_counts(theirs))
    found: dict[tuple[str, Judgement], list[str]] = {}
    for type_, section in ours.items():
        other = counterpart(type_, ours, theirs)
        if other is None:
            continue
        judgement = load_section(section, theirs[other], counted)
        if judgement.outcome is not Outcome.ACCEPTED:
            found.setdefault((stream_name(section), judgement), []).append(type_)
    for (name, judgement), types in sorted(found.items(), key=lambda item: (item[0][0], item[1])):
        yield SectionMismatch(name, tuple(types), source.name, destination.name, judgement)


def counterpart(type_: str, ours: Sections, theirs: Sections) -> str | None:
    """The type of the other build that has the device's state: of the same name, or renamed with its section kept.

    A renamed type is the one that the first build lacks and whose section has the same name in the stream.
    """
    if type_ in theirs:
        return type_
    name = stream_name(ours[type_])
    renamed = [other for other, section in theirs.items() if other not in ours and stream_name(section) == name]
    return renamed[0] if len(renamed) == 1 else None


def stream_name(section: VMStateSection) -> str:
    """The name of the section in the stream, less the path of the device; the type's where it is not told."""
    return section.name if section.description is None else section.description.name


def states_counts(sections: Sections) -> bool:
    """Whether a dump states numbers of elements: those of old builds do not."""
    return any(_counts(each.description) for each in sections.values() if each.description is not None)


def _counts(description: VMStateDescription) -> bool:
    return any(
        field.count != 1 or (field.description is not None and _counts(field.description)) for field in description.fields
    ) or any(_counts(each) for each in description.subsections)
