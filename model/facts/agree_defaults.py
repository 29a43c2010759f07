"""Do the static defaults that a tree states agree with those that a binary answers?

The tree is taken alone, without what `hopcheck.model.facts.supplement` adds from the same binary.
"""

from __future__ import annotations

from dataclasses import dataclass

from hopcheck.model.facts.causes import Cause, Finding, Tally, declared_differences
from hopcheck.model.facts.effective import BuildView, Effective
from hopcheck.model.facts.hierarchy import Hierarchy, hierarchy
from hopcheck.model.facts.schema import Build, Facts
from hopcheck.model.facts.values import Absent, Form, Known, Unknown
from hopcheck.model.facts.versions import same_release, version_key

_ALL_DEVICES = frozenset({"hotpluggable", "hotplugged", "parent_bus", "realized", "type"})
_GLUED = frozenset({"disable-legacy", "disable-modern"})


@dataclass(frozen=True, slots=True)
class DefaultAgreement:
    """The comparison of one tree with one binary, over all concrete types and properties of either.

    ``counts``: equal, unset (both know that it is), neither (both say that there is no static default), differ
    (two known values), tree only, binary only. ``causes`` counts what is in the last three.
    """

    tree: str
    binary: str
    counts: dict[str, int]
    causes: dict[str, int]
    findings: tuple[Finding, ...]


def compare_defaults(facts: Facts, tree: Build, binary: Build) -> DefaultAgreement:
    """Compare the static defaults of all concrete types of a binary with a tree's."""
    own = BuildView(tree, hierarchy(facts, tree))
    other = BuildView(binary, hierarchy(facts, binary))
    key = version_key(binary.version)
    older = [Hierarchy(b) for b in facts.builds if b.kind is binary.kind and version_key(b.version) < key]
    comparison = _Comparison(own, other, same_release(tree, binary), older[-1:])
    tally = Tally()
    for name, fact in binary.types.items():
        if not fact.concrete:
            continue
        for prop in sorted({*other.properties(name), *(own.properties(name) if name in own.hierarchy else ())}):
            comparison.compare(name, prop, tally)
    return DefaultAgreement(tree.name, binary.name, tally.counts, tally.causes(), tally.findings())


@dataclass(frozen=True, slots=True)
class _Comparison:
    """One tree against one binary; ``older`` is the binary before it, if any."""

    own: BuildView
    other: BuildView
    same: bool
    older: list[Hierarchy]

    def compare(self, name: str, prop: str, tally: Tally) -> None:
        """Count one (type, property), and give a cause to what is not equal."""
        mine, theirs = self.own.base(name, prop), self.other.base(name, prop)
        heading = _heading(mine, theirs)
        tally.count(heading)
        if heading in {"equal", "unset", "neither"}:
            return
        where = (mine.declaring or theirs.declaring, prop)
        declared = declared_differences().get((self.other.build.name, *where))
        cause = declared.cause if declared else self._cause(name, prop, mine, theirs)
        why = declared.why if declared else ""
        tally.add(cause, where, (str(mine.value), str(theirs.value)), name, why)

    def _cause(self, name: str, prop: str, mine: Effective, theirs: Effective) -> Cause:
        if isinstance(mine.value, Absent):
            return self._missing(name, prop, theirs)
        if isinstance(theirs.value, Absent):
            return self._gone(prop, mine)
        if isinstance(mine.value, Unknown) or isinstance(theirs.value, Unknown):
            return Cause.CODE
        return Cause.SYMBOLIC if mine.value.form is Form.SYMBOL else Cause.UNEXPLAINED

    def _missing(self, name: str, prop: str, theirs: Effective) -> Cause:
        """Return why the tree does not show what the binary has."""
        own = self.own.hierarchy
        if isinstance(theirs.value, Unknown) or theirs.kind.startswith("link<"):
            return Cause.CODE
        if prop.startswith("len-"):
            return Cause.ARRAY
        if name not in own:
            return Cause.NEXT_RELEASE
        if own.supplied(name) or own.supplied(theirs.declaring) or prop in _GLUED:
            return Cause.GENERATED
        if self._child(name, prop):
            return Cause.ALIAS
        shown = any(own.types[a].props for a in {name, theirs.declaring} & own.types.keys())
        if not shown and (self.same or any(h.own(name, prop) for h in self.older)):
            return Cause.GENERATED
        if not self.same:
            return Cause.NEXT_RELEASE
        patch = version_key(self.own.build.version) != version_key(self.other.build.version)
        return Cause.PATCH_LEVEL if patch else Cause.UNEXPLAINED

    def _gone(self, prop: str, mine: Effective) -> Cause:
        """Return why the binary does not list what the tree shows."""
        if prop.startswith("legacy-") or prop in _ALL_DEVICES:
            return Cause.HIDDEN
        if isinstance(mine.value, Unknown):
            return Cause.CODE
        if mine.kind == "ARRAY":
            return Cause.ARRAY
        return Cause.UNEXPLAINED if self.same else Cause.NEXT_RELEASE

    def _child(self, name: str, prop: str) -> bool:
        """Return whether a child that the binary lists on the type declares the property in the tree."""
        stated = self.other.hierarchy
        for listed in stated.properties(name):
            found = stated.own(name, listed)
            kind = found.fact.kind if found and found.fact else ""
            if kind.startswith("child<") and self.own.hierarchy.own(kind[6:-1], prop):
                return True
        return False


def _heading(mine: Effective, theirs: Effective) -> str:
    left, right = mine.value, theirs.value
    if isinstance(left, Known) and isinstance(right, Known):
        if left == right:
            return "unset" if left.form is Form.UNSET else "equal"
        return "differ"
    if isinstance(left, Unknown) and isinstance(right, Unknown):
        return "neither"
    return "tree only" if isinstance(left, Known) or isinstance(right, Absent) else "binary only"
