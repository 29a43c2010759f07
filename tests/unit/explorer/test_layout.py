"""Packing: what goes in comes out, for any records and any width of word; what is no state is not taken for one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hopcheck.explorer.lowering.layout import WORD, Layout, Record, bits_of, layout
from hopcheck.model.errors import ModelError
from hopcheck.model.language import Bool, Enum, Range, System, SystemBuilder
from hopcheck.model.language.types import LIMIT, Type

TYPES = st.sampled_from([Bool, Enum("a", "b", "c"), Enum("only"), Range(-3, 9), Range(0, 2**40), Range(1 - LIMIT, 0)])
SMALL = st.sampled_from([Bool, Range(0, 5), Enum("only"), Range(-2, 2)])


def system_of(types: list[Type]) -> System:
    system = SystemBuilder("packed")
    for number, type_ in enumerate(types):
        system.variable(f"v{number}", type_)
    return system.build()


def apart(system: System) -> list[Record]:
    """A record for each variable."""
    return [Record.of_range(each.name, each.type.lo, (each.type.hi or 0) - each.type.lo + 1) for each in system.variables]


@st.composite
def joined(draw: st.DrawFn, system: System) -> list[Record]:
    """Records of one to three variables each, in any order, with some of the combinations of their values."""
    names = draw(st.permutations([each.name for each in system.variables]))
    records = []
    while names:
        count = draw(st.integers(1, min(3, len(names))))
        some, names = tuple(names[:count]), names[count:]
        types = [system.variables[system.index[name]].type for name in some]
        rows = draw(st.sets(st.tuples(*(st.integers(t.lo, t.hi or 0) for t in types)), min_size=1, max_size=9))
        records.append(Record.of_codes(some, np.array(sorted(rows), np.int64)))
    return records


def drawn_states(data: st.DataObject, system: System, records: list[Record], count: int) -> np.ndarray:
    states = np.zeros((count, len(system.variables)), np.int64)
    for record in records:
        numbers = np.array(data.draw(st.lists(st.integers(0, record.count - 1), min_size=count, max_size=count)), np.int64)
        for name in record.names:
            codes = numbers + record.low if record.codes is None else record.codes[numbers, record.names.index(name)]
            states[:, system.index[name]] = codes
    return states


def check(made: Layout, states: np.ndarray) -> np.ndarray:
    words = made.pack(states)
    assert words.shape == (len(states) * made.width,)
    assert (words >= 0).all()
    assert (words >> WORD == 0).all()
    assert made.admits(words)
    assert (made.unpack(words) == states).all()
    for position in range(len(made.fields)):
        assert (made.column(words, position) == states[:, position]).all()
    return words


@given(st.data())
def test_states_survive(data: st.DataObject) -> None:
    system = system_of(data.draw(st.lists(TYPES, min_size=1, max_size=8)))
    records = data.draw(st.permutations(apart(system)))
    made = layout(system, records, word_bits=data.draw(st.sampled_from([WORD, 7, 1])))
    check(made, drawn_states(data, system, records, 5))


@given(st.data())
def test_states_in_joint_records_survive_and_have_indices_of_their_own(data: st.DataObject) -> None:
    system = system_of(data.draw(st.lists(SMALL, min_size=1, max_size=6)))
    records = data.draw(joined(system))
    made = layout(system, records, word_bits=data.draw(st.sampled_from([WORD, 7, 1])))
    states = np.unique(drawn_states(data, system, records, 30), axis=0)
    words = check(made, states)
    indices = made.indices(words).tolist()
    assert made.domain == np.prod([each.count for each in records])
    assert len(set(indices)) == len(states)
    assert set(indices) <= set(range(made.domain))


@given(st.data())
def test_a_dependent_record_does_not_count(data: st.DataObject) -> None:
    system = system_of([Bool, Range(0, 4), Range(-2, 2)])
    follower = data.draw(st.integers(0, 2))
    records = apart(system)
    made = layout(system, records, [follower])
    assert made.domain == 50 // records[follower].count
    states = drawn_states(data, system, records, 20)
    others = [position for position in range(3) if position != follower]
    told = np.unique(np.column_stack((made.indices(check(made, states)), states[:, others])), axis=0)
    assert len(told) == len(np.unique(states[:, others], axis=0)) == len(np.unique(told[:, 0]))


def test_what_is_no_state_is_not_admitted() -> None:
    system = system_of([Range(0, 4), Bool, Range(0, 5)])
    codes = np.array([[0, 0], [2, 1], [4, 1]], np.int64)
    made = layout(system, [Record.of_codes(("v0", "v1"), codes), Record.of_range("v2", 0, 6)])
    good = made.pack(np.array([[2, 1, 5], [0, 0, 0]]))
    assert made.admits(good)
    for bad in (3, 7 << 2, 6 << 2, 1 << 5, 1 << 62, -1):  # a record too many, another slot's, or bits that nobody uses
        assert not made.admits(np.array([good[0], bad]))
    two = layout(system, apart(system), word_bits=3)
    assert two.width > 1
    assert not two.admits(np.zeros(two.width + 1, np.int64))


def test_a_state_outside_its_records_is_not_packed() -> None:
    system = system_of([Range(0, 4), Bool])
    made = layout(system, [Record.of_codes(("v0", "v1"), np.array([[0, 0], [2, 1]], np.int64))])
    with pytest.raises(AssertionError, match="outside what the variables' values were found to be"):
        made.pack(np.array([[2, 0]]))


def test_more_indices_than_62_bits_can_tell_are_none() -> None:
    system = system_of([Range(0, 2**40), Range(0, 2**40)])
    made = layout(system, apart(system))
    assert (made.domain, made.indexed, made.stride, {each.radix for each in made.slots}) == (None, False, 2, {0})
    assert layout(system_of([Bool]), apart(system_of([Bool])), indexed=False).domain is None
    assert layout(system_of([Bool]), apart(system_of([Bool]))).stride == 2


@given(st.data())
def test_a_key_holds_the_slots_side_by_side(data: st.DataObject) -> None:
    system = system_of(data.draw(st.lists(SMALL, min_size=1, max_size=8)))
    made = layout(system, apart(system), word_bits=data.draw(st.sampled_from([WORD, 4])))
    slots = data.draw(st.sets(st.sampled_from(range(len(made.slots)))))
    pieces, places = made.key(slots)
    words = made.pack(drawn_states(data, system, apart(system), 1))
    key = sum((int(words[each.word]) >> each.shift & each.mask) << each.place for each in pieces)
    for slot in slots:
        each = made.slots[slot]
        assert key >> places[slot] & each.mask == int(each.numbers(words, made.width)[0])
    assert key.bit_length() <= sum(made.slots[slot].bits for slot in slots)


def test_neighbours_are_one_piece() -> None:
    system = system_of([Bool, Range(0, 5), Enum("only"), Bool, Range(0, 3)])
    made = layout(system, apart(system))
    assert len(made.key({0, 1, 2, 3})[0]) == 1
    assert len(made.key({0, 3})[0]) == 2
    assert made.key(set())[0] == ()
    assert made.slots_of(["v1", "v4"]) == {1, 4}


def test_what_does_not_fit() -> None:
    with pytest.raises(ModelError, match="has no end"):
        bits_of(Range(0, None))
    with pytest.raises(ModelError, match=r"more than 2\*\*62 values"):
        bits_of(Range(1 - LIMIT, LIMIT - 1))
