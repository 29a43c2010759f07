"""The initial states, many at a time."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from hopcheck.explorer.lowering.vector import Vector
from hopcheck.model.language import System, holds
from hopcheck.model.language.define import definedness
from hopcheck.model.language.types import codes

CHUNK = 1 << 16


def initial(system: System) -> Iterator[NDArray[np.int64]]:
    """The initial states as codes, shape (n, variables), in ascending order and in chunks.

    Raises ``ModelError`` where the initial condition looks outside a table, in the least state in which it does.
    """
    domains = [np.array(codes(each.type) if each.initial is None else each.initial, np.int64) for each in system.variables]
    total = math.prod(len(domain) for domain in domains)
    defined = definedness(system.initially)
    for begin in range(0, total, CHUNK):
        number = np.arange(begin, min(begin + CHUNK, total), dtype=np.int64)
        states = np.empty((len(number), len(domains)), np.int64)
        for column in range(len(domains) - 1, -1, -1):
            states[:, column] = domains[column][number % len(domains[column])]
            number //= len(domains[column])
        value = Vector({each.name: states[:, column] for column, each in enumerate(system.variables)})
        outside = np.flatnonzero(np.broadcast_to(~value.holds(defined), len(states)))
        if len(outside):
            holds(system, system.initially, tuple(map(int, states[outside[0]])))
        chosen = states[np.broadcast_to(value.holds(system.initially), len(states))]
        if len(chosen):
            yield chosen
