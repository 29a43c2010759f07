"""The stated memory is kept to, and a search that reaches it says what it knows."""

from __future__ import annotations

import pytest

from hopcheck.explorer import Limits, Stop, Verdict, explore
from hopcheck.explorer.compiled import Compiled
from hopcheck.explorer.events import ignore
from hopcheck.explorer.exploration import OutOfMemory
from hopcheck.explorer.lower import Forms
from hopcheck.explorer.questions import questions
from hopcheck.explorer.visited import Budget, Found
from hopcheck.model.language import System, ground

from .machines import bits


def searched(system: System, limits: Limits, forms: Forms | None = None) -> Compiled:
    return Compiled(system, ground(system), questions(system, {}), limits, ignore, forms)


@pytest.mark.parametrize("word_bits", [62, 8])
def test_a_search_stops_before_it_takes_more(word_bits: int) -> None:
    system = bits(16)
    whole = searched(system, Limits(), Forms(word_bits=word_bits)).run()
    assert whole.complete
    run = searched(system, Limits(memory_bytes=0), Forms(word_bits=word_bits))
    limit = run.budget.fixed + whole.bytes // 4
    run.limits, run.budget.limit = Limits(memory_bytes=limit), limit
    found = run.run()
    assert (found.complete, found.why) == (False, Stop.MEMORY)
    assert found.bytes + run.budget.fixed <= limit
    level = len(found.level_states)
    assert found.level_states == whole.level_states[:level]
    assert found.level_edges == whole.level_edges[: level - 1]
    assert sum(found.fired.values()) == found.transitions


def test_a_goal_is_undecided_where_the_graph_does_not_fit() -> None:
    system = bits(12)
    goal = {"back": ~system["bit0"]}
    free = explore(system, can_always_reach=goal, backend="kernel")
    assert free.answers["back"].verdict is Verdict.HOLDS
    run = searched(system, Limits())
    limit = run.budget.fixed + free.bytes + 200_000
    found = explore(system, can_always_reach=goal, backend="kernel", limits=Limits(memory_bytes=limit))
    assert found.complete
    assert found.answers["back"].verdict is Verdict.UNKNOWN


def test_states_that_do_not_fit_leave_the_others_alone() -> None:
    run = searched(bits(16), Limits())
    found = Found(run.layout, Budget(0, 0))
    with pytest.raises(OutOfMemory):
        found.insert(found.log, 1 << 14)
    assert found.top == 0
