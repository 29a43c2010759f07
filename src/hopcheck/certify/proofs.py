"""The obligations of a proof, derived once more from the system: by induction over k steps, or from an invariant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from hopcheck.certify.invariant import FUNCTION, Invariant
from hopcheck.certify.runs import Question, Run, Seen, seen_by
from hopcheck.certify.shape import RefutedError
from hopcheck.certify.system import Claim, PlainSystem
from hopcheck.certify.terms import both, either, opposite, sort_of

MOST_STEPS = 200
"""A k, or a length of runs, beyond this is not taken up: the scripts would not end."""


def idle_question(system: PlainSystem, claim: Claim) -> Question | None:
    """Whether a step that changes nothing may violate the claim; None where it is not about steps."""
    if claim.kind != "step":
        return None
    run = Run(system, seen_by(system, claim, idle=False))
    good = run.over_step(claim, 0, run.frames[0])
    return Question(run.script.text(opposite(good)), "a step that changes nothing satisfies it")


def by_induction(system: PlainSystem, claim: Claim, k: int, *, idle: bool) -> Iterator[Question]:
    """What a proof by k-induction has to show."""
    if not 1 <= k <= MOST_STEPS:
        raise RefutedError(f"there is no induction over {k} steps")
    seen = seen_by(system, claim, idle=idle)
    yield from _nothing_bad(system, claim, seen, k - 1)
    run = Run(system, seen)
    parts = []
    for frame in range(k):
        run.more()
        parts += [run.step(frame), run.good(claim, frame)]
    if k > 1:
        parts += [run.differ(one, other) for one, other in combinations(range(k + 1), 2)]
    question = both([*parts, _bad(run, claim, k)])
    yield Question(run.script.text(question), f"{k} good states in a row are never followed by a bad one")


def by_length(system: PlainSystem, claim: Claim, last: int, *, idle: bool) -> Iterator[Question]:
    """What is to be shown where no run is longer than ``last`` steps."""
    if not 0 <= last <= MOST_STEPS:
        raise RefutedError(f"runs of {last} steps are none that a search looks at")
    seen = seen_by(system, claim, idle=idle)
    yield from _nothing_bad(system, claim, seen, last)
    run = _path(system, seen, last + 1)
    steps = both([run.start(), *(run.step(frame) for frame in range(last + 1))])
    yield Question(run.script.text(steps), f"no run has {last + 1} steps")


def by_invariant(
    system: PlainSystem, claim: Claim, invariant: Invariant, over: Sequence[str], *, idle: bool
) -> Iterator[Question]:
    """What an invariant over these variables has to satisfy: it holds at the start, every step keeps it, none is bad."""
    positions = {each.name: position for position, each in enumerate(system.variables)}
    if len(over) != len(invariant.sorts) or any(name not in positions for name in over):
        raise RefutedError("the invariant is not over variables of the system")
    places = [positions[name] for name in over]
    if [sort_of(system.variables[place].type) for place in places] != list(invariant.sorts):
        raise RefutedError("the invariant takes its variables for something else")
    seen = seen_by(system, claim, idle=idle, also=places)

    def run() -> Run:
        made = Run(system, seen)
        made.script.lines.insert(0, invariant.definition)
        return made

    def holds(values: dict[int, str]) -> str:
        arguments = " ".join(values[place] for place in places)
        return f"({FUNCTION} {arguments})" if places else FUNCTION

    first = run()
    started = both([first.start(), opposite(holds(first.frames[0]))])
    yield Question(first.script.text(started), "the invariant holds in every initial state")
    second = run()
    left = []
    for action in seen.actions:
        happens, after = second.taken(action, 0)
        left.append(both([happens, opposite(holds(dict(after)))]))
    kept = both([holds(second.frames[0]), either(left)])
    yield Question(second.script.text(kept), "every step from a state with the invariant leads to one with it")
    third = run()
    bad = both([holds(third.frames[0]), _bad(third, claim, 0)])
    yield Question(third.script.text(bad), "no state with the invariant is bad")


def _nothing_bad(system: PlainSystem, claim: Claim, seen: Seen, last: int) -> Iterator[Question]:
    """No bad state is met within so many steps."""
    for length in range(last + 1):
        run = _path(system, seen, length)
        steps = both([run.start(), *(run.step(frame) for frame in range(length)), _bad(run, claim, length)])
        yield Question(run.script.text(steps), f"nothing bad is met after {length} steps")


def _path(system: PlainSystem, seen: Seen, length: int) -> Run:
    run = Run(system, seen)
    for _ in range(length):
        run.more()
    return run


def _bad(run: Run, claim: Claim, frame: int) -> str:
    """The state of a frame is bad: it violates the claim, or a step from it does."""
    if claim.kind != "step":
        return opposite(run.good(claim, frame))
    made = []
    for action in run.seen.actions:
        happens, after = run.taken(action, frame)
        made.append(both([happens, opposite(run.over_step(claim, frame, after))]))
    return either(made)
