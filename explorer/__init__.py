"""Exhaustive search of a finite transition system: exact, with shortest counterexamples.

``explore(system, always={...}, reachable={...}, ...)`` is the whole surface; see ``search``. Nothing here prints: the
search yields events. Compiled kernels, and numba with them, are only imported once a model is large enough.
"""

from hopcheck.explorer.events import Event, Finished, LevelDone, Listener, Started
from hopcheck.explorer.exploration import Answer, Exploration, Limits, Stop, Verdict
from hopcheck.explorer.questions import Kind
from hopcheck.explorer.search import Backend, explore

__all__ = [
    "Answer",
    "Backend",
    "Event",
    "Exploration",
    "Finished",
    "Kind",
    "LevelDone",
    "Limits",
    "Listener",
    "Started",
    "Stop",
    "Verdict",
    "explore",
]
