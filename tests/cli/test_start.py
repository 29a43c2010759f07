"""The command line starts fast: it imports neither a compiler nor a solver nor a drawer."""

from __future__ import annotations

import subprocess
import sys

import pytest

from hopcheck.cli.app import VERBS

HEAVY = (
    *("cvc5", "graphviz", "jinja2", "llvmlite", "msgspec", "networkx", "numba", "numpy"),
    *("pygraphviz", "qemu", "rich", "tree_sitter", "z3"),
)


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
