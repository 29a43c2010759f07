"""The command line starts fast: it imports neither a compiler nor a solver nor a drawer."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("cvc5", "graphviz", "llvmlite", "msgspec", "networkx", "numba", "numpy", "pygraphviz", "rich", "z3")
VERBS = ("check", "prove", "explain", "graph", "models", "doctor")


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], *([verb, "--help"] for verb in VERBS)])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    script = (
        "import sys\n"
        "from hopcheck.cli.app import run\n"
        f"code = run({arguments!r})\n"
        f"print('LOADED', [name for name in {HEAVY!r} if name in sys.modules])\n"
        "sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "LOADED []"
    assert done.stderr == ""


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_an_example(verb: str) -> None:
    done = subprocess.run([sys.executable, "-m", "hopcheck", verb, "--help"], capture_output=True, text=True, check=True)
    assert f"hopcheck {verb}" in done.stdout.partition("Example")[2]
    assert max(map(len, done.stdout.splitlines())) <= 80
