"""Checkpoints are what was saved, of what they say they are, and of one search at a time."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from hopcheck import __version__
from hopcheck.explorer.disk import Checkpoint, Identity, RunStore
from hopcheck.model.errors import InputError

from .made_up import IDENTITY, append, opened, save


def saved(path: Path, levels: int) -> Path:
    """A checkpoint with this many levels."""
    with Checkpoint.create(path, IDENTITY) as checkpoint:
        for k in range(levels):
            append(checkpoint.states, k)
        save(checkpoint)
    return path


def names(path: Path) -> list[str]:
    return sorted(each.name for each in path.iterdir())


@pytest.mark.parametrize("levels", [0, 1, 5])
def test_what_was_saved_is_opened(tmp_path: Path, levels: int) -> None:
    assert opened(saved(tmp_path / "deep" / "c", levels)) == levels
    checkpoint, found = Checkpoint.open(tmp_path / "deep" / "c")
    with checkpoint:
        assert (checkpoint.identity, found.made_by) == (IDENTITY, __version__)


def test_a_search_goes_on(tmp_path: Path) -> None:
    saved(tmp_path, 3)
    checkpoint, _ = Checkpoint.open(tmp_path)
    with checkpoint:
        append(checkpoint.states, 3)
        assert save(checkpoint) == 4
        append(checkpoint.states, 4)
        checkpoint.states.append(np.arange(2))
        assert save(checkpoint) == 5
    assert opened(tmp_path) == 5
    assert len(names(tmp_path)) == 4  # no arrays of earlier saves are left


def test_what_follows_the_last_save_is_dropped(tmp_path: Path) -> None:
    saved(tmp_path, 3)
    size = (tmp_path / "states-0.bin").stat().st_size
    checkpoint, _ = Checkpoint.open(tmp_path)
    append(checkpoint.states, 3)
    checkpoint.close()
    (tmp_path / "arrays-77.bin").write_bytes(b"left over")
    (tmp_path / "checkpoint.json.new").write_bytes(b"left over")
    assert (tmp_path / "states-0.bin").stat().st_size > size
    assert opened(tmp_path) == 3
    assert (tmp_path / "states-0.bin").stat().st_size == size
    assert names(tmp_path) == ["arrays-1.bin", "checkpoint.json", "hopcheck.lock", "states-0.bin"]


def test_an_older_search_stays_until_a_new_one_has_saved(tmp_path: Path) -> None:
    saved(tmp_path, 3)
    for _ in range(2):
        with Checkpoint.create(tmp_path, IDENTITY) as checkpoint:
            append(checkpoint.states, 0)
        assert opened(tmp_path) == 3
    for levels in (1, 2, 4):
        assert opened(saved(tmp_path, levels)) == levels
        assert len(names(tmp_path)) == 4


def test_a_directory_without_a_save_holds_none(tmp_path: Path) -> None:
    Checkpoint.create(tmp_path / "c", IDENTITY).close()
    for path in (tmp_path / "c", tmp_path / "missing"):
        with pytest.raises(InputError, match="holds no checkpoint; give the directory of a checkpoint"):
            Checkpoint.open(path)
    assert not (tmp_path / "missing").exists()
    assert opened(saved(tmp_path / "c", 1)) == 1


@pytest.mark.parametrize("name", ["notes.txt", "states-1.bin", "checkpoint.json"])
def test_a_directory_of_something_else_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text('{"format": "other/1"}')
    with pytest.raises(InputError, match=f"{name}|other/1"):
        Checkpoint.create(tmp_path, IDENTITY)
    assert names(tmp_path) == [name]
    assert (tmp_path / name).read_text() == '{"format": "other/1"}'


def test_a_checkpoint_beside_something_else_is_no_place_for_a_new_one(tmp_path: Path) -> None:
    saved(tmp_path, 1)
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match=r"'notes\.txt'"):
        Checkpoint.create(tmp_path, IDENTITY)
    assert opened(tmp_path) == 1
    assert (tmp_path / "notes.txt").read_text() == "mine"


@pytest.mark.parametrize("make", [Checkpoint.create, Checkpoint.open])
def test_a_file_is_no_directory(tmp_path: Path, make: Callable[[Path, Identity], Any]) -> None:
    (tmp_path / "f").write_text("mine")
    with pytest.raises(InputError, match=r"Not a directory|holds no checkpoint"):
        make(tmp_path / "f", IDENTITY)
    with pytest.raises(InputError, match=r"Not a directory|holds no checkpoint"):
        make(tmp_path / "f" / "below", IDENTITY)


def test_spilled_runs_may_lie_beside(tmp_path: Path) -> None:
    saved(tmp_path, 1)
    with RunStore(tmp_path, 2, 1 << 20) as store:
        store.subtract_and_add([np.arange(4)]).close()
        assert opened(saved(tmp_path, 2)) == 2
    (tmp_path / "tmpabc.hopcheck-scratch").touch()
    assert opened(saved(tmp_path, 3)) == 3
    assert len(names(tmp_path)) == 4


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"model": "other", "model_digest": "m2"}, "of model 'made up' with digest m1, made by .*'other' with digest m2"),
        ({"model_digest": "m2"}, "and this search is of model 'made up' with digest m2"),
        ({"question_digest": "q2"}, r"asks something else of it \(digest q2, not q1\)"),
        ({"layout_digest": "l2"}, "packs its states in another way"),
        ({"width": 3}, "packs its states in another way"),
    ],
)
def test_a_checkpoint_of_something_else_says_so(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    saved(tmp_path, 1)
    with pytest.raises(InputError, match=said):
        Checkpoint.open(tmp_path, msgspec.structs.replace(IDENTITY, **change))
    assert opened(tmp_path) == 1


def test_states_that_the_layout_does_not_know_are_refused(tmp_path: Path) -> None:
    saved(tmp_path, 4)
    with pytest.raises(InputError, match="holds a state that the model does not have"):
        Checkpoint.open(tmp_path, IDENTITY, lambda words: bool((words < 100).all()))
    checkpoint, _ = Checkpoint.open(tmp_path, IDENTITY, lambda words: bool((words >= 0).all()))
    checkpoint.close()


def test_one_search_at_a_time(tmp_path: Path) -> None:
    saved(tmp_path, 1)
    held, _ = Checkpoint.open(tmp_path)
    for attempt in (lambda: Checkpoint.open(tmp_path), lambda: Checkpoint.create(tmp_path, IDENTITY)):
        with pytest.raises(InputError, match="is in use by another search; wait until that one has ended"):
            attempt()
    held.close()
    assert opened(tmp_path) == 1


def test_the_lock_keeps_other_processes_out_and_goes_with_them(tmp_path: Path) -> None:
    saved(tmp_path, 1)
    script = (
        "import sys, pathlib; from hopcheck.explorer.disk import Checkpoint\n"
        "held = Checkpoint.open(pathlib.Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        with pytest.raises(InputError, match="is in use"):
            Checkpoint.open(tmp_path)
        process.kill()
        process.wait()
    assert opened(tmp_path) == 1


def test_a_failed_open_lets_go_of_the_lock(tmp_path: Path) -> None:
    arrays = saved(tmp_path, 1) / "arrays-1.bin"
    good = arrays.read_bytes()
    arrays.write_bytes(good[1:])
    with pytest.raises(InputError, match="is damaged"):
        Checkpoint.open(tmp_path)
    arrays.write_bytes(good)
    assert opened(tmp_path) == 1


@pytest.mark.parametrize(
    ("edges", "payload", "arrays"),
    [
        ((1, 2, 3), {}, {}),
        ((-1,), {}, {}),
        ((), {"set": {1}}, {}),
        ((), float("nan"), {}),
        ((), "\ud800", {}),
        ((), {}, {"names": np.array(["text"])}),
        ((), {}, {"objects": np.array([object()])}),
    ],
)
def test_what_cannot_be_kept_is_refused_before_anything_is_written(
    tmp_path: Path, edges: tuple[int, ...], payload: object, arrays: dict[str, Any]
) -> None:
    saved(tmp_path, 2)
    before = {each.name: each.read_bytes() for each in tmp_path.iterdir()}
    checkpoint, _ = Checkpoint.open(tmp_path)
    with checkpoint, pytest.raises((TypeError, ValueError)):
        checkpoint.save(edges, payload, arrays)
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == before


def test_a_checkpoint_is_deleted_when_the_search_is_done(tmp_path: Path) -> None:
    saved(tmp_path / "c", 2)
    Checkpoint.open(tmp_path / "c")[0].close(delete=True)
    assert not (tmp_path / "c").exists()
    saved(tmp_path, 2)
    (tmp_path / "notes.txt").touch()
    Checkpoint.open(tmp_path)[0].close(delete=True)
    assert names(tmp_path) == ["notes.txt"]


def test_a_directory_that_cannot_be_written(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    tmp_path.chmod(0o500)
    with pytest.raises(InputError, match="cannot be used: Permission denied"):
        Checkpoint.create(tmp_path / "c", IDENTITY)
