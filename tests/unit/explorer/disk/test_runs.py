"""The visited set on disk, against Python's own sets, within its memory, and unharmed by a full disk."""

from __future__ import annotations

import errno
import gc
import os
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hopcheck.explorer.disk import DiskFullError, Run, RunStore
from hopcheck.explorer.disk.keys import distinct, find, key_type, put, words_of
from hopcheck.explorer.disk.run import merged
from hopcheck.explorer.disk.runs import LEAST, MOST_RUNS

State = tuple[int, ...]
LARGEST = (1 << 63) - 1
# Words whose bytes are zero at the end, at the beginning, in the middle, or all the same.
WORDS = st.sampled_from([0, 1, 255, 256, 1 << 56, (1 << 62) - 1, 1 << 62, LARGEST - 255, LARGEST]) | st.integers(0, LARGEST)
Array = np.ndarray[Any, np.dtype[Any]]


def flat(states: list[State]) -> Array:
    return np.array(states, np.int64).reshape(-1)


def listed(run: Run, width: int, chunk_bytes: int = 64) -> list[State]:
    """All states of a run, as it gives them."""
    return [tuple(each) for words in run.chunks(chunk_bytes) for each in words.reshape(-1, width).tolist()]


def keys_of(states: list[State], width: int) -> Array:
    keys = np.empty(len(states), key_type(width))
    put(flat(states), keys)
    return keys


def states_of_width(width: int) -> st.SearchStrategy[list[State]]:
    return st.lists(st.tuples(*[WORDS] * width), max_size=30)


widths = st.integers(1, 8)


@given(st.data(), widths)
def test_keys_stand_for_states(data: Any, width: int) -> None:
    states = data.draw(states_of_width(width))
    keys = keys_of(states, width)
    assert words_of(keys).tolist() == [word for state in states for word in state]
    assert words_of(distinct(np.sort(keys))).reshape(-1, width).tolist() == [list(each) for each in sorted(set(states))]


@given(st.data(), widths)
def test_keys_are_found(data: Any, width: int) -> None:
    known = sorted(set(data.draw(states_of_width(width))))
    asked = {*data.draw(states_of_width(width)), *known[::2]}
    sought = sorted(each for each in asked if known and each <= known[-1])
    assert find(keys_of(sought, width), keys_of(known, width)).tolist() == [each in known for each in sought]


@given(st.data(), widths)
def test_levels_are_what_sets_say(tmp_path_factory: pytest.TempPathFactory, data: Any, width: int) -> None:
    levels = data.draw(st.lists(st.lists(states_of_width(width), max_size=3), min_size=1, max_size=5))
    visited: set[State] = set()
    with RunStore(tmp_path_factory.mktemp("runs"), width, LEAST) as store:
        for chunks in levels:
            found = {state for chunk in chunks for state in chunk} - visited
            visited |= found
            with store.subtract_and_add(map(flat, chunks)) as run:
                assert listed(run, width) == sorted(found)
                assert run.states == len(found)
            assert store.states == len(visited)


