"""What a search tells while it runs: plain facts, which the application renders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from hopcheck.explorer.exploration import Exploration


@dataclass(frozen=True, slots=True)
class Started:
    """The search begins. ``system``: the model's name; ``transitions``: how many instances of actions it has."""

    system: str
    transitions: int


@dataclass(frozen=True, slots=True)
class LevelDone:
    """Every state at distance ``level`` was expanded.

    ``states`` and ``transitions``: all that are known so far; ``frontier``: the states found at distance ``level + 1``;
    ``states_per_second``: over the whole search so far; ``bytes``: what the search holds in memory for its states;
    ``left``: the least and the greatest number of seconds that it may still take (None: nobody knows).
    """

    level: int
    states: int
    transitions: int
    frontier: int
    states_per_second: float
    bytes: int
    left: tuple[float, float | None] = (0.0, None)


@dataclass(frozen=True, slots=True)
class Expanding:
    """A long level is on its way: of the ``frontier`` states at distance ``level``, about ``expanded`` were expanded.

    The rest as in ``LevelDone``.
    """

    level: int
    expanded: int
    frontier: int
    states: int
    states_per_second: float
    bytes: int
    left: tuple[float, float | None]


@dataclass(frozen=True, slots=True)
class Saved:
    """A checkpoint was saved in ``directory``, with all states up to distance ``level``."""

    directory: str
    level: int


@dataclass(frozen=True, slots=True)
class Finished:
    """The search has ended, at the end of the state space or before it."""

    exploration: Exploration


Event: TypeAlias = Started | LevelDone | Expanding | Saved | Finished
Listener: TypeAlias = Callable[[Event], None]


def ignore(event: Event) -> None:
    """Listen to nothing."""
