"""From which states a goal cannot be reached: an exact search backwards over the whole graph of the states."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hopcheck.explorer import kernels
from hopcheck.explorer.expander import Expander
from hopcheck.explorer.exploration import DisagreementError, OutOfMemory
from hopcheck.explorer.kernels.data import Words
from hopcheck.explorer.lowering.lower import Lowered
from hopcheck.explorer.lowering.vector import Vector
from hopcheck.explorer.store.found import Found
from hopcheck.explorer.store.visited import Pointers
from hopcheck.model.language import Expr

CHUNK = 1 << 16

MOST = (1 << 32) - 2
"""States that a number of 32 bits can name."""


@dataclass(frozen=True, slots=True)
class Graph:
    """Every edge but self-loops, by its target: into state s lead those from ``incoming[first[s]:first[s + 1]]``."""

    first: Words
    incoming: NDArray[np.uint32]


def graph(lowered: Lowered, found: Found, transitions: int) -> Graph:
    """The graph of all the states found. ``transitions``: how many edges there are at most.

    Raises ``OutOfMemory`` where it, and the pointers it takes to make it, would not fit: up to 16 bytes an edge and 24 a
    state; and where some states are on the disk.
    """
    size = found.nbytes + 16 * transitions + 24 * found.top
    if found.log.first or found.log.last is not None or not found.fits(size) or found.top > MOST:
        raise OutOfMemory
    words, stride = found.log.words, lowered.moves.stride
    pointers = found.set if isinstance(found.set, Pointers) else Pointers.of(found.layout, words, found.top)
    sources, targets = [], []
    for chunk in Expander(lowered, origins=True).chunks(words, 0, found.top):
        reached = pointers.find(chunk.targets, chunk.count, stride, words)
        if reached.min(initial=0) < 0:
            raise DisagreementError("a successor of a state that was expanded is not among the states")
        sources.append(chunk.origins.astype(np.uint32))
        targets.append(reached.astype(np.uint32))
    first = np.zeros(found.top + 1, np.int64)
    source, target = np.concatenate(sources), np.concatenate(targets)
    incoming = np.empty(len(source), np.uint32)
    kernels.reverse(source, target, first, incoming)
    return Graph(first, incoming)


def cannot_reach(found: Found, edges: Graph, goal: Expr) -> NDArray[np.int64]:
    """The numbers of the states from which no state can be reached where ``goal`` holds, ascending."""
    good = np.concatenate(
        [_holds(found, goal, begin, min(begin + CHUNK, found.top)) for begin in range(0, found.top, CHUNK)]
    )
    queue = np.empty(found.top, np.uint32)
    start = np.flatnonzero(good)
    queue[: len(start)] = start
    kernels.reach_back(edges.first, edges.incoming, queue, len(start), good)
    return np.flatnonzero(~good)


def _holds(found: Found, goal: Expr, begin: int, end: int) -> NDArray[np.bool_]:
    held = Vector(found.log.columns(goal, np.arange(begin, end))).holds(goal)
    return np.array(np.broadcast_to(held, end - begin))
