"""Packing: what goes in comes out, for any types and any width of word."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hopcheck.explorer.layout import WORD, bits_of, layout
from hopcheck.model.errors import ModelError
from hopcheck.model.language import Bool, Enum, Range, System, SystemBuilder
from hopcheck.model.language.types import LIMIT

TYPES = st.sampled_from([Bool, Enum("a", "b", "c"), Enum("only"), Range(-3, 9), Range(0, 2**40), Range(1 - LIMIT, 0)])


def system_of(types: list[object]) -> System:
    system = SystemBuilder("packed")
    for number, type_ in enumerate(types):
        system.variable(f"v{number}", type_)  # type: ignore[arg-type]
    return system.build()


@given(st.data())
def test_states_survive(data: st.DataObject) -> None:
    system = system_of(data.draw(st.lists(TYPES, min_size=1, max_size=8)))
    order = data.draw(st.permutations([each.name for each in system.variables]))
    made = layout(system, order, data.draw(st.sampled_from([WORD, 7, 1])))
    ranges = [st.integers(each.type.lo, each.type.hi or 0) for each in system.variables]
    states = np.array(data.draw(st.lists(st.tuples(*ranges), min_size=1, max_size=5)), np.int64)
    words = made.pack(states)
    assert words.shape == (len(states) * made.width,)
    assert (words >= 0).all()
    assert (words >> WORD == 0).all()
    assert (made.unpack(words) == states).all()
    for position in range(len(made.fields)):
        assert (made.column(words, position) == states[:, position]).all()


@given(st.data())
def test_a_key_holds_the_fields_side_by_side(data: st.DataObject) -> None:
    system = system_of(data.draw(st.lists(st.sampled_from([Bool, Range(0, 5), Enum("only")]), min_size=1, max_size=8)))
    made = layout(system, (), data.draw(st.sampled_from([WORD, 4])))
    names = data.draw(st.sets(st.sampled_from([each.name for each in system.variables])))
    pieces, places = made.key(names)
    state = [data.draw(st.integers(0, each.type.hi or 0)) for each in system.variables]
    words = made.pack(np.array([state], np.int64))
    key = sum((int(words[each.word]) >> each.shift & each.mask) << each.place for each in pieces)
    for field, code in zip(made.fields, state, strict=True):
        if field.name in names:
            assert key >> places[field.name] & field.mask == code
    assert key.bit_length() <= sum(each.bits for each in made.fields if each.name in names)


def test_neighbours_are_one_piece() -> None:
    made = layout(system_of([Bool, Range(0, 5), Enum("only"), Bool, Range(0, 3)]))
    assert len(made.key({"v0", "v1", "v2", "v3"})[0]) == 1
    assert len(made.key({"v0", "v3"})[0]) == 2
    assert made.key(set())[0] == ()


def test_what_does_not_fit() -> None:
    with pytest.raises(ModelError, match="has no end"):
        bits_of(Range(0, None))
    with pytest.raises(ModelError, match=r"more than 2\*\*62 values"):
        bits_of(Range(1 - LIMIT, LIMIT - 1))
