"""The effective value of a device property, with its provenance.

What a process fixes when it creates an object comes in layers, low to high:

1. the static default of the declaration,
2. code (instance_init, properties made by code): cannot be read from facts, hence *unknown*,
3. the accelerator's compat entries: left out, because they depend on the host's options, not on the machine type,
4. the machine type's compat arrays, newest first as listed: a later entry wins, so the oldest array overrides. An
   entry matches every subtype of its driver. A virtio proxy aliases its back end's properties; the back end is
   created first, so entries on the proxy are applied after those on the back end,
5. the user's options: not here. Verdicts are about the layers below them, and before realize code that replaces
   ``auto``-like values.

Bulk use: `BuildView.effects` gives the static default and all matching entries of a (type, property) once, and
`BuildView.outcomes` the value on every machine type, grouped: most have the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from hopcheck.model.facts.equalities import declared
from hopcheck.model.facts.hierarchy import Declaration, Hierarchy
from hopcheck.model.facts.kinds import Family, kind_of
from hopcheck.model.facts.notation import canonical
from hopcheck.model.facts.observations import Observations
from hopcheck.model.facts.schema import Build, Confidence, Entry, Property, is_place
from hopcheck.model.facts.supplement import Supplement
from hopcheck.model.facts.values import UNSET, Absent, AbsentReason, Form, Known, Unknown, UnknownReason, Value


class Layer(StrEnum):
    """The layer that an effective value comes from."""

    STATIC = "static default"
    """The declaration's default."""
    CODE = "code"
    """Code decides; the facts do not tell."""
    ARRAY = "compat array"
    """An entry of one of the machine type's compat arrays."""
    OBSERVED = "observed"
    """Read from a running process of the build."""
    NONE = "none"
    """Absent, or not stated by the build."""


@dataclass(frozen=True, slots=True)
class Effective:
    """A value and where it comes from.

    ``array``, ``index``, ``driver`` and ``file`` name the deciding entry where the layer is ARRAY; elsewhere
    ``file`` is the declaring type's. ``declaring`` is the type that declares the property, ``kind`` its C kind or
    QMP type.
    """

    value: Value
    layer: Layer
    confidence: Confidence
    kind: str = ""
    declaring: str = ""
    file: str = ""
    array: str = ""
    index: int = -1
    driver: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """A compat entry that applies to a (type, property). ``stage``: 0 on a back end, 1 on the object itself."""

    stage: int
    array: str
    index: int
    entry: Entry


@dataclass(frozen=True, slots=True)
class Effects:
    """All that decides a (type, property): where no machine type's entry matches, ``base`` holds."""

    type: str
    property: str
    base: Effective
    matches: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class Outcomes:
    """The values of a (type, property) over the machine types of a build.

    ``usual`` holds for every machine type that ``by_machine`` does not list.
    """

    usual: Effective
    by_machine: Mapping[str, Effective]

    def on(self, machine: str) -> Effective:
        """Return the value on a machine type of the build (not checked to exist)."""
        return self.by_machine.get(machine, self.usual)


_ABSENT_TYPE = Effective(Absent(AbsentReason.NO_TYPE), Layer.NONE, Confidence.STATED)
_ABSENT_PROPERTY = Effective(Absent(AbsentReason.NO_PROPERTY), Layer.NONE, Confidence.STATED)
_ABSENT_MACHINE = Effective(Absent(AbsentReason.NO_MACHINE), Layer.NONE, Confidence.STATED)
_NO_MACHINES: Mapping[str, Effective] = MappingProxyType({})


