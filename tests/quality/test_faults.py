"""Whatever ends a search before its time: it says what it knows, and from its checkpoint the same result comes out."""

from __future__ import annotations

import errno
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from hopcheck.explorer import Exploration, Limits, Stop, saving
from hopcheck.explorer.lowering.lower import Forms
from hopcheck.model.domain.fleet import fleet
from hopcheck.model.errors import InputError

from ..unit.explorer.searching import compiled, on_tiny_levels, short_of_memory  # noqa: TID252 (no package)
from . import searched
from .searched import asked, text

FLEET_3 = (571_936, 2_050_448, 42)
FLEET_4 = (17_636_416, 71_495_872, 54)
SEED = 20_261_121


class Searcher:
    """The process that searches."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, searched.__file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._line() == "ready"

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def ask(self, sign: signal.Signals | None = None, delay: float = 0, **request: Any) -> dict[str, Any] | None:
        """The answer to a request; None where the child was killed, or interrupted when its search had ended.

        The signal is sent so many seconds after the first level was searched.
        """
        assert self._process.stdin is not None
        assert self._process.stderr is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        child = int(self._process.stderr.readline())
        if sign is not None:
            time.sleep(delay)
            with suppress(ProcessLookupError):
                os.kill(child, sign)
        told = list(iter(self._line, "ended"))
        answer: dict[str, Any] | None = json.loads(told[0]) if told else None
        return answer

    def close(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            assert pipe is not None
            pipe.close()
        self._process.wait(timeout=60)


@pytest.fixture(scope="module")
def searcher() -> Iterator[Searcher]:
    made = Searcher()
    yield made
    made.close()


@pytest.fixture(scope="module")
def whole(searcher: Searcher) -> dict[str, Any]:
    """What an undisturbed search finds."""
    found = searcher.ask()
    assert found is not None
    assert (found["states"], found["transitions"], found["depth"]) == FLEET_3
    return found


@pytest.fixture(scope="module")
def seconds(searcher: Searcher, whole: dict[str, Any]) -> float:
    """How long a child takes."""
    began = time.perf_counter()
    assert searcher.ask() == {**whole, "peak": pytest.approx(whole["peak"], rel=0.5)}
    return time.perf_counter() - began


def is_part(found: dict[str, Any], whole: dict[str, Any]) -> bool:
    """Whether levels were found whole, one after the other."""
    levels = found["levels"]
    return bool(levels == whole["levels"][: len(levels)] and found["states"] == sum(levels))


def resumed(searcher: Searcher, path: Path, **request: Any) -> str:
    """What comes out in the end; nothing is left in the directory then."""
    found = searcher.ask(directory=str(path), resume=True, **request)
    assert found is not None
    assert "error" not in found, found
    assert not path.exists()
    told: str = found["text"]
    return told


# interrupts and kills ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("workers", [1, 4])
def test_interrupts_at_random_instants(
    searcher: Searcher, whole: dict[str, Any], seconds: float, tmp_path: Path, workers: int
) -> None:
    chance = random.Random(SEED + workers)
    for n in range(4):
        path = tmp_path / str(n)
        found = searcher.ask(signal.SIGINT, chance.uniform(0, seconds), directory=str(path), workers=workers)
        if found is None or found["complete"]:
            continue  # it had ended before
        assert (found["why"], found["checkpoint"], is_part(found, whole)) == ("interrupted", str(path), True), (SEED, n)
        assert resumed(searcher, path, workers=5 - workers) == whole["text"], (SEED, n)


@pytest.mark.parametrize("workers", [1, 4])
def test_interrupted_again_and_again(
    searcher: Searcher, whole: dict[str, Any], seconds: float, tmp_path: Path, workers: int
) -> None:
    path = tmp_path / "c"
    first = searcher.ask(directory=str(path), workers=workers, limits={"states": 1})
    assert first is not None
    assert (first["why"], len(first["levels"])) == ("states", 2)
    states = first["states"]
    for n in range(1, 7):
        limits = {"states": n * 60_000}  # so that it does not end before its last round
        found = searcher.ask(signal.SIGINT, seconds / 20, directory=str(path), workers=workers, resume=True, limits=limits)
        if found is not None:
            assert found["why"] in ("interrupted", "states")
            assert is_part(found, whole)
            assert found["states"] >= states
            states = found["states"]
    assert resumed(searcher, path, workers=workers) == whole["text"]


@pytest.mark.parametrize("workers", [1, 4])
def test_kills_at_random_instants(
    searcher: Searcher, whole: dict[str, Any], seconds: float, tmp_path: Path, workers: int
) -> None:
    chance = random.Random(SEED - workers)
    for n in range(4):
        path = tmp_path / str(n)
        searcher.ask(signal.SIGKILL, chance.uniform(0, 2 * seconds), directory=str(path), workers=workers, interval=0)
        if (path / "checkpoint.json").exists():
            assert resumed(searcher, path, workers=workers) == whole["text"], (SEED, n)
        else:
            found = searcher.ask(directory=str(path), resume=True)
            assert found is not None
            assert "holds no checkpoint" in found["error"]


def test_the_limit_of_time(searcher: Searcher, whole: dict[str, Any], tmp_path: Path) -> None:
    for n, limit in enumerate([0.0, 0.03, 0.08]):
        path = tmp_path / str(n)
        found = searcher.ask(directory=str(path), limits={"seconds": limit})
        assert found is not None
        assert found["complete"] or (found["why"], found["checkpoint"]) == ("seconds", str(path))
        assert is_part(found, whole)
        assert found["complete"] or resumed(searcher, path) == whole["text"]


# files of a checkpoint -----------------------------------------------------------------------------------------------


def search(vms: int, path: Path | None = None, resume: bool = False, states: int | None = None, **named: Any) -> Exploration:
    system = fleet(vms)
    return compiled(system, named or asked(system), checkpoint=path, resume=resume, limits=Limits(states=states)).run()


def contents(path: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in path.iterdir()}


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A checkpoint of the fleet of two."""
    path = tmp_path / "saved"
    found = search(2, path, states=1000)
    assert (found.why, found.checkpoint) == (Stop.STATES, str(path))
    return path


