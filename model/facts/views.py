"""Views of all builds of a document: the usual way to ask for effective values."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from hopcheck.model.facts.effective import BuildView
from hopcheck.model.facts.hierarchy import Hierarchy, hierarchy
from hopcheck.model.facts.observations import Observations, declared_exclusions
from hopcheck.model.facts.schema import Build, Facts
from hopcheck.model.facts.supplement import supplement


def make_view(facts: Facts, build: Build, known: Mapping[str, Hierarchy] = MappingProxyType({})) -> BuildView:
    """Return the view of one build of a document; ``known`` may hold hierarchies by build name, to be shared."""
    own = known.get(build.name) or hierarchy(facts, build)
    observations = Observations(build.runs, own, declared_exclusions()) if build.runs else None
    return BuildView(build, own, supplement(facts, build, own, known), observations)


def make_views(facts: Facts) -> dict[str, BuildView]:
    """Return the view of every build of a document, by build name."""
    known = {build.name: hierarchy(facts, build) for build in facts.builds}
    return {build.name: make_view(facts, build, known) for build in facts.builds}
