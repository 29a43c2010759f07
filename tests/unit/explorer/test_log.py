"""The log: states in memory, in a file, or some here and some there, read as if nothing were the matter."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hopcheck.explorer.disk import LevelFile
from hopcheck.explorer.store import log as module
from hopcheck.explorer.store.log import Log

from .test_visited import numbered

LAYOUTS = {"one word": numbered(1 << 30), "two words": numbered(1 << 15, 1 << 14, indexed=False)}


def fill(log: Log, count: int) -> np.ndarray:
    """Append states that all differ; the words of all."""
    begin, end = log.top * log.width, (log.top + count) * log.width
    log.words[begin:end] = np.arange(begin, end)
    log.counter[0] += count
    return np.arange(end)


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK", 5)


def check(log: Log, expected: np.ndarray) -> None:
    """However it is read, the log has these words."""
    width, states = log.width, len(expected) // log.width
    assert log.top == states
    for begin, end in ((0, states), (3, states - 2), (states // 2, states // 2)):
        pieces = list(log.chunks(begin, end))
        assert [first for first, _, _ in pieces] == [begin + sum(n for _, _, n in pieces[:k]) for k in range(len(pieces))]
        read = np.concatenate([words for _, words, _ in pieces]) if pieces else np.zeros(0)
        assert (read == expected[begin * width : end * width]).all()
        assert all(len(words) == count * width for _, words, count in pieces)
    numbers = np.random.default_rng(3).integers(0, states, 40)
    assert (log.gather(numbers).reshape(-1, width) == expected.reshape(-1, width)[numbers]).all()
    assert len(log.gather(numbers[:0])) == 0


@pytest.mark.parametrize("name", LAYOUTS)
def test_from_memory_to_a_file_and_on(name: str, tmp_path: Path) -> None:
    log = Log(LAYOUTS[name])
    check(log, fill(log, 50))
    assert log.nbytes == 8 * log.width * 50
    log.write(50, [0, 20, 50], tmp_path)
    check(log, np.arange(50 * log.width))
    log.release()
    assert (log.nbytes, log.first) == (0, 50)
    check(log, np.arange(50 * log.width))
    check(log, fill(log, 30))  # some in the file, some in memory
    assert log.nbytes == 8 * log.width * 30
    log.write(80, [0, 20, 50, 80], tmp_path)
    log.freeze()
    further = np.arange(80 * log.width, 90 * log.width)
    log.extend(further, filed=False)  # the first in the file, some in memory, the last in the file again
    check(log, np.arange(90 * log.width))
    assert log.nbytes == 8 * log.width * 30
    log.forget(85)
    check(log, np.arange(85 * log.width))
    assert [each.name for each in tmp_path.iterdir()] == ["states.bin"]
    log.close()
    assert not list(tmp_path.iterdir())


@given(st.lists(st.integers(0, 20), min_size=1, max_size=8), st.data())
def test_a_file_has_the_levels_that_have_ended(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], data: st.DataObject
) -> None:
    """However often, and in the middle of which levels it is written."""
    directory = tmp_path_factory.mktemp("log")
    log = Log(LAYOUTS["one word"])
    starts = [0]
    for size in sizes:
        part = data.draw(st.integers(0, size))
        fill(log, part)
        if data.draw(st.booleans()):
            log.write(log.top, starts, directory)
            if data.draw(st.booleans()):
                log.release()
        fill(log, size - part)
        starts.append(log.top)
    log.write(starts[-1], starts, directory)
    assert log.file is not None
    assert [each.states for each in log.file.levels] == sizes
    assert list(log.file.starts) == starts
    assert log.file.states == log.top
    check(log, np.arange(log.top)) if log.top > 5 else None
    log.close()


def test_a_file_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    log = Log(LAYOUTS["one word"])
    with_file = LevelFile.create(tmp_path / "mine", 1)
    log.keep_in(with_file)
    fill(log, 10)
    log.write(10, [0, 10], None)
    log.close()
    assert with_file.states == 10
    with_file.close()
    assert (tmp_path / "mine").stat().st_size == 80