def test_a_damaged_checkpoint_is_refused(saved: Path, tmp_path: Path) -> None:
    whole = contents(saved)
    for name in sorted(whole):
        if not whole[name]:
            continue  # the lock
        for damaged in (whole[name][:-1], b"", whole[name][:20] + b"\x07" + whole[name][21:]):
            path = tmp_path / "copy"
            shutil.copytree(saved, path)
            (path / name).write_bytes(damaged)
            before = contents(path)
            with pytest.raises(InputError) as refused:
                search(2, path, resume=True)
            assert str(path) in str(refused.value.file)
            assert refused.value.hint
            assert contents(path) == before
            shutil.rmtree(path)
    assert text(search(2, saved, resume=True)) == text(search(2))


def test_a_checkpoint_of_something_else_is_refused(saved: Path) -> None:
    before = contents(saved)
    with pytest.raises(InputError, match=r"of model 'fleet\(2,2\)'.* and this search is of model 'fleet\(3,2\)'"):
        search(3, saved, resume=True)
    with pytest.raises(InputError, match="asks something else"):
        search(2, saved, resume=True, always={"up": fleet(2)["link"]})
    assert contents(saved) == before
    with pytest.raises(InputError, match="holds no checkpoint"):
        search(2, saved.parent, resume=True)


def test_a_directory_with_something_else_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(InputError, match="holds something else"):
        search(2, tmp_path)
    assert contents(tmp_path) == {"mine": b"mine"}


# a full disk ---------------------------------------------------------------------------------------------------------


def test_a_search_goes_on_when_it_cannot_save(searcher: Searcher, whole: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "c"
    found = searcher.ask(directory=str(path), interval=0, file_bytes=1 << 20)
    assert found is not None
    assert found["text"] == whole["text"]
    assert found["trouble"]


def test_the_last_checkpoint_outlives_a_full_disk(searcher: Searcher, whole: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "c"
    found = searcher.ask(directory=str(path), interval=0, file_bytes=1 << 20, limits={"states": 400_000})
    assert found is not None
    assert (found["why"], found["checkpoint"]) == ("states", str(path))
    assert "too large" in found["trouble"]
    assert resumed(searcher, path) == whole["text"]


def test_a_new_search_that_cannot_save_leaves_the_old_ones_checkpoint(saved: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "pwrite", _full)
        found = search(2, saved, states=500)
    assert (found.checkpoint, found.why) == (None, Stop.STATES)
    assert text(search(2, saved, resume=True)) == text(search(2))


def _full(*arguments: object) -> int:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("workers", [1, 4])
@pytest.mark.parametrize("spills", [False, True])
def test_a_disk_that_is_full_when_memory_is(spills: bool, workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    system = fleet(2)
    whole = search(2)
    on_tiny_levels(monkeypatch)
    real, made = os.pwrite, 0

    def pwrite(*arguments: Any) -> int:
        nonlocal made
        made += 1
        return _full() if made > 150 else real(*arguments)

    monkeypatch.setattr(os, "pwrite", pwrite)
    found = short_of_memory(compiled(system, asked(system), workers=workers), 300, monkeypatch, spills=spills).run()
    assert (found.complete, found.why) == (False, Stop.DISK)
    assert "No space left" in str(found.trouble)
    assert found.level_states == whole.level_states[: len(found.level_states)]
    assert found.level_edges == whole.level_edges[: len(found.level_edges)]
    assert found.states == sum(found.level_states)
    assert sum(found.fired.values()) == found.transitions == sum(found.level_edges)


@pytest.mark.parametrize("workers", [1, 4])
@pytest.mark.parametrize("form", ["bitmap", "file", "pointers"])
def test_a_search_that_is_on_the_disk_can_be_saved_and_resumed(
    form: str, workers: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    system, path = fleet(2), tmp_path / "c"
    named, whole = asked(system), search(2)
    on_tiny_levels(monkeypatch)
    monkeypatch.setattr(saving, "INTERVAL", 0)
    for states, resume in ((6000, False), (12_000, True), (None, True)):
        run = compiled(
            system,
            named,
            workers=workers,
            forms=Forms(index=form != "pointers"),
            checkpoint=path,
            resume=resume,
            limits=Limits(states=states),
        )
        found = short_of_memory(run, 300, monkeypatch, spills=form == "file").run()
        assert found.why is (Stop.STATES if states else None)
    assert text(found) == text(whole)


# memory --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("mebibytes", "workers"), [(200, 1), (240, 4), (300, 2)])
def test_memory_is_kept_to(searcher: Searcher, mebibytes: int, workers: int) -> None:
    limit = mebibytes << 20
    found = searcher.ask(vms=4, plain=True, workers=workers, limits={"memory_bytes": limit})
    assert found is not None
    assert (found["states"], found["transitions"], found["depth"]) == FLEET_4
    assert found["peak"] <= 1.1 * limit


def test_too_little_memory_is_said(searcher: Searcher) -> None:
    found = searcher.ask(limits={"memory_bytes": 1 << 20})
    assert found is not None
    assert "1 MiB of memory are too little; allow at least" in found["error"]
