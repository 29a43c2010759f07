"""Reading patches: what git and mail programs write, and one clear error for everything else."""

from __future__ import annotations

import base64
import quopri
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hopcheck.model.errors import InputError
from hopcheck.model.importers.patch import Patch, apply, parse
from hopcheck.model.importers.patch.parse import MAX_PATCH
from hopcheck.model.importers.patch.syntax import Change

from .trees import Memory

DIFF = "diff --git a/hw/f.c b/hw/f.c\nindex 1..2 100644\n--- a/hw/f.c\n+++ b/hw/f.c\n@@ -1,2 +1,2 @@\n x\n-a\n+b\n"
MAIL = (
    "From 9445e1e15e66c19e42bea942ba810db28052cd05 Mon Sep 17 00:00:00 2001\nFrom: A <a@b>\n"
    "Subject: [PATCH v2\n 1/3] machine: a change\nMIME-Version: 1.0\n{}\nIt changes a.\n---\n hw/f.c | 2 +-\n\n"
)


def _one(text: str | bytes) -> Patch:
    (patch,) = parse(text if isinstance(text, bytes) else text.encode(), "x.patch")
    return patch


def _refused(text: str | bytes) -> str:
    with pytest.raises(InputError) as caught:
        parse(text if isinstance(text, bytes) else text.encode(), "x.patch")
    return str(caught.value)


def _paths(patch: Patch) -> list[tuple[str, str]]:
    return [(each.source, each.target) for each in patch.files]


def test_a_diff_of_git() -> None:
    patch = _one(DIFF)
    (file,) = patch.files
    assert (file.change, file.source, file.target, file.line) == (Change.MODIFY, "hw/f.c", "hw/f.c", 1)
    assert [(hunk.line, hunk.old, hunk.before, hunk.after) for hunk in file.hunks] == [
        (5, 1, [b"x\n", b"a\n"], [b"x\n", b"b\n"])
    ]


def test_a_mail() -> None:
    patch = _one(MAIL.format("") + DIFF + "-- \n2.39.5\n\n")
    assert patch.title == "machine: a change"
    assert patch.files[0].line == 11


def test_the_subject_may_be_encoded() -> None:
    encoded = MAIL.replace("machine: a change", "=?UTF-8?q?M=C3=BCller?=")
    assert _one(encoded.format("") + DIFF).title == "Müller"
    assert _one(MAIL.replace("machine: a change", "=?nonsense?q?x?=").format("") + DIFF).title == "=?nonsense?q?x?="


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable"])
def test_an_encoded_body(encoding: str) -> None:
    head, _, rest = (MAIL.format(f"Content-Transfer-Encoding: {encoding}\n") + DIFF).partition("\n\n")
    body = base64.encodebytes(rest.encode()) if encoding == "base64" else quopri.encodestring(rest.encode())
    assert _paths(_one(head.encode() + b"\n\n" + body)) == [("hw/f.c", "hw/f.c")]


def test_mail_that_cannot_be_read() -> None:
    several = MAIL.format('Content-Type: multipart/mixed; boundary="x"\n') + DIFF
    assert _refused(several) == "x.patch:1: the mail has several parts; save the patch as plain text"
    damaged = MAIL.format("Content-Transfer-Encoding: base64\n").partition("\n\n")[0] + "\n\nYWJ\n"
    assert "the mail's base64 text is damaged" in _refused(damaged)


def test_a_series_with_a_cover_letter() -> None:
    cover = MAIL.format("").partition("---")[0] + "*** BLURB HERE ***\n\n-- \n2.39.5\n\n"
    found = parse((cover + MAIL.format("") + DIFF + "-- \n2.39.5\n\n" + MAIL.format("") + DIFF).encode(), "x.patch")
    assert [_paths(patch) for patch in found] == [[("hw/f.c", "hw/f.c")]] * 2
    assert found[1].files[0].line > found[0].files[0].line


@pytest.mark.parametrize(
    ("names", "path"),
    [
        ("--- a/hw/f.c\n+++ b/hw/f.c\n", "hw/f.c"),
        ("--- qemu-5.1/hw/f.c\t2020-08-27\n+++ qemu-5.2/hw/f.c\t2020-08-28 10:00\n", "hw/f.c"),
        ("--- hw/f.c\n+++ hw/f.c\n", "hw/f.c"),
        ("--- i/hw/f.c\n+++ w/hw/f.c\n", "hw/f.c"),
        ('--- "a/hw/\\303\\244 b.c"\n+++ "b/hw/\\303\\244 b.c"\n', "hw/ä b.c"),
    ],
)
def test_names(names: str, path: str) -> None:
    assert _paths(_one(names + "@@ -1 +1 @@\n-a\n+b\n")) == [(path, path)]


