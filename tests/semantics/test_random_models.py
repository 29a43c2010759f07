"""Random systems: the compiled search finds what the interpreter finds, in every form a model can be lowered to."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hopcheck.explorer import Exploration, Limits, Verdict, explore
from hopcheck.explorer.compiled import search
from hopcheck.explorer.events import ignore
from hopcheck.explorer.lower import Forms
from hopcheck.explorer.questions import Kind, questions
from hopcheck.model.errors import ModelError
from hopcheck.model.language import Expr, System, ground, reachable, replay

from .random_models import asked, systems

FORMS = {
    "as usual": Forms(),
    "tables": Forms(weigh=False),
    "tables, several words": Forms(weigh=False, word_bits=3),
    "small tables": Forms(table_bits=3, weigh=False, word_bits=5),
    "rows and program": Forms(table_bits=-1),
    "rows and program, several words": Forms(table_bits=-1, word_bits=2),
    "program only": Forms(table_bits=-1, rows=False),
}

UNLIKE = {"seconds", "lowering_seconds", "visited_bytes", "bytes", "backend"}
"""What may differ between two back ends."""

RELAXED: dict[str, Any] = {"deadline": None, "suppress_health_check": list(HealthCheck)}


def outcome(run: Any) -> Any:
    """Everything a search returns but times and sizes; or the text of the model error it raises."""
    try:
        exploration: Exploration = run()
    except ModelError as error:
        return str(error)
    return {
        each.name: getattr(exploration, each.name) for each in dataclasses.fields(exploration) if each.name not in UNLIKE
    }


def compiled(system: System, forms: Forms, named: dict[str, dict[str, Expr]], **options: Any) -> Exploration:
    asked_ = questions(system, {Kind(kind): each for kind, each in named.items()}, **options)
    return search(system, ground(system), asked_, Limits(), ignore, forms)


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=60, **RELAXED)
@given(st.data())
def test_the_two_back_ends_agree(form: str, data: st.DataObject) -> None:
    system = data.draw(systems())
    named = data.draw(asked(system))
    first = data.draw(st.booleans())
    expected = outcome(lambda: explore(system, **named, stop_at_first=first, backend="interpreter"))
    assert outcome(lambda: compiled(system, FORMS[form], named, stop_at_first=first)) == expected


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=40, **RELAXED)
@given(st.data())
def test_they_agree_where_nothing_goes_wrong(form: str, data: st.DataObject) -> None:
    system = data.draw(systems(errors=False))
    named = data.draw(asked(system, errors=False))
    expected = outcome(lambda: explore(system, **named, backend="interpreter"))
    assert isinstance(expected, dict)
    assert outcome(lambda: compiled(system, FORMS[form], named)) == expected


@pytest.mark.parametrize("form", ["as usual", "rows and program, several words"])
@settings(max_examples=40, **RELAXED)
@given(st.data())
def test_they_agree_group_by_group(form: str, data: st.DataObject) -> None:
    system = data.draw(systems(errors=False, grouped=True))
    named = data.draw(asked(system, errors=False))
    group = system["row"] + 1
    expected = outcome(lambda: explore(system, **named, group_by=group, backend="interpreter"))
    assert outcome(lambda: compiled(system, FORMS[form], named, group_by=group)) == expected


@settings(max_examples=60, **RELAXED)
@given(st.data())
def test_the_levels_are_those_of_the_reference(data: st.DataObject) -> None:
    system = data.draw(systems(errors=False))
    levels = [len(level) for level in reachable(system)]
    found = explore(system, backend="kernel")
    assert list(found.level_states) == levels
    assert found.complete
    assert found.states == sum(levels)
    assert found.transitions == sum(found.level_edges) == sum(found.fired.values()) == sum(found.instances.values())


@settings(max_examples=60, **RELAXED)
@given(st.data())
def test_every_trace_can_be_replayed(data: st.DataObject) -> None:
    system = data.draw(systems(errors=False))
    named = data.draw(asked(system, errors=False))
    found = explore(system, **named, backend="kernel")
    for answer in found.answers.values():
        assert (answer.trace is not None) == (answer.verdict in (Verdict.VIOLATED, Verdict.WITNESS))
        if answer.trace is not None:
            replay(system, answer.trace)
