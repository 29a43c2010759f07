"""What binaries tell of properties that a source tree's facts do not show.

Some properties are declared where no declaration can be read: by code that makes their names, or takes them from a child
(``isa-serial``). That they exist, and often their default, is known from the binaries next to a build:

* the binary of the same release says it: taken over; a build on the way to a release lacks what came in between, and
  is none of that release,
* the binaries on both sides agree, default included: taken over,
* otherwise, where one side has the property and it is made by code, or the tree shows no declarations of the type at
  all: it exists as far as anybody can tell, without a default that is known,
* otherwise the property is absent.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from hopcheck.model.facts.hierarchy import Declaration, Hierarchy, hierarchy
from hopcheck.model.facts.schema import Build, BuildKind, Facts, Property
from hopcheck.model.facts.versions import nearest_binaries, same_release, version_key

_HIDDEN = "legacy-"
"""QMP leaves out properties whose names start so: a binary cannot tell whether they exist."""


class Supplement:
    """Answers for the properties of a build that its own hierarchy does not declare."""

    def __init__(self, own: Hierarchy, neighbours: tuple[Hierarchy, ...], same: bool) -> None:
        """Take one neighbour of the same release (``same``), or those on either side."""
        self._own = own
        self._neighbours = neighbours
        self._same = same

    def declaration(self, name: str, prop: str) -> Declaration | None:
        """Return what the neighbours tell of a property; a fact of None is "exists, default unknown"."""
        if name not in self._own:
            return None
        if self._own.build.kind is BuildKind.BINARY:
            return self._hidden(name, prop)
        told = [h.own(name, prop) for h in self._neighbours]
        found = [d for d in told if d is not None and d.fact is not None]
        if not found:
            return None
        first = found[0]
        facts = [d.fact for d in found]
        if self._same or (len(facts) == 2 == len(self._neighbours) and _agree(*facts)):
            return Declaration(self._declaring(name, first), prop, first.fact)
        by_code = any(fact is not None and fact.default is None for fact in facts)
        if by_code or len(facts) == len(self._neighbours) > 1 or not self._shows(name, first.type, prop):
            return Declaration(self._declaring(name, first), prop, None)
        return None

    def kind(self, name: str, prop: str) -> str:
        """Return the QMP type that a neighbour tells of a property, "" where none does."""
        for neighbour in self._neighbours:
            found = neighbour.own(name, prop)
            if found is not None and found.fact is not None:
                return found.fact.kind
        return ""

    def properties(self, name: str) -> set[str]:
        """Return the properties that the neighbours add to a type."""
        names: set[str] = set()
        for neighbour in self._neighbours:
            names.update(neighbour.properties(name) if name in neighbour else ())
        return {prop for prop in names if self.declaration(name, prop) is not None}

    def _hidden(self, name: str, prop: str) -> Declaration | None:
        """Return that a property exists which the tree next to a binary declares and QMP does not list."""
        if not prop.startswith(_HIDDEN):
            return None
        for neighbour in self._neighbours:
            found = neighbour.declaration(name, prop)
            if found is not None:
                return Declaration(found.type, prop, None, found.backend)
        return None

    def _declaring(self, name: str, told: Declaration) -> str:
        """Return the binary's declaring type where this build has it among the ancestors."""
        return told.type if told.type in self._own.ancestors(name) else name

    def _shows(self, name: str, declaring: str, prop: str) -> bool:
        """Return whether the tree shows declarations where this one would be, so that it would be seen too."""
        places = {name, declaring}
        backend = self._own.backend(name)
        if backend and any(neighbour.own(backend, prop) for neighbour in self._neighbours):
            places.add(backend)
        return any(self._own.build.types[place].props for place in places & self._own.build.types.keys())


def _agree(one: Property | None, other: Property | None) -> bool:
    return one is not None and other is not None and one == other


def supplement(
    facts: Facts, build: Build, own: Hierarchy, known: Mapping[str, Hierarchy] = MappingProxyType({})
) -> Supplement:
    """Return the supplement of a build: its neighbouring binaries; for a binary, the tree next to it.

    ``known`` may hold hierarchies by build name, so that many builds share those of the binaries.
    """
    if build.kind is BuildKind.BINARY:
        tree = facts.counterpart(build)
        return Supplement(own, (known.get(tree.name) or hierarchy(facts, tree),) if tree else (), same=False)
    binaries = nearest_binaries(facts, build, "x86_64")
    _, _, _, early = version_key(build.version)
    same = bool(binaries) and not early and same_release(binaries[0], build)
    if same:
        binaries = binaries[:1]
    return Supplement(own, tuple(known.get(b.name) or Hierarchy(b) for b in binaries), same=same)
