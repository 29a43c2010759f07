"""Engines as conversations: an engine says what it wants solved, gets the results, and ends with a verdict.

So every engine is a plain sequential text without processes or clocks in it, and several of them share one pool.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Generic, TypeAlias, TypeVar

from hopcheck.properties.obligation import Obligation, Result, SolverName, result_of
from hopcheck.properties.processes import Pool, Request, command
from hopcheck.properties.verdict import Verdict

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Query:
    """An obligation for one solver."""

    obligation: Obligation
    solver: SolverName = "z3"


Conversation: TypeAlias = Generator[Sequence[Query], list[Result], T]
"""Yields queries that may be solved side by side, is sent their results in order, returns what it found out."""

Engine: TypeAlias = Conversation[Verdict]


@dataclass(frozen=True, slots=True)
class Finished(Generic[T]):
    """What a conversation came to, and after how many seconds."""

    name: str
    value: T
    seconds: float


class _Talk(Generic[T]):
    """A conversation under way: its open queries, and what has been answered of them."""

    __slots__ = ("_conversation", "_limit", "_name", "_results", "_started", "queries")

    def __init__(self, name: str, conversation: Conversation[T], seconds: float) -> None:
        self.queries: Sequence[Query] = ()
        self._name = name
        self._conversation = conversation
        self._limit = seconds
        self._started = time.monotonic()
        self._results: dict[int, Result] = {}

    def start(self, pool: Pool[tuple[str, int]]) -> Finished[T] | None:
        """Get the first queries under way; the end of the talk if it comes at once."""
        return self._go_on(pool, None)

    def answered(self, pool: Pool[tuple[str, int]], number: int, result: Result) -> Finished[T] | None:
        """Take one result; with the last of them the talk goes on, and may come to its end."""
        if result.answer == "unknown" and self._left() <= 0:
            result = replace(result, reason=self._over())
        self._results[number] = result
        if len(self._results) < len(self.queries):
            return None
        return self._go_on(pool, [self._results[each] for each in range(len(self.queries))])

    def _go_on(self, pool: Pool[tuple[str, int]], results: list[Result] | None) -> Finished[T] | None:
        while True:
            try:
                self.queries = next(self._conversation) if results is None else self._conversation.send(results)
            except StopIteration as stop:
                return Finished(self._name, stop.value, time.monotonic() - self._started)
            self._results = {}
            left = self._left()
            if self.queries and left > 0:
                for number, each in enumerate(self.queries):
                    pool.submit((self._name, number), Request(each.solver, each.obligation.smtlib, left))
                return None
            results = [Result("unknown", None, 0.0, self._over(), each.solver) for each in self.queries]

    def _left(self) -> float:
        return self._started + self._limit - time.monotonic()

    def _over(self) -> str:
        return f"the time limit of {round(self._limit, 2):g} s was reached"

    def close(self) -> None:
        """Break it off."""
        self._conversation.close()


def run_engines(
    engines: Mapping[str, Conversation[T]],
    *,
    seconds: float,
    workers: int | None = None,
    command: Callable[[], list[str]] = command,
) -> Generator[Finished[T], None, None]:
    """Let the engines run side by side on one pool of processes.

    At most ``workers`` processes at a time (default: one a core), but one for each engine in any case, so that none has
    to wait for another. Yields what each one came to, in the order in which they end. After ``seconds`` every open and
    further query is answered "unknown", so that each engine comes to its end. Closing the iterator ends every process.
    """
    talks = {name: _Talk(name, engine, seconds) for name, engine in engines.items()}
    size = max(workers or os.cpu_count() or 1, len(talks))
    with Pool[tuple[str, int]](size, command) as pool:
        try:
            for talk in talks.values():
                if (finished := talk.start(pool)) is not None:
                    yield finished
            while (done := pool.next()) is not None:
                (name, number), answer = done
                result = result_of(answer, talks[name].queries[number].solver)
                if (finished := talks[name].answered(pool, number, result)) is not None:
                    yield finished
        finally:
            for talk in talks.values():
                talk.close()


def run_engine(
    engine: Conversation[T],
    *,
    seconds: float,
    workers: int | None = None,
    command: Callable[[], list[str]] = command,
) -> Finished[T]:
    """Let one engine come to its end."""
    with closing(run_engines({"": engine}, seconds=seconds, workers=workers, command=command)) as finished:
        return next(finished)
