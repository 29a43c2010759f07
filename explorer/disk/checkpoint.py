"""A checkpoint: a directory from which a search goes on, whole at every instant.

It holds a manifest (``checkpoint.json``), the states level by level (``states-G.bin``), the caller's arrays
(``arrays-N.bin``) and a lock. What a save writes gets a new name or is appended beyond what the last manifest speaks of,
and is on the disk before the new manifest takes the old one's place: whatever stops a save, the last one is there. A new
search in the same directory writes another generation of states, and the old search can be resumed until the new one
has saved for the first time.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopcheck import __version__
from hopcheck.explorer.disk import files, manifest
from hopcheck.explorer.disk.levels import START_AFRESH, LevelFile, Words
from hopcheck.explorer.disk.lock import Lock
from hopcheck.explorer.disk.manifest import ArrayEntry, Identity, Manifest
from hopcheck.model.errors import InputError

MANIFEST = "checkpoint.json"
LOCK = "hopcheck.lock"
_NEXT = "checkpoint.json.new"
_OWN = re.compile(rf"{LOCK}|{MANIFEST}|{_NEXT}|(states|arrays)-[0-9]{{1,19}}\.bin|.*{files.SCRATCH}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Saved:
    """What was saved with the states.

    ``edges``: of each expanded level; ``payload``: as JSON gives it back (tuples are lists); ``arrays``: by name;
    ``made_by``: the version of hopcheck that saved it.
    """

    edges: tuple[int, ...]
    payload: Any
    arrays: Mapping[str, NDArray[Any]]
    made_by: str


class Checkpoint:
    """An open checkpoint, locked until it is closed or the process (and what it forked) is gone.

    ``path``: its directory; ``identity``: what the search is of; ``states``: the file that the search appends to.
    Made by ``create`` or ``open``. Use it as a context manager, or ``close`` it.
    """

    def __init__(self, path: Path, identity: Identity, states: LevelFile, lock: Lock, serial: int, generation: int) -> None:
        self.path = path
        self.identity = identity
        self.states = states
        self._lock = lock
        self._serial = serial
        self._generation = generation

    @classmethod
    def create(cls, path: Path, identity: Identity) -> Checkpoint:
        """A checkpoint for a search that begins; an older one in the same directory stays until the first ``save``.

        Raises:
            InputError: the directory holds something else, is in use, or cannot be written.
            DiskFullError: there is no room.
        """
        with _input_errors(path):
            if not path.exists():
                path.mkdir(parents=True, exist_ok=True)
                files.sync_directory(path.parent)
            _refuse_foreign(path)
            lock = Lock(path / LOCK)
            try:
                old = _read(path) if (path / MANIFEST).exists() else None
                _sweep(path, old)
                generation = 0 if old is None else 1 - old.generation
                states = LevelFile.create(path / _states(generation), identity.width)
            except BaseException:
                lock.release()
                raise
        return cls(path, identity, states, lock, 0 if old is None else old.serial, generation)

    @classmethod
    def open(
        cls, path: Path, wanted: Identity | None = None, admits: Callable[[Words], bool] | None = None
    ) -> tuple[Checkpoint, Saved]:
        """A checkpoint to go on from, every byte of it verified. What was appended after the last save is dropped.

        ``wanted``: what it must be of; ``admits``: tells of a piece of the states whether each of them is one that the
        layout can unpack (a checksum does not tell who made it).

        Raises:
            InputError: there is none, it is damaged, of something else, in use, or cannot be read. Nothing was changed.
        """
        with _input_errors(path):
            if not (path / MANIFEST).exists():
                raise InputError("holds no checkpoint", hint="give the directory of a checkpoint", file=str(path))
            _read(path)
            lock = Lock(path / LOCK)
            try:
                # Read again: until it was locked, another process may have saved.
                found = _read(path)
                if wanted is not None:
                    _compare(path, found, wanted)
                saved = _saved(path, found)
                states = _verified(path, found, admits)
                try:
                    states.truncate_to(states.states)
                    _sweep(path, found)
                except BaseException:
                    states.close()
                    raise
            except BaseException:
                lock.release()
                raise
        return cls(path, found.identity, states, lock, found.serial, found.generation), saved

    def save(self, edges: Sequence[int], payload: object, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Save the levels of ``states`` that have ended, together with these; on return they are on the disk.

        ``edges``: of each expanded level; ``payload``: anything that JSON can say; ``arrays``: of Booleans, integers or
        double floats, by name.

        Raises:
            DiskFullError: there is no room. The last save holds, and a later one may succeed.
            OSError: the disk fails; the last save holds.
            TypeError, ValueError: something cannot be kept; nothing was written.
        """
        entries = [ArrayEntry.of(name, array) for name, array in arrays.items()]
        data = [_flat(array, entry) for array, entry in zip(arrays.values(), entries, strict=True)]
        levels = self.states.levels
        # A number is never used again: a save that fails late may have made its files those of the last manifest.
        self._serial = (self._serial + 1) % (1 << 53)
        document = Manifest(
            made_by=__version__,
            identity=self.identity,
            generation=self._generation,
            serial=self._serial,
            states=[each.states for each in levels],
            crc32=[each.crc32 for each in levels],
            edges=[int(each) for each in edges],
            arrays=entries,
            arrays_sha256=_sha256(data),
            payload=manifest.encode_payload(payload),
        )
        text = manifest.encode(document)
        self._write(document, text, data)
        _sweep(self.path, document)

    def _write(self, document: Manifest, text: bytes, data: list[NDArray[Any]]) -> None:
        """Write the new files, and have them take the old ones' place in one step."""
        arrays, following = self.path / _arrays(document.serial), self.path / _NEXT
        try:
            self.states.keep()
            files.write_new(arrays, data)
            files.write_new(following, [np.frombuffer(text, np.uint8)])
            files.sync_directory(self.path)
        except OSError:
            # Before the rename nothing needs these, and the room may be wanted. After it, nothing may be removed.
            with suppress(OSError):
                following.unlink(missing_ok=True)
                arrays.unlink(missing_ok=True)
            raise
        with files.naming(self.path / MANIFEST):
            os.replace(following, self.path / MANIFEST)
        files.sync_directory(self.path)

    def close(self, *, delete: bool = False) -> None:
        """Let go of the directory; with ``delete`` remove the checkpoint, and the directory where nothing else is in it."""
        self.states.close()
        if delete:
            with files.naming(self.path):
                # First what makes it a checkpoint, so that no instant shows one without its states.
                (self.path / MANIFEST).unlink(missing_ok=True)
            files.sync_directory(self.path)
            _sweep(self.path, None)
            with files.naming(self.path), suppress(OSError):
                (self.path / LOCK).unlink(missing_ok=True)
                self.path.rmdir()
        self._lock.release()

    def __enter__(self) -> Checkpoint:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def _states(generation: int) -> str:
    return f"states-{generation}.bin"


