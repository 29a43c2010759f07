"""Writing patches: what is written is what git applies, and what git applies is what is applied here."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hopcheck.model.errors import InputError
from hopcheck.model.importers.patch import apply, parse, unified
from hopcheck.model.importers.trees import Directory, changed_paths
from tests.unit.importers.trees.repository import commit, git, needs_git

from .trees import Memory

CONTENTS = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "\n", "d\r\n", "\f\n"]), max_size=12).flatmap(
    lambda lines: st.sampled_from(["".join(lines).encode(), "".join(lines).encode().removesuffix(b"\n")])
)
TREES = st.dictionaries(st.sampled_from(["f", "dir/g", "a b", "ä.c", 'q"']), CONTENTS, max_size=4)


@given(TREES, TREES)
def test_what_is_written_reads_back(before: dict[str, bytes], after: dict[str, bytes]) -> None:
    one, other = Memory(before), Memory(after)
    text = unified(one, other)
    if not changed_paths(one, other):
        assert text == ""
        return
    made = apply(one, parse(text.encode(), "x"), "x").tree
    assert {path: made.read(path) for path in made.files} == after


@needs_git
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TREES.filter(bool), TREES.filter(bool))
def test_git_applies_what_is_written(tmp_path: Path, before: dict[str, bytes], after: dict[str, bytes]) -> None:
    top = Path(tempfile.mkdtemp(dir=tmp_path))
    commit(top, before)  # type: ignore[arg-type]
    text = unified(Memory(before), Memory(after))
    if text:
        git(top, "apply", "--whitespace=nowarn", "-", stdin=text.encode())
    made = Directory(top)
    assert {path: made.read(path) for path in made.files} == after


@needs_git
@pytest.mark.parametrize("seed", range(6))
def test_what_git_writes_is_applied_as_git_does(tmp_path: Path, seed: int) -> None:
    """Random edits as a format-patch series, with renames and copies, on the tree and on one that has moved on."""
    chance = random.Random(seed)
    files = {name: [f"{name} {chance.randrange(5)}\n" for _ in range(40)] for name in ("hw/a.c", "hw/b.c", "c.txt")}
    commit(tmp_path / "qemu", {name: "".join(content).encode() for name, content in files.items()})
    base = Directory(tmp_path / "qemu")
    before = Memory({path: base.read(path) for path in base.files})
    for step in range(3):
        changes: dict[str, bytes | None] = {}
        for name in chance.sample(sorted(files), 2):
            content = files.pop(name)
            target = chance.choice([name, f"hw/{step}{Path(name).name}"])
            for _ in range(3):
                place = chance.randrange(len(content))
                content[place : place + chance.randrange(2)] = [f"new {chance.random()}\n"] * chance.randrange(3)
            files[target] = content
            changes |= {name: None} if target != name else {}
            changes[target] = "".join(content).encode()
        commit(tmp_path / "qemu", changes, f"step {step}")
    series = git(tmp_path / "qemu", "format-patch", "--stdout", "-M", "-C", "--root", "-3")
    made = apply(before, parse(series.encode(), "x"), "x").tree
    assert {path: made.read(path) for path in made.files} == {n: "".join(c).encode() for n, c in files.items()}
    moved = Memory({path: b"moved on\n" * chance.randrange(1, 4) + content for path, content in before.contents.items()})
    ours, theirs = _ours(moved, series), _theirs(tmp_path / "moved", moved, series)
    assert ours is None or ours == theirs  # stricter than git where lines occur more than once, never laxer


def _ours(tree: Memory, series: str) -> dict[str, bytes] | None:
    try:
        made = apply(tree, parse(series.encode(), "x"), "x").tree
    except InputError:
        return None
    return {path: made.read(path) for path in made.files}


def _theirs(folder: Path, tree: Memory, series: str) -> dict[str, bytes] | None:
    commit(folder, dict(tree.contents))
    git(folder, "am", "--quiet", "-", stdin=series.encode(), check=False)
    made = Directory(folder)
    return {path: made.read(path) for path in made.files}
