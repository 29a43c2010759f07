"""The one way in: explore every reachable state of a system, and answer questions about them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Literal, TypeAlias

from hopcheck.explorer.events import Event, Listener, Started, ignore
from hopcheck.explorer.exploration import Exploration, Limits, Stop
from hopcheck.explorer.interpreted import Interpreted, OutgrownError
from hopcheck.explorer.questions import Kind, questions
from hopcheck.explorer.slicing import lifted, sliced
from hopcheck.model.errors import InputError
from hopcheck.model.language import Expr, System, ground
from hopcheck.model.language.symmetry import check_symmetry

Backend: TypeAlias = Literal["auto", "interpreter", "kernel"]

PATIENCE = 20_000
"""How many instances of actions the interpreter tries before ``auto`` takes kernels: about as long as lowering takes."""

NONE: Mapping[str, Expr] = {}
NO_LIMITS = Limits()


def explore(
    system: System,
    *,
    always: Mapping[str, Expr] = NONE,
    step: Mapping[str, Expr] = NONE,
    reachable: Mapping[str, Expr] = NONE,
    never_stuck: Mapping[str, Expr] = NONE,
    can_always_reach: Mapping[str, Expr] = NONE,
    group_by: Expr | None = None,
    stop_at_first: bool = False,
    limits: Limits = NO_LIMITS,
    listener: Listener = ignore,
    backend: Backend = "auto",
    workers: int | None = None,
    symmetry: bool = False,
    slicing: bool = False,
    checkpoint: Path | None = None,
    resume: bool = False,
    digests: bool = False,
) -> Exploration:
    """Visit every reachable state of ``system``, breadth first, and answer the questions asked of it by name.

    ``always``: holds in every state; ``step``: holds of every transition (``after(x)`` is x after it); ``reachable``:
    holds somewhere; ``never_stuck``: where it is fine that nothing can happen (``FALSE``: nowhere);
    ``can_always_reach``: from every state a state where it holds can be reached.
    ``group_by``: an expression over variables that never change; every value of it gets answers of its own.
    ``stop_at_first``: stop at the first violation, or once every state asked for was found.
    ``limits``: where to give up; ``listener``: is called with each event, in the caller's thread.
    ``backend``: ``auto`` runs a small model in the interpreter and compiles nothing for it. ``workers``: threads (None:
    one a core). The result is the same but for times, sizes and the back end's name.
    ``symmetry``: whether states that differ only in the order of components that the system declares interchangeable
    count as one. Then states, transitions and what is counted of them are those of the states that stand for the others;
    verdicts, distances and what values there are stay the same. It is checked that the declaration is true.
    ``slicing``: whether only what the questions can see is explored (not with ``never_stuck``); traces are those of the
    whole model.
    ``checkpoint``: a directory in which a search that ends before its time (or takes long) saves what it takes to go on;
    ``resume``: go on from there. A search that ends by itself leaves nothing there.
    ``digests``: whether digests of the levels are wanted.

    Ctrl-C ends the search, not the caller: what was known is returned, with ``why`` INTERRUPTED.
    Raises ``ModelError`` where the model is not finite, where a reachable state makes a step or a property look outside
    a table or leave its variable's domain, and where a property is not about this system.
    """
    asked = questions(
        system,
        {
            Kind.ALWAYS: always,
            Kind.STEP: step,
            Kind.REACHABLE: reachable,
            Kind.NEVER_STUCK: never_stuck,
            Kind.CAN_ALWAYS_REACH: can_always_reach,
        },
        group_by=group_by,
        stop_at_first=stop_at_first,
    )
    if slicing:
        small = sliced(system, asked)
        if small is not system:
            return _of_slice(
                system,
                small,
                lambda: explore(
                    small,
                    always=always,
                    step=step,
                    reachable=reachable,
                    can_always_reach=can_always_reach,
                    group_by=group_by,
                    stop_at_first=stop_at_first,
                    limits=limits,
                    listener=listener,
                    backend=backend,
                    workers=workers,
                    symmetry=symmetry,
                    checkpoint=checkpoint,
                    resume=resume,
                    digests=digests,
                ),
            )
    transitions = ground(system)
    listener(Started(system.name, len(transitions)))
    reduced = symmetry and bool(system.symmetries)
    if reduced:
        named = {f"the property {each.name}": each.expr for each in asked.all}
        check_symmetry(system, transitions, named if group_by is None else {**named, "the grouping": group_by})
    if resume and checkpoint is None:
        raise InputError("a search is resumed from a checkpoint", hint="say where it is")
    if backend == "interpreter":
        return Interpreted(system, transitions, asked, limits, listener, None, digests).run()
    reported = _Once(listener)
    if backend == "auto" and not resume and not reduced:
        try:
            found = Interpreted(system, transitions, asked, limits, reported, PATIENCE, digests).run()
            # A search that can be resumed is one on kernels: only they save what it takes to go on.
            if checkpoint is None or found.why not in (Stop.SECONDS, Stop.STATES):
                return found
        except OutgrownError:
            pass
    # Imported here and not above: it takes numba along, which a small model can do without.
    from hopcheck.explorer.compiled import Means, search
    from hopcheck.explorer.lowering.lower import Forms

    means = Means(workers, Forms(symmetry=reduced), checkpoint, resume, digests)
    return search(system, transitions, asked, limits, reported, means)


def _of_slice(system: System, small: System, search: Callable[[], Exploration]) -> Exploration:
    """What a search of the slice found, with its traces as runs of the whole."""
    found = search()
    answers = {
        name: replace(
            each,
            trace=None if each.trace is None else lifted(system, small, each.trace),
            traces={group: lifted(system, small, run) for group, run in each.traces.items()},
        )
        for name, each in found.answers.items()
    }
    return replace(found, answers=answers, sliced=True)


class _Once:
    """Passes on each level's event once, although a search may start again with another back end."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._level = -1

    def __call__(self, event: Event) -> None:
        level = getattr(event, "level", None)
        if level is None or level > self._level:
            self._level = self._level if level is None else level
            self._listener(event)