class BuildView:
    """Effective values of one build, with its entries indexed by property and driver.

    ``supplement`` tells of properties that the build's own facts do not show, and the QMP type of properties that
    a tree makes by code; without it such a value is compared as text.
    """

    def __init__(
        self,
        build: Build,
        hierarchy: Hierarchy,
        supplement: Supplement | None = None,
        observations: Observations | None = None,
    ) -> None:
        """Index the entries; see `views` for the usual way to make one."""
        self.build = build
        self.hierarchy = hierarchy
        self._supplement = supplement
        self._bases: dict[tuple[str, str, bool], Effective] = {}
        self._observations = observations
        self._entries: dict[str, dict[str, list[tuple[str, int, Entry]]]] = {}
        for key, array in build.compat_arrays.items():
            for index, entry in enumerate(array.entries):
                drivers = self._entries.setdefault(entry.property, {})
                drivers.setdefault(entry.driver, []).append((key, index, entry))
        self._positions: dict[str, dict[str, int]] = {}
        for name, machine in build.machines.items():
            for position, key in enumerate(machine.arrays or ()):
                self._positions.setdefault(key, {})[name] = position
        silent = [machine.arrays is None for machine in build.machines.values()]
        self.observed_only = bool(silent) and all(silent)

    def machines_of(self, array: str) -> tuple[str, ...]:
        """Return the machine types that a compat array is applied to."""
        return tuple(self._positions.get(array, ()))

    def position(self, array: str, machine: str) -> int:
        """Return the position of an array in a machine type's order, -1 where it is not applied."""
        return self._positions.get(array, {}).get(machine, -1)

    def effects(self, name: str, prop: str) -> Effects:
        """Return the base value and the matching entries of a (type, property), in no order of application."""
        if name not in self.hierarchy:
            return Effects(name, prop, _ABSENT_TYPE, ())
        base = self.base(name, prop)
        return Effects(name, prop, base, () if base is _ABSENT_PROPERTY else self._matches(name, prop))

    def base(self, name: str, prop: str) -> Effective:
        """Return the value of a (type, property) below all compat entries."""
        if name not in self.hierarchy:
            return _ABSENT_TYPE
        declaration = self.declaration(name, prop)
        if declaration is None:
            if all(match.entry.optional for match in self._matches(name, prop)):
                return _ABSENT_PROPERTY
            # QEMU aborts on an entry for a property that a subtype lacks: it exists, unseen.
            declaration = Declaration(name, prop, None)
        return self._base(name, prop, declaration)

    def declaration(self, name: str, prop: str) -> Declaration | None:
        """Return where a property comes from, as the build's own facts or its supplement tell."""
        found = self.hierarchy.declaration(name, prop)
        if found is None and self._supplement is not None:
            found = self._supplement.declaration(name, prop)
        return found

    def properties(self, name: str) -> tuple[str, ...]:
        """Return all property names of a type, supplied ones included, sorted."""
        names = set(self.hierarchy.properties(name))
        if self._supplement is not None:
            names |= self._supplement.properties(name)
        return tuple(sorted(names))

    def outcomes(self, name: str, prop: str) -> Outcomes:
        """Return the value on every machine type of the build."""
        effects = self.effects(name, prop)
        if isinstance(effects.base.value, Absent):
            return Outcomes(effects.base, _NO_MACHINES)
        if self.observed_only:
            return self._observed(name, prop, effects.base)
        if not effects.matches:
            return Outcomes(effects.base, _NO_MACHINES)
        best: dict[str, tuple[int, int, int, Match]] = {}
        for match in effects.matches:
            for machine, position in self._positions.get(match.array, {}).items():
                rank = (match.stage, position, match.index, match)
                if machine not in best or rank[:3] > best[machine][:3]:
                    best[machine] = rank
        made = {id(match): self._from_entry(match, effects.base) for match in effects.matches}
        return Outcomes(effects.base, {machine: made[id(rank[3])] for machine, rank in best.items()})

    def effective(self, machine: str, name: str, prop: str) -> Effective:
        """Return the effective value of one property of one type on one machine type."""
        if machine not in self.build.machines:
            return _ABSENT_MACHINE
        return self.outcomes(name, prop).on(machine)

    def _matches(self, name: str, prop: str) -> tuple[Match, ...]:
        drivers = self._entries.get(prop)
        if drivers is None:
            return ()
        backend = self.hierarchy.backend(name)
        found: list[Match] = []
        for stage, chain in ((0, self.hierarchy.ancestors(backend) if backend else ()), (1, None)):
            for ancestor in self.hierarchy.ancestors(name) if chain is None else chain:
                found += [Match(stage, key, index, entry) for key, index, entry in drivers.get(ancestor, ())]
        return tuple(found)

    def _base(self, name: str, prop: str, declaration: Declaration) -> Effective:
        """Return the value below all compat entries: the static default, or why there is none."""
        key = (name if declaration.fact is None else declaration.type, prop, bool(declaration.backend))
        found = self._bases.get(key)
        if found is None:
            found = self._bases[key] = self._make_base(name, prop, declaration)
        return found

    def _make_base(self, name: str, prop: str, declaration: Declaration) -> Effective:
        fact, declaring = declaration.fact, declaration.type
        file = self.hierarchy.types[declaring].file if declaring in self.hierarchy.types else ""
        if fact is None:
            kind = self._supplement.kind(name, prop) if self._supplement else ""
            return Effective(Unknown(UnknownReason.CODE), Layer.CODE, Confidence.NONE, kind, declaring, file)
        confidence = self._confidence(declaration, fact)
        if fact.default is not None:
            value = self.same(declaring, prop, canonical(fact.kind, fact.default))
            if value.form is Form.SYMBOL:
                confidence = Confidence.SYMBOLIC
            return Effective(value, Layer.STATIC, confidence, fact.kind, declaring, file)
        kind_ = kind_of(fact.kind)
        if kind_.family is Family.POINTER:
            return Effective(UNSET, Layer.STATIC, confidence, fact.kind, declaring, file)
        if kind_.implied is not None:
            implied = Known(kind_.implied)
            return Effective(implied, Layer.STATIC, Confidence.DERIVED, fact.kind, declaring, file)
        unknown = Unknown(UnknownReason.CODE, f"{fact.kind} without default")
        return Effective(unknown, Layer.CODE, Confidence.NONE, fact.kind, declaring, file)

    def _confidence(self, declaration: Declaration, fact: Property) -> Confidence:
        """Tell apart what the build states, what a hand wrote, and what follows from elsewhere."""
        if fact.origin and not is_place(fact.origin):
            return Confidence.ASSUMED
        own = self.build.types.get(declaration.type)
        stated = own is not None and declaration.property in own.props and not declaration.backend
        return Confidence.STATED if stated else Confidence.DERIVED

    def same(self, declaring: str, prop: str, value: Known) -> Known:
        """Replace a value by the one that a declared equality makes it equal to."""
        equalities = declared()
        if prop in equalities.properties:
            for ancestor in self.hierarchy.ancestors(declaring):
                text = equalities.representative(ancestor, prop, value.text)
                if text != value.text:
                    return Known(text, value.form)
        return value

    def _from_entry(self, match: Match, base: Effective) -> Effective:
        entry = match.entry
        return Effective(
            value=self.same(base.declaring, entry.property, canonical(base.kind, entry.value)),
            layer=Layer.ARRAY,
            confidence=Confidence.ASSUMED if entry.origin and not is_place(entry.origin) else Confidence.STATED,
            kind=base.kind,
            declaring=base.declaring,
            file=self.build.compat_arrays[match.array].file,
            array=match.array,
            index=match.index,
            driver=entry.driver,
        )

    def _observed(self, name: str, prop: str, base: Effective) -> Outcomes:
        """Return what was read from processes; what nobody read is not stated, even where a default is known."""
        usual = Effective(Unknown(UnknownReason.NOT_STATED), Layer.NONE, Confidence.NONE, base.kind, base.declaring)
        if self._observations is None:
            return Outcomes(usual, _NO_MACHINES)
        by_machine: dict[str, Effective] = {}
        for machine, seen in self._observations.values(name, prop).items():
            value: Value = seen
            if isinstance(seen, Known):
                value = self.same(base.declaring, prop, seen)
            layer = Layer.OBSERVED
            by_machine[machine] = Effective(value, layer, Confidence.OBSERVED, base.kind, base.declaring)
        return Outcomes(usual, by_machine)
