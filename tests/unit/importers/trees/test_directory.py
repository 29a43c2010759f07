"""Directories as trees: what belongs to them, what their files are called, and that nothing outside is read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hopcheck.model.errors import InputError
from hopcheck.model.importers.trees import Directory
from hopcheck.model.importers.trees import directory as module
from hopcheck.model.importers.trees.identity import MAX_FILE, identity


def _write(top: Path, **files: str) -> Path:
    for name, text in files.items():
        path = top / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return top


def test_files_and_their_contents(tmp_path: Path) -> None:
    tree = Directory(_write(tmp_path, VERSION="5.2.0\n", hw__core__machine="x"))
    assert list(tree.files) == ["VERSION", "hw/core/machine"]
    assert tree.label == str(tmp_path)
    assert tree.read("VERSION") == b"5.2.0\n"
    assert list(tree.read_all(["hw/core/machine", "VERSION"])) == [("hw/core/machine", b"x"), ("VERSION", b"5.2.0\n")]


def test_identities_are_gits_names(tmp_path: Path) -> None:
    tree = Directory(_write(tmp_path, a="hello\n", b="hello\n", c=""))
    assert tree.files["a"] == "ce013625030ba8dba906f756967f9e9ca394464a"
    assert tree.files["a"] == tree.files["b"] != tree.files["c"] == identity(b"")


def test_identities_are_computed_when_asked_for(tmp_path: Path) -> None:
    tree = Directory(_write(tmp_path, a="before"))
    assert len(tree.files) == 1
    assert "a" in tree.files
    (tmp_path / "a").write_text("after")
    assert tree.files["a"] == identity(b"after")


def test_git_s_own_files_are_no_part(tmp_path: Path) -> None:
    tree = Directory(_write(tmp_path, a="x", **{".git__config": "x", "sub__.git__HEAD": "x"}))
    assert list(tree.files) == ["a"]


def test_links_are_never_followed(tmp_path: Path) -> None:
    outside = _write(tmp_path / "outside", secret="secret")
    top = _write(tmp_path / "top", a="x")
    (top / "link").symlink_to(outside / "secret")
    (top / "folder").symlink_to(outside)
    (top / "inside").symlink_to(top / "a")
    tree = Directory(top)
    assert list(tree.files) == ["a"]
    for path in ("link", "folder/secret", "../outside/secret", "inside"):
        with pytest.raises(InputError, match="holds no file"):
            tree.read(path)


def test_a_file_that_becomes_a_link_is_not_read(tmp_path: Path) -> None:
    outside = _write(tmp_path / "outside", secret="secret")
    tree = Directory(_write(tmp_path / "top", a="x"))
    assert list(tree.files) == ["a"]
    (tmp_path / "top" / "a").unlink()
    (tmp_path / "top" / "a").symlink_to(outside / "secret")
    with pytest.raises(InputError, match=r"top/a: cannot be read"):
        tree.read("a")


def test_special_files_are_skipped(tmp_path: Path) -> None:
    os.mkfifo(_write(tmp_path, a="x") / "pipe")
    assert list(Directory(tmp_path).files) == ["a"]


def test_a_file_that_becomes_a_pipe_blocks_nobody(tmp_path: Path) -> None:
    tree = Directory(_write(tmp_path, a="x"))
    assert list(tree.files) == ["a"]
    (tmp_path / "a").unlink()
    os.mkfifo(tmp_path / "a")
    with pytest.raises(InputError, match="no regular file"):
        tree.read("a")


def test_large_files_are_left_out(tmp_path: Path) -> None:
    with (_write(tmp_path, a="x") / "large").open("wb") as stream:
        stream.truncate(MAX_FILE + 1)
    assert list(Directory(tmp_path).files) == ["a"]


def test_names_that_are_no_text_are_left_out(tmp_path: Path) -> None:
    (Path(os.fsdecode(os.fsencode(_write(tmp_path, a="x")) + b"/\xff.c"))).write_text("x")
    assert list(Directory(tmp_path).files) == ["a"]


def test_too_many_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_FILES", 3)
    with pytest.raises(InputError, match="more than 3 files; name a QEMU source tree"):
        Directory(_write(tmp_path, a="", b="", c="", d="")).files  # noqa: B018


def test_no_directory(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such directory; name a QEMU source tree"):
        Directory(tmp_path / "nowhere")
    with pytest.raises(InputError, match="is no directory"):
        Directory(_write(tmp_path, a="x") / "a")
