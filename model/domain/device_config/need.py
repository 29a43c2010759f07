"""Whether compat entries are needed: which chain of migrations would break without each of them, or why none would."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import IntEnum

from hopcheck.model.domain.device_config.cause import PlacedEntry
from hopcheck.model.domain.device_config.contract import Contracts, Duty
from hopcheck.model.domain.device_config.families import machine_type
from hopcheck.model.domain.device_config.ladder import Ladders
from hopcheck.model.domain.device_config.subjects import Subject
from hopcheck.model.facts.effective import BuildView
from hopcheck.model.facts.schema import Facts
from hopcheck.model.facts.versions import version_key


class Need(IntEnum):
    """What an entry is good for; the larger, the closer it comes to being needed."""

    NO_DRIVER = 0
    """No type has the name of its driver."""
    NOT_APPLIED = 1
    """No versioned machine type applies its array."""
    NO_PROPERTY = 2
    """No type that it matches has the property."""
    NO_DEVICE = 3
    """No versioned machine type that applies its array is known to have such a device."""
    OVERRIDDEN = 4
    """Wherever it applies, an entry that is applied later decides."""
    SAME_VALUE = 5
    """Without it the value would be the same."""
    UNTOLD = 6
    """Without it, or in all other builds, the value is not known."""
    UNSEEN = 7
    """Neither a guest nor a migration can tell the difference."""
    BREAKS_ANYWAY = 8
    """The other builds differ among themselves: without it other chains break, but not more."""
    NEEDED = 9
    """A chain breaks without it that does not break with it."""


@dataclass(frozen=True, slots=True)
class Witness:
    """A shortest chain that breaks without the entry: one hop between ``other`` and the build, on ``machine``.

    ``kept``: the value with the entry, and on the other build; ``lost``: the value without it. ``upwards``: the guest comes
    from the other build, and does not go there.
    """

    duty: Duty
    other: str
    kept: str
    lost: str
    upwards: bool


@dataclass(frozen=True, slots=True)
class Needed:
    """An entry at its place in its array, what it is good for, and the witness where it is needed."""

    placed: PlacedEntry
    index: int
    need: Need
    witness: Witness | None = None


def needs(facts: Facts, build: str) -> tuple[Needed, ...]:
    """Judge every entry of a station, in the order of its arrays."""
    return _Judge(facts, build).all()


class _Judge:
    def __init__(self, facts: Facts, build: str) -> None:
        holders = {each.name for each in facts.stations()} - {build}
        self.contracts = Contracts(facts, build, holders)
        self.station = self.contracts.at.names.index(build)
        self.view: BuildView = self.contracts.at.views[self.station]
        self.best: dict[tuple[str, int], Needed] = {}
        for key, array in self.view.build.compat_arrays.items():
            for index, entry in enumerate(array.entries):
                placed = PlacedEntry(key, entry, array.file)
                self.best[key, index] = Needed(placed, index, self._at_first(placed))

    def _at_first(self, placed: PlacedEntry) -> Need:
        """What can be said before any value is looked at."""
        driver, prop = placed.entry.driver, placed.entry.property
        if driver not in self.view.hierarchy:
            return Need.NO_DRIVER
        if not self.view.machines_of(placed.array):
            return Need.NOT_APPLIED
        types = (driver, *self.view.hierarchy.subtypes(driver))
        having = any(self.view.declaration(type_, prop) is not None for type_ in types)
        return Need.NO_DEVICE if having else Need.NO_PROPERTY

    def all(self) -> tuple[Needed, ...]:
        """The judgement on every entry: a property at a time, on the types that it is looked at for."""
        props = dict.fromkeys(each.placed.entry.property for each in self.best.values())
        subjects: dict[str, list[Subject]] = {prop: [] for prop in props}
        for subject in self.contracts.subjects(lambda each: each.prop in subjects):
            subjects[subject.prop].append(subject)
        for found in subjects.values():
            for subject in found:
                for type_ in subject.types:
                    self._look(subject, type_)
        return tuple(self.best.values())

    def _look(self, subject: Subject, type_: str) -> None:
        """Look at all entries that reach a type, on all machine types that apply one of them."""
        ladders = Ladders(self.contracts.history(subject, type_), self.station)
        arrays = {match.array for match in ladders.effects.matches}
        machines = {machine for array in arrays for machine in self.view.machines_of(array)}
        if not machines:
            return
        for duty in self.contracts.duties(subject, type_, machines.__contains__):
            if duty.before is not None:  # where the build has no such device, its entry does nothing
                self._judge(duty, ladders)

    def _judge(self, duty: Duty, ladders: Ladders) -> None:
        """Only the entry that decides can be needed: on this machine type the others change nothing."""
        rungs = ladders.rungs(duty.machine)
        for rung in rungs[1:]:
            self._say(rung.match.array, rung.match.index, Need.OVERRIDDEN)
        if rungs:
            lost = rungs[1].value if len(rungs) > 1 else ladders.base(duty.machine)
            need, witness = self._weigh(duty, rungs[0].value, lost)
            self._say(rungs[0].match.array, rungs[0].match.index, need, witness)

    def _weigh(self, duty: Duty, kept: str, lost: str | None) -> tuple[Need, Witness | None]:
        if lost is None:
            return Need.UNTOLD, None
        if kept == lost:
            return Need.SAME_VALUE, None
        if not duty.held:
            return Need.UNTOLD, None
        if not duty.observable:
            return Need.UNSEEN, None
        broken = duty.harmed(lost) - duty.harmed(kept)
        if not broken:
            return Need.BREAKS_ANYWAY, None
        other = self._nearest(broken)
        upwards = self.contracts.at.names.index(other) < self.station
        return Need.NEEDED, Witness(duty, other, kept, lost, upwards)

    def _nearest(self, names: Collection[str]) -> str:
        """The newest build before the one that is looked at, else the oldest after it."""
        places = sorted(self.contracts.at.names.index(name) for name in names)
        older = [place for place in places if place < self.station]
        return self.contracts.at.names[older[-1] if older else places[0]]

    def _say(self, array: str, index: int, need: Need, witness: Witness | None = None) -> None:
        """Keep what comes closest to being needed; of witnesses the one on the newest machine type."""
        before = self.best[array, index]
        if (need, _age(witness)) > (before.need, _age(before.witness)):
            self.best[array, index] = Needed(before.placed, index, need, witness)


_FAMILIES = ("pseries", "s390-ccw-virtio", "virt", "pc-i440fx", "pc-q35")
"""Of machine types of one version the one in widest use tells most, the last of these."""


def _age(witness: Witness | None) -> tuple[int, ...]:
    """A key by which the best witness is the greatest: the newest machine type, then the best known."""
    if witness is None:
        return ()
    each = machine_type(witness.duty.machine)
    rank = _FAMILIES.index(each.family) if each.family in _FAMILIES else -1
    return (*version_key(each.version), rank)
