"""A made-up search whose state after k levels is known for every k, and a process that saves it until it is killed."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import numpy as np

from hopcheck.explorer.disk import Checkpoint, Identity, LevelFile, Saved

IDENTITY = Identity(model="made up", model_digest="m1", question_digest="q1", layout_digest="l1", width=2)


def level(k: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """The words of level k: up to 97 states of two words."""
    return np.arange(2 * (k * 7919 % 97 + 1), dtype=np.int64) * (k + 1) + k


def edges(k: int) -> tuple[int, ...]:
    return tuple(range(10, 10 + k))


def arrays(k: int) -> dict[str, np.ndarray[Any, Any]]:
    return {
        "hits": np.full(50, k, np.int64),
        "seen": np.arange(12).reshape(3, 4) < k,
        "mean": np.array(k / 3),
        "none": np.empty((0, 3), np.uint8),
    }


def payload(k: int) -> dict[str, Any]:
    return {"k": k, "name": "größe", "list": [1, None, {"x": k / 7}], "large": 1 << 80}


def append(states: LevelFile, k: int) -> None:
    states.append(level(k))
    states.end_level()


def save(checkpoint: Checkpoint) -> int:
    """Save all levels that have ended; how many there are."""
    k = len(checkpoint.states.levels)
    checkpoint.save(edges(k), payload(k), arrays(k))
    return k


def levels_of(checkpoint: Checkpoint, saved: Saved) -> int:
    """How many levels were saved, once everything else was found to be what belongs to them."""
    k = int(saved.payload["k"])
    states = checkpoint.states
    assert (saved.payload, saved.edges, len(states.levels)) == (payload(k), edges(k), k)
    assert list(saved.arrays) == list(arrays(k))
    for name, array in arrays(k).items():
        assert saved.arrays[name].dtype == array.dtype
        assert np.array_equal(saved.arrays[name], array)
    assert states.states == states.starts[-1]
    for n in range(k):
        assert np.array_equal(states.read(*states.starts[n : n + 2]), level(n))
    return k


def opened(path: Path) -> int:
    """How many levels a checkpoint has; ``InputError`` where it cannot be opened."""
    checkpoint, saved = Checkpoint.open(path, IDENTITY)
    with checkpoint:
        return levels_of(checkpoint, saved)


def _save_for_ever(path: Path, told: int, *, afresh: bool) -> None:
    checkpoint = Checkpoint.create(path, IDENTITY) if afresh else Checkpoint.open(path, IDENTITY)[0]
    os.write(told, b"begun\n")
    while True:
        append(checkpoint.states, len(checkpoint.states.levels))
        os.write(told, b"%d\n" % save(checkpoint))


if __name__ == "__main__":
    # For each line "PATH afresh|resumed" a process of its own, whose number is told first, then what it has saved.
    for line in sys.stdin:
        where, how = line.split()
        child = os.fork()
        if child == 0:
            try:
                _save_for_ever(Path(where), 1, afresh=how == "afresh")
            finally:
                os._exit(1)
        os.write(2, b"%d\n" % child)
        os.waitpid(child, 0)
        os.write(1, b"ended\n")
