"""What a group of transitions does, for every combination of the values of its variables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hopcheck.explorer.lowering.footprint import Group
from hopcheck.explorer.lowering.vector import Codes, Vector
from hopcheck.model.language import Transition

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Effects:
    """Over the variables ``names``, whose values are numbered in ascending order.

    A combination of values is a number, too: the last variable counts ones, and ``stride[i]`` is what variable i counts.
    Member m happens in the combinations ``where[m]``, and there adds ``change[m][name]`` to the numbers of the variables
    it writes. ``offends``: where any member is an error of the model.
    """

    members: tuple[int, ...]
    names: tuple[str, ...]
    sizes: tuple[int, ...]
    where: tuple[Numbers, ...]
    change: tuple[Mapping[str, Numbers], ...]
    offends: Numbers

    @property
    def stride(self) -> dict[str, int]:
        """What each variable counts in the number of a combination."""
        found, total = {}, 1
        for name, count in zip(reversed(self.names), reversed(self.sizes), strict=True):
            found[name] = total
            total *= count
        return found

    def numbers(self, combinations: Numbers, name: str) -> Numbers:
        """The number of one variable's value in these combinations."""
        found: Numbers = combinations // self.stride[name] % self.sizes[self.names.index(name)]
        return found


def effects(group: Group[str], transitions: Sequence[Transition], values: Mapping[str, Codes]) -> Effects:
    """Evaluate the members of a group. ``values``: the codes that each of its variables can have, ascending."""
    names = tuple(sorted(group.touched))
    sizes = tuple(len(values[name]) for name in names)
    along = [[-1 if i == axis else 1 for i in range(len(names))] for axis in range(len(names))]
    codes = {name: values[name].reshape(axis) for name, axis in zip(names, along, strict=True)}
    value = Vector(codes)
    offends = np.zeros(sizes, np.bool_)
    where, change = [], []
    for member in group.members:
        each = transitions[member]
        defined, guard, sound = value.holds(each.guard_sound), value.holds(each.guard), value.holds(each.sound)
        offends |= ~defined | (guard & ~sound)
        happens = np.flatnonzero(np.broadcast_to(defined & guard & sound, sizes))
        where.append(happens)
        change.append({name: _change(value(then), happens, name, names, sizes, values) for name, then in each.updates})
    return Effects(group.members, names, sizes, tuple(where), tuple(change), np.flatnonzero(offends))


def _change(
    then: Codes, happens: Numbers, name: str, names: tuple[str, ...], sizes: tuple[int, ...], values: Mapping[str, Codes]
) -> Numbers:
    """By how much the number of the variable changes in each of the combinations where the transition happens."""
    axis = names.index(name)
    after = np.broadcast_to(then, sizes).reshape(-1)[happens]
    stride = int(np.prod(sizes[axis + 1 :], dtype=np.int64))
    before = happens // stride % sizes[axis]
    found: Numbers = np.searchsorted(values[name], after) - before
    return found
