"""Where the language believes that something was written."""

from __future__ import annotations

import linecache
from dataclasses import dataclass
from pathlib import Path
from types import CodeType

import pytest

from hopcheck.model.errors import ModelError
from hopcheck.model.language import (
    Bool,
    Expr,
    Lookup,
    Parameter,
    Range,
    SystemBuilder,
    becomes,
    ground,
    location,
    table,
)
from hopcheck.model.language.expr import variable
from hopcheck.model.language.walk import nodes, substitute

from .subprocesses import run

N = variable("where", Range(0, 9))


def line_of(text: str) -> int:
    lines = linecache.getlines(__file__)
    return next(number for number, line in enumerate(lines, 1) if text in line and "line_of" not in line)


def test_a_node_knows_the_first_line_that_wrote_it() -> None:
    first = N + 21 < 25  # first
    again = N + 21 < 25
    assert again is first
    assert str(first.location) == f"{__file__}:{line_of('# first')}"


def test_what_is_derived_keeps_the_place_of_its_origin() -> None:
    k = Parameter("k", Range(0, 3))
    short = table("Short", [Range(0, 2)], Range(0, 9), [4, 5, 6])
    s = SystemBuilder("s")
    n = s.variable("elsewhere", Range(0, 9), initial=0)
    s.action("go", k, guard=(Lookup(short, n - k) == k + 3) & (n + k < 8), updates=[becomes(n, n)])  # origin
    for each in ground(s.build()):
        for part in nodes(each.guard):
            if part.args:
                assert part.location.line == line_of("# origin"), part


def test_substitution_elsewhere_does_not_move_a_node() -> None:
    written = N + 33 < 40  # written
    moved = substitute(written, lambda leaf: variable("other", Range(0, 9)) if leaf is N else None)
    assert [part.location.line for part in nodes(moved) if part.args] == [line_of("# written")] * 2


def compiled(file: str) -> CodeType:
    return compile("def slip(x):\n    return\\\n        x + True\nslip(x)\n", file, "exec")


def test_a_file_beside_the_language_is_not_the_language() -> None:
    folder = Path(location.__file__).parent
    for file in (f"{folder}s/model.py", f"{folder}_more.py", "<string>", "<stdin>"):
        with pytest.raises(ModelError) as caught:
            exec(compiled(file), {"x": N})
        assert (caught.value.file, caught.value.line) == (file, 3)
    with pytest.raises(ModelError) as caught:
        exec(compiled(str(folder / "inside.py")), {"x": N})
    assert caught.value.file == __file__


def test_a_program_on_the_command_line() -> None:
    program = """
from hopcheck.model.errors import ModelError
from hopcheck.model.language import Bool, SystemBuilder
def model():
    p = SystemBuilder("s").variable("p", Bool)
    return p + 1
try:
    model()
except ModelError as error:
    print(error.file, error.line)
"""
    assert run(program, seed=0).split() == ["<string>", "6"]


@dataclass(frozen=True)
class Pair:
    left: Expr
    right: Expr


def test_code_that_a_dataclass_generated_is_not_the_modeller() -> None:
    one, two = Pair(N, variable("p", Bool)), Pair(N, variable("q", Bool))
    with pytest.raises(ModelError) as caught:
        assert one == two  # compared
    assert (caught.value.file, caught.value.line) == (__file__, line_of("# compared"))
