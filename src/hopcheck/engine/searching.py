"""How the explorer is run: within which limits, by how many threads, and where it saves what it takes to go on."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hopcheck.engine.cache.recalled import SearchQuestion
from hopcheck.engine.cache.verdicts import VerdictCache
from hopcheck.engine.results import Began, Listener, Progress, Saved
from hopcheck.explorer import events
from hopcheck.explorer.exploration import Exploration, Limits, Stop
from hopcheck.explorer.search import explore
from hopcheck.model.language import Expr, System
from hopcheck.properties import Kind

LONGEST_NAME = 100
"""Characters of a search's title that name its directory: file systems take 255 bytes, checkpoints add some."""


class InterruptedSearchError(Exception):
    """The user ended a search. ``checkpoint``: the directory from which it can go on, or None."""

    def __init__(self, title: str, exploration: Exploration) -> None:
        self.checkpoint = exploration.checkpoint
        super().__init__(f"exploring {title} was interrupted after {exploration.states} states")


@dataclass(frozen=True, slots=True)
class Searching:
    """``limits``: of each search; ``workers``: threads (None: one a core); ``checkpoints``: the folder in which each search
    has a directory of its own (None: nothing is saved); ``resume``: go on from there; ``symmetry``: count states that
    differ only in the order of interchangeable components as one; ``slicing``: explore only what the properties see, which
    leaves those about everything that can happen open; ``cache``: where answers are kept from run to run, those of the
    provers too (None: nowhere).
    """

    limits: Limits = Limits()
    workers: int | None = None
    checkpoints: Path | None = None
    resume: bool = False
    symmetry: bool = False
    slicing: bool = False
    cache: VerdictCache | None = None

    def explore(
        self,
        system: System,
        asked: Mapping[Kind, Mapping[str, Expr]],
        *,
        title: str,
        listener: Listener,
        group_by: Expr | None = None,
    ) -> Exploration:
        """Explore a system. ``title``: what the search is called, and (made safe) its directory.

        Raises ``InterruptedSearchError`` where the user ends it.
        """
        question = SearchQuestion(system, asked, group_by, self.symmetry, self.slicing)
        known = None if self.cache is None else question.recall(self.cache)
        if known is not None:
            listener(Began(f"recalling {title}"))
            return known
        directory = None if self.checkpoints is None else self.checkpoints / _file_name(title)
        resume = self.resume and directory is not None and directory.exists()
        found = explore(
            system,
            always=asked.get(Kind.ALWAYS, {}),
            step=asked.get(Kind.STEP, {}),
            reachable=asked.get(Kind.REACHABLE, {}),
            never_stuck={} if self.slicing else asked.get(Kind.NEVER_STUCK, {}),
            can_always_reach=asked.get(Kind.CAN_ALWAYS_REACH, {}),
            group_by=group_by,
            limits=self.limits,
            listener=lambda event: _tell(event, title, listener),
            workers=self.workers,
            symmetry=self.symmetry,
            slicing=self.slicing,
            checkpoint=directory,
            resume=resume,
            digests=True,
        )
        if found.why is Stop.INTERRUPTED:
            raise InterruptedSearchError(title, found)
        if self.cache is not None:
            question.keep(self.cache, found)
        return found


def stopped(found: Exploration) -> str:
    """Why a search did not see everything, and what can be done about it."""
    reason = f"the search stopped at its limit: {found.why}"
    if found.trouble is not None:
        reason += f" ({found.trouble})"
    if found.checkpoint is not None:
        reason += f"; --resume goes on from {found.checkpoint}"
    return reason


def _file_name(title: str) -> str:
    """The title as the name of a directory; a long one is cut, and told from its like by a digest."""
    name = re.sub(r"[^a-z0-9.]+", "-", title.lower()).strip("-.") or "search"
    if len(name) <= LONGEST_NAME:
        return name
    return f"{name[:LONGEST_NAME]}-{hashlib.sha256(title.encode()).hexdigest()[:12]}"


def _tell(event: events.Event, title: str, listener: Listener) -> None:
    match event:
        case events.LevelDone(level=level, states=states, states_per_second=rate, left=left):
            listener(Progress(title, level, states, rate, left))
        case events.Expanding(level=level, states=states, states_per_second=rate, left=left):
            listener(Progress(title, level, states, rate, left))
        case events.Saved(directory=directory):
            listener(Saved(title, directory))
