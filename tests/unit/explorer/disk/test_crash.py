"""Nothing that stops a save loses the last one: a kill, a full disk or a failing one at any step, and a power cut."""

from __future__ import annotations

import errno
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from hopcheck.explorer.disk import Checkpoint, DiskFullError
from hopcheck.model.errors import InputError

from . import made_up
from .made_up import IDENTITY, append, opened, save

KILLS = 60
CALLS = ("pwrite", "fdatasync", "fsync", "replace", "open", "unlink")
"""What a save asks of the operating system."""


# kills ---------------------------------------------------------------------------------------------------------------


def killed(process: subprocess.Popen[str], line: str, saves: int, share: float) -> int:
    """Have one child save so often, kill it after a share of the time that this took, and return the last save it told."""
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdin.write(line)
    process.stdin.flush()
    child = int(process.stderr.readline())
    began = time.perf_counter()
    told = [process.stdout.readline() for _ in range(saves + 1)]
    time.sleep(share * (time.perf_counter() - began) / (saves + 1))
    os.kill(child, signal.SIGKILL)
    told += iter(process.stdout.readline, "ended\n")
    return max((int(each) for each in told[1:]), default=0)


def test_kills_at_random_instants(tmp_path: Path) -> None:
    seed = 20_240_817
    chance = random.Random(seed)
    path = tmp_path / "c"
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    levels = 0
    with subprocess.Popen(
        [sys.executable, made_up.__file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        for n in range(KILLS):
            afresh = n % 5 == 0 or levels == 0
            line = f"{path} {'afresh' if afresh else 'resumed'}\n"
            told = killed(process, line, chance.randrange(3), chance.uniform(0, 2))
            found = opened(path) if (path / "checkpoint.json").exists() else 0
            # Of a search that began afresh and saved nothing, the older one is there.
            expected = told or levels
            assert found in (expected, expected + 1) or (afresh and (found, told) == (1, 0)), (seed, n)
            levels = found
        process.stdin.close()  # type: ignore[union-attr]


# calls that fail -----------------------------------------------------------------------------------------------------


class Calls:
    """Stands between the code and the operating system; ``before`` is told of each call, and may raise."""

    def __init__(self, patch: pytest.MonkeyPatch, before: Callable[[str, tuple[Any, ...]], None]) -> None:
        self.made = 0
        for name in CALLS:
            patch.setattr(os, name, self._counted(name, getattr(os, name), before))

    def _counted(self, name: str, real: Callable[..., Any], before: Callable[[str, tuple[Any, ...]], None]) -> Any:
        def call(*args: Any, **named: Any) -> Any:
            self.made += 1
            before(name, args)
            return real(*args, **named)

        return call


class Failing:
    """Has the n-th call fail, from 1 on, and with ``lasting`` all those that would write after it."""

    def __init__(self, patch: pytest.MonkeyPatch, n: int, code: int, *, lasting: bool) -> None:
        self.n, self.code, self.lasting = n, code, lasting
        self.failed = ""
        self.calls = Calls(patch, self._before)

    def _before(self, name: str, args: tuple[Any, ...]) -> None:
        if self.calls.made == self.n or (self.lasting and self.failed and name in ("pwrite", "replace")):
            self.failed = self.failed or name
            raise OSError(self.code, os.strerror(self.code))


def calls_of_a_round(path: Path) -> int:
    """How many calls a whole round makes."""
    with pytest.MonkeyPatch.context() as patch:
        calls = Calls(patch, lambda name, args: None)
        one_round(path)
        return calls.made


def one_round(path: Path) -> None:
    """Open a checkpoint, append a level, save, append another, save."""
    with Checkpoint.open(path)[0] as checkpoint:
        for _ in range(2):
            append(checkpoint.states, len(checkpoint.states.levels))
            save(checkpoint)


def begin(path: Path) -> None:
    with Checkpoint.create(path, IDENTITY) as checkpoint:
        for k in range(3):
            append(checkpoint.states, k)
        save(checkpoint)


@pytest.mark.parametrize("lasting", [False, True])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
def test_each_call_of_a_save_fails_once(tmp_path: Path, code: int, lasting: bool) -> None:
    begin(tmp_path / "first")
    total = calls_of_a_round(tmp_path / "first")
    assert total > 20
    for n in range(1, total + 1):
        path = tmp_path / str(n)
        begin(path)
        with pytest.MonkeyPatch.context() as patch:
            failing = Failing(patch, n, code, lasting=lasting)
            # A call that only gives back room may fail unseen.
            with suppress(*((DiskFullError,) if code == errno.ENOSPC else (OSError, InputError))):
                one_round(path)
        assert failing.failed
        levels = opened(path)
        assert 3 <= levels <= 5
        one_round(path)
        assert opened(path) == levels + 2
        assert len(list(path.iterdir())) == 4


def test_a_save_can_be_tried_again_when_there_is_room(tmp_path: Path) -> None:
    begin(tmp_path)
    with Checkpoint.open(tmp_path)[0] as checkpoint:
        append(checkpoint.states, 3)
        with pytest.MonkeyPatch.context() as patch:
            Failing(patch, 3, errno.ENOSPC, lasting=True)
            with pytest.raises(DiskFullError):
                save(checkpoint)
        append(checkpoint.states, 4)
        save(checkpoint)
    assert opened(tmp_path) == 5


# power cuts ----------------------------------------------------------------------------------------------------------


class Disk:
    """What is on the disk for certain: contents as of the last sync of each file, names as of the directory's last one."""

    def __init__(self, patch: pytest.MonkeyPatch, path: Path, cut: Callable[[dict[str, bytes]], None]) -> None:
        self.path, self.cut = path, cut
        self.contents: dict[int, bytes] = {each.stat().st_ino: each.read_bytes() for each in path.iterdir()}
        self.names = self._names()
        Calls(patch, self._before)

    def _names(self) -> dict[str, int]:
        return {each.name: each.stat().st_ino for each in self.path.iterdir()}

    def _before(self, name: str, args: tuple[Any, ...]) -> None:
        present = self._names()
        # Of the changes of names that no sync has confirmed, none, all, or only the new manifest's may be there; contents
        # are the oldest possible.
        renamed = {**self.names, "checkpoint.json": present["checkpoint.json"]}
        for names in (self.names, present, renamed):
            self.cut({each: self.contents.get(inode, b"") for each, inode in names.items()})
        # An inode that no name has may be that of a new file soon.
        alive = {*present.values(), *self.names.values()}
        self.contents = {inode: raw for inode, raw in self.contents.items() if inode in alive}
        if name == "fdatasync":
            self.contents[os.fstat(args[0]).st_ino] = Path(f"/proc/self/fd/{args[0]}").read_bytes()
        if name == "fsync":
            self.names = present


def states_after_power_cuts(path: Path, act: Callable[[], None]) -> Iterator[int]:
    """Act, and tell what could be opened had the power failed before each call."""
    images: list[dict[str, bytes]] = []
    with pytest.MonkeyPatch.context() as patch:
        Disk(patch, path, images.append)
        act()
    for n, image in enumerate(images):
        copy = path.parent / f"{path.name}-{n}"
        copy.mkdir()
        for name, content in image.items():
            (copy / name).write_bytes(content)
        yield opened(copy)


def test_a_power_cut_before_each_call_of_a_save(tmp_path: Path) -> None:
    begin(tmp_path / "c")
    found = list(states_after_power_cuts(tmp_path / "c", lambda: one_round(tmp_path / "c")))
    assert set(found) == {3, 4, 5}
    assert found[-1] == 5


def test_a_power_cut_while_a_new_search_takes_an_old_ones_place(tmp_path: Path) -> None:
    path = tmp_path / "c"
    begin(path)

    def afresh() -> None:
        with Checkpoint.create(path, IDENTITY) as checkpoint:
            append(checkpoint.states, 0)
            save(checkpoint)

    assert set(states_after_power_cuts(path, afresh)) == {3, 1}
