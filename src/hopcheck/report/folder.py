"""The files of a run: made completely beside their place, then put there in one step."""

from __future__ import annotations

import contextlib
import os
import shutil
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from hopcheck.model.errors import InputError

_OURS = b'"hopcheck-'
"""How the names of the schemas of all reports begin."""

_HINT = "give a folder that can be written with --out-dir"


@dataclass(frozen=True, slots=True)
class File:
    """A file of a run: its path within the run's folder, and its bytes."""

    path: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Folder:
    """The folder of one job below the output folder: ``out/check``, ``out/prove``."""

    base: Path
    job: str

    @property
    def path(self) -> Path:
        """Where the files are in the end."""
        return self.base / self.job

    def check(self) -> None:
        """Raise ``InputError`` where it is plain already that nothing can be written; writes nothing."""
        standing = next(each for each in (self.base, *self.base.absolute().parents) if each.exists())
        if not standing.is_dir():
            raise InputError("is no folder", hint=_HINT, file=str(standing))
        if not os.access(standing, os.W_OK | os.X_OK):
            raise InputError("cannot be written", hint=_HINT, file=str(standing))
        if self.path.exists() and not self._ours():
            hint = "move it away, or give another folder with --out-dir"
            raise InputError("is there already and was not written by hopcheck", hint=hint, file=str(self.path))

    def write(self, files: Iterable[File]) -> int:
        """Replace the folder by these files, and return how many they are. Raises ``InputError``; then nothing changed."""
        fresh = self.base / f".{self.job}-{uuid.uuid4().hex}"
        try:
            fresh.mkdir(parents=True)
            number = 0
            for number, file in enumerate(files, 1):  # noqa: B007 (the last number is how many they are)
                place = fresh / file.path
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(file.content)
            self._put(fresh)
        except OSError as error:
            shutil.rmtree(fresh, ignore_errors=True)
            what = f"cannot be written ({error.strerror or error})"
            raise InputError(what, hint=_HINT, file=str(self.path)) from None
        except BaseException:
            shutil.rmtree(fresh, ignore_errors=True)
            raise
        return number

    def _put(self, fresh: Path) -> None:
        """Two renames: between them the folder is missing, but it is never half of one run and half of another."""
        if not self.path.exists():
            fresh.rename(self.path)
            return
        old = self.base / f".{self.job}-{uuid.uuid4().hex}"
        self.path.rename(old)
        try:
            fresh.rename(self.path)
        except OSError:
            old.rename(self.path)
            raise
        shutil.rmtree(old, ignore_errors=True)

    def _ours(self) -> bool:
        """Whether an earlier run wrote the folder: only then may it be replaced."""
        try:
            return _OURS in (self.path / "report.json").read_bytes()
        except OSError:
            return False


def write_file(path: Path, content: bytes) -> None:
    """Write one file that the user names: it appears whole or not at all. Raises ``InputError``."""
    write_all({path: content})


def write_all(wanted: Mapping[Path, bytes]) -> None:
    """Write files that the user names: all of them appear, each of them whole, or none. Raises ``InputError``."""
    beside = {path: path.with_name(f".{path.name}-{uuid.uuid4().hex}") for path in wanted}
    path = Path()
    try:
        for path, content in wanted.items():
            check_file(path)
            beside[path].write_bytes(content)
        for path, fresh in beside.items():
            fresh.rename(path)
    except OSError as error:
        what = f"cannot be written ({error.strerror or error})"
        raise InputError(what, hint="give another file", file=str(path)) from None
    finally:
        for fresh in beside.values():
            with contextlib.suppress(OSError):
                fresh.unlink()


def check_file(path: Path) -> None:
    """Raise ``InputError`` where it is plain already that the file cannot be written."""
    folder = path.absolute().parent
    if path.is_dir():
        raise InputError("cannot be written (it is a folder)", hint="give another file", file=str(path))
    if not folder.is_dir():
        raise InputError("cannot be written (its folder is not there)", hint="make the folder first", file=str(path))
    if not os.access(folder, os.W_OK | os.X_OK):
        raise InputError("cannot be written (its folder is closed)", hint="give another file", file=str(path))
