"""What becomes a test, what it is called, and that nothing heavy is imported for it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from .conftest import MODEL, Pytest

NAMES = [
    "changes/bad.toml::safe",
    "changes/good.toml::safe",
    "models/counter.py::low: small",
    "models/counter.py::low: sound",
    "models/counter.py::high: small",
    "models/counter.py::high: sound",
]


def _collected(out: str) -> list[str]:
    return [line for line in out.splitlines() if "::" in line]


def test_changes_and_models_are_collected(run: Pytest) -> None:
    ran = run("--collect-only", "-q")
    assert ran.code == 0, ran.out
    assert _collected(ran.out) == NAMES


def test_collecting_imports_neither_compiler_nor_solver(run: Pytest, project: Path) -> None:
    (project / "conftest.py").write_text(
        "import sys\n"
        "def pytest_unconfigure():\n"
        "    heavy = ('cvc5', 'llvmlite', 'networkx', 'numba', 'z3')\n"
        "    print('LOADED', [name for name in heavy if name in sys.modules])\n"
    )
    _add(project, 'bundled = ["num_queues", "compatibility theorem", "protocol"]')
    ran = run("--collect-only", "-q")
    assert ran.code == 0, ran.out
    assert ran.out.splitlines()[-1] == "LOADED []"


def _add(project: Path, line: str) -> None:
    path = project / "pyproject.toml"
    path.write_text(path.read_text() + line + "\n")


def test_bundled_models_are_collected_by_name(run: Pytest, project: Path) -> None:
    _add(project, 'bundled = ["num_queues", "compatibility theorem"]')
    names = _collected(run("--collect-only", "-q", "pyproject.toml").out)
    assert len(names) == len(set(names)) == 55
    assert "pyproject.toml::num_queues: no entry, any hops: every migration loads" in names
    assert "pyproject.toml::num_queues: no entry, any hops: every migration loads (any size)" in names
    assert "pyproject.toml::compatibility theorem" in names


def test_files_outside_of_the_test_paths_are_added(run: Pytest, project: Path) -> None:
    _add(project, '[tool.pytest.ini_options]\ntestpaths = ["tests"]')
    (project / "tests").mkdir()
    (project / "tests" / "test_one.py").write_text("def test_one():\n    pass\n")
    assert _collected(run("--collect-only", "-q").out) == ["tests/test_one.py::test_one", *NAMES]
    assert _collected(run("--collect-only", "-q", "tests").out) == ["tests/test_one.py::test_one"]
    assert _collected(run("--collect-only", "-q", "models").out) == NAMES[2:]
    assert _collected(run("--collect-only", "-q", "changes/bad.toml").out) == NAMES[:1]
    assert _collected(run("--collect-only", "-q", "models/counter.py::low: small").out) == NAMES[2:3]


@pytest.mark.parametrize("ours", [True, False])
def test_a_model_is_no_module_of_tests(run: Pytest, project: Path, ours: bool) -> None:
    """Whatever patterns pytest has: named by the project it is a model, else it is what pytest makes of it."""
    _add(project, '[tool.pytest.ini_options]\npython_files = "*.py"')
    (project / "models" / "counter.py").write_text(MODEL + "\ndef test_nothing():\n    pass\n")
    if not ours:
        (project / "pyproject.toml").write_text("[tool.pytest.ini_options]\npython_files = '*.py'\n")
    for given in ((), ("models/counter.py",)):
        names = _collected(run("--collect-only", "-q", *given).out)
        assert ("models/counter.py::test_nothing" in names) is not ours
        assert ("models/counter.py::low: small" in names) is ours


def test_a_project_that_does_not_ask_is_left_alone(run: Pytest, project: Path) -> None:
    (project / "pyproject.toml").write_text('[project]\nname = "x"\n')
    ran = run("--collect-only")
    assert ran.code == 5
    assert "hopcheck:" not in ran.out


def test_the_plugin_can_be_switched_off(run: Pytest) -> None:
    ran = run("--collect-only", "-p", "no:hopcheck")
    assert ran.code == 5
    assert "hopcheck:" not in ran.out
    assert run("--no-hopcheck-cache", "-p", "no:hopcheck").code == 4


def test_the_header_says_what_is_asked_for(run: Pytest) -> None:
    assert re.search(r"^hopcheck: 2 changes, 1 model, 0 bundled models; verdicts are kept in \S+$", run().out, re.MULTILINE)
    ran = run("--no-hopcheck-cache", "--collect-only")
    assert "hopcheck: 2 changes, 1 model, 0 bundled models; no verdicts are kept" in ran.out


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("change = []", "[tool.hopcheck] has no key 'change'"),
        ("[tool.hopcheck.expect]\n'changes/none.toml' = 'unsafe'", "expect names 'changes/none.toml'"),
    ],
)
def test_a_mistake_in_the_table_ends_the_run(run: Pytest, project: Path, line: str, said: str) -> None:
    _add(project, line)
    ran = run()
    assert ran.code == 4
    assert said in ran.out
    assert "Traceback" not in ran.out


def test_a_mistake_in_a_model_or_a_name_is_one_line(run: Pytest, project: Path) -> None:
    (project / "models" / "broken.py").write_text("x = 1 / 0\n")
    _add(project, 'bundled = ["no such model"]')
    ran = run("--collect-only")
    assert ran.code == 2
    assert "models/broken.py:1: cannot be run (ZeroDivisionError: division by zero); mend it" in ran.out
    assert "there is no model 'no such model'" in ran.out
    assert "Traceback" not in ran.out
    assert "own_model.py" not in ran.out
