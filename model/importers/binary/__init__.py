"""Facts from a QEMU binary: asked over QMP without a guest, and its vmstate descriptions dumped."""

from __future__ import annotations

import time
from pathlib import Path

from hopcheck.model.errors import InputError
from hopcheck.model.facts.schema import Build, BuildKind
from hopcheck.model.facts.vmstate import VMStateSection
from hopcheck.model.importers.binary.answers import NonsenseError
from hopcheck.model.importers.binary.dump import read_dump
from hopcheck.model.importers.binary.interview import answers_of
from hopcheck.model.importers.binary.machines import machines_of
from hopcheck.model.importers.binary.process import running
from hopcheck.model.importers.binary.types import types_of

__all__ = ["import_binary", "read_dump"]

_DUMP = "vmstate.json"


def import_binary(path: str | Path, *, name: str = "", seconds: float = 60.0, vmstate: bool = True) -> Build:
    """Return the facts of a QEMU system emulator, or of a script that starts one with the arguments that it is given.

    ``name``: what the build is called, "" for its version. ``seconds``: for everything together. ``vmstate``: whether the
    descriptions are dumped too. Types that cannot be listed are in ``unresolved``.

    Raises:
        InputError: the binary does not start, is no QEMU, answers nonsense, dies, or takes longer.
    """
    binary = Path(path).absolute()
    deadline = time.monotonic() + seconds
    answers = answers_of(binary, deadline)
    try:
        machines, lists = machines_of(answers.machines)
        types = types_of(answers.types, answers.listings)
    except NonsenseError as error:
        raise InputError(f"answers {error}", hint="give a QEMU system emulator", file=str(binary)) from None
    told = answers.version
    version = f"{told.qemu.major}.{told.qemu.minor}.{told.qemu.micro}"
    package = f" {told.package}" if told.package else ""
    return Build(
        name=name or version,
        version=version,
        kind=BuildKind.BINARY,
        origin=f"{binary.name}{package} (reports {version}), asked over QMP",
        compat_arrays=lists,
        machines=machines,
        types=types,
        arch=answers.target.arch,
        unresolved=tuple(answers.unresolved),
        vmstate=_dumped(binary, deadline) if vmstate else None,
    )


def _dumped(binary: Path, deadline: float) -> dict[str, VMStateSection]:
    """Return the sections of the dump that the binary writes.

    Raises:
        InputError: it writes none in time, or something else.
    """
    hint = "leave the descriptions out, or give a QEMU system emulator"
    with running(binary, ("-dump-vmstate", _DUMP)) as process:
        if not process.ended(deadline):
            raise InputError("did not dump its vmstate descriptions in time", hint=hint, file=str(binary))
        # Nobody writes to it any more, nor puts something else in its place.
        process.stop()
        dump = process.folder / _DUMP
        if not dump.is_file():
            problem = f"dumped no vmstate descriptions ({process.last_words()})"
            raise InputError(problem, hint=hint, file=str(binary))
        try:
            return read_dump(dump)
        except InputError as error:
            raise InputError(
                f"dumped vmstate descriptions that cannot be read: {error.what}", hint=hint, file=str(binary)
            ) from None
