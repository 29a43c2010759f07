"""Macro expansion: the same as a C preprocessor's, and never without end."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hopcheck.model.importers.source.expansion import ExpansionLimitError, expand
from hopcheck.model.importers.source.summary import Macro

Definitions = dict[str, tuple[tuple[str, ...] | None, str]]


def expanded(text: str, definitions: Definitions) -> str:
    """Return an expansion without white space."""
    macros = {name: Macro(name, parameters, body, 1) for name, (parameters, body) in definitions.items()}
    return "".join(expand(text, macros.get).split())


@pytest.mark.parametrize(
    ("text", "definitions", "expected"),
    [
        ("A", {"A": (None, "B"), "B": (None, "1")}, "1"),
        ("A", {"A": (None, "A + 1")}, "A+1"),
        ("A", {"A": (None, "B"), "B": (None, "A")}, "A"),
        ("F(A)", {"F": (("x",), "#x x"), "A": (None, "1")}, '"A"1'),
        ("G(A)", {"G": (("x",), "F(x)"), "F": (("x",), "#x"), "A": (None, "1")}, '"1"'),
        ("F(a, b)", {"F": (("x", "y"), "x ## _ ## y")}, "a_b"),
        ("F(1, 2, 3)", {"F": (("x", "..."), "x | __VA_ARGS__")}, "1|2,3"),
        ("F(1)", {"F": (("x", "..."), "g(x, ## __VA_ARGS__)")}, "g(1)"),
        ("F(1, 2)", {"F": (("x", "rest..."), "rest")}, "2"),
        ("F (1) F", {"F": (("x",), "<x>")}, "<1>F"),
        ("P(1, 2, F2, F1)(7)", {"P": (("a", "b", "c", "..."), "c"), "F2": (("x",), "two x")}, "two7"),
        ("F(G)(3)", {"F": (("x",), "x"), "G": (("y",), "[y]")}, "[3]"),
        ('F("a, b", (1, 2))', {"F": (("x", "y"), "y x")}, '(1,2)"a,b"'),
        ("\"A\" 'A'", {"A": (None, "1")}, "\"A\"'A'"),
    ],
)
def test_expansion(text: str, definitions: Definitions, expected: str) -> None:
    assert expanded(text, definitions) == expected


@pytest.mark.parametrize(
    "definitions",
    [
        {"A": (None, "B B B B"), **{chr(66 + i): (None, f"{chr(67 + i)} " * 9) for i in range(12)}},
        {"A": (("x",), "x x x x"), "B": (("x",), "A(A(A(A(A(A(A(A(A(A(x))))))))))")},
    ],
)
def test_a_macro_bomb_ends_with_an_error(definitions: Definitions) -> None:
    with pytest.raises(ExpansionLimitError):
        expanded("A B(1 2 3 4)", definitions)


def test_nesting_without_end_ends_with_an_error() -> None:
    with pytest.raises(ExpansionLimitError):
        expanded("F(" * 500 + ")" * 500, {"F": (("x",), "x")})


def test_arguments_that_do_not_end_are_an_error() -> None:
    with pytest.raises(ExpansionLimitError):
        expanded("F(1, 2", {"F": (("x",), "x")})


_NAMES = st.sampled_from(["A", "B", "F", "G", "x"])
_BODY = st.lists(st.sampled_from(["A", "B", "F", "F(A)", "G(B, 1)", "x", "y", "1", "+", "(", ")", ","]), max_size=6).map(
    " ".join
)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(_NAMES, st.tuples(st.sampled_from([None, ("x",), ("x", "y")]), _BODY)), _BODY)
def test_any_definitions_end(definitions: Definitions, text: str) -> None:
    with suppress(ExpansionLimitError):
        assert "\x01" not in expanded(text, definitions)


@pytest.mark.skipif(shutil.which("cpp") is None, reason="the C preprocessor cpp is not installed")
@pytest.mark.parametrize("text", ["F(A)", "G(A, B)", "P(A, B, 3)(2)", "G(F(A), G(1, 2))", "STR(F(1)) CAT(A, B) CAT(x, 1)"])
def test_the_result_is_that_of_the_c_preprocessor(text: str) -> None:
    definitions: Definitions = {
        "A": (None, "B + 1"),
        "B": (None, "A * 2"),
        "F": (("x",), "f(x, A)"),
        "G": (("x", "y"), "F(y) - #x"),
        "STR_": (("x",), "#x"),
        "STR": (("...",), "STR_(__VA_ARGS__)"),
        "CAT": (("x", "y"), "x ## y"),
        "P": (("x", "y", "..."), "F"),
        "x1": (None, "pasted"),
    }
    lines = [f"#define {n}{'' if p is None else '(' + ', '.join(p) + ')'} {b}" for n, (p, b) in definitions.items()]
    done = subprocess.run(["cpp", "-P", "-"], input="\n".join([*lines, text]), capture_output=True, text=True, check=True)
    assert expanded(text, definitions) == "".join(done.stdout.split())
