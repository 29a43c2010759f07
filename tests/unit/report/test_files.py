"""Files: JSON that comes back, folders that are there whole or not at all."""

from __future__ import annotations

import errno
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from hopcheck.model.errors import InputError
from hopcheck.report.folder import File, Folder, write_file
from hopcheck.report.formats.encode import from_json, to_json, to_line
from hopcheck.report.schema.report import SCHEMA, Report
from hopcheck.report.text.notation import count, families, joined, seconds, shown, slug, slugs

OURS = File("report.json", to_json({"schema": SCHEMA}))


def test_json_comes_back(report: Report) -> None:
    text = to_json(report)
    assert from_json(text) == report
    assert text == to_json(from_json(text))
    keys = list(json.loads(text))
    assert keys == sorted(keys)
    assert json.loads(to_line(report)) == json.loads(text)


def test_a_folder_is_written_and_replaced(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "a" / "out", "check")
    folder.check()
    assert not folder.base.exists()
    assert folder.write([OURS, File("findings/one/a.txt", b"1")]) == 2
    folder.check()
    assert folder.write([OURS]) == 1
    assert [path.name for path in folder.path.iterdir()] == ["report.json"]
    assert [path.name for path in folder.base.iterdir()] == ["check"]


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_a_write_that_fails_changes_nothing(tmp_path: Path, error: BaseException) -> None:
    def files() -> Iterator[File]:
        yield File("report.json", b"half")
        raise error

    folder = Folder(tmp_path, "check")
    folder.write([OURS, File("a.txt", b"before")])
    expected = InputError if isinstance(error, OSError) else KeyboardInterrupt
    with pytest.raises(expected):
        folder.write(files())
    assert (folder.path / "a.txt").read_bytes() == b"before"
    assert [path.name for path in tmp_path.iterdir()] == ["check"]


def test_a_full_disk_reads_as_one_line(tmp_path: Path) -> None:
    def files() -> Iterator[File]:
        raise OSError(errno.ENOSPC, "No space left on device")
        yield OURS

    with pytest.raises(InputError, match=re.escape("check: cannot be written (No space left on device); give a folder")):
        Folder(tmp_path, "check").write(files())


def test_one_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    write_file(tmp_path / "a.svg", b"picture")
    assert (tmp_path / "a.svg").read_bytes() == b"picture"
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputError, match="cannot be written"):
        write_file(tmp_path / "folder", b"picture")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.svg", "folder"]


def test_slugs_are_stable_and_apart() -> None:
    assert (
        slug("virtio-net-pci-base.vectors: sibling missed @ 6.0") == "virtio-net-pci-base.vectors-sibling-missed-since-6.0"
    )
    assert slug("../../etc/passwd") == "etc-passwd"
    assert slug("///") == "unnamed"
    assert slugs(["A b", "a-b", "a b"]) == ("A-b", "a-b-2", "a-b-3")


def test_small_words() -> None:
    assert (count(1, "state"), count(12345, "state")) == ("1 state", "12,345 states")
    assert (seconds(0.04), seconds(3.21), seconds(61.5)) == ("0.0 s", "3.2 s", "62 s")
    assert (joined([]), joined(["a"]), joined(["a", "b", "c"])) == ("", "a", "a, b and c")
    assert (shown(""), shown("on")) == ('""', "on")
    assert families(["virt-9.0", "pc-q35-2.12", "pc-q35-2.4", "none"]) == "virt-9.0, pc-q35 2.4 to 2.12, none"
