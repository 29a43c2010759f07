"""Searches under conditions that only large models bring about by themselves: threads, tables that grow, scarce memory."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from hopcheck.explorer import Limits, Listener, frontier
from hopcheck.explorer.compiled import Compiled, Means
from hopcheck.explorer.events import ignore
from hopcheck.explorer.kernels.data import BATCH
from hopcheck.explorer.lowering.lower import Forms
from hopcheck.explorer.questions import Kind, questions
from hopcheck.explorer.store import found, log
from hopcheck.explorer.store.visited import Buckets
from hopcheck.model.language import Expr, System, ground

NOTHING: Mapping[str, Mapping[str, Expr]] = {}

GROWING = {"lanes of 64 bits, then 32": 40, "lanes of 32 bits, then 16": 25, "lanes of 16 bits, then a bitmap": 21}
"""Bits of an index for which a small table has the first form, and soon grows into the second."""

LANES_PER_STATE = 2048
"""How much emptier than usual a table is when it grows, so that a few dozen states make it grow several times."""


def compiled(
    system: System,
    named: Mapping[str, Mapping[str, Expr]] = NOTHING,
    *,
    workers: int = 1,
    forms: Forms | None = None,
    limits: Limits | None = None,
    listener: Listener = ignore,
    checkpoint: Path | None = None,
    resume: bool = False,
    **options: Any,
) -> Compiled:
    """A search that is about to run. ``named``: the questions, kind by kind."""
    asked = questions(system, {Kind(kind): each for kind, each in named.items()}, **options)
    means = Means(workers, forms, checkpoint, resume)
    return Compiled(system, ground(system), asked, limits or Limits(), listener, means)


def on_tiny_levels(patch: pytest.MonkeyPatch) -> None:
    """Have all threads take part however small a level is, and have files read and written in small pieces."""
    patch.setattr(frontier, "SMALL", 0)
    patch.setattr(frontier, "PIECE_LEAST", 1)
    patch.setattr(frontier, "HELD", 64)
    patch.setattr(log, "CHUNK", 7)


def with_buckets(search: Compiled, bits: int, patch: pytest.MonkeyPatch, *, full: bool = False) -> Compiled:
    """Have the search use a table for indices of so many bits that grows early. ``full``: it cannot hold more either."""
    domain = search.layout.domain
    assert domain is not None
    assert domain <= 1 << bits
    kept = (search.team.size + 1) * BATCH  # what threads may still insert when one is told to stop
    patch.setattr(Buckets, "room", property(lambda self: len(self.lanes) // LANES_PER_STATE + kept))
    if full:
        patch.setattr(Buckets, "limit", property(lambda self: 2 * len(self.lanes) // LANES_PER_STATE + kept))
    search.found.set = Buckets.smallest(1 << bits, 0)
    return search


def short_of_memory(search: Compiled, states: int, patch: pytest.MonkeyPatch, *, spills: bool) -> Compiled:
    """Allow memory for the set as it is and so many states (at least 256). ``spills``: the log may go to a file first."""
    room = 8 * search.found.width * (states + (search.team.size + 1) * BATCH)
    patch.setattr(found, "LEAST", 8 if spills else max(1 << 16, 2 * room))
    if spills:
        patch.setattr(found, "RunStore", _unwanted)
    search.found.limit = search.found.set.nbytes + room
    return search


def _unwanted(*args: object) -> object:
    raise AssertionError("a search that can spill tells states apart on the disk")
