"""The history of one device property of one type: its value in every build, on every machine type.

Builds that lack the property are where the rules of judgement matter. A property usually appears in the release in which
the behaviour changes, together with a compat entry that gives old machine types the old behaviour. So a later build says
what an older one did: by the value that it gives to the newest machine type of the older one. An entry in an array that is
labelled older than the previous release thereby says that the change itself was shipped earlier, without the property.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from hopcheck.model.domain.device_config.cells import NOWHERE, Cell, Standing
from hopcheck.model.domain.device_config.families import machine_type, own_machine_type, same_line
from hopcheck.model.domain.device_config.legacy import Legacy, bundled_legacy
from hopcheck.model.domain.device_config.neutral import is_neutral
from hopcheck.model.facts.effective import BuildView, Effective, Layer, Outcomes
from hopcheck.model.facts.kinds import Family, kind_of
from hopcheck.model.facts.notation import canonical
from hopcheck.model.facts.schema import BuildKind, Facts
from hopcheck.model.facts.values import Absent, AbsentReason, Form, Known
from hopcheck.model.facts.versions import version_key


@dataclass(frozen=True, slots=True)
class Stations:
    """The builds in which a guest can be, oldest first, with the views through which their values are read.

    ``counterparts``: for a binary that does not tell its compat lists, by position, the tree of the same release.
    ``legacy``: what is declared of builds that lack a property.
    """

    views: tuple[BuildView, ...]
    counterparts: Mapping[int, int]
    legacy: Legacy
    _own: dict[tuple[int, str], str | None] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the builds."""
        return tuple(view.build.name for view in self.views)

    def own(self, station: int, family: str) -> str | None:
        """The machine type of a family that shows what the build at this position does by default.

        It is the one that the build added itself or, where it added none, that a later build added in its name.
        """
        key = (station, family)
        if key not in self._own:
            later = (name for view in self.views[station + 1 :] for name in view.build.machines)
            self._own[key] = own_machine_type(self.views[station].build, family, later)
        return self._own[key]


def stations(facts: Facts, views: Mapping[str, BuildView]) -> Stations:
    """The stations of a document. A binary that does not tell its compat lists keeps its tree as a counterpart."""
    places = tuple(views[build.name] for build in facts.stations())
    position = {view.build.name: number for number, view in enumerate(places)}
    counterparts = {
        number: position[view.build.counterpart]
        for number, view in enumerate(places)
        if view.observed_only and view.build.counterpart in position
    }
    return Stations(places, counterparts, bundled_legacy())


