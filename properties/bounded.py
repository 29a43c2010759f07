"""Bounded search: the shortest way into a bad state among all runs up to a length."""

from __future__ import annotations

from hopcheck.properties.checking import recheck
from hopcheck.properties.counterexample import Counterexample, ending, read
from hopcheck.properties.engine import Conversation, Engine, Query
from hopcheck.properties.goal import Goal
from hopcheck.properties.kinds import Kind
from hopcheck.properties.obligation import Obligation, Result
from hopcheck.properties.smt.encoding import Encoding
from hopcheck.properties.smt.run import along, violated
from hopcheck.properties.verdict import Method, Outcome, Verdict, unknown

ENGINE = "bounded search"
DEEPEST = 10_000
"""Steps after which bounded search gives up; the time limit usually comes first."""


def bounded(encoding: Encoding, *, steps: int = DEEPEST) -> Engine:
    """Unsafe with a shortest counterexample; safe where no run is longer than what was searched; else unknown.

    Runs of up to ``steps`` steps are searched, in windows that double: what is found in a window is then shortened.
    """
    goal = encoding.goal
    proof: list[Obligation] = []
    results: list[Result] = []
    first, last = 0, 0
    while True:
        window = window_of(encoding, first, last)
        longer = Obligation(
            f"no run of {last + 1} steps",
            along(encoding, last + 1, ()),
            "unsat",
            f"no run from an initial state has {last + 1} steps",
        )
        result, ends = yield [Query(window), Query(longer)]
        if result.model is not None:
            found, shortest = yield from shorten(encoding, first, last, result)
            return against(goal, found, shortest=shortest)
        if result.answer == "unknown":
            return _stopped(goal, first - 1, result.reason)
        proof.append(window)
        results.append(result)
        if ends.answer == "unsat":
            complaint = yield from recheck([*proof, longer], [*results, ends])
            if complaint is not None:
                return _stopped(goal, last, complaint)
            return _complete(goal, last, (*proof, longer))
        if last >= steps:
            return _stopped(goal, last, f"runs of more than {last} steps were not searched")
        first, last = last + 1, min(steps, 2 * last + 1)


def of_length(encoding: Encoding, *, steps: int) -> Engine:
    """Whether a run of ``steps`` steps meets a bad state and no shorter one does, as another engine says.

    Unsafe as by ``bounded``, with two queries in place of many; unknown where no run of that length meets one.
    """
    goal = encoding.goal
    windows = [window_of(encoding, steps, steps), *([window_of(encoding, 0, steps - 1)] if steps else [])]
    found, *shorter = yield [Query(each) for each in windows]
    for each in shorter:
        if each.model is not None:
            nearer, shortest = yield from shorten(encoding, 0, steps - 1, each)
            return against(goal, nearer, shortest=shortest)
    none_shorter = all(each.answer == "unsat" for each in shorter)
    if found.model is not None:
        return against(goal, read(encoding, found.model, steps), shortest=none_shorter)
    if found.answer == "unsat":
        return _stopped(goal, steps if none_shorter else -1, f"no run of {steps} steps meets a bad state")
    return _stopped(goal, steps - 1 if none_shorter else -1, found.reason)


def window_of(encoding: Encoding, first: int, last: int) -> Obligation:
    """The obligation that no bad state is met after ``first`` to ``last`` steps."""
    span = f"{first} steps" if first == last else f"{first} to {last} steps"
    return Obligation(
        f"nothing bad after {span}",
        violated(encoding, first, last),
        "unsat",
        f"no run from an initial state meets a bad state after {span}",
    )


def shorten(encoding: Encoding, first: int, last: int, result: Result) -> Conversation[tuple[Counterexample, bool]]:
    """The shortest counterexample of at least ``first`` steps, from a first one that a solver found.

    Also whether it is sure to be the shortest: the time may be over before that is known.
    """
    while True:
        assert result.model is not None
        length = ending(result.model, first, last)
        found = read(encoding, result.model, length)
        if length == first:
            return found, True
        last = length - 1
        (result,) = yield [Query(window_of(encoding, first, last))]
        if result.answer != "sat":
            return found, result.answer == "unsat"


def against(goal: Goal, found: Counterexample, *, shortest: bool) -> Verdict:
    """The verdict where a bad state was reached: unsafe, but for ``reachable``, where it is the witness."""
    wanted = goal.asked.kind is Kind.REACHABLE
    length = len(found.trace)
    what = "a witness" if wanted else "a violation"
    return Verdict(
        goal.system.name,
        goal.asked.name,
        Outcome.SAFE if wanted else Outcome.UNSAFE,
        Method.BOUNDED,
        found.detail or f"{what} after {length} step{'s' * (length != 1)}",
        ENGINE,
        trace=found.trace,
        shortest=shortest,
        bound=length,
    )


def _complete(goal: Goal, last: int, proof: tuple[Obligation, ...]) -> Verdict:
    return proved(
        goal, Method.BOUNDED, f"no run is longer than {last} steps, and none meets a violation", ENGINE, proof, last
    )


def proved(
    goal: Goal,
    method: Method,
    reason: str,
    engine: str,
    proof: tuple[Obligation, ...],
    bound: int | None = None,
    invariant: str | None = None,
) -> Verdict:
    """The verdict where no bad state can be reached: safe, but for ``reachable``, where it means no witness."""
    outcome = Outcome.UNSAFE if goal.asked.kind is Kind.REACHABLE else Outcome.SAFE
    return Verdict(
        goal.system.name,
        goal.asked.name,
        outcome,
        method,
        reason,
        engine,
        bound=bound,
        complete=method is Method.BOUNDED,
        invariant=invariant,
        obligations=proof,
    )


def _stopped(goal: Goal, clear: int, reason: str) -> Verdict:
    """Unknown, with nothing bad within ``clear`` steps (-1: not even initially)."""
    return unknown(goal.system.name, goal.asked.name, reason, engine=ENGINE, bound=clear + goal.last if clear >= 0 else None)
