"""Applying patches in memory: exactly, at another place only where there is no doubt, and otherwise one clear error."""

from __future__ import annotations

import pytest

from hopcheck.model.errors import InputError
from hopcheck.model.importers.patch import Applied, apply, parse

from .trees import Memory, lines, numbered


def _apply(tree: dict[str, bytes], patch: str | bytes) -> Applied:
    content = patch if isinstance(patch, bytes) else patch.encode()
    return apply(Memory(tree), parse(content, "x.patch"), "x.patch")


def _after(tree: dict[str, bytes], patch: str | bytes) -> dict[str, bytes]:
    made = _apply(tree, patch).tree
    return {path: made.read(path) for path in made.files}


def _refused(tree: dict[str, bytes], patch: str | bytes) -> str:
    with pytest.raises(InputError) as caught:
        _apply(tree, patch)
    return str(caught.value)


MIDDLE = """\
diff --git a/f b/f
--- a/f
+++ b/f
@@ -9,7 +9,7 @@ heading
 line 9
 line 10
 line 11
-line 12
+LINE 12
 line 13
 line 14
 line 15
"""


def test_a_hunk_in_its_place() -> None:
    applied = _apply({"f": numbered(30)}, MIDDLE)
    assert applied.tree.read("f") == numbered(30).replace(b"line 12\n", b"LINE 12\n")
    assert applied.notes == ()
    assert applied.tree.label == "memory with x.patch"


@pytest.mark.parametrize(("above", "where"), [(lines("new", "new"), "2 lines further down"), (b"", "3 lines further up")])
def test_a_hunk_elsewhere(above: bytes, where: str) -> None:
    content = above + numbered(30) if above else numbered(30).split(b"\n", 3)[3]
    applied = _apply({"f": content}, MIDDLE)
    assert applied.tree.read("f") == content.replace(b"line 12\n", b"LINE 12\n")
    assert [str(note.what) for note in applied.notes] == [f"hunk 1 of f applies {where}"]
    assert applied.notes[0].place == "x.patch:4"


def test_later_hunks_are_expected_where_earlier_ones_went() -> None:
    second = "@@ -20,7 +20,6 @@\n" + "".join(f" line {n}\n" for n in (20, 21, 22)) + "-line 23\n"
    second += "".join(f" line {n}\n" for n in (24, 25, 26))
    applied = _apply({"f": lines("new") + numbered(30)}, MIDDLE + second)
    assert b"line 23\n" not in applied.tree.read("f")
    assert len(applied.notes) == 1


def test_where_a_hunk_might_belong_to_two_places() -> None:
    text = _refused({"f": lines("new") + numbered(20) + numbered(20)}, MIDDLE)
    assert text.startswith("x.patch:4: hunk 1 does not apply to f at line 9, and its lines are at lines 10, 30; make the")


def test_there_is_no_fuzz() -> None:
    text = _refused({"f": numbered(30).replace(b"line 9\n", b"line nine\n")}, MIDDLE)
    assert text == (
        "x.patch:4: hunk 1 does not apply to f at line 9, where the patch has 'line 9' and the file has 'line nine'; "
        "make the patch against this tree"
    )


def test_a_file_that_ends_too_early() -> None:
    assert "at line 13, where the patch has 'line 13' and the file ends" in _refused({"f": numbered(12)}, MIDDLE)


def test_a_patch_that_is_applied_already() -> None:
    text = _refused({"f": numbered(30).replace(b"line 12\n", b"LINE 12\n")}, MIDDLE)
    assert "at line 9, where the file is as the patch makes it" in text


def test_line_ends_are_part_of_a_line() -> None:
    text = _refused({"f": numbered(30).replace(b"\n", b"\r\n")}, MIDDLE)
    assert "the patch has 'line 9' and the file has 'line 9' with a carriage return" in text
    crlf = MIDDLE.encode().replace(b"2\n", b"2\r\n").replace(b"1\n", b"1\r\n")
    assert "hunk 1 does not apply" in _refused({"f": numbered(30)}, crlf)


def test_a_file_with_carriage_returns() -> None:
    head, hunk = MIDDLE.split("heading\n")
    patch = head + "heading\n" + hunk.replace("\n", "\r\n")
    content = numbered(30).replace(b"\n", b"\r\n")
    assert _after({"f": content}, patch)["f"] == content.replace(b"line 12", b"LINE 12")


def test_a_mail_with_carriage_returns_on_every_line() -> None:
    assert b"LINE 12\n" in _after({"f": numbered(30)}, MIDDLE.replace("\n", "\r\n"))["f"]


def test_a_hunk_from_the_first_line_on_belongs_to_the_beginning() -> None:
    patch = "--- a/f\n+++ b/f\n@@ -1,3 +1,4 @@\n+line 0\n line 1\n line 2\n line 3\n"
    assert _after({"f": numbered(9)}, patch)["f"] == lines("line 0") + numbered(9)
    assert "hunk 1 does not apply" in _refused({"f": lines("new") + numbered(9)}, patch)


