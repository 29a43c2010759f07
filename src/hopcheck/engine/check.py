"""Checking a model: exhaust it where that is possible, prove it where that is possible, and let the two agree."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from hopcheck.engine.cache.recalled import ProofQuestion
from hopcheck.engine.cache.verdicts import VerdictCache
from hopcheck.engine.results import Began, Checked, Listener, PropertyResult, ignore
from hopcheck.engine.searching import Searching, stopped
from hopcheck.explorer.exploration import Exploration
from hopcheck.explorer.exploration import Verdict as Answered
from hopcheck.model.language import Expr, System, holds, replay
from hopcheck.model.language.expr import Op
from hopcheck.model.language.types import RangeType
from hopcheck.model.language.walk import free
from hopcheck.properties import PROVERS, Exhausted, Kind, Method, Outcome, Property, Verdict, agree, prove, unknown
from hopcheck.properties.errors import DisagreementError
from hopcheck.properties.vacuity import Facts as Seen

AS_USUAL = Searching()

_SLICED = "it sees the whole model, and only a slice was explored"


def check(
    system: System,
    properties: Sequence[Property],
    *,
    variant: str = "",
    model: str | None = None,
    prove_seconds: float = 20.0,
    searching: Searching = AS_USUAL,
    listener: Listener = ignore,
    exploration: Exploration | None = None,
    workers: int | None = None,
) -> tuple[PropertyResult, ...]:
    """Check every property of a system, as one variant of a model.

    A finite system is exhausted, and each of its properties is proved as well (``prove_seconds`` 0: not); the two must
    agree, or ``DisagreementError`` is raised. A system with a range without end is proved only. ``exploration``: a
    search of this system that was already made for these properties. ``workers``: how many properties are proved at
    once (default: one a core).
    """
    name = model or system.name
    title = f"{name} {variant}".strip()
    explored = exploration
    if explored is None and is_finite(system):
        listener(Began(f"exploring {title}"))
        explored = run_explorer(system, properties, searching=searching, listener=listener, title=title)
    with ThreadPoolExecutor(max_workers=max(1, workers or os.cpu_count() or 1)) as pool:
        prover = Prover(prove_seconds, searching.cache, listener)
        jobs = [pool.submit(_one, name, variant, system, prop, explored, prover) for prop in properties]
        try:
            results = tuple(job.result() for job in jobs)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    for result in results:
        listener(Checked(result))
    return results


@dataclass(frozen=True, slots=True)
class Prover:
    """Asks the provers, or the cache of what they said before; ``seconds``: for each property, 0 for no proofs."""

    seconds: float
    cache: VerdictCache | None
    listener: Listener

    def prove(self, title: str, question: ProofQuestion) -> Verdict:
        """The provers' verdict."""
        known = None if self.cache is None else question.recall(self.cache)
        if known is not None:
            return known
        self.listener(Began(f"proving {title}: {question.prop.name}"))
        found = prove(
            question.system,
            question.prop,
            methods=question.methods,
            seconds=question.seconds,
            workers=len(question.methods),
            length=question.length,
        )
        if self.cache is not None:
            question.keep(self.cache, found)
        return found


def _one(
    name: str,
    variant: str,
    system: System,
    prop: Property,
    explored: Exploration | None,
    prover: Prover,
) -> PropertyResult:
    """One property: what the search says, and what a prover says."""
    started = time.monotonic()
    first = None if explored is None else verdict_of(system, prop, explored)
    methods = _methods(prop, first)
    second = None
    if prover.seconds > 0 and methods:
        length = None if first is None or first.trace is None else len(first.trace)
        second = prover.prove(f"{name} {variant}", ProofQuestion(system, prop, methods, prover.seconds, length))
    return PropertyResult(
        name,
        variant,
        system,
        prop,
        _together(system, prop, first, second),
        prop.expectation(variant),
        explored,
        second if first is not None else None,
        time.monotonic() - started + (explored.seconds if explored is not None else 0.0),
    )


def _methods(prop: Property, first: Verdict | None) -> tuple[Method, ...]:
    """Which provers can confirm what the search found: a run for a run, a proof for a proof."""
    if first is None or not first.known:
        return PROVERS
    if prop.kind in (Kind.CAN_ALWAYS_REACH, Kind.SOUND):
        return ()  # not a question of safety, and one that the search answers on the way
    if first.trace is not None:
        return (Method.BOUNDED,)
    return (Method.INDUCTION, Method.SPACER)


