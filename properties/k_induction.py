"""k-induction: no run violates the property in its first k states, and k good states are never followed by a bad one.

M. Sheeran, S. Singh, G. Stalmarck: Checking Safety Properties Using Induction and a SAT-Solver, FMCAD 2000. With the
states of the second question pairwise different, it is complete for finite models: a shortest way into a bad state
never comes back to where it was.
"""

from __future__ import annotations

from hopcheck.properties.bounded import against, proved, shorten, window_of
from hopcheck.properties.checking import recheck
from hopcheck.properties.engine import Engine, Query
from hopcheck.properties.goal import Goal
from hopcheck.properties.obligation import Obligation, Result
from hopcheck.properties.smt.encoding import Encoding
from hopcheck.properties.smt.run import escapes
from hopcheck.properties.verdict import Method, Verdict, unknown

LARGEST = 1_000
"""The k at which k-induction gives up; the time limit usually comes first."""


def k_induction(encoding: Encoding, *, first: int = 2, last: int = LARGEST) -> Engine:
    """Safe by k-induction for the least k from ``first`` to ``last``, unsafe with a shortest counterexample."""
    return (yield from by_induction(encoding, first, last, "k-induction"))


def by_induction(encoding: Encoding, first: int, last: int, engine: str) -> Engine:
    """Try every k from ``first`` to ``last``."""
    goal = encoding.goal
    bases: list[Obligation] = []
    results: list[Result] = []
    checked = -1  # no bad state is met within so many steps
    for k in range(first, last + 1):
        base, step = window_of(encoding, checked + 1, k - 1), step_of(encoding, k)
        start, kept = yield [Query(base), Query(step)]
        if start.model is not None:
            found, shortest = yield from shorten(encoding, checked + 1, k - 1, start)
            return against(goal, found, shortest=shortest)
        if start.answer == "unknown":
            return _stopped(goal, engine, start.reason, checked)
        bases.append(base)
        results.append(start)
        checked = k - 1
        if kept.answer == "unsat":
            proof = (*bases, step)
            complaint = yield from recheck(proof, [*results, kept])
            if complaint is not None:
                return _stopped(goal, engine, complaint, checked)
            method = Method.INDUCTION if k == 1 else Method.K_INDUCTION
            reason = "proved by induction" if k == 1 else f"proved by k-induction with k = {k}"
            return proved(goal, method, reason, engine, proof, bound=k)
        if kept.answer == "unknown":
            return _stopped(goal, engine, kept.reason, checked)
    return _stopped(goal, engine, f"it is not inductive{'' if last == 1 else f' with k up to {last}'}", checked)


def step_of(encoding: Encoding, k: int) -> Obligation:
    """The obligation that k good states are never followed by a bad one."""
    before = "a good state is" if k == 1 else f"{k} good states in a row are"
    return Obligation(f"step, k = {k}", escapes(encoding, k), "unsat", f"{before} never followed by a bad one")


def _stopped(goal: Goal, engine: str, reason: str, checked: int) -> Verdict:
    bound = checked + goal.last if checked >= 0 else None
    return unknown(goal.system.name, goal.asked.name, reason, engine=engine, bound=bound)
