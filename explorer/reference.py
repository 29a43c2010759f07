"""The reference judgement of a single state and of the steps that leave it.

The interpreter's search calls it for every state; the compiled search calls it for one state only: the least one that
its kernels found to be an error of the model, so that the error reads the same whoever finds it.
"""

from __future__ import annotations

from collections.abc import Iterator

from hopcheck.explorer.findings import ALL
from hopcheck.explorer.questions import STATE_KINDS, Kind, Question, Questions
from hopcheck.model.language import State, Step, System, evaluate, holds, successors


def group_of(system: System, questions: Questions, state: State) -> int:
    """The code of the group that the state belongs to."""
    if questions.group_by is None:
        return ALL
    holds(system, questions.group_by, state)  # a lookup that misses its table is reported as of a property
    return evaluate(questions.group_by, dict(zip(system.index, state, strict=True)))


def found_in(system: System, questions: Questions, state: State) -> Iterator[Question]:
    """The questions about single states for which this state is a finding.

    A state where a ``can_always_reach`` property holds (its goal) counts as one. Raises ``ModelError`` where a property
    looks outside a table; every property is evaluated in every state, whatever was found before.
    """
    for question in questions.of(*STATE_KINDS):
        held = holds(system, question.expr, state)
        if held is not (question.kind is Kind.ALWAYS):
            yield question


def found_leaving(
    system: System, questions: Questions, state: State
) -> tuple[tuple[Step, ...], dict[Question, Step | None]]:
    """The steps that leave the state, and the questions about them for which it is a finding.

    Each ``step`` property comes with the first step that violates it, each ``never_stuck`` property with None. Raises
    ``ModelError`` where a step is an error of the model, then where a property is.
    """
    steps = tuple(successors(system, state))
    found: dict[Question, Step | None] = {}
    for step in steps:
        for question in questions.of(Kind.STEP):
            if not holds(system, question.expr, state, step.target):
                found.setdefault(question, step)
    if not steps:
        for question in questions.of(Kind.NEVER_STUCK):
            if not holds(system, question.expr, state):
                found[question] = None
    return steps, found
