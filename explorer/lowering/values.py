"""Which values each variable can have, and which transitions can happen at all: more than enough, never too little.

Every variable is looked at on its own: a transition may happen where its guard holds for *some* combination of the
values that its variables were seen to have. What is never reached that way is not reachable (the Cartesian abstraction).
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hopcheck.explorer.lowering.vector import Codes, Vector
from hopcheck.model.language import TRUE, Expr, System, Transition
from hopcheck.model.language.types import Type, codes, size
from hopcheck.model.language.walk import free

COMBINATIONS = 1 << 16
"""Combinations of values for which a transition is evaluated; where there are more, it is taken to do anything."""

GROWTHS = 40
"""A variable that has grown so often, such as a counter, is taken to go on to the end of its type."""

LISTED = 1 << 16
"""A variable with more values than this is taken to have all of its type."""


@dataclass(frozen=True, slots=True)
class Values:
    """``codes``: of each variable, ascending (None: all of its type, too many to list); ``live``: transitions, by number."""

    codes: Mapping[str, Codes | None]
    live: tuple[int, ...]

    def alike(self, symmetries: Sequence[Sequence[Sequence[str]]]) -> Values:
        """The same, with the values of each variable in interchangeable components for all its counterparts."""
        made = dict(self.codes)
        for group in symmetries:
            for names in zip(*group, strict=True):
                known = [each for each in (self.codes[name] for name in names) if each is not None]
                union = functools.reduce(np.union1d, known) if len(known) == len(names) else None
                made.update(dict.fromkeys(names, union))
        return Values(made, self.live)


def reachable_values(system: System, transitions: Sequence[Transition]) -> Values:
    """The values of every variable, and the transitions that can happen or err."""
    search = _Search(system, transitions)
    search.run()
    return Values(search.codes, tuple(sorted(search.live)))


class _Search:
    def __init__(self, system: System, transitions: Sequence[Transition]) -> None:
        self.transitions = transitions
        self.types: dict[str, Type] = {each.name: each.type for each in system.variables}
        self.codes: dict[str, Codes | None] = {}
        for each in system.variables:
            initial = codes(each.type) if each.initial is None else each.initial
            self.codes[each.name] = np.array(initial, np.int64) if len(initial) <= LISTED else None
        self.reads = [free(t.guard, t.guard_sound, t.sound, *(value for _, value in t.updates)) for t in transitions]
        self.readers: dict[str, list[int]] = {}
        for number, names in enumerate(self.reads):
            for name in names:
                self.readers.setdefault(name, []).append(number)
        self.live: set[int] = set()
        self.growths: dict[str, int] = {}

    def run(self) -> None:
        pending = list(range(len(self.transitions)))
        while pending:
            grown: set[str] = set()
            for number in pending:
                grown |= self._take(number)
            pending = sorted({number for name in grown for number in self.readers.get(name, ())})

    def _take(self, number: int) -> set[str]:
        """Let a transition happen wherever it can; the variables that have new values."""
        each = self.transitions[number]
        if all(self._is_full(name) for name, _ in each.updates) and number in self.live:
            return set()
        value = self._over(self.reads[number])
        if value is None:
            self.live.add(number)
            return {name for name, update in each.updates if self._add(name, self._alone(update))}
        defined, guard = value.holds(each.guard_sound), value.holds(each.guard)
        happens = defined & guard & value.holds(each.sound) if each.sound is not TRUE else defined & guard
        if number not in self.live and ((defined & guard).any() or not defined.all()):
            self.live.add(number)
        if not happens.any():
            return set()
        return {name for name, update in each.updates if self._add(name, _where(value(update), happens))}

    def _over(self, names: frozenset[str]) -> Vector | None:
        """An evaluator over every combination of the values of these variables; None where there are too many."""
        listed = {name: self.codes[name] for name in sorted(names)}
        if any(each is None for each in listed.values()):
            return None
        known = {name: each for name, each in listed.items() if each is not None}
        if math.prod(map(len, known.values())) > COMBINATIONS:
            return None
        wide = [name for name, each in known.items() if len(each) > 1]
        axes = {name: each for name, each in known.items() if len(each) == 1}
        for axis, name in enumerate(wide):
            axes[name] = known[name].reshape([-1 if i == axis else 1 for i in range(len(wide))])
        return Vector(axes)

    def _alone(self, update: Expr) -> Codes | None:
        """The values of an expression, whatever its surroundings; None where there are too many combinations."""
        value = self._over(free(update))
        return None if value is None else np.unique(value(update))

    def _add(self, name: str, new: Codes | None) -> bool:
        """Take in values of a variable (those outside its type are errors of the model); whether any was new."""
        known, type_ = self.codes[name], self.types[name]
        if known is None:
            return False
        if new is None:
            count = size(type_)
            assert count is not None
            self.codes[name] = np.array(codes(type_), np.int64) if count <= LISTED else None
            return count > len(known)
        assert type_.hi is not None
        new = new[(new >= type_.lo) & (new <= type_.hi)]
        union = np.union1d(known, new)
        if len(union) == len(known):
            return False
        self.growths[name] = self.growths.get(name, 0) + 1
        if self.growths[name] > GROWTHS:
            return self._add(name, None)
        self.codes[name] = union if len(union) <= LISTED else None
        return True

    def _is_full(self, name: str) -> bool:
        known = self.codes[name]
        return known is None or len(known) == size(self.types[name])


def _where(values: Codes, happens: np.ndarray) -> Codes:
    """The different values at the places where something happens."""
    if values.ndim == 0:
        return values.reshape(1)
    shape = np.broadcast_shapes(values.shape, happens.shape)
    return np.unique(np.broadcast_to(values, shape)[np.broadcast_to(happens, shape)])
