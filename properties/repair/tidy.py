"""Taking away those of a change's own entries that do nothing once it is repaired: the misplaced and the misdirected."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from hopcheck.model.domain.device_config.cause import PlacedEntry
from hopcheck.model.domain.device_config.edits import Edits, edited
from hopcheck.model.facts.effective import BuildView
from hopcheck.model.facts.schema import Build, Facts
from hopcheck.model.facts.views import make_view


def tidied(facts: Facts, build: Build, edits: Edits, own: Iterable[PlacedEntry]) -> Edits:
    """The edits, and besides the removal of each of ``own`` that then makes no difference on any machine type."""
    for placed in own:
        if placed in edits.removed:
            continue
        less = replace(edits, removed=(*edits.removed, placed))
        if _alike(facts, edited(build, edits), edited(build, less), placed.entry.property):
            edits = less
    return edits


def _alike(facts: Facts, one: Build, other: Build, prop: str) -> bool:
    """Whether two forms of a build give every type the same value of a property on every machine type."""
    views = [make_view(facts, build) for build in (one, other)]
    types = {type_ for view in views for type_ in _having(view, prop)}
    return all(_values(views[0], type_, prop) == _values(views[1], type_, prop) for type_ in types)


def _having(view: BuildView, prop: str) -> set[str]:
    return {name for name in view.hierarchy.types if view.declaration(name, prop) is not None}


def _values(view: BuildView, type_: str, prop: str) -> list[object]:
    outcomes = view.outcomes(type_, prop)
    return [outcomes.on(machine).value for machine in view.build.machines]
