"""What exports are made of: names, comments, the order of updates, and limits that are told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hopcheck.model.domain.fleet import fleet, invariants
from hopcheck.model.domain.num_queues import Policy, num_queues
from hopcheck.model.export import Claim, TooLargeError, module_name, murphi, promela, tla
from hopcheck.model.export.comment import place, plain
from hopcheck.model.export.names import Names, quotable
from hopcheck.model.export.sequence import in_turn
from hopcheck.model.language import (
    Bool,
    Enum,
    If,
    Location,
    Lookup,
    Range,
    SystemBuilder,
    becomes,
    evaluate,
    literal,
    table,
)
from hopcheck.model.language.expr import variable

EXPORTERS = [murphi, promela, tla]
FLEET = fleet(2, 2)
CLAIMS = [Claim("always", name, expr, f"In every state: {name}.") for name, expr in invariants(FLEET).items()]


@given(st.lists(st.text(max_size=4), max_size=30), st.booleans())
def test_names_are_identifiers_and_all_different(wanted: list[str], fold: bool) -> None:
    names = Names(["if", "Do", "x"], fold=fold)
    made = [names.fresh(each) for each in [*wanted, "if", "IF", "do", "x", "x"]]
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", each) for each in made)
    keys = [each.lower() if fold else each for each in made]
    assert len(set(keys)) == len(keys)
    assert not {"if", "do" if fold else "Do", "x"} & set(keys)


def test_names_are_kept_where_they_can_be() -> None:
    names = Names(["begin"])
    wanted = ["phase0", "begin", "begin_", "5.1", "phase0", "vm(id=3)", "'"]
    assert [names.fresh(each) for each in wanted] == ["phase0", "begin_", "begin__2", "n5_1", "phase0_2", "vm_id_3", "x"]


@given(st.text(), st.text())
def test_quoted_text_never_falls_together(one: str, other: str) -> None:
    assert (quotable(one) == quotable(other)) == (one == other)
    assert re.fullmatch(r"[ !#-\[\]-~]*", quotable(one))


@given(st.text())
def test_comments_stay_comments(text: str) -> None:
    made = plain(text)
    assert made.isascii()
    assert len(made.splitlines()) <= 1
    assert not any(mark in made for mark in ("*/", "/*", "(*", "*)"))


def test_places_are_the_same_on_every_machine() -> None:
    assert place(Location("/home/me/src/hopcheck/model/domain/fleet.py", 7)) == "model/domain/fleet.py:7"
    assert place(Location("/home/me/mine.py", 7)) == "mine.py:7"
    for export in EXPORTERS:
        assert str(Path(__file__).parent) not in export(FLEET, CLAIMS).text


VARIABLES = [variable(name, Range(-9, 9)) for name in "abcd"]


@given(st.permutations(range(4)), st.lists(st.lists(st.sampled_from(range(4)), max_size=3), min_size=4, max_size=4))
def test_updates_in_turn_do_what_they_do_at_once(order: list[int], reads: list[list[int]]) -> None:
    values = [sum((VARIABLES[each] for each in read), VARIABLES[n] - VARIABLES[n] + n) for n, read in enumerate(reads)]
    now = {"a": 1, "b": 20, "c": 300, "d": 4000}
    after = now | {"abcd"[n]: evaluate(values[n], now) for n in order}
    state, aside = dict(now), {}
    for each in in_turn(("abcd"[n], values[n]) for n in order):
        (aside if each.aside else state)[each.variable] = evaluate(each.value, state)
    assert state | aside == after


def test_values_are_put_aside_only_in_a_circle() -> None:
    a, b, c, _ = VARIABLES
    assert [(each.variable, each.aside) for each in in_turn([("a", b), ("b", a), ("c", c)])] == [("a", True), ("b", False)]
    assert [(each.variable, each.aside) for each in in_turn([("a", a + 1), ("b", a)])] == [("b", False), ("a", False)]


@pytest.mark.parametrize("export", EXPORTERS)
def test_the_same_model_is_written_the_same(export: object) -> None:
    again = [Claim("always", name, expr, f"In every state: {name}.") for name, expr in invariants(fleet(2, 2)).items()]
    assert export(FLEET, CLAIMS) == export(fleet(2, 2), again)


@pytest.mark.parametrize("export", [murphi, promela])
def test_numbers_without_end_are_refused(export: object) -> None:
    with pytest.raises(TooLargeError, match=r"num_queues.py:\d+: queues has no upper bound.*write --to smt2"):
        export(num_queues(Policy.ENTRY, None))


def test_tla_has_numbers_without_end() -> None:
    assert "vcpus \\in {n \\in Int : n >= 1}" in tla(num_queues(Policy.ENTRY, None)).text


@pytest.mark.parametrize("export", EXPORTERS)
def test_what_can_still_be_reached_is_left_out(export: object) -> None:
    claim = Claim("can_always_reach", "settles", FLEET["phase0"] == "idle")
    exported = export(FLEET, [claim])
    assert [name for name, _ in exported.left_out] == ["settles"]
    assert exported.text == export(FLEET, []).text


def test_numbers_that_spin_cannot_compute_with() -> None:
    s = SystemBuilder("wide")
    n = s.variable("n", Range(0, 100_000), initial=0)
    s.action("square", guard=n * n < 5, updates=[becomes(n, 1)])
    with pytest.raises(TooLargeError, match="numbers from 0 to 10000000000, and SPIN computes with 32 bits"):
        promela(s.build())
    assert "number: 0 .. 10000000000;" in murphi(s.build()).text


def test_initial_states_that_nobody_would_list() -> None:
    s = SystemBuilder("anywhere")
    n = s.variable("n", Range(0, 10_000))
    s.action("stay", updates=[becomes(n, n)])
    with pytest.raises(TooLargeError, match="more than 10000 initial states"):
        promela(s.build())


def test_tables_that_spin_cannot_read() -> None:
    s = SystemBuilder("long")
    n = s.variable("n", Range(0, 9_000), initial=0)
    s.action("up", updates=[becomes(n, Lookup(table("t", [n.type], n.type, range(9_001)), n))])
    with pytest.raises(TooLargeError, match="the table t has 9001 cells, and SPIN reads at most 9000 of one"):
        promela(s.build())


@pytest.mark.parametrize("export", EXPORTERS)
def test_expressions_that_grow_when_they_are_written(export: object) -> None:
    s = SystemBuilder("shared")
    b, expr = s.variable("b", Bool, initial=False), s.variable("n", Range(0, 1), initial=0)
    for number in range(20):
        expr = If(b, expr + number, expr - number)
    s.action("go", guard=expr == 0, updates=[becomes(b, True)])
    with pytest.raises(TooLargeError, match="too large to be written out"):
        export(s.build())


@pytest.mark.parametrize("export", EXPORTERS)
def test_an_enum_that_no_variable_has_is_declared(export: object) -> None:
    s = SystemBuilder("inside")
    b = s.variable("b", Bool, initial=False)
    side = Enum("left", "right")
    s.action("turn", guard=If(b, literal(side, "left"), "right") == "right", updates=[becomes(b, True)])
    claim = Claim("step", "turned", If(b, literal(side, "left"), "right") == "right")
    text = export(s.build(), [claim]).text
    assert text.count("left") >= 2
    assert ("#define right 1" in text) == (export is promela)
    assert ("value_type: enum { left, right };" in text) == (export is murphi)


def test_a_module_in_form() -> None:
    """What can be seen of a TLA+ module without TLC."""
    exported = tla(FLEET, [*CLAIMS, Claim("step", "moves", FLEET["cnt"] >= 0)], module="Fleet")
    lines = exported.text.splitlines()
    assert re.fullmatch(r"-{4,} MODULE Fleet -{4,}", lines[0])
    assert re.fullmatch(r"={4,}", lines[-1])
    code = [re.sub(r"\\\*.*", "", each) for each in lines]
    for left, right in ("()", "[]", "{}"):
        assert sum(each.count(left) for each in code) == sum(each.count(right) for each in code)
    defined = [found[1] for each in code if (found := re.match(r"(\w+)(\([^)]*\))? ==", each))]
    assert len(set(defined)) == len(defined)
    taken = [found[1] for each in code if (found := re.fullmatch(r"  \\/ (?:\\E .* : )?(\w+)(?:\(.*\))?", each))]
    assert taken == defined[defined.index("Init") + 1 : defined.index("Next")]
    configured = re.findall(r"^(?:INVARIANT|PROPERTY|SPECIFICATION) (\w+)$", exported.configuration, re.MULTILINE)
    assert set(configured) <= set(defined)
    assert module_name("num_queues: no entry") == "num_queues_no_entry"
