"""Memory is taken where it is written to, and given back where it is released."""

from __future__ import annotations

import mmap
import sys

import numpy as np
import pytest

from hopcheck.explorer.store import arena
from hopcheck.explorer.store.arena import Arena
from hopcheck.explorer.store.memory import taken

MEBIBYTE = 1 << 20

linux = pytest.mark.skipif(sys.platform != "linux", reason="how much is resident is only known on Linux")


@linux
def test_a_reservation_costs_nothing() -> None:
    before = taken()
    made = Arena.endless()
    assert made.nbytes >= arena.LEAST
    words = made.array(np.int64)
    assert (len(words), words[0], words[-1]) == (made.nbytes // 8, 0, 0)
    assert taken() - before < 16 * MEBIBYTE


@linux
@pytest.mark.parametrize("step", [3 * MEBIBYTE, 64_512 * 64])
def test_what_is_released_piece_by_piece_is_given_back(step: int) -> None:
    made = Arena(96 * MEBIBYTE)
    words = made.array(np.int64)
    words[:] = 1
    full = taken()
    for end in range(step, made.nbytes + step, step):
        made.release(0, min(end, made.nbytes))  # each time from the very beginning: pages on a border go along
    assert full - taken() > 85 * MEBIBYTE


def test_what_is_not_released_stays() -> None:
    made = Arena(16 * MEBIBYTE)
    words = made.array(np.int64)
    words[:] = np.arange(len(words))
    begin, end = 3 * MEBIBYTE + 8, 9 * MEBIBYTE - 8
    made.release(begin, end)
    assert (words[: begin // 8] == np.arange(begin // 8)).all()
    assert (words[end // 8 :] == np.arange(end // 8, len(words))).all()


def test_where_little_can_be_reserved(monkeypatch: pytest.MonkeyPatch) -> None:
    real = mmap.mmap

    def refusing(fileno: int, length: int, **options: int) -> mmap.mmap:
        if length > 1 << 30:
            raise OSError("no room")
        return real(fileno, length, **options)

    monkeypatch.setattr(mmap, "mmap", refusing)
    assert arena.LEAST <= Arena.endless().nbytes <= 1 << 30