def _arrays(serial: int) -> str:
    return f"arrays-{serial}.bin"


@contextmanager
def _input_errors(path: Path) -> Iterator[None]:
    """Have the directory's or a file's own troubles be input errors; a full disk is none."""
    try:
        yield
    except files.DiskFullError:
        raise
    except OSError as error:
        file = str(error.filename or path)
        raise InputError(
            f"cannot be used: {error.strerror}", hint="check the directory and its permissions", file=file
        ) from error


def _refuse_foreign(path: Path) -> None:
    """Raise ``InputError`` where a directory holds anything but files of a checkpoint."""
    names = sorted(os.listdir(path))
    foreign = [name for name in names if not _OWN.fullmatch(name)]
    if names and LOCK not in names and MANIFEST not in names:
        foreign = names
    if foreign:
        raise InputError(
            f"holds something else than a checkpoint ({foreign[0]!r})",
            hint="give an empty or a new directory",
            file=str(path),
        )
    if MANIFEST in names:
        _read(path)


def _read(path: Path) -> Manifest:
    """The manifest; ``InputError`` where it is none."""
    file = path / MANIFEST
    descriptor = files.open_regular(file, os.O_RDONLY)
    try:
        size = os.fstat(descriptor).st_size
        if size > manifest.LARGEST:
            raise InputError(f"is no checkpoint of hopcheck: it has {size} bytes", hint=START_AFRESH, file=str(file))
        raw = np.empty(size, np.uint8)
        files.read_all(descriptor, raw, 0, file)
    finally:
        os.close(descriptor)
    return manifest.decode(raw.tobytes(), str(file))


