"""Proving a property: several engines side by side on a slice of the model; the first that decides ends the others."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace

from hopcheck.model.errors import ModelError
from hopcheck.model.language import FALSE, TRUE, System, holds, slice_for
from hopcheck.model.language.define import definedness
from hopcheck.properties.bounded import bounded, of_length, window_of
from hopcheck.properties.counterexample import run_of
from hopcheck.properties.engine import Engine, run_engine, run_engines
from hopcheck.properties.errors import DisagreementError
from hopcheck.properties.goal import Bad, Goal, NotSafetyError, goal_of, stirring
from hopcheck.properties.induction import induction
from hopcheck.properties.k_induction import k_induction
from hopcheck.properties.kinds import Kind, Property
from hopcheck.properties.lift import lifted
from hopcheck.properties.obligation import discharge
from hopcheck.properties.smt.encoding import Encoding, fit
from hopcheck.properties.smt.numbers import INTEGERS
from hopcheck.properties.spacer import guided_spacer, spacer
from hopcheck.properties.verdict import Method, Outcome, Verdict, merge, unknown

PROVERS: tuple[Method, ...] = (Method.INDUCTION, Method.SPACER, Method.BOUNDED, Method.K_INDUCTION)
"""The engines, the one that is usually quickest first."""

_ENGINES: Mapping[Method, Callable[[Encoding], Engine]] = {
    Method.INDUCTION: induction,
    Method.SPACER: spacer,
    Method.BOUNDED: bounded,
    Method.K_INDUCTION: k_induction,
}


def prove(
    system: System,
    prop: Property,
    *,
    methods: Sequence[Method] = PROVERS,
    seconds: float,
    workers: int | None = None,
    slicing: bool = True,
    length: int | None = None,
) -> Verdict:
    """Decide a property within ``seconds`` (wall clock), or say why not.

    The methods run side by side, in at most ``workers`` processes at a time (default: one a core), but one for each
    method in any case, so that none waits for another. ``length``: the steps of a shortest trace that another engine has:
    bounded search then looks for one of that length, for shorter ones, and no further. A trace is one of the whole
    system, followed by the reference interpreter; the obligations of a proof speak of the slice. Runs end where the model
    makes an error: that none can is the property ``sound()``.

    Raises ``DisagreementError`` or ``CertificateError`` where engines contradict each other, ``ModelError`` where the
    property has no value in a reachable state.
    """
    prop.check(system)
    started = time.monotonic()
    deadline = started + seconds
    try:
        small, asked = sliced(system, prop) if slicing else (system, prop)
        goal = goal_of(small, asked)
    except NotSafetyError as error:
        return unknown(system.name, prop.name, str(error), engine="provers")
    if prop.kind is Kind.SOUND and (failed := _start(system, prop, seconds)) is not None:
        return failed
    verdict = _race(goal, methods, max(0.0, deadline - time.monotonic()), workers, length)
    if verdict.trace is not None and (small is not system or asked is not prop):
        found = run_engine(lifted(system, prop, small, verdict.trace), seconds=max(0.0, deadline - time.monotonic())).value
        if found is None:
            left = max(0.0, deadline - time.monotonic())
            return prove(system, prop, methods=methods, seconds=left, workers=workers, slicing=False, length=length)
        verdict = replace(verdict, trace=found)
    return replace(verdict, seconds=time.monotonic() - started)


def _start(system: System, prop: Property, seconds: float) -> Verdict | None:
    """The verdict where the initial condition itself may have no value (a lookup in it misses); None where it has."""
    missing = ~definedness(system.initially)
    if missing is FALSE:
        return None
    goal = Goal(replace(system, initially=TRUE), prop, (Bad(missing),))
    encoding = Encoding(goal, fit(goal))
    result = discharge(window_of(encoding, 0, 0), seconds=seconds)
    if result.model is None:
        return None if result.answer == "unsat" else unknown(system.name, prop.name, result.reason, engine="provers")
    state = run_of(encoding, result.model, 0).initial
    try:
        holds(system, system.initially, state)
    except ModelError as error:
        return Verdict(system.name, prop.name, Outcome.UNSAFE, Method.BOUNDED, str(error), "provers")
    raise DisagreementError(f"the interpreter sees no error in the initial condition of {system.name} in {state}")


def _race(goal: Goal, methods: Sequence[Method], seconds: float, workers: int | None, length: int | None) -> Verdict:
    """The first verdict that decides; where none does, what they say together."""
    numbers = fit(goal)
    finite, integral = Encoding(goal, numbers), Encoding(goal, INTEGERS)
    engines = {each.value: _ENGINES[each](integral if each is Method.SPACER else finite) for each in dict.fromkeys(methods)}
    if length is not None and Method.BOUNDED in methods:
        engines[Method.BOUNDED.value] = of_length(finite, steps=length - goal.last)
    if Method.SPACER in methods and numbers is INTEGERS:
        engines["guided Spacer"] = guided_spacer(integral)
    undecided = []
    with closing(run_engines(engines, seconds=seconds, workers=workers)) as verdicts:
        for each in verdicts:
            if each.value.known:
                return each.value
            undecided.append(each.value)
    return merge(undecided)


def sliced(system: System, prop: Property) -> tuple[System, Property]:
    """The part of the system that decides the property, and the property as it is asked of that part."""
    match prop.kind:
        case Kind.SOUND | Kind.CAN_ALWAYS_REACH:
            return system, prop
        case Kind.NEVER_STUCK:
            # The slice leaves out actions: what can happen must be said by an expression over the whole.
            asked = replace(prop, kind=Kind.ALWAYS, expr=stirring(system) | prop.expr)
            return slice_for(system, asked.expr), asked
        case Kind.STEP:
            return slice_for(system, of_steps=(prop.expr,)), prop
        case _:
            return slice_for(system, prop.expr), prop
