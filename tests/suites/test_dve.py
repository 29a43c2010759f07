"""The loader of DVE models: what each construct means, and what is refused with which line."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import pytest

from hopcheck.explorer import explore
from hopcheck.model.errors import InputError
from hopcheck.model.language import Range, System, evaluate, reachable
from hopcheck.model.language.expr import variable

from . import dve_numbers
from .dve import system_of
from .dve_numbers import Term, bitwise, quotient, remainder, shift_left, shift_right
from .dve_parser import MOST_OPERANDS, parse


def model(text: str, *, narrow: bool = True) -> System:
    return system_of(parse(text.encode(), "m.sdve"), "m", narrow=narrow)


def runs(text: str) -> list[dict[str, Any]]:
    """The states that are reachable, level by level; narrowed ranges and those of the types must give the same."""
    found, whole = model(text), model(text, narrow=False)
    levels = [[found.decode(state) for state in level] for level in reachable(found)]
    assert levels == [[whole.decode(state) for state in level] for level in reachable(whole)]
    return [state for level in levels for state in level]


def results(expression: str, declarations: str = "") -> list[Any]:
    """What ``r`` can become in one step when it gets the value of the expression; nothing where that is disabled."""
    text = (
        f"int r = 99; byte done = 0; {declarations} process P guardCondition done == 0; effect r = {expression}, done = 1;"
    )
    return [state["r"] for state in runs(text)[1:]]


# statements ----------------------------------------------------------------------------------------------------------


def test_the_effects_of_a_transition_take_place_one_after_the_other() -> None:
    assert results("r", "byte x = 3;") == [99]
    text = "byte a = 1; byte b = 2; process P effect a = b, b = a;"
    assert runs(text) == [{"a": 1, "b": 2}, {"a": 2, "b": 2}]


def test_a_temporary_value_is_taken_where_it_is_written() -> None:
    text = (
        "byte a = 1; byte b = 0; process P guardBlock temp bool t_0 = a == 1, temp byte t_1 = a + 5; guardCondition t_0;"
        " effect a = 7, temp byte t_2 = a, a = 8, b = t_1 + t_2;"
    )
    assert runs(text)[1:] == [{"a": 8, "b": 13}]


def test_a_temporary_value_is_no_storage_and_never_overflows() -> None:
    text = "byte a = 200; process P guardBlock temp byte t_0 = a + a; guardCondition t_0 == 400; effect a = t_0 - 200 - a;"
    assert runs(text)[1:] == [{"a": 0}]


@pytest.mark.parametrize(
    ("kind", "value", "after"),
    [
        ("byte", "255", [255]),
        ("byte", "256", []),
        ("byte", "-1", []),
        ("int", "32767", [32767]),
        ("int", "32768", []),
        ("int", "-32768", [-32768]),
        ("int", "-32769", []),
        ("bool", "1", [1]),
        ("bool", "2", []),
    ],
)
def test_a_number_that_does_not_fit_disables_the_transition(kind: str, value: str, after: list[int]) -> None:
    text = f"{kind} x = 0; byte done = 0; process P guardCondition done == 0; effect done = 1, x = {value};"
    assert [state["x"] for state in runs(text)[1:]] == after
    late = text.replace(f"x = {value};", f"x = {value}, x = 0;")
    assert len(runs(late)[1:]) == len(after)


@pytest.mark.parametrize(("index", "after"), [("-1", []), ("0", [5]), ("2", [7]), ("3", []), ("i", []), ("i - 7", [6])])
def test_an_index_outside_the_array_disables_the_transition(index: str, after: list[int]) -> None:
    assert results(f"a[{index}]", "byte a[3] = {5, 6, 7}; byte i = 8;") == after


@pytest.mark.parametrize(("index", "after"), [("-1", 0), ("0", 1), ("2", 1), ("3", 0)])
def test_an_assignment_outside_the_array_disables_the_transition(index: str, after: int) -> None:
    assert len(runs(f"byte a[3]; process P effect a[{index}] = 1;")[1:]) == after


def test_an_index_that_varies_chooses_the_element() -> None:
    text = (
        "byte i = 0; byte a[4] = {3, 1, 4, 1}; byte r = 9;"
        "process P guardCondition i < 6; effect i = i + 1;"
        "process Q effect r = a[i]; process R effect a[a[i]] = i;"
    )
    pairs = {(state["i"], state["r"]) for state in runs(text) if (state["a[0]"], state["a[2]"]) == (3, 4)}
    assert {(i, r) for i, r in pairs if r != 9} >= {(0, 3), (1, 1), (2, 4)}
    assert len(runs(text)) == len(runs(text.replace("process R", "process R guardBlock ;")))
    assert {state["i"] for state in runs(text)} == {0, 1, 2, 3, 4, 5, 6}


def test_elements_that_are_not_given_are_zero() -> None:
    assert runs("int a[3] = {-1}; byte b[2]; byte c;") == [{"a[0]": -1, "a[1]": 0, "a[2]": 0, "b[0]": 0, "b[1]": 0, "c": 0}]


def test_an_undeclared_variable_is_a_byte_from_zero() -> None:
    text = "byte x = 0; process P guardCondition P.k < 2; effect P.k = P.k + 1;"
    assert [state["P.k"] for state in runs(text)] == [0, 1, 2]
    assert [state["k"] for state in runs("process P effect k = k - 1;")] == [0]


def test_a_process_starts_where_its_declaration_says() -> None:
    text = "state {a(0), b(1), c(4)} P.state = 1; process P guardCondition P.state == 1; effect P.state = 4;"
    assert [state["P.state"] for state in runs(text)] == [1, 4]
    assert [state["P.state"] for state in runs(text.replace("= 4;", "= 5;"))] == [1]


def test_every_enabled_transition_counts_as_an_edge() -> None:
    text = "byte x = 0; process P guardCondition x == 0; effect x = 1; process Q guardCondition x < 1; effect x = 1;"
    found = explore(model(text + "process R effect x = x;"))
    assert (found.states, found.transitions) == (2, 4)


def test_a_transition_is_told_from_the_others_of_its_process_by_its_number() -> None:
    found = explore(model("byte x = 0; process P effect x = 1; process P effect x = 2;"))
    assert dict(found.instances) == {"P(#=1)": 3, "P(#=2)": 3}


def test_guard_and_effect_may_be_missing() -> None:
    assert len(runs("byte x = 0; process P process Q guardBlock guardCondition 1; effect ; process R")) == 1


def test_comments_are_passed_over() -> None:
    assert runs("byte x = 1; // byte y;\n/* byte\nz; */ byte w;") == [{"x": 1, "w": 0}]


# expressions ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("2 + 3 * 4", 14),
        ("(2 + 3) * 4", 20),
        ("7 - 2 - 1", 4),
        ("100 / 5 / 2", 10),
        ("1 << 2 + 1", 8),
        ("6 & 3 == 3", 0),
        ("1 | 6 ^ 3 & 2", 5),
        ("1 < 2 == 2 < 3", 1),
        ("not 0 + 1", 2),
        ("- 3 + 5", 2),
        ("- -3", 3),
        ("~5", -6),
        ("!7", 0),
        ("1 and 2", 1),
        ("0 or 8", 1),
        ("3 && 0 || 4", 1),
        ("0 imply 0", 1),
        ("1 imply 0", 0),
        ("true + false", 1),
        ("(3 > 2) * 255", 255),
        ("5 xor 1", 4),
        ("x != 3", 0),
        ("x >= y", 1),
        ("x <= y", 0),
        ("x - y * x", 9),
        ("a[x - 1]", 22),
        ("c[x - 1] + n", 47),
    ],
)
def test_expressions(expression: str, value: int) -> None:
    given = "byte x = 3; int y = -2; byte a[3] = {20, 21, 22}; const byte c[3] = {5, 6, 7}; const int n = 40;"
    assert results(expression, given) == [value]
    moving = "process Q guardCondition done == 2; effect x = x, y = y - 1, a[2] = 1;"
    assert results(expression, given + moving) == [value]


@pytest.mark.parametrize(
    ("expression", "after"),
    [
        ("1 / x", []),
        ("1 % x", []),
        ("1 << (x - 1)", []),
        ("1 << 32", []),
        ("8 >> (x - 1)", []),
        ("0 and 1 / x", [0]),
        ("1 / x and 0", []),
        ("1 and 1 / x", []),
        ("1 or 1 / x", [1]),
        ("0 or 1 / x", []),
        ("1 / x or 1", []),
        ("0 imply 1 / x", [1]),
        ("1 imply 1 / x", []),
        ("not (1 / x)", []),
        ("(1 / x) * 0", []),
        ("x != 0 and a[5] == 1", [0]),
    ],
)
def test_what_has_no_value_disables_the_transition_where_it_is_looked_at(expression: str, after: list[int]) -> None:
    assert results(expression, "byte x = 0; byte a[2];") == after


def _value(made: Callable[[Any, Any], Term], ranges: tuple[Range, Range], a: int, b: int) -> int | None:  # type: ignore[valid-type]
    term = made(variable("a", ranges[0]), variable("b", ranges[1]))
    state = {"a": a, "b": b}
    return evaluate(term.value, state) if evaluate(term.defined, state) else None


SIGNED = Range(-9, 9)


@pytest.mark.parametrize(
    ("made", "wanted"),
    [
        (quotient, lambda a, b: int(a / b) if b else None),
        (remainder, lambda a, b: int(math.fmod(a, b)) if b else None),
        (shift_left, lambda a, b: a * 2**b if b >= 0 else None),
        (shift_right, lambda a, b: math.floor(a / 2**b) if b >= 0 else None),
        (lambda a, b: bitwise(operator.and_, a, b), operator.and_),
        (lambda a, b: bitwise(operator.or_, a, b), operator.or_),
        (lambda a, b: bitwise(operator.xor, a, b), operator.xor),
    ],
)
def test_operators_on_all_numbers_of_a_range(made: Any, wanted: Callable[[int, int], int | None]) -> None:
    pairs = [(a, b) for a in range(-9, 10) for b in range(-9, 10)]
    assert [_value(made, (SIGNED, SIGNED), a, b) for a, b in pairs] == [wanted(a, b) for a, b in pairs]


@pytest.mark.parametrize("function", [operator.and_, operator.or_, operator.xor])
def test_bits_of_wide_numbers_are_joined_digit_by_digit(function: Callable[[int, int], int]) -> None:
    ends = (-32768, -32767, -4097, -256, -1, 0, 1, 15, 16, 255, 4660, 32767)
    int16 = Range(-32768, 32767)

    def joined(a: Any, b: Any) -> Term:
        return bitwise(function, a, b)

    for a in ends:
        for b in ends:
            assert _value(joined, (int16, int16), a, b) == function(a, b)


def test_operands_may_be_wide_where_the_variables_in_them_are_not() -> None:
    text = (
        "byte x = 0; byte r = 0; process P guardCondition x < 20; effect x = x + 1, r = ((1 << x) & (x * 4099)) / (1 << x);"
    )
    assert [state["r"] for state in runs(text.replace("byte r", "int r"))][1:] == [(x * 4099 >> x) & 1 for x in range(1, 21)]


def test_operands_with_too_many_values_are_refused_with_the_line() -> None:
    wide = "int x = 0; int y = 1; process P effect x = x + 1; process Q effect y = y + x;\nprocess R effect x = x / y;"
    with pytest.raises(InputError, match=r"^m\.sdve:2: a table of quotient over .* would be too large; bound"):
        model(wide)
    bounded = wide.replace("process R", "process R guardCondition x < 9 and x >= 0 and y > 0 and y < 9;")
    assert any(each.name == "R" for each in model(bounded).actions)


def test_a_wide_operand_is_fine_where_the_other_one_has_few_values() -> None:
    text = "int x = 0; byte y; process P effect x = x + 1; process Q guardCondition y < 32; effect y = y + 1;"
    found = model(text + "process R effect x = x / y;")
    assert [dict(each.labels)["y"] for each in found.actions if each.name == "R"] == list(range(1, 33))


# ranges and cases ----------------------------------------------------------------------------------------------------


def _range(text: str, name: str) -> tuple[int, int | None]:
    type_ = model(text)[name].type
    return type_.lo, type_.hi


@pytest.mark.parametrize(
    ("body", "range_"),
    [
        ("", (5, 5)),
        ("process P effect x = 9;", (5, 9)),
        ("process P guardCondition x < 20; effect x = x + 1;", (5, 20)),
        ("process P guardCondition x > 2; effect x = x - 1;", (2, 5)),
        ("process P effect x = (x + 1) % 7;", (0, 6)),
        ("process P effect x = x + 1;", (5, 255)),
        ("process P effect x = x - 1;", (0, 5)),
        ("process P guardCondition x == 6; effect x = 200;", (5, 5)),
        ("process P guardBlock temp byte t_0 = a[x - 4]; guardCondition t_0 == 0; effect x = x + 1;", (5, 7)),
    ],
)
def test_a_variable_gets_the_range_that_it_needs(body: str, range_: tuple[int, int]) -> None:
    text = f"byte x = 5; byte a[3]; {body}"
    assert _range(text, "x") == range_
    runs(text)


def test_a_choice_between_elements_becomes_a_choice_between_actions() -> None:
    text = "byte i = 0; bool a[3]; process P effect i = (i + 1) % 4; process Q guardCondition a[i] == 0; effect a[i] = 1;"
    found = explore(model(text))
    assert list(found.fired.items()) == [("P", 32), ("Q", 12)]
    assert sorted(name for name in found.instances if name.startswith("Q")) == ["Q(#=2, i=0)", "Q(#=2, i=1)", "Q(#=2, i=2)"]


def test_an_expression_may_be_as_long_as_stated() -> None:
    assert results(" + ".join("1" * MOST_OPERANDS)) == [MOST_OPERANDS]
    assert results("(" * (MOST_OPERANDS - 1) + "1" + ")" * (MOST_OPERANDS - 1)) == [1]
    assert results(" and ".join("1" * MOST_OPERANDS)) == [1]


# errors --------------------------------------------------------------------------------------------------------------

DEEP = "(" * MOST_OPERANDS + "1" + ")" * MOST_OPERANDS
LONG = " + ".join("1" * (MOST_OPERANDS + 1))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "m.sdve: there is no variable"),
        ("byte x = 0;\nbyte x = 1;", "m.sdve:2: x: it is declared in line 1 already"),
        ("byte x\n= 256;", "m.sdve:1: x: an initial value lies outside 0..255"),
        ("int x = 40000;", "m.sdve:1: x: an initial value lies outside -32768..32767"),
        ("byte a[0];", "m.sdve:1: a: an array of 0 elements"),
        ("byte a[99999999999];", "m.sdve:1: a: an array of 99999999999 elements"),
        ("byte a[2] = {1, 2, 3};", "m.sdve:1: a: 3 initial values for 2 elements"),
        ("byte a[2] = 1;", "m.sdve:1: '1' stands where '{' is wanted"),
        ("byte 3;", "m.sdve:1: '3' stands where the name of a variable is wanted"),
        ("byte effect;", "m.sdve:1: 'effect' stands where the name of a variable is wanted"),
        ("byte x = 12345678901234567890;", "m.sdve:1: '12345678901234567890' is nothing that DVE knows"),
        ("byte x = 3y;", "m.sdve:1: '3y;' is nothing that DVE knows"),
        ("channel c;", "m.sdve:1: 'channel' stands where a declaration"),
        ("byte x;\n\n# x", "m.sdve:3: '# x' is nothing that DVE knows"),
        ("byte x", "m.sdve:1: 'the end of the file' stands where ';' is wanted"),
        ("byte x; /* a\n", "m.sdve:1: '/' stands where"),
        ("state {a(0)} P.state = 1;", "m.sdve:1: P.state: an initial value lies outside 0..0"),
        ("state {} P.state = 0;", "m.sdve:1: '}' stands where the name of a state is wanted"),
        ("byte x;\nprocess 1", "m.sdve:2: '1' stands where the name of a process is wanted"),
        ("byte x; process P effect x = ;", "m.sdve:1: ';' stands where an expression is wanted"),
        ("byte x; process P effect x = 1\nprocess Q", "m.sdve:2: 'process' stands where ';' is wanted"),
        ("byte x; process P effect x + 1;", "m.sdve:1: '+' stands where '=' is wanted"),
        ("byte x; process P guardBlock x = 1;", "m.sdve:1: 'x' stands where 'temp' is wanted"),
        ("byte x; process P guardBlock temp float t = 1;", "m.sdve:1: 'float' stands where bool, byte or int is wanted"),
        ("byte x;\nprocess P effect x[0] = 1;", "m.sdve:2: x is no array, and stands with an index"),
        ("byte x;\nprocess P effect x = y[0];", "m.sdve:2: y is no array, and stands with an index"),
        ("byte a[2];\nprocess P effect a[0] = a;", "m.sdve:2: a is an array, and stands without an index"),
        ("const byte x = 1;\nprocess P effect x = 2;", "m.sdve:2: x is a constant, and is given a value"),
        ("byte x; process P effect temp byte t = 1,\nt = 2;", "m.sdve:2: t is a temporary value"),
        ("byte x; process P effect x = t,\ntemp byte t = 1;", "m.sdve:1: t is used before it has a value"),
        ("byte x; process P effect temp byte t = 1;\nprocess Q effect x = t;", "m.sdve:2: t is used before it has a value"),
        (f"byte x; process P effect x = {DEEP};", "m.sdve:1: '1' stands where an expression of at most"),
        (f"byte x; process P effect x = {LONG};", "m.sdve:1: '1' stands where an expression of at most"),
        ("byte x; process P effect x = " + "-" * 9999 + "1;", "m.sdve:1: '-' stands where an expression of at most"),
        ("byte x; process P effect x = " + "a[" * 9999, "m.sdve:1: 'a' stands where an expression of at most"),
    ],
)
def test_what_is_no_model_is_an_input_error_with_a_line(text: str, what: str) -> None:
    with pytest.raises(InputError) as caught:
        model(text)
    assert str(caught.value).startswith(what)
    assert caught.value.hint


def test_what_is_no_text_is_an_input_error_with_a_line() -> None:
    with pytest.raises(InputError, match=r"^m\.sdve:2: this is no UTF-8 text"):
        parse(b"byte x;\nbyte \xff;", "m.sdve")


def test_a_table_is_never_larger_than_stated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dve_numbers, "MOST_CELLS", 5)
    monkeypatch.setattr(dve_numbers, "MOST_EVALUATED", 5)
    monkeypatch.setattr(dve_numbers, "_SMALL", 5)
    assert quotient(variable("a", Range(0, 4)), variable("b", Range(2, 2))).value.type == Range(0, 2)
    with pytest.raises(InputError, match=r"a table of quotient over Range\(0, 5\) and Range\(2, 2\)"):
        quotient(variable("a", Range(0, 5)), variable("b", Range(2, 2)))