def is_finite(system: System) -> bool:
    """Whether every variable and parameter has finitely many values."""
    types = [each.type for each in system.variables]
    types += [parameter.type for action in system.actions for parameter in action.parameters]
    return not any(isinstance(type_, RangeType) and type_.hi is None for type_ in types)


def run_explorer(
    system: System,
    properties: Sequence[Property],
    *,
    searching: Searching,
    listener: Listener,
    title: str,
    group_by: Expr | None = None,
) -> Exploration:
    """One exhaustive search for all properties that a search can answer."""
    asked: dict[Kind, dict[str, Expr]] = {kind: {} for kind in Kind}
    for prop in properties:
        asked[prop.kind][prop.name] = prop.expr
        if prop.antecedent is not None and not free(prop.antecedent, op=Op.NEXT):
            asked[Kind.REACHABLE][antecedent_name(prop)] = prop.antecedent
    return searching.explore(system, asked, title=title, listener=listener, group_by=group_by)


def verdict_of(system: System, prop: Property, explored: Exploration) -> Verdict:
    """The explorer's answer as a verdict; its counterexample is replayed in the reference interpreter."""
    if prop.kind is Kind.SOUND:
        # The search raises a model error where an action leaves a domain: it has not.
        if explored.sliced:
            return unknown(system.name, prop.name, _SLICED, engine="explorer")
        if explored.complete:
            return Verdict(system.name, prop.name, Outcome.SAFE, Method.EXHAUSTED, "every step was taken", "explorer")
        return unknown(system.name, prop.name, stopped(explored), engine="explorer")
    if explored.sliced and prop.kind is Kind.NEVER_STUCK:
        return unknown(system.name, prop.name, _SLICED, engine="explorer")
    answer = explored.answers[prop.name]
    if answer.verdict is Answered.UNKNOWN:
        return unknown(system.name, prop.name, stopped(explored), engine="explorer", bound=explored.depth)
    safe = answer.verdict in (Answered.HOLDS, Answered.WITNESS)
    if answer.trace is not None:
        replay(system, answer.trace)
        _check_end(system, prop, answer.trace.states)
    reason = f"{explored.states} states, {explored.transitions} transitions"
    return Verdict(
        system.name,
        prop.name,
        Outcome.SAFE if safe else Outcome.UNSAFE,
        Method.EXHAUSTED,
        reason,
        "explorer",
        trace=answer.trace,
        shortest=answer.trace is not None,
        complete=explored.complete,
        seconds=explored.seconds,
    )


def _check_end(system: System, prop: Property, states: Sequence[tuple[int, ...]]) -> None:
    """The reference interpreter sees the violation (or the witness) at the end of the trace."""
    if prop.kind is Kind.ALWAYS:
        right = not holds(system, prop.expr, states[-1])
    elif prop.kind is Kind.STEP:
        right = not holds(system, prop.expr, states[-2], states[-1])
    elif prop.kind is Kind.REACHABLE:
        right = holds(system, prop.expr, states[-1])
    else:
        right = True
    if not right:
        raise DisagreementError(f"the trace for {prop.name} of {system.name} does not end where it should")


def _together(system: System, prop: Property, first: Verdict | None, second: Verdict | None) -> Verdict:
    """What is reported: the exhaustive verdict, confirmed; or the proof's."""
    if first is None:
        return second or unknown(
            system.name, prop.name, "it can only be proved, and no proof was asked for", engine="nobody"
        )
    if second is not None and first.known:
        length = None if first.trace is None else len(first.trace)
        agree(Exhausted(first.outcome is Outcome.SAFE, length), second)
    if not first.known and second is not None and second.known:
        return second
    return first


def seen(system: System, properties: Sequence[Property], explored: Exploration) -> Seen:
    """What an exhaustive search saw of the system that bears on vacuity."""
    return Seen(
        explored.fired,
        {each: len(values) for each, values in explored.values.items()},
        {
            prop.name: explored.answers[antecedent_name(prop)].verdict is Answered.WITNESS
            for prop in properties
            if antecedent_name(prop) in explored.answers
        },
    )


def antecedent_name(prop: Property) -> str:
    """Under what name a search is asked for the antecedent of a property."""
    return f"antecedent of {prop.name}"
