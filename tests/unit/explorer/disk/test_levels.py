"""The file of levels: what was appended is read back, and a disk that is full loses nothing that was complete."""

from __future__ import annotations

import errno
import os
import subprocess
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hopcheck.explorer.disk import DiskFullError, Level, LevelFile
from hopcheck.model.errors import InputError


def words(*numbers: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.array(numbers, np.int64)


def filled(path: Path) -> LevelFile:
    """Levels of 2, 0 and 3 states, and one more state."""
    made = LevelFile.create(path, 2)
    for level in (words(0, 1, 2, 3), words(), words(4, 5, 6, 7, 8, 9)):
        made.append(level)
        made.end_level()
    made.append(words(10, 11))
    return made


def test_states_are_read_by_their_numbers(tmp_path: Path) -> None:
    made = filled(tmp_path / "s")
    assert (made.states, made.starts, made.nbytes) == (6, (0, 2, 2, 5), 96)
    assert made.read(1, 3).tolist() == [2, 3, 4, 5]
    assert made.read(6, 6).tolist() == []
    assert made.read(5, 6).dtype == np.int64
    assert [piece.tolist() for piece in made.chunks(1, 6, 32)] == [[2, 3, 4, 5], [6, 7, 8, 9], [10, 11]]
    for begin, end in ((-1, 2), (3, 2), (0, 7)):
        with pytest.raises(ValueError, match="no states"):
            made.read(begin, end)


def test_words_are_little_endian_and_checksummed(tmp_path: Path) -> None:
    made = filled(tmp_path / "s")
    raw = (tmp_path / "s").read_bytes()
    assert raw == b"".join(n.to_bytes(8, "little") for n in range(12))
    assert made.levels == (Level(2, zlib.crc32(raw[:32])), Level(0, 0), Level(3, zlib.crc32(raw[32:80])))


def test_it_opens_again_without_what_follows(tmp_path: Path) -> None:
    levels = filled(tmp_path / "s").levels
    again = LevelFile.open(tmp_path / "s", 2, levels)
    assert (again.states, again.levels) == (5, levels)
    assert all(again.verify(level) for level in range(3))
    again.append(words(20, 21))
    again.end_level()
    assert again.read(4, 6).tolist() == [8, 9, 20, 21]
    with pytest.raises(InputError, match="is cut short: 96 bytes, of which there should be 208"):
        LevelFile.open(tmp_path / "s", 2, [*levels, Level(8, 0)])


def test_a_changed_level_is_noticed(tmp_path: Path) -> None:
    made = filled(tmp_path / "s")
    raw = bytearray((tmp_path / "s").read_bytes())
    raw[79] ^= 1
    (tmp_path / "s").write_bytes(raw)
    assert [made.verify(level) for level in range(3)] == [True, True, False]


@given(st.lists(st.integers(0, 4), max_size=6), st.data())
def test_a_cut_is_as_if_nothing_more_had_come(tmp_path_factory: pytest.TempPathFactory, sizes: list[int], data: Any) -> None:
    path = tmp_path_factory.mktemp("levels") / "s"
    total = sum(sizes)
    cut = data.draw(st.integers(0, total))
    made, other = LevelFile.create(path, 1), LevelFile.create(path.with_suffix(".other"), 1)
    at = 0
    for size in sizes:
        numbers = np.arange(at, at + size)
        made.append(numbers)
        made.end_level()
        if at + size <= cut:
            other.append(numbers)
            other.end_level()
        elif at < cut:
            other.append(numbers[: cut - at])
        at += size
    made.truncate_to(cut)
    for each in (made, other):
        each.append(words(99))
        each.end_level()
    assert (made.levels, made.starts) == (other.levels, other.starts)
    assert path.read_bytes() == path.with_suffix(".other").read_bytes()
    made.close()
    other.close()


def test_what_a_checkpoint_needs_is_not_truncated(tmp_path: Path) -> None:
    made = filled(tmp_path / "s")
    made.keep()
    made.truncate_to(5)
    with pytest.raises(ValueError, match="5 must stay"):
        made.truncate_to(4)


def test_states_are_appended_whole(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no whole number of states"):
        filled(tmp_path / "s").append(words(1, 2, 3))


def test_it_is_made_anew_or_not_at_all(tmp_path: Path) -> None:
    filled(tmp_path / "s").close()
    with pytest.raises(FileExistsError):
        LevelFile.create(tmp_path / "s", 2)
    opened = LevelFile.open(tmp_path / "s", 2, [])
    opened.close(delete=True)
    opened.close()
    assert not (tmp_path / "s").exists()


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    filled(tmp_path / "s")
    (tmp_path / "link").symlink_to(tmp_path / "s")
    with pytest.raises(OSError, match="symbolic link") as raised:
        LevelFile.open(tmp_path / "link", 2, [])
    assert raised.value.errno == errno.ELOOP


def _goes_on(made: LevelFile) -> None:
    """What was complete before the disk was full is there, and appending goes on behind it."""
    assert made.read(0, 6).tolist() == list(range(12))
    assert made.path.stat().st_size == 96
    made.append(words(12, 13))
    made.end_level()
    assert made.read(5, 7).tolist() == [10, 11, 12, 13]
    assert made.verify(3)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_partial_write_is_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    made = filled(tmp_path / "s")
    real = os.pwrite

    def full(descriptor: int, data: memoryview, offset: int) -> int:
        if offset > 100:
            raise OSError(code, os.strerror(code))
        return real(descriptor, data[:7], offset)

    with monkeypatch.context() as patched:
        patched.setattr(os, "pwrite", full)
        with pytest.raises(DiskFullError) as raised:
            made.append(np.arange(10))
    assert (raised.value.errno, raised.value.filename) == (code, str(tmp_path / "s"))
    _goes_on(made)


def test_a_real_disk_that_is_full(tmp_path: Path) -> None:
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", tmp_path], capture_output=True).returncode:
        pytest.skip("a file system of its own cannot be mounted here")
    try:
        made = filled(tmp_path / "s")
        with pytest.raises(DiskFullError):
            made.append(np.arange(1 << 15))
        _goes_on(made)
        made.close()
    finally:
        subprocess.run(["umount", "--lazy", tmp_path], check=True)


def test_a_loss_on_the_way_to_the_disk_is_never_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = filled(tmp_path / "s")

    def lost(descriptor: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patched:
        patched.setattr(os, "fdatasync", lost)
        with pytest.raises(OSError, match="Input/output error"):
            made.keep()
    with pytest.raises(OSError, match="were lost on their way"):
        made.keep()
