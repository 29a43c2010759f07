"""Trees with files replaced in memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from hopcheck.model.errors import InputError
from hopcheck.model.importers.trees import Directory, Patched, changed_paths
from hopcheck.model.importers.trees.identity import identity


@pytest.fixture
def tree(tmp_path: Path) -> Directory:
    for name in ("a", "b", "c"):
        (tmp_path / name).write_text(name)
    return Directory(tmp_path)


def test_files_are_replaced_added_and_deleted(tree: Directory) -> None:
    patched = Patched(tree, {"a": b"new", "b": None, "d": b"d"}, "with a patch")
    assert sorted(patched.files) == ["a", "c", "d"]
    assert len(patched.files) == 3
    assert patched.files["a"] == identity(b"new")
    assert patched.files["c"] == tree.files["c"]
    assert "b" not in patched.files
    assert patched.files.get("b") is None
    assert list(patched.read_all(["d", "c", "a"])) == [("d", b"d"), ("c", b"c"), ("a", b"new")]
    with pytest.raises(InputError, match="holds no file b"):
        patched.read("b")
    assert tree.read("a") == b"a"


def test_what_differs(tree: Directory) -> None:
    patched = Patched(tree, {"a": b"new", "b": None, "c": b"c", "d": b"d"}, "")
    assert changed_paths(tree, patched) == ("a", "b", "d")
    assert changed_paths(patched, tree) == ("a", "b", "d")
    assert changed_paths(tree, tree) == ()
