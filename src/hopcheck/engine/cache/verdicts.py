"""A folder in which answers of engines are kept from run to run. It fails closed.

Whatever is odd about what is kept (it is damaged, was written for another question or by another installation, is no more
what would be written today) counts as not being there: then the engine is asked again. The folder may be shared by
processes, and be removed, cut off or overwritten at any time; no trouble with it makes a run fail.

It is not sealed: who may write into the folder may write a false answer with a right checksum. Let nobody write there whom
you would not let change your tests.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from hopcheck.engine.cache.installation import installation

Answer = TypeVar("Answer")

FORMAT = "hopcheck-verdict/1"
"""Changes whenever equal answers would be written otherwise."""

MAX_ENTRY = 16 << 20
"""Bytes of one answer that is kept; a larger one is computed again each time."""

MAX_SIZE = 256 << 20
"""Bytes of all answers; beyond, those that were not used for longest are removed."""


@dataclass(frozen=True, slots=True)
class VerdictCache:
    """``folder``: where answers are kept; it need not exist. ``installation``: what they were computed by."""

    folder: Path
    installation: str

    def recall(self, kind: str, question: object, type_: type[Answer]) -> Answer | None:
        """The answer to a question (plain values, written as JSON); None where there is none that can be relied on."""
        key = self._key(kind, question)
        path = self._path(key)
        try:
            content = _content(path, key)
            answer = msgspec.json.decode(content, type=type_)
            # What reads back as something else has fields that nobody knows, or lacks some.
            if msgspec.json.encode(answer) != content:
                return None
            os.utime(path)
        except (OSError, ValueError, msgspec.MsgspecError, RecursionError):
            return None
        return answer

    def keep(self, kind: str, question: object, answer: object) -> None:
        """Keep an answer; it appears whole, or not at all."""
        key = self._key(kind, question)
        path = self._path(key)
        beside = path.with_name(f".{path.name}-{uuid.uuid4().hex}")
        try:
            content = msgspec.json.encode(answer)
            if len(content) > MAX_ENTRY:
                return
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            beside.write_bytes(_header(key, content) + content)
            beside.replace(path)
        except (OSError, OverflowError, TypeError, ValueError):
            with contextlib.suppress(OSError):
                beside.unlink()

    def _key(self, kind: str, question: object) -> str:
        text = json.dumps([FORMAT, self.installation, kind, question], separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / key


def open_verdict_cache(folder: Path, *, most: int = MAX_SIZE) -> VerdictCache:
    """The cache in a folder, made smaller where it holds more than ``most`` bytes."""
    _shrink(folder, most)
    return VerdictCache(folder, installation())


def _header(key: str, content: bytes) -> bytes:
    """The line before an answer: its checksum speaks of the key too, so that no file can take another's place."""
    return f"{FORMAT} {key} {hashlib.sha256(key.encode() + content).hexdigest()}\n".encode()


def _content(path: Path, key: str) -> bytes:
    """What is kept under a key. Raises ``OSError`` or ``ValueError`` where that is not what was written."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as stream:
        header = stream.readline(len(_header(key, b"")))
        content = stream.read(MAX_ENTRY + 1)
    if len(content) > MAX_ENTRY or header != _header(key, content):
        raise ValueError("not what was written")
    return content


def _shrink(folder: Path, most: int) -> None:
    """Remove what was not used for longest, down to half of what there may be; and what writers have left behind."""
    found: list[tuple[float, int, Path]] = []
    try:
        for path in folder.glob("??/*"):
            with contextlib.suppress(OSError):
                about = path.lstat()
                found.append((about.st_mtime, about.st_size, path))
    except OSError:
        return
    size = sum(each for _, each, _ in found)
    if size <= most:
        return
    for _, each, path in sorted(found):
        with contextlib.suppress(OSError):
            path.unlink()
            size -= each
        if size <= most // 2:
            return