@pytest.mark.parametrize("width", range(1, 9))
@pytest.mark.parametrize("spread", [3, 17, 62])
def test_many_states_in_little_memory(tmp_path: Path, width: int, spread: int) -> None:
    """More than fits into the memory many times over: dense numbers, sparse ones, and few that come again and again."""
    random = np.random.default_rng(width)
    visited = np.empty((0, width), np.int64)
    with RunStore(tmp_path, width, LEAST) as store:
        for level in range(5):
            candidates = random.integers(0, 1 << spread, (40_000 // width, width))
            candidates[:, : width // 2] >>= spread - 2  # only later words differ
            pieces = np.array_split(candidates, 7 + 100 * (level % 2))
            with store.subtract_and_add(each.reshape(-1) for each in pieces) as run:
                got = np.concatenate([np.empty(0, np.int64), *run.chunks(10_000)]).reshape(-1, width)
            fresh = np.unique(candidates, axis=0)
            both, counts = np.unique(np.concatenate([visited, visited, fresh]), axis=0, return_counts=True)
            assert np.array_equal(got, both[counts == 1])
            visited = np.unique(np.concatenate([visited, fresh]), axis=0)
        assert store.states == len(visited)
        assert store.nbytes == visited.nbytes


def test_a_few_states_among_many(tmp_path: Path) -> None:
    """Where little is asked for, blocks of a run are skipped; those that are read must be the right ones."""
    with RunStore(tmp_path, 1, 1 << 20) as store:
        store.subtract_and_add(np.arange(at, at + 10_000) * 3 for at in range(0, 1_000_000, 10_000)).close()
        for asked in ([0], [1], [2_999_997], [2_999_998], [5_000_000], [0, 4, 1_500_000, 1_500_001, 3_000_000], []):
            with store.subtract_and_add([np.array(asked, np.int64)]) as run:
                assert listed(run, 1) == [(each,) for each in asked if each % 3 or each >= 3_000_000]


def test_there_are_never_many_runs(tmp_path: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))
    with RunStore(tmp_path, 2, LEAST) as store:
        for level in range(100):
            store.subtract_and_add([np.arange(20) + 10 * level]).close()
            assert len(os.listdir("/proc/self/fd")) - before <= MOST_RUNS + 1
        assert store.states == 505
        with store.subtract_and_add([np.arange(2000)]) as run:
            assert listed(run, 2) == [(n, n + 1) for n in range(1010, 2000, 2)]
    assert len(os.listdir("/proc/self/fd")) == before


@pytest.mark.parametrize("width", [1, 2, 5, 8])
@pytest.mark.parametrize("kind", ["random", "ascending", "descending", "same"])
def test_the_memory_is_kept_to(tmp_path: Path, width: int, kind: str) -> None:
    memory, words = 1 << 20, 1 << 19  # 4 MiB of candidates a level, of which there are four
    random = np.random.default_rng(5)

    def candidates(level: int) -> Iterator[Array]:
        for at in range(0, words // width, 64):
            numbers = np.repeat(np.arange(at, at + 64)[:, None], width, axis=1) + level * words
            if kind == "random":
                numbers = random.integers(0, 1 << 62, (64, width))
            yield (numbers if kind != "descending" else (1 << 40) - numbers).reshape(-1) * (kind != "same")

    with RunStore(tmp_path, width, memory) as store:
        tracemalloc.start()
        try:
            for level in range(4):
                store.subtract_and_add(candidates(level)).close()
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert store.nbytes > 4 * memory or kind == "same"
    assert peak <= memory


def test_fences_grow_wider_rather_than_many(tmp_path: Path) -> None:
    keys = np.arange(1 << 17)
    run = Run.write(tmp_path, np.array_split(keys, 9), keys.dtype, fence_bytes=64)
    known = np.zeros(300, np.bool_)
    asked = np.arange(300) * 500
    run.mark(asked, known, np.empty(100, np.int64))
    assert np.array_equal(known, asked < 1 << 17)


@given(st.lists(st.lists(st.integers(0, 60), max_size=40), min_size=1, max_size=6), st.integers(1, 30))
def test_a_merge_is_the_union_in_order(tmp_path_factory: pytest.TempPathFactory, parts: list[list[int]], room: int) -> None:
    path = tmp_path_factory.mktemp("runs")
    runs = [Run.write(path, [np.unique(np.array(each, np.int64))], np.dtype(np.int64), 64) for each in parts]
    pieces = list(merged(runs, np.dtype(np.int64), 8 * room))
    assert [n for piece in pieces for n in piece.tolist()] == sorted({n for part in parts for n in part})
    assert all(0 < len(piece) <= max(room, len(runs)) for piece in pieces)
    for each in runs:
        each.close()


def test_a_level_outlives_the_merging_of_its_run(tmp_path: Path) -> None:
    with RunStore(tmp_path, 1, LEAST) as store:
        first = store.subtract_and_add([np.arange(5)])
        for n in range(3 * MOST_RUNS):
            store.subtract_and_add(words + 5 + 5 * n for words in first.chunks())
    assert listed(first, 1) == [(n,) for n in range(5)]
    first.close()
    first.close()


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    (tmp_path / "tmp0.hopcheck-scratch").touch()
    (tmp_path / "mine").touch()
    descriptors = len(os.listdir("/proc/self/fd"))
    store = RunStore(tmp_path, 1, LEAST)
    assert os.listdir(tmp_path) == ["mine"]
    run = store.subtract_and_add([np.arange(100_000)])
    assert os.listdir(tmp_path) == ["mine"]
    del store, run
    gc.collect()
    assert len(os.listdir("/proc/self/fd")) == descriptors


def test_what_it_refuses(tmp_path: Path) -> None:
    for width, memory in ((0, LEAST), (1, LEAST - 1)):
        with pytest.raises(ValueError, match="are needed"):
            RunStore(tmp_path, width, memory)
    with RunStore(tmp_path, 2, LEAST) as store, pytest.raises(ValueError, match="no whole number of states"):
        store.subtract_and_add([np.arange(3)])


@pytest.mark.parametrize("interrupt", [OSError(errno.ENOSPC, "full"), KeyboardInterrupt()])
def test_the_store_is_as_before_when_a_write_fails(tmp_path: Path, interrupt: BaseException) -> None:
    """Fail the n-th write for every n, until a whole level with its merges has been written without."""
    expected = KeyboardInterrupt if isinstance(interrupt, KeyboardInterrupt) else DiskFullError
    levels = [np.arange(2000) * (level + 2) for level in range(MOST_RUNS + 1)]
    with RunStore(tmp_path, 1, LEAST) as store:
        for level in levels:
            store.subtract_and_add([level]).close()
        known, descriptors = store.states, len(os.listdir("/proc/self/fd"))
        real, n = os.pwrite, 0
        while True:
            n += 1
            left = n

            def failing(*args: Any) -> int:
                nonlocal left
                left -= 1
                if left == 0:
                    raise interrupt
                return real(*args)

            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(os, "pwrite", failing)
                try:
                    found = store.subtract_and_add([np.arange(6000) * 2 + 1, np.arange(6000)])
                    break
                except expected:
                    assert store.states == known
                    assert len(os.listdir("/proc/self/fd")) <= descriptors
        visited = {n for level in levels for n in level.tolist()}
        asked = {*range(6000), *range(1, 12_000, 2)}
        assert n > 5
        assert listed(found, 1, 1 << 20) == [(each,) for each in sorted(asked - visited)]
        found.close()
