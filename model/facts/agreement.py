"""Do the bundled trees and the bundled binaries tell the same? All comparisons, with their numbers and causes.

Three questions, from facts to consequences: are the ordered compat lists the same (`agree_lists`), are the static
defaults the same (`agree_defaults`), and does what is computed from them agree with what processes were seen to have
(`agree_effective`)? Nothing that is unequal is dropped: each has a `Cause`, and the worst one is "unexplained".
"""

from __future__ import annotations

from dataclasses import dataclass

from hopcheck.model.facts.agree_defaults import DefaultAgreement, compare_defaults
from hopcheck.model.facts.agree_effective import EffectiveAgreement, compare_effective
from hopcheck.model.facts.agree_lists import ListAgreement, compare_lists
from hopcheck.model.facts.causes import Cause, Finding
from hopcheck.model.facts.schema import Build, BuildKind, Facts
from hopcheck.model.facts.views import make_views


@dataclass(frozen=True, slots=True)
class Report:
    """All comparisons of a document's trees with its binaries, oldest first."""

    lists: tuple[ListAgreement, ...]
    defaults: tuple[DefaultAgreement, ...]
    effective: tuple[EffectiveAgreement, ...]

    def unexplained(self) -> tuple[Finding, ...]:
        """Return what no rule and no declared difference explains."""
        findings = [f for part in self.defaults for f in part.findings]
        findings += [f for part in self.effective for f in part.findings]
        return tuple(f for f in findings if f.cause is Cause.UNEXPLAINED)


def pairs(facts: Facts) -> tuple[tuple[Build, Build], ...]:
    """Return the (tree, binary) pairs of a document, along the binaries' counterparts."""
    found = [(facts.counterpart(b), b) for b in facts.builds if b.kind is BuildKind.BINARY]
    return tuple((tree, binary) for tree, binary in found if tree is not None)


def report(facts: Facts) -> Report:
    """Compare every tree of a document with the binary next to it.

    Lists are compared where the binary states them. Readings are compared with the values computed from the tree;
    for a binary that is not of the tree's release and states its lists, with those computed from the binary itself.
    """
    lists: list[ListAgreement] = []
    defaults: list[DefaultAgreement] = []
    effective: list[EffectiveAgreement] = []
    views = make_views(facts)
    for tree, binary in pairs(facts):
        view = views[binary.name]
        if not view.observed_only:
            lists.append(compare_lists(tree, binary))
        defaults.append(compare_defaults(facts, tree, binary))
        if binary.runs:
            own = view if binary.station and not view.observed_only else views[tree.name]
            effective.append(compare_effective(own, view))
    return Report(tuple(lists), tuple(defaults), tuple(effective))