def test_names_of_files_that_only_change_their_mode() -> None:
    text = "diff --git a/some file b/some file\nold mode 100644\nnew mode 100755\n"
    assert _paths(_one(text)) == [("some file", "some file")]
    assert "which file is meant" in _refused("diff --git a/one b/other1\nold mode 100644\nnew mode 100755\n")


@pytest.mark.parametrize(
    "path", ["../f", "a/../../f", "/etc/passwd", "x/.git/config", ".GIT/hooks/x", "x//y", "./f", "x\\y", "x\x01y"]
)
def test_paths_that_lead_elsewhere(path: str) -> None:
    for text in (
        f"--- a/{path}\n+++ b/{path}\n@@ -1 +1 @@\n-a\n+b\n",
        f"diff --git a/f b/f\nsimilarity index 100%\nrename from f\nrename to {path}\n",
    ):
        refused = _refused(text)
        assert refused.startswith("x.patch:1: ")
        assert refused.endswith("; name files by their path below the top of the tree")


def test_binary_files() -> None:
    git = "diff --git a/x.bin b/x.bin\nindex 1..2 100644\nGIT binary patch\nliteral 1\nIcmZ\n\n"
    plain = "diff --git a/x.bin b/x.bin\nindex 1..2 100644\nBinary files a/x.bin and b/x.bin differ\n"
    for text in (git, plain):
        assert _refused(DIFF + text).startswith("x.patch:11: changes x.bin, which is binary: there is no text to apply")
    assert "a binary file, which is binary" in _refused("Binary files a/x and b/x differ\n")


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        (DIFF.removesuffix("+b\n"), "x.patch:8: a hunk of hw/f.c breaks off"),
        (DIFF + "+c\n", "x.patch:9: a hunk of hw/f.c goes on beyond"),
        (DIFF + " c\n", "x.patch:9: a hunk of hw/f.c goes on beyond"),
        (DIFF + "-c\n", "x.patch:9: a hunk of hw/f.c goes on beyond"),
        (DIFF.replace("@@ -1,2 +1,2 @@", "@@ -1,x +1,2 @@"), "x.patch:5: the header of a hunk of hw/f.c is damaged"),
        (DIFF.replace(" x\n", "x\n"), "x.patch:6: a hunk of hw/f.c breaks off"),
        ("", "x.patch: holds no diff; write it with git format-patch"),
        ("just text\n--- not a diff\n", "x.patch: holds no diff"),
        ("diff --cc hw/f.c\nindex 1,2..3\n", "x.patch:1: is the diff of a merge"),
        (b"\x00\xff\xfe" * 99, "x.patch: holds no diff"),
        (b"--- a/\xff\n+++ b/\xff\n@@ -1 +1 @@\n-a\n+b\n", "is not UTF-8"),
    ],
)
def test_damage(damage: str | bytes, problem: str) -> None:
    assert problem in _refused(damage)


def test_an_empty_context_line_may_have_lost_its_space() -> None:
    (hunk,) = _one("--- a/f\n+++ b/f\n@@ -1,3 +1,3 @@\n x\n\n-a\n+b\n").files[0].hunks
    assert hunk.before == [b"x\n", b"\n", b"a\n"]


def test_bytes_are_kept_as_they_are() -> None:
    (hunk,) = _one(b"--- a/f\n+++ b/f\n@@ -1 +1,2 @@\n-\xff\x0c\x85x\n+\x00\xfe\r\n+\xe2\x80\xa8y\n").files[0].hunks
    assert hunk.before == [b"\xff\x0c\x85x\n"]
    assert hunk.after == [b"\x00\xfe\r\n", b"\xe2\x80\xa8y\n"]


def test_a_patch_that_is_too_large() -> None:
    assert "is larger than" in _refused(b"x" * (MAX_PATCH + 1))


PIECES = st.sampled_from(
    [*DIFF.splitlines(keepends=True), *MAIL.splitlines(keepends=True), "@@ -0,0 +1 @@\n", "\\\n", "--- a/f\n"]
)


@given(st.lists(PIECES, max_size=30), st.binary(max_size=20), st.integers(0, 400))
def test_anything_is_a_patch_or_one_clear_error(pieces: list[str], noise: bytes, place: int) -> None:
    content = "".join(pieces).encode()
    content = content[:place] + noise + content[place:]
    with suppress(InputError):
        patches = parse(content, "x.patch")
        apply(Memory({"hw/f.c": b"x\na\n", "f": b""}), patches, "x.patch")
