"""Subjects: the device properties to judge, each at the type that declares it.

A property is judged once, at its declaring type, and counts for every subtype: except where compat entries name subtypes
of their own, which are then looked at one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from hopcheck.model.domain.device_config.history import Stations
from hopcheck.model.facts.effective import BuildView
from hopcheck.model.facts.schema import BuildKind


@dataclass(frozen=True, slots=True)
class Subject:
    """A device property at the type that declares it.

    ``types``: the types to look at: the declaring type for all subtypes that no entry singles out, and those that some
    do. ``reached``: for each of them the leaves of the hierarchy for which it stands. ``lineage``: type to its ancestors,
    itself first.
    """

    declaring: str
    prop: str
    types: tuple[str, ...]
    reached: Mapping[str, tuple[str, ...]]
    lineage: Mapping[str, tuple[str, ...]] = field(repr=False, default_factory=dict)

    def reach(self, type_: str) -> int:
        """For how many types ``type_`` stands."""
        return len(self.reached[type_])

    def ancestors(self, type_: str) -> tuple[str, ...]:
        """The type and its ancestors, in the newest build that has it, then the declaring type and its own."""
        return self.lineage[type_]

    @property
    def name(self) -> str:
        """``type.property``."""
        return f"{self.declaring}.{self.prop}"


def subjects(at: Stations) -> tuple[Subject, ...]:
    """Every property of every build, at the type that declares it, in the order of first appearance."""
    declared: dict[tuple[str, str], None] = {}
    for view in at.views:
        if view.build.kind is BuildKind.BINARY:
            continue
        for name, facts in view.build.types.items():
            for prop in (*facts.props, *facts.code_props):
                declared.setdefault((name, prop))
    _add_binary_only(at, declared)
    entries = _drivers(at)
    types = _Types(at)
    return tuple(types.subject(declaring, prop, entries.get(prop, ()), declared) for declaring, prop in declared)


def _add_binary_only(at: Stations, declared: dict[tuple[str, str], None]) -> None:
    """Properties that no source tree declares: at the topmost type at which a binary shows them."""
    known = {prop for _, prop in declared}
    for view in at.views:
        if view.build.kind is not BuildKind.BINARY or view.observed_only:
            continue
        for name, facts in view.build.types.items():
            for prop in facts.props:
                parent = facts.parent
                inherited = parent is not None and view.hierarchy.own(parent, prop) is not None
                if prop not in known and not inherited:
                    declared.setdefault((name, prop))


def _drivers(at: Stations) -> dict[str, tuple[str, ...]]:
    """Property name to the drivers that the entries of any build name for it."""
    found: dict[str, dict[str, None]] = {}
    for view in at.views:
        for array in view.build.compat_arrays.values():
            for entry in array.entries:
                found.setdefault(entry.property, {}).setdefault(entry.driver)
    return {prop: tuple(drivers) for prop, drivers in found.items()}


class _Types:
    """The type hierarchies of all stations as one: a type is read in the newest build that has it."""

    def __init__(self, at: Stations) -> None:
        self.views: Sequence[BuildView] = tuple(reversed(at.views))
        self._home: dict[str, BuildView | None] = {}
        self._made: dict[str, bool] = {}
        self._subtypes: dict[str, tuple[str, ...]] = {}
        self._concretes: dict[str, tuple[str, ...]] = {}

    def home(self, name: str) -> BuildView | None:
        """The newest build that has the type; a source tree where there is one."""
        if name not in self._home:
            having = [view for view in self.views if name in view.hierarchy]
            trees = [view for view in having if view.build.kind is not BuildKind.BINARY]
            self._home[name] = next(iter(trees or having), None)
        return self._home[name]

    def lineage(self, name: str) -> tuple[str, ...]:
        view = self.home(name)
        return view.hierarchy.ancestors(name) if view else (name,)

    def declares(self, name: str, prop: str) -> str | None:
        """The type that declares the property of a type, where the type has it."""
        view = self.home(name)
        own = view.hierarchy.own(name, prop) if view else None
        return own.type if own else None

    def subject(
        self, declaring: str, prop: str, drivers: Iterable[str], declared: Mapping[tuple[str, str], None]
    ) -> Subject:
        singled = [driver for driver in drivers if driver != declaring and self._stands_below(driver, declaring, prop)]
        redeclared = [name for name in self._below(declaring) if (name, prop) in declared and name != declaring]
        reached: dict[str, tuple[str, ...]] = {}
        taken: set[str] = set(redeclared)
        for name in redeclared:
            taken.update(self._below(name))
        # The most special driver first: it keeps its own subtypes from the more general ones.
        for driver in sorted(singled, key=lambda name: -len(self.lineage(name))):
            leaves = tuple(name for name in self._leaves(driver) if name not in taken)
            if leaves:
                reached[driver] = leaves
                taken.update(leaves)
        rest = tuple(name for name in self._leaves(declaring) if name not in taken)
        if rest:
            reached = {declaring: rest, **reached}
        lineage = {name: (*self.lineage(name), *self.lineage(declaring)) for name in reached}
        return Subject(declaring, prop, tuple(reached), reached, lineage)

    def _stands_below(self, driver: str, declaring: str, prop: str) -> bool:
        """Whether entries on the driver reach the property: a subtype, or a proxy that aliases it."""
        if declaring in self.lineage(driver):
            return True
        view = self.home(driver)
        backend = view.hierarchy.backend(driver) if view else None
        if view is None or backend is None or view.hierarchy.own(driver, prop) is not None:
            return False
        return declaring in self.lineage(backend)

    def _below(self, name: str) -> tuple[str, ...]:
        if name not in self._subtypes:
            view = self.home(name)
            self._subtypes[name] = view.hierarchy.subtypes(name) if view else ()
        return self._subtypes[name]

    def _leaves(self, name: str) -> tuple[str, ...]:
        """The types of which objects can be made, among the type and its subtypes."""
        if self.home(name) is None:
            return (name,)
        if name not in self._concretes:
            self._concretes[name] = tuple(filter(self._concrete, (name, *self._below(name))))
        return self._concretes[name]

    def _concrete(self, name: str) -> bool:
        """Whether objects of exactly this type can exist: as a binary says, else whether nothing derives from it at home."""
        if name not in self._made:
            having = [view for view in self.views if name in view.hierarchy]
            stated = [view.hierarchy.types[name].concrete for view in having if view.build.kind is BuildKind.BINARY]
            if any(stated):
                self._made[name] = True
            elif stated and any(ancestor == "device" for ancestor in self.lineage(name)):
                self._made[name] = False
            else:
                home = self.home(name)
                self._made[name] = home is None or home.hierarchy.is_leaf(name)
        return self._made[name]
