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
    ``states_per_second``: over the whole search so far; ``bytes``: what the search holds in memory for its states.
    """

    level: int
    states: int
    transitions: int
    frontier: int
    states_per_second: float
    bytes: int


@dataclass(frozen=True, slots=True)
class Finished:
    """The search has ended, at the end of the state space or before it."""

    exploration: Exploration


Event: TypeAlias = Started | LevelDone | Finished
Listener: TypeAlias = Callable[[Event], None]


def ignore(event: Event) -> None:
    """Listen to nothing."""