def _compare(path: Path, found: Manifest, wanted: Identity) -> None:
    has = found.identity
    if has == wanted:
        return
    if (has.model, has.model_digest) != (wanted.model, wanted.model_digest):
        other = f"and this search is of model {wanted.model!r} with digest {wanted.model_digest}"
    elif has.question_digest != wanted.question_digest:
        other = f"and this search asks something else of it (digest {wanted.question_digest}, not {has.question_digest})"
    else:
        other = "and this hopcheck packs its states in another way"
    problem = f"this checkpoint is of model {has.model!r} with digest {has.model_digest}, made by hopcheck {found.made_by}, "
    hint = "resume it with what it was made of, or start the search afresh in another directory"
    raise InputError(problem + other, hint=hint, file=str(path / MANIFEST))


def _flat(array: NDArray[Any], entry: ArrayEntry) -> NDArray[Any]:
    return np.ascontiguousarray(array, entry.dtype).reshape(-1)


def _sha256(parts: Iterable[NDArray[Any]]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(files.octets(part))
    return digest.hexdigest()


def _saved(path: Path, found: Manifest) -> Saved:
    """What was saved with the states, verified."""
    file = path / _arrays(found.serial)
    descriptor = files.open_regular(file, os.O_RDONLY)
    try:
        size, wanted = os.fstat(descriptor).st_size, sum(each.nbytes for each in found.arrays)
        if size != wanted:
            raise InputError(
                f"is damaged: {size} bytes, of which there should be {wanted}", hint=START_AFRESH, file=str(file)
            )
        raw = np.empty(size, np.uint8)
        files.read_all(descriptor, raw, 0, file)
    finally:
        os.close(descriptor)
    if _sha256([raw]) != found.arrays_sha256:
        raise InputError("is damaged: its SHA-256 is not the manifest's", hint=START_AFRESH, file=str(file))
    arrays, at = {}, 0
    for each in found.arrays:
        part = raw[at : at + each.nbytes]
        if each.dtype == "|b1" and (part > 1).any():
            raise InputError(f"is damaged: {each.name!r} holds more than 0 and 1", hint=START_AFRESH, file=str(file))
        # A copy: of its own alignment, in the machine's byte order, and not holding on to all others.
        dtype = np.dtype(each.dtype)
        arrays[each.name] = np.frombuffer(part.tobytes(), dtype).astype(dtype.newbyteorder("=")).reshape(each.shape)
        at += each.nbytes
    payload = manifest.decode_payload(found, str(path / MANIFEST))
    return Saved(tuple(found.edges), payload, arrays, found.made_by)


def _verified(path: Path, found: Manifest, admits: Callable[[Words], bool] | None) -> LevelFile:
    """The states, each level of which has the manifest's checksum."""
    file = path / _states(found.generation)
    states = LevelFile.open(file, found.identity.width, found.levels)
    try:
        for level in range(len(found.states)):
            if not states.verify(level):
                problem = f"is damaged: the checksum of level {level} is not the manifest's"
                raise InputError(problem, hint=START_AFRESH, file=str(file))
        if admits is not None and not all(map(admits, states.chunks(0, states.states))):
            raise InputError("holds a state that the model does not have", hint=START_AFRESH, file=str(file))
    except BaseException:
        states.close()
        raise
    return states


def _sweep(path: Path, current: Manifest | None) -> None:
    """Remove the files of a checkpoint that no manifest needs any more."""
    needed = {LOCK} if current is None else {LOCK, MANIFEST, _states(current.generation), _arrays(current.serial)}
    with files.naming(path):
        for name in os.listdir(path):
            if name not in needed and _OWN.fullmatch(name):
                (path / name).unlink(missing_ok=True)
