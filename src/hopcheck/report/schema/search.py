"""The part of a report that says what a search met: how often each action fired, and what never happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SearchReport:
    """What one exhaustive search of a variant of a model met.

    ``actions``: how often each action was taken, over all states; ``values``: how many different values each variable had;
    ``antecedents``: for each property that has one, whether it was ever true. ``complete``: every reachable state was seen;
    if not, what never happened may yet happen. ``sliced``: only what the properties see was explored.
    """

    variant: str
    complete: bool
    sliced: bool
    actions: Mapping[str, int]
    values: Mapping[str, int]
    antecedents: Mapping[str, bool]

    @property
    def never_fired(self) -> tuple[str, ...]:
        """The actions that were never taken."""
        return tuple(name for name, times in self.actions.items() if not times)

    @property
    def never_changed(self) -> tuple[str, ...]:
        """The variables that had one value throughout."""
        return tuple(name for name, different in self.values.items() if different < 2)

    @property
    def never_true(self) -> tuple[str, ...]:
        """The properties that hold because the condition under which they demand something was never met."""
        return tuple(name for name, met in self.antecedents.items() if not met)