def test_a_hunk_without_lines_after_it_belongs_to_the_end() -> None:
    patch = "--- a/f\n+++ b/f\n@@ -7,3 +7,4 @@\n line 7\n line 8\n line 9\n+line 10\n"
    assert _after({"f": numbered(9)}, patch)["f"] == numbered(10)
    assert "hunk 1 does not apply" in _refused({"f": numbered(9) + lines("new")}, patch)


def test_a_hunk_without_context_is_not_placed_at_all() -> None:
    patch = "--- a/f\n+++ b/f\n@@ -4,0 +5 @@\n+new\n"
    assert "it has no context that tells where it belongs" in _refused({"f": numbered(9)}, patch)


def test_files_come_and_go() -> None:
    patch = (
        "diff --git a/new b/new\nnew file mode 100644\nindex 000..111\n--- /dev/null\n+++ b/new\n@@ -0,0 +1,2 @@\n+a\n+b\n"
        "diff --git a/old b/old\ndeleted file mode 100644\nindex 111..000\n--- a/old\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n"
        "diff --git a/empty b/empty\nnew file mode 100644\nindex 000..e69\n"
    )
    assert _after({"old": b"x\n", "f": b""}, patch) == {"new": b"a\nb\n", "f": b"", "empty": b""}
    assert "creates new, which exists already" in _refused({"old": b"x\n", "new": b""}, patch)
    assert "deletes old, which memory does not have" in _refused({}, patch)
    assert "deletes old, but 1 of its lines are not in the patch" in _refused(
        {"old": b"x\ny\n"}, patch.replace("+0,0 @@\n-x", "+1 @@\n-x\n y").replace("@@ -1 ", "@@ -1,2 ")
    )


def test_renames_and_copies() -> None:
    rename = (
        "diff --git a/f b/dir/g\nsimilarity index 90%\nrename from f\nrename to dir/g\n" + MIDDLE.partition("\n")[2]
    ).replace("b/f", "b/dir/g")
    changed = numbered(30).replace(b"line 12\n", b"LINE 12\n")
    assert _after({"f": numbered(30)}, rename) == {"dir/g": changed}
    copy = rename.replace("rename", "copy")
    assert _after({"f": numbered(30)}, copy) == {"f": numbered(30), "dir/g": changed}
    assert "renames dir/g, which exists already" in _refused({"f": numbered(30), "dir/g": b""}, rename)
    assert "renames f, which memory does not have" in _refused({}, rename)


def test_two_files_change_names() -> None:
    patch = (
        "diff --git a/f b/g\nsimilarity index 100%\nrename from f\nrename to g\n"
        "diff --git a/g b/f\nsimilarity index 100%\nrename from g\nrename to f\n"
    )
    assert _after({"f": b"f", "g": b"g"}, patch) == {"f": b"g", "g": b"f"}


def test_modes_change_nothing() -> None:
    patch = "diff --git a/f b/f\nold mode 100644\nnew mode 100755\n"
    assert _after({"f": b"x"}, patch) == {"f": b"x"}


def test_ends_of_files_without_a_line_end() -> None:
    patch = "--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+c\n\\ No newline at end of file\n"
    assert _after({"f": b"a\nb"}, patch) == {"f": b"a\nc"}
    assert "does not apply to f at line 2, where the patch has 'b' without a line end" in _refused({"f": b"a\nb\n"}, patch)
    added = "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-b\n\\ No newline at end of file\n+b\n"
    assert _after({"f": b"b"}, added) == {"f": b"b\n"}


def test_links_and_submodules_are_left_out() -> None:
    patch = (
        "diff --git a/roms/x b/roms/x\nindex 111..222 160000\n--- a/roms/x\n+++ b/roms/x\n@@ -1 +1 @@\n"
        "-Subproject commit 111\n+Subproject commit 222\n"
        "diff --git a/link b/link\nnew file mode 120000\nindex 000..111\n--- /dev/null\n+++ b/link\n@@ -0,0 +1 @@\n"
        "+/etc/passwd\n\\ No newline at end of file\n"
    )
    applied = _apply({"f": b""}, patch)
    assert list(applied.tree.files) == ["f"]
    assert [note.what for note in applied.notes] == [
        "roms/x is a link or a submodule, and is left out",
        "link is a link or a submodule, and is left out",
    ]


def test_a_series_is_applied_in_order() -> None:
    second = MIDDLE.replace("-line 12", "-LINE 12").replace("+LINE 12", "+twelve")
    series = "".join(
        f"From {n:040x} Mon Sep 17 00:00:00 2001\nFrom: A <a@b>\nSubject: [PATCH {n}/2] change\n\n---\n f | 2 +-\n\n"
        f"{body}-- \n2.39\n\n"
        for n, body in ((1, MIDDLE), (2, second))
    )
    assert b"twelve\n" in _after({"f": numbered(30)}, series)["f"]
    assert [patch.title for patch in parse(series.encode(), "x")] == ["change", "change"]
    backwards = MIDDLE.join(second.split(MIDDLE)) + MIDDLE
    assert "hunk 1 does not apply to f" in _refused({"f": numbered(30)}, backwards)


def test_the_tree_stays_as_it_is() -> None:
    tree = Memory({"f": numbered(30)})
    apply(tree, parse(MIDDLE.encode(), "x"), "x")
    assert tree.contents == {"f": numbered(30)}
