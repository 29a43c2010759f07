"""Which hopcheck this is: the digest of everything that takes part in a verdict, the solvers and compilers included."""

from __future__ import annotations

import hashlib
import os
import platform
import sys
from functools import lru_cache
from importlib import metadata
from pathlib import Path

import hopcheck

ENGINES = ("cvc5", "llvmlite", "msgspec", "numba", "numpy", "z3-solver")
"""The packages that compute verdicts, or write them down."""

_PARTS = ("engine", "explorer", "model", "properties")
"""The folders that take part in a verdict: what tells verdicts, or asks for them, takes none."""


@lru_cache(maxsize=1)
def installation() -> str:
    """SHA-256, as hex, of hopcheck's own files, of the versions of the engines and of Python, and of the machine's kind.

    Files count by their content: a version number does not tell one checkout from another.
    """
    content = hashlib.sha256()
    for part in (sys.version, platform.machine(), *(f"{name} {_version(name)}" for name in ENGINES)):
        content.update(f"{part}\0".encode())
    top = Path(hopcheck.__file__).parent
    for path in sorted(each for part in _PARTS for each in _files(top / part)):
        content.update(f"{path.relative_to(top).as_posix()}\0".encode())
        content.update(hashlib.sha256(path.read_bytes()).digest())
    return content.hexdigest()


def _files(top: Path) -> list[Path]:
    """The files of a folder, which in a checkout may be a link."""
    found: list[Path] = []
    for folder, folders, names in os.walk(top):
        folders[:] = [name for name in folders if name != "__pycache__"]
        found += [Path(folder, name) for name in names]
    return found


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "none"