class History:
    """The values of (type, property) in all stations. Reads each build once; cells are then put together by machine."""

    def __init__(self, at: Stations, type_: str, prop: str, *, set_by_board: bool = False) -> None:
        self.at = at
        self.type = type_
        self.property = prop
        self.outcomes: tuple[Outcomes, ...] = tuple(view.outcomes(type_, prop) for view in at.views)
        self._present = [
            position
            for position, outcomes in enumerate(self.outcomes)
            if not isinstance(outcomes.usual.value, Absent) and not at.views[position].observed_only
        ]
        self._special = frozenset(
            machine
            for view, outcomes in zip(at.views, self.outcomes, strict=True)
            if not view.observed_only
            for machine in outcomes.by_machine
        )
        self._trusted: dict[tuple[int, str], bool] = {}
        # A board may give its own devices any value, but hardly one that compat entries are written for.
        self._board = set_by_board and not self._special
        self._generated = self._shown_by_binaries_only()
        self._inferred: dict[tuple[int, str], Cell] = {}
        self._by_family: dict[str, tuple[Cell, ...]] = {}
        self._kind = self.kind()
        # Only where the type is there and the property is not do the cells depend on the family.
        self._lacking = any(
            isinstance(outcomes.usual.value, Absent) and outcomes.usual.value.reason is AbsentReason.NO_PROPERTY
            for outcomes in self.outcomes
        )

    @property
    def special(self) -> frozenset[str]:
        """The machine types to which some build gives another value than to the rest."""
        return self._special

    def _shown_by_binaries_only(self) -> bool:
        """Whether no source tree shows the property, and the oldest binary that has the type shows it already.

        Then it is made where no declaration can be read, and that a tree does not show it means nothing.
        """
        views = self.at.views
        if any(
            view.build.kind is not BuildKind.BINARY and view.hierarchy.declaration(self.type, self.property) is not None
            for view in views
        ):
            return False
        binaries = [view for view in views if view.build.kind is BuildKind.BINARY and self.type in view.hierarchy]
        return bool(binaries) and binaries[0].hierarchy.declaration(self.type, self.property) is not None

    def kind(self) -> str:
        """The property's C kind, from the newest build that states it."""
        for outcomes in reversed(self.outcomes):
            if outcomes.usual.kind:
                return outcomes.usual.kind
        return ""

    def cells(self, machine: str) -> tuple[Cell, ...]:
        """The property's cell in each station, on this machine type."""
        family = machine_type(machine).family
        return tuple(
            self._cell(position, machine, family) if machine in view.build.machines else NOWHERE
            for position, view in enumerate(self.at.views)
        )

    def family_cells(self, family: str) -> tuple[Cell, ...]:
        """The cells of a machine type of the family that every station knew and none had an entry for."""
        key = family if self._lacking else ""
        if key not in self._by_family:
            self._by_family[key] = tuple(self._cell(position, "", family) for position in range(len(self.outcomes)))
        return self._by_family[key]

    def _cell(self, position: int, machine: str, family: str) -> Cell:
        found = self.outcomes[position].on(machine)
        view = self.at.views[position]
        if self._board and not isinstance(found.value, Absent):
            return Cell(Standing.UNKNOWN, source=found, reason="users cannot create the type: the board's code decides")
        if isinstance(found.value, Absent):
            if found.value.reason is AbsentReason.NO_TYPE:
                return NOWHERE
            if view.observed_only or self._generated:
                return Cell(Standing.UNKNOWN, reason="no declaration of it can be read in this build")
            return self._inferred_cell(position, family)
        if view.observed_only:
            return self._observed_cell(position, machine, family)
        return self._unified(self._meaning(position, family, found) or _stated(found))

    def _meaning(self, position: int, family: str, found: Effective) -> Cell | None:
        """What a default meant that leaves the choice to code, where a later entry says so.

        The static default stays "unset" or "auto", code chooses another value from a release on, and that release's
        entry gives old machine types the value that code chose before.
        """
        value, own = found.value, self.at.own(position, family)
        left_to_code = isinstance(value, Known) and (value.form is Form.UNSET or value.text == "auto")
        if found.layer is not Layer.STATIC or not left_to_code or own is None or not self._special:
            return None
        later = [
            outcomes
            for outcomes, view in zip(self.outcomes[position + 1 :], self.at.views[position + 1 :], strict=True)
            if own in view.build.machines and outcomes.usual.value == value and not view.observed_only
        ]
        explicit = [found for outcomes in later if (found := outcomes.on(own)).layer is Layer.ARRAY]
        return _stated(explicit[0], Standing.DECLARED) if len(explicit) * 2 > len(later) else None

    def _unified(self, cell: Cell) -> Cell:
        """A number and a switch are compared as the newest declaration reads them: 0 is off where it is a switch now."""
        if cell.known and kind_of(self._kind).family is Family.BOOL and cell.value in ("0", "1"):
            return replace(cell, value=canonical(self._kind, cell.value).text)
        return cell

    def _observed_cell(self, position: int, machine: str, family: str) -> Cell:
        """A value read from a process is what realize left: it counts where the tree of that release says the same."""
        tree = self.at.counterparts.get(position)
        if tree is not None and self._agrees_with(tree, position, family):
            return self._cell(tree, machine, family)
        return Cell(Standing.UNKNOWN, reason="the binary does not tell what its machine types apply")

    def _agrees_with(self, tree: int, position: int, family: str) -> bool:
        """Whether every value read on a machine type of the family is the one that the tree gives it."""
        key = (position, family)
        if key not in self._trusted:
            read = [
                (machine, found.value)
                for machine, found in self.outcomes[position].by_machine.items()
                if machine_type(machine).family == family
            ]
            self._trusted[key] = bool(read) and all(
                isinstance(value, Known) and self.outcomes[tree].on(machine).value == value for machine, value in read
            )
        return self._trusted[key]

    def _inferred_cell(self, position: int, family: str) -> Cell:
        key = (position, family)
        if key not in self._inferred:
            self._inferred[key] = self._infer(position, family)
        return self._inferred[key]

    def _infer(self, position: int, family: str) -> Cell:
        """What a build did that has the type but not the property."""
        view = self.at.views[position]
        declared = self.at.legacy.of(view.hierarchy.ancestors(self.type), self.property, view.build.name)
        if declared is not None:
            return Cell(Standing.DECLARED, canonical(self._kind, declared.value).text, reason=declared.evidence)
        own = self.at.own(position, family)
        later = [each for each in self._present if each > position]
        if later and own is not None:
            return self._declared(later, own, family)
        earlier = max((each for each in self._present if each < position), default=None)
        if earlier is not None:
            last = self.at.own(earlier, family)
            found = self.outcomes[earlier].on(last) if last else self.outcomes[earlier].usual
            if isinstance(found.value, Known):
                return Cell(Standing.KEPT, found.value.text, found)
        return Cell(Standing.UNKNOWN, reason="no build tells what this one did")

    def _declared(self, later: Sequence[int], own: str, family: str) -> Cell:
        """What later builds say of a machine type that was the newest when the property did not exist.

        What an entry says outranks what follows from there being none, and the build that most agree with outranks one
        that stands alone: entries were forgotten and repaired, and repaired ones were lost again.
        """
        knowing = [each for each in later if own in self.at.views[each].build.machines]
        explicit = [found for each in knowing if (found := self.outcomes[each].on(own)).layer is Layer.ARRAY]
        if explicit:
            values = [found.value for found in explicit]
            found = max(reversed(explicit), key=lambda each: values.count(each.value))
            return _stated(found, Standing.DECLARED)
        first = self.outcomes[later[0]].on(own)
        if not isinstance(first.value, Known):
            return Cell(Standing.UNKNOWN, reason=str(first.value))
        if self._spoken_of(later, family):
            known = own if knowing else self._neighbour(later[0], own)
            if known is not None:
                return _stated(self.outcomes[(knowing or later)[0]].on(known), Standing.DECLARED)
            return Cell(Standing.UNKNOWN, reason=f"{self.at.names[later[0]]} no longer knows {own}")
        if is_neutral(self.property, first.kind or self.kind(), first.value):
            return Cell(Standing.NEUTRAL, first.value.text, first)
        return Cell(
            Standing.REVIEW,
            source=first,
            reason=f"new in {self.at.names[later[0]]} with default {first.value.text}, and no entry for older machine types",
        )

    def _neighbour(self, station: int, own: str) -> str | None:
        """The machine type that a build knows and that is nearest to one that it does not: the next older, or newer."""
        each = machine_type(own)
        known = [machine_type(name) for name in self.at.views[station].build.machines]
        line = sorted((m for m in known if m.version and m.family == each.family), key=lambda m: version_key(m.version))
        older = [m for m in line if version_key(m.version) < version_key(each.version)]
        return older[-1].name if older else line[0].name if line else None

    def _spoken_of(self, later: Sequence[int], family: str) -> bool:
        """Whether some build's entries give a machine type of the family a value of its own."""
        return any(
            same_line(machine_type(machine).family, family) for each in later for machine in self.outcomes[each].by_machine
        )


def _stated(found: Effective, standing: Standing = Standing.STATED) -> Cell:
    if isinstance(found.value, Known):
        return Cell(standing, found.value.text, found)
    return Cell(Standing.UNKNOWN, source=found, reason=str(found.value))


def changing(cells: Sequence[Cell]) -> bool:
    """Whether two known cells have different values."""
    return len({cell.value for cell in cells if cell.known}) > 1
