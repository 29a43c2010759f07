"""Models of one's own from the command line: every verb takes the path of a Python file where it takes a model."""

from __future__ import annotations

from pathlib import Path

import pytest

from hopcheck.report.formats.encode import from_json
from tests.plugin.conftest import MODEL

from .conftest import Hopcheck


@pytest.fixture
def model(hopcheck: Hopcheck) -> str:
    Path("models").mkdir()
    Path("models/counter.py").write_text(MODEL)
    return "models/counter.py"


def test_check(hopcheck: Hopcheck, model: str) -> None:
    answer = hopcheck("check", model, "--quiet", "--format", "json")
    report = from_json(answer.out.encode())
    assert answer.code == 0
    assert [(each.model, each.variant, each.name, each.outcome) for each in report.properties] == [
        (model, "low", "small", "safe"),
        (model, "low", "sound", "safe"),
        (model, "high", "small", "unsafe"),
        (model, "high", "sound", "safe"),
    ]
    assert list(Path("out/check/properties").iterdir())


def test_check_as_set(hopcheck: Hopcheck, model: str) -> None:
    answer = hopcheck("check", model, "--quiet", "--no-prove", "--set", "top=3")
    assert answer.code == 1
    assert "models/counter.py, top=3" in answer.out
    answer = hopcheck("check", model, "--quiet", "--set", "tap=3")
    assert answer.code == 2
    assert "there is no setting 'tap'; did you mean 'top'?" in answer.err


def test_beside_a_bundled_model(hopcheck: Hopcheck, model: str) -> None:
    answer = hopcheck("check", model, "fleet", "--quiet", "--no-prove", "--format", "json")
    assert [each.model for each in from_json(answer.out.encode()).models] == ["fleet", model]


def test_models_and_explain_and_export(hopcheck: Hopcheck, model: str) -> None:
    assert "A counter." in hopcheck("models", model).out
    assert "Where it stops." in hopcheck("models", model).out
    told = hopcheck("explain", model)
    assert told.code == 0
    assert "It stays small." in told.out
    exported = hopcheck("export", model, "--to", "murphi", "--variant", "high")
    assert exported.code == 0
    assert "-- counter" in exported.out


def test_graph(hopcheck: Hopcheck, model: str) -> None:
    drawn = hopcheck("graph", model, "--property", "small", "--set", "top=4", "--quiet")
    assert drawn.code == 0, drawn.err
    assert drawn.out.startswith("digraph")
    assert drawn.out.count("up") >= 1


def test_what_is_wrong_with_a_file_is_one_line(hopcheck: Hopcheck) -> None:
    Path("bad.py").write_text("x = 1 / 0\n")
    for verb in (("check",), ("explain",), ("models",), ("graph", "--property", "x"), ("export", "--to", "tla")):
        answer = hopcheck(verb[0], "bad.py", *verb[1:])
        assert (answer.code, answer.out) == (2, "")
        assert "bad.py:1: cannot be run (ZeroDivisionError: division by zero); mend it" in answer.err
        assert len(answer.err.strip().splitlines()) == 1
    answer = hopcheck("check", "none.py", "--quiet")
    assert answer.code == 2
    assert "none.py: cannot be read (No such file or directory)" in answer.err
