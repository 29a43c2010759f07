"""Revisions as trees: read through git, without a work tree, and without running anything of the repository."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from hopcheck.model.errors import InputError
from hopcheck.model.importers.trees import Directory, Revision, is_range, open_range, open_tree
from hopcheck.model.importers.trees import git as module
from hopcheck.model.importers.trees.git import Repository

from .repository import commit, git, needs_git

pytestmark = needs_git


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    top = tmp_path / "qemu"
    commit(top, {"VERSION": b"5.1.50\n", "hw/core/machine.c": b"one\n"})
    return top


def test_a_revision_is_the_tree_of_its_commit(repository: Path) -> None:
    first = git(repository, "rev-parse", "HEAD").strip()
    commit(repository, {"VERSION": b"5.2.0\n", "hw/new.c": b"\x00\xff\r\n"})
    old, new = Revision(repository, first), Revision(repository, "HEAD")
    assert list(old.files) == ["VERSION", "hw/core/machine.c"]
    assert old.read("VERSION") == b"5.1.50\n"
    assert dict(new.read_all(["hw/new.c", "VERSION"])) == {"hw/new.c": b"\x00\xff\r\n", "VERSION": b"5.2.0\n"}
    assert new.label == f"{repository}@HEAD"


def test_identities_are_those_of_a_directory(repository: Path) -> None:
    revision, directory = Revision(repository, "HEAD"), Directory(repository)
    assert dict(revision.files) == dict(directory.files)


def test_links_and_submodules_are_left_out(repository: Path) -> None:
    (repository / "link").symlink_to("/etc/passwd")
    head = commit(repository, {})
    git(repository, "update-index", "--add", "--cacheinfo", f"160000,{head},roms/seabios")
    git(repository, "commit", "--quiet", "--message", "submodule")
    assert list(Revision(repository, "HEAD").files) == ["VERSION", "hw/core/machine.c"]


def test_a_bare_repository_and_a_linked_work_tree(repository: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--bare", str(repository), "bare")
    git(repository, "worktree", "add", "--quiet", "--detach", str(tmp_path / "linked"))
    for path in (tmp_path / "bare", tmp_path / "linked"):
        assert Revision(path, "HEAD").read("VERSION") == b"5.1.50\n"


@pytest.mark.parametrize(
    "revision", ["nowhere", "--output=x", "-x", "", "HEAD\nHEAD", "HEAD:VERSION", "0" * 40, "HEAD HEAD", "\x00", "@{-1}"]
)
def test_what_is_no_revision(repository: Path, revision: str) -> None:
    with pytest.raises(InputError, match=r"is no revision.*write a commit, a branch or a tag"):
        Revision(repository, revision)


def test_an_ambiguous_name_is_told_apart_from_an_unknown_one(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Repository, "_ask", lambda *_: b"abc ambiguous\n")
    with pytest.raises(InputError, match="may be several revisions"):
        Revision(repository, "abc")


def test_a_file_that_is_not_there(repository: Path) -> None:
    with pytest.raises(InputError, match=r"holds no file hw/nowhere\.c"):
        Revision(repository, "HEAD").read("hw/nowhere.c")


def test_what_is_no_repository(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is no git repository; write REPOSITORY@REVISION"):
        Revision(tmp_path, "HEAD")
    with pytest.raises(InputError, match="there is no such directory"):
        Revision(tmp_path / "nowhere", "HEAD")
    (tmp_path / ".git").write_text("gitdir: ../nowhere\n")
    with pytest.raises(InputError, match="is no git repository"):
        Revision(tmp_path, "HEAD")


def test_without_git(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_ENVIRONMENT", {"PATH": "/nonexistent"})
    with pytest.raises(InputError, match=r"git cannot be run .*; install git"):
        Revision(repository, "HEAD")


def test_an_object_that_is_missing(repository: Path) -> None:
    tree = Revision(repository, "HEAD")
    name = tree.files["VERSION"]
    (repository / ".git" / "objects" / name[:2] / name[2:]).unlink()
    with pytest.raises(InputError, match="cannot be read; a partial or damaged clone"):
        tree.read("VERSION")


def test_a_damaged_repository(repository: Path) -> None:
    tree = git(repository, "rev-parse", "HEAD^{tree}").strip()
    path = repository / ".git" / "objects" / tree[:2] / tree[2:]
    path.chmod(stat.S_IRWXU)
    path.write_bytes(b"nonsense")
    with pytest.raises(InputError):
        Revision(repository, "HEAD").files  # noqa: B018


def test_a_slow_git_is_stopped(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = tmp_path / "bin" / "git"
    fake.parent.mkdir()
    fake.write_text("#!/bin/sh\nexec sleep 60\n")
    fake.chmod(0o755)
    monkeypatch.setattr(module, "_ENVIRONMENT", {"PATH": f"{fake.parent}:/usr/bin:/bin"})
    monkeypatch.setattr(module, "SECONDS", 0.2)
    with pytest.raises(InputError, match="took too long"):
        Revision(repository, "HEAD")


def test_nothing_of_a_hostile_repository_is_run(repository: Path, tmp_path: Path) -> None:
    mark = tmp_path / "executed"
    program = tmp_path / "evil"
    program.write_text(f"#!/bin/sh\ntouch {mark}\ncat\n")
    program.chmod(0o755)
    commit(repository, {".gitattributes": b"* diff=evil filter=evil\n", "a.c": b"x\n"})
    for hook in ("post-checkout", "reference-transaction", "post-index-change", "pre-auto-gc", "fsmonitor-watchman"):
        path = repository / ".git" / "hooks" / hook
        path.parent.mkdir(exist_ok=True)
        path.write_text(program.read_text())
        path.chmod(0o755)
    evil = str(program)
    with (repository / ".git" / "config").open("a") as config:
        config.write(
            f'[core]\n\tfsmonitor = "{evil}"\n\tpager = "{evil}"\n\tsshCommand = "{evil}"\n\teditor = "{evil}"\n'
            f'\taskPass = "{evil}"\n\tgitProxy = "{evil}"\n\talternateRefsCommand = "{evil}"\n'
            "\trepositoryformatversion = 1\n"
            f'[filter "evil"]\n\tsmudge = "{evil}"\n\tclean = "{evil}"\n\tprocess = "{evil}"\n\trequired = true\n'
            f'[diff "evil"]\n\ttextconv = "{evil}"\n\tcommand = "{evil}"\n[diff]\n\texternal = "{evil}"\n'
            f'[pager]\n\tcat-file = "{evil}"\n\tls-tree = "{evil}"\n[credential]\n\thelper = "!{evil}"\n'
            f'[alias]\n\tcat-file = "!{evil}"\n\tls-tree = "!{evil}"\n[gpg]\n\tprogram = "{evil}"\n'
            f"[extensions]\n\tpartialClone = evil\n"
            f'[remote "evil"]\n\turl = "ext::{evil}"\n\tpromisor = true\n\tuploadpack = "{evil}"\n'
            f"[protocol]\n\tallow = always\n"
        )
    missing = Revision(repository, "HEAD").files["VERSION"]
    tree = Revision(repository, "HEAD")
    assert tree.read("a.c") == b"x\n"
    (repository / ".git" / "objects" / missing[:2] / missing[2:]).unlink()
    with pytest.raises(InputError):  # the promisor remote would have it: nobody asks it
        tree.read("VERSION")
    with pytest.raises(InputError):
        Revision(repository, "0" * 40)
    assert not mark.exists()


def test_a_range_starts_where_its_end_left_the_base(repository: Path) -> None:
    start = git(repository, "rev-parse", "HEAD").strip()
    git(repository, "checkout", "--quiet", "-b", "topic")
    commit(repository, {"topic.c": b"x"})
    git(repository, "checkout", "--quiet", "master")
    commit(repository, {"VERSION": b"5.2.0\n"})
    before, after = open_range(repository, "master..topic")
    assert before.revision == start
    assert sorted(after.files.keys() - before.files.keys()) == ["topic.c"]
    assert after.read("VERSION") == b"5.1.50\n"
    open_ended = open_range(repository, "master^..")[1]
    assert open_ended.tree == Revision(repository, "HEAD").tree


def test_a_range_without_a_common_ancestor(repository: Path) -> None:
    git(repository, "checkout", "--quiet", "--orphan", "other")
    commit(repository, {"x": b"x"})
    with pytest.raises(InputError, match=r"have no common ancestor; write BASE\.\.HEAD"):
        open_range(repository, "master..other")


@pytest.mark.parametrize("text", ["a..b", "v9.2.0..HEAD", "a...b", "a..", "v1.0..v2.0"])
def test_what_is_a_range(text: str) -> None:
    assert is_range(text)


@pytest.mark.parametrize("text", ["a.patch", "../a.patch", "dir/../a.patch", "..", "..HEAD", "..."])
def test_what_is_no_range(text: str) -> None:
    assert not is_range(text)


def test_what_the_user_writes(repository: Path, tmp_path: Path) -> None:
    assert isinstance(open_tree(str(repository)), Directory)
    assert isinstance(open_tree(f"{repository}@HEAD"), Revision)
    with_sign = tmp_path / "qemu@home"
    commit(with_sign, {"VERSION": b"1\n"})
    assert isinstance(open_tree(str(with_sign)), Directory)
    assert open_tree(f"{with_sign}@HEAD").read("VERSION") == b"1\n"
    git(tmp_path, "clone", "--quiet", "--bare", str(repository), "bare")
    with pytest.raises(InputError, match=r"is a repository without files; write .*bare@REVISION"):
        open_tree(str(tmp_path / "bare"))
    with pytest.raises(InputError, match="there is no such repository"):
        open_tree(f"{tmp_path}/nowhere@HEAD")
    with pytest.raises(InputError, match="there is no such directory"):
        open_tree(f"{tmp_path}/nowhere")
