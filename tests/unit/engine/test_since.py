"""What differs from a revision: files, and models by what they import."""

from __future__ import annotations

from pathlib import Path

import pytest

from hopcheck.engine.own.since import since
from hopcheck.model.errors import InputError
from tests.unit.importers.trees.repository import commit, git, needs_git

pytestmark = needs_git

MODEL = b"""
import helper
from hopcheck.model.language import Bool, SystemBuilder
from hopcheck.properties import sound

def system():
    import late
    model = SystemBuilder("m")
    model.variable("x", Bool)
    return model.build()

def properties(system):
    return [sound()]
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    tree = tmp_path / "tree"
    commit(tree, {"models/m.py": MODEL, "models/helper.py": b"", "models/late.py": b"", "a.toml": b"1", "b.toml": b"1"})
    return tree


def test_nothing_differs_from_head(tree: Path) -> None:
    found = since(tree / "models", "HEAD")
    assert found.top == tree
    assert not found.changed(tree / "a.toml")
    assert not found.model_changed(str(tree / "models/m.py"))


def test_what_is_not_committed_differs(tree: Path) -> None:
    (tree / "a.toml").write_text("2")
    (tree / "new.toml").write_text("2")
    found = since(tree, "HEAD")
    assert found.changed(tree / "a.toml")
    assert found.changed(tree / "new.toml")
    assert not found.changed(tree / "b.toml")
    assert found.changed(tree / "missing.toml")
    assert found.changed(tree.parent / "outside.toml")


@pytest.mark.parametrize("name", ["m.py", "helper.py", "late.py"])
def test_a_model_differs_with_what_it_imports(tree: Path, name: str) -> None:
    path = tree / "models" / name
    path.write_bytes(path.read_bytes() + b"\n# another\n")
    assert since(tree, "HEAD").model_changed(str(tree / "models/m.py"))


def test_what_the_other_side_did_meanwhile_does_not_count(tree: Path) -> None:
    git(tree, "checkout", "--quiet", "-b", "topic")
    commit(tree, {"a.toml": b"2"})
    git(tree, "checkout", "--quiet", "master")
    commit(tree, {"b.toml": b"2"})
    git(tree, "checkout", "--quiet", "topic")
    found = since(tree, "master")
    assert (found.changed(tree / "a.toml"), found.changed(tree / "b.toml")) == (True, False)


def test_there_must_be_something_to_compare_with(tree: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="lies in no git work tree"):
        since(tmp_path, "HEAD")
    with pytest.raises(InputError, match="'nothing' is no revision"):
        since(tree, "nothing")
    git(tree, "checkout", "--quiet", "--orphan", "stranger")
    commit(tree, {"c.toml": b"3"})
    with pytest.raises(InputError, match="no common ancestor"):
        since(tree, "master")
