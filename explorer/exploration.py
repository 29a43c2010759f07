"""What a search returns: counts that anybody's can be compared with, coverage, and an answer to every question."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from hopcheck.explorer.questions import Kind
from hopcheck.model.language import Trace, Value


class Verdict(enum.StrEnum):
    """The answer to one question, as far as the search went."""

    HOLDS = "holds"
    """No reachable state violates it; the search saw all of them."""
    VIOLATED = "violated"
    """A reachable state or step violates it: there is a trace."""
    WITNESS = "witness"
    """A state that was asked for is reachable: there is a trace."""
    NO_WITNESS = "no witness"
    """No reachable state is of the kind asked for; the search saw all of them."""
    UNKNOWN = "unknown"
    """The search ended too early to say."""


class Stop(enum.StrEnum):
    """Why a search ended before it had seen every reachable state."""

    STATES = "states"
    """The stated number of states was reached."""
    SECONDS = "seconds"
    """The stated time was up."""
    MEMORY = "memory"
    """The next step would have taken more than the stated memory."""
    DISK = "disk"
    """The disk did not take what memory could not hold."""
    ANSWERED = "answered"
    """It was to stop at the first violation (or once nothing was left to ask)."""
    INTERRUPTED = "interrupted"
    """The user pressed Ctrl-C."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question.

    ``trace``: a shortest run to the violation or witness. Among the states at the first distance where there is any it
    leads to the least one, and of the runs to it, it is the one whose states, read from the end, are least; of several
    instances of actions between two states it names the one declared first. For a ``step`` property the state is the
    one the step leaves, and the step is the run's last one.
    ``traces``: with ``group_by``, the same for every group on its own that has a violation or witness, by group code.
    States are compared as tuples, in the order in which the system declares its variables.
    """

    kind: Kind
    name: str
    verdict: Verdict
    trace: Trace | None
    traces: Mapping[int, Trace]


@dataclass(frozen=True, slots=True)
class Exploration:
    """What a search found out.

    ``complete``: every reachable state was seen and expanded; if not, ``why``.
    ``states``: reachable states seen; ``transitions``: enabled instances over all expanded states, self-loops included;
    ``depth``: the greatest distance of a state seen from an initial one.
    ``level_states``: states at each distance; ``level_edges``: the enabled instances in them, shorter by one when the
    last level was not expanded.
    ``fired``: how often each action was enabled, by name in order of declaration; ``instances``: the same for each of
    its instances that can be enabled at all, by label.
    ``values``: the values of each variable in the states seen, in the order of its type.
    ``answers``: by the question's name, in the order in which they were asked.
    ``group_states``: with ``group_by``, how many states belong to each group code.
    ``seconds``: of the whole search, of which ``lowering_seconds`` went into making the model ready for it.
    ``visited_bytes``: the visited set alone; ``bytes``: all that the search held for its states.
    ``backend``: ``interpreter`` or ``kernel``.
    ``sliced``: whether only what the questions see was explored: then counts and coverage are those of the slice, and errors
    of the model in what was cut away were not looked for.
    ``level_digests``: of each level, see ``digests``; none where they were not asked for, or the states are not all there or
    too many.
    ``checkpoint``: the directory from which the search can be resumed, or None; ``trouble``: what the disk said, if it
    did not take something.
    """

    system: str
    complete: bool
    why: Stop | None
    states: int
    transitions: int
    depth: int
    level_states: tuple[int, ...]
    level_edges: tuple[int, ...]
    fired: Mapping[str, int]
    instances: Mapping[str, int]
    values: Mapping[str, tuple[Value, ...]]
    answers: Mapping[str, Answer]
    group_states: Mapping[int, int]
    seconds: float
    lowering_seconds: float
    visited_bytes: int
    bytes: int
    backend: str
    sliced: bool = False
    level_digests: tuple[str, ...] = ()
    checkpoint: str | None = None
    trouble: str | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """Where a search stops although it is not done; None for no limit. It always stops between two levels.

    ``states``: no level is expanded once more than this many states are known; ``seconds``: nor after this time;
    ``memory_bytes``: what the process may take. Near it states are written to disk, and the search goes on.
    """

    states: int | None = None
    seconds: float | None = None
    memory_bytes: int | None = None


class OutOfTime(Exception):  # noqa: N818 (it ends a search at a level border: not an error)
    """The stated time is up."""


class OutOfMemory(Exception):  # noqa: N818
    """The stated memory does not suffice for what comes next."""


class OutOfDisk(Exception):  # noqa: N818
    """The disk does not take what comes next; the text says why."""


class DisagreementError(Exception):
    """Two engines do not agree about the model: a mistake in hopcheck, never in what it was given."""


def verdict(kind: Kind, *, found: bool, complete: bool) -> Verdict:
    """The verdict on a question, from whether a violation or witness was found and every state was seen."""
    if kind is Kind.REACHABLE:
        return Verdict.WITNESS if found else Verdict.NO_WITNESS if complete else Verdict.UNKNOWN
    return Verdict.VIOLATED if found else Verdict.HOLDS if complete else Verdict.UNKNOWN
