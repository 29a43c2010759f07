"""What a search met: how often each instance was enabled, and which values each variable had.

The kernels count how many states met each cell of a table, and the cells say the rest: nothing is counted per
transition, and nothing per variable, for what is tabulated.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from hopcheck.explorer.kernels.data import Tally, Words
from hopcheck.explorer.lowering.layout import Layout
from hopcheck.explorer.lowering.lower import Lowered
from hopcheck.model.language import System, Transition, Value
from hopcheck.model.language.types import size

DENSE = 1 << 22
"""Domains up to this size have a mark for every value; larger ones a set of those seen."""


def instances(lowered: Lowered, transitions: Sequence[Transition], tally: Tally) -> dict[str, int]:
    """How often each instance was enabled, by label; instances with one label count together."""
    counts = np.zeros(len(transitions), np.int64)
    counts[list(lowered.counted)] = tally.fired
    for table in lowered.coverage:
        sums = np.concatenate(([0], np.cumsum(tally.hits[table.hits + table.cells])))
        counts[list(table.members)] = np.diff(sums[table.first])
    fired = {each.label: 0 for each in transitions}
    for each, count in zip(transitions, counts, strict=True):
        fired[each.label] += int(count)
    return fired


def actions(system: System, transitions: Sequence[Transition], fired: dict[str, int]) -> dict[str, int]:
    """How often each action was enabled, by name."""
    made = {each.name: 0 for each in system.actions}
    action_of = {each.label: each.action for each in transitions}
    for label, action in action_of.items():
        made[action] += fired[label]
    return made


class Values:
    """The values that the variables had."""

    def __init__(self, system: System, lowered: Lowered) -> None:
        self._layout: Layout = lowered.layout
        self._coverage = lowered.coverage
        covered = {slot for table in lowered.coverage for slot in table.axes.slots}
        self._open = [i for i, each in enumerate(self._layout.fields) if each.slot not in covered]
        self._low = [each.type.lo for each in system.variables]
        sizes = [size(each.type) or 0 for each in system.variables]
        self._dense = {i: np.zeros(count, np.bool_) for i, count in enumerate(sizes) if count <= DENSE}
        self._sparse: dict[int, set[int]] = {i: set() for i in range(len(sizes)) if i not in self._dense}

    def look(self, words: Words, *, expanded: bool) -> None:
        """Note the values in these packed states; those that the tables' hits tell are left to them if ``expanded``."""
        for i in self._open if expanded else range(len(self._layout.fields)):
            self._note(i, self._layout.column(words, i))

    def _note(self, i: int, codes: NDArray[np.int64]) -> None:
        if i in self._dense:
            self._dense[i][codes - self._low[i]] = True
        else:
            self._sparse[i].update(np.unique(codes).tolist())

    def result(self, system: System, tally: Tally) -> dict[str, tuple[Value, ...]]:
        """The values by variable, in the order of its type."""
        for table in self._coverage:
            keys = np.flatnonzero(tally.hits[table.hits : table.hits + (1 << table.axes.bits)])
            for slot in table.axes.slots:
                numbers = np.unique((keys >> table.axes.places[slot]) & self._layout.slots[slot].mask)
                for name in self._layout.slots[slot].record.names:
                    i = self._layout.position[name]
                    self._note(i, self._layout.fields[i].decode(numbers))
        return {
            each.name: tuple(each.type.decode(code) for code in self._codes(i)) for i, each in enumerate(system.variables)
        }

    def seen(self) -> dict[str, list[int]]:
        """The codes noted so far, by variable."""
        return {each.name: list(self._codes(i)) for i, each in enumerate(self._layout.fields)}

    def recall(self, seen: Mapping[str, Sequence[int]]) -> None:
        """Note codes that an earlier search had noted."""
        for name, codes in seen.items():
            self._note(self._layout.position[name], np.array(codes, np.int64))

    def _codes(self, i: int) -> Iterable[int]:
        if i in self._dense:
            return (np.flatnonzero(self._dense[i]) + self._low[i]).tolist()
        return sorted(self._sparse[i])
