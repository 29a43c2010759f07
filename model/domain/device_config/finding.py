"""Findings: what breaks in real QEMU, each said once, at the type that declares the property."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from hopcheck.model.domain.device_config.cause import Break, Cause, Causes
from hopcheck.model.domain.device_config.families import machine_type
from hopcheck.model.domain.device_config.history import Stations
from hopcheck.model.domain.device_config.mismatch import Mismatch
from hopcheck.model.domain.device_config.rows import Member, Rows
from hopcheck.model.domain.device_config.shape import Shape
from hopcheck.model.facts.applicability import arch_of
from hopcheck.model.facts.versions import version_key


@dataclass(frozen=True, slots=True)
class Finding:
    """A device property whose value is not preserved, for one cause.

    ``id``: ``type.property: cause @ station``, stable as long as the finding is the same. ``shapes``: the rows that show
    it. ``types``: the device types that it reaches, by the type that was looked at; ``machines``: the machine types.
    ``example``: the member that the text speaks of, on its newest machine type. ``open``: the newest station that knows
    the machine type still breaks. ``also``: types that the same misdirected entry changes, though nothing changed there.
    """

    id: str
    device: str
    prop: str
    why: Break
    mismatch: Mismatch
    shapes: tuple[Shape, ...]
    types: tuple[str, ...]
    machines: tuple[str, ...]
    example: Member
    open: bool
    also: tuple[str, ...] = ()

    @property
    def cause(self) -> Cause:
        """What is wrong with the compat entries."""
        return self.why.cause


def findings(at: Stations, rows: Rows, violating: Iterable[Shape]) -> tuple[Finding, ...]:
    """The findings behind the shapes that a search found violated: open ones first, then the newest change first."""
    causes = Causes(at)
    stories: dict[tuple[str, int], list[_Part]] = {}
    for shape in violating:
        for member in rows.members[shape]:
            why = causes.of(member)
            stories.setdefault((member.subject.name, why.since), []).append(_Part(shape, member, why))
    made = [_finding(name, at, cause, parts) for (name, _), story in stories.items() for cause, parts in _told(story)]
    return tuple(sorted(_merged(made), key=lambda each: (not each.open, -each.why.since, each.id)))


@dataclass(frozen=True, slots=True)
class _Part:
    """What one member of one shape adds to a finding."""

    shape: Shape
    member: Member
    why: Break


_AFTERWARDS = (Cause.LATE_ENTRY, Cause.NO_ENTRY, Cause.BEHAVIOUR)
"""One story, told from machine types that saw its end (the repair) or had been removed by then."""


def _told(story: Sequence[_Part]) -> list[tuple[Cause, list[_Part]]]:
    """The parts of one change of one property, by cause."""
    by_cause: dict[Cause, list[_Part]] = {}
    for part in story:
        by_cause.setdefault(part.why.cause, []).append(part)
    told = [cause for cause in _AFTERWARDS if cause in by_cause]
    for cause in told[1:]:
        by_cause[told[0]] += by_cause.pop(cause)
    return list(by_cause.items())


def _finding(name: str, at: Stations, cause: Cause, parts: Sequence[_Part]) -> Finding:
    best = max(
        parts,
        key=lambda part: (
            part.why.cause is cause,
            is_open(at, part.member),
            version_key(machine_type(part.member.machines[-1]).version),
            -_family_rank(part.member.machines[-1]),
            len(part.member.machines),
        ),
    )
    return Finding(
        f"{name}: {cause} @ {at.names[best.why.since]}",
        best.member.subject.declaring,
        best.member.subject.prop,
        best.why,
        best.member.mismatch,
        tuple(dict.fromkeys(part.shape for part in parts)),
        tuple(dict.fromkeys(leaf for part in parts for leaf in part.member.subject.reached[part.member.type])),
        tuple(dict.fromkeys(machine for part in parts for machine in part.member.machines)),
        best.member,
        any(is_open(at, part.member) for part in parts),
    )


_FAMILIES = ("pc-q35", "pc-i440fx", "virt", "s390-ccw-virtio", "pseries")
"""Of equal machine types the one in widest use is shown."""


def _family_rank(machine: str) -> int:
    family = machine_type(machine).family
    return _FAMILIES.index(family) if family in _FAMILIES else len(_FAMILIES)


def is_open(at: Stations, member: Member) -> bool:
    """Whether the newest build that speaks of the member's architecture still has another value than the oldest."""
    known = [position for position, cell in enumerate(member.cells) if cell.known]
    arch = arch_of(member.machines[0])
    newest = max(position for position, view in enumerate(at.views) if view.build.arch in ("", arch))
    return known[-1] == newest and member.cells[known[-1]].value != member.cells[known[0]].value


def _merged(made: Sequence[Finding]) -> list[Finding]:
    """One mistake is one finding: where several types show it, at what they have in common."""
    alike: dict[object, list[Finding]] = {}
    for each in sorted(made, key=lambda found: found.why.since):
        entry = None if each.why.entry is None else each.why.entry.entry
        key: object = (each.prop, each.cause, each.why.since, entry) if entry is not None else each.id
        if each.cause is Cause.TYPE_RENAMED:  # whichever builds a machine type was there to see, it is one new name
            key = (each.device, each.cause)
        alike.setdefault(key, []).append(each)
    joined = [_joined(group) for group in alike.values()]
    others: dict[str, list[Finding]] = {}
    kept = []
    for each in joined:
        owner = next((other for other in joined if other is not each and _belongs(each, other)), None)
        if owner is None:
            kept.append(each)
        else:
            others.setdefault(owner.id, []).append(each)
    return [_with(each, others.get(each.id, [])) for each in kept]


def _joined(group: Sequence[Finding]) -> Finding:
    """Findings that one entry is to blame for, told at the nearest type that all their devices descend from."""
    first = group[0]
    if len(group) == 1:
        return first
    lineages = [each.example.subject.ancestors(each.example.type) for each in group]
    common = next(
        (name for name in lineages[0] if name not in ("object", "device") and all(name in line for line in lineages)),
        first.device,
    )
    return replace(
        _with(first, group[1:], same=True),
        id=first.id.replace(f"{first.device}.", f"{common}.", 1),
        device=common,
        open=any(each.open for each in group),
    )


def _belongs(each: Finding, other: Finding) -> bool:
    """Whether ``each`` is another view of ``other``: what a misdirected entry hits, or machine types that saw the end."""
    if each.prop != other.prop:
        return False
    if each.cause is Cause.EXTRA_ENTRY and each.why.entry is not None and other.why.entry is not None:
        misdirected = other.cause in (Cause.WRONG_DRIVER, Cause.SIBLING_MISSED)
        same = each.why.entry.entry.meaning() == other.why.entry.entry.meaning()
        return misdirected and each.why.since == other.why.since and same
    return each.device == other.device and other.why.fixed == each.why.since


def _with(each: Finding, others: Sequence[Finding], *, same: bool = False) -> Finding:
    """The finding with what others add; ``same``: their types are among those it reaches, else they are hit as well."""
    if not others:
        return each
    types = tuple(dict.fromkeys(type_ for other in others for type_ in other.types if type_ not in each.types))
    return replace(
        each,
        shapes=tuple(dict.fromkeys((*each.shapes, *(shape for other in others for shape in other.shapes)))),
        machines=tuple(dict.fromkeys((*each.machines, *(name for other in others for name in other.machines)))),
        types=(*each.types, *types) if same else each.types,
        also=each.also if same else types,
    )
