"""Which files of a source tree can hold facts."""

from __future__ import annotations

import re
from collections.abc import Iterable

_SOURCE = re.compile(r".*\.(?:c|h|inc)")
_SCHEMA = re.compile(r"(?:.*/)?qapi(?:/.*|-schema)\.json|qapi/.*\.json")
_SKIPPED = (
    "bsd-user/",
    "build/",
    "capstone/",
    "contrib/",
    "debian/",
    "disas/",
    "docs/",
    "dtc/",
    "fpu/",
    "fsdev/",
    "libdecnumber/",
    "linux-headers/",
    "linux-user/",
    "meson/",
    "pc-bios/",
    "plugins/",
    "po/",
    "python/",
    "qga/",
    "roms/",
    "rust/",
    "scripts/",
    "slirp/",
    "storage-daemon/",
    "subprojects/",
    "target/xtensa/core-",
    "tcg/",
    "tests/",
    "tools/",
    "ui/keycodemapdb/",
)
"""Folders without devices: user-mode emulation, tests, tools, firmware, other projects, and tables of instructions."""


def selected(paths: Iterable[str]) -> list[str]:
    """Return the paths of C files and QAPI schemas that can matter, sorted.

    Hidden folders hold copies: of earlier states of patched files, or of another revision.
    """
    visible = (path for path in paths if not path.startswith((*_SKIPPED, ".")) and "/." not in path)
    return sorted(path for path in visible if _SOURCE.fullmatch(path) or is_schema(path))


def is_schema(path: str) -> bool:
    """Return whether a file is part of the QAPI schema of the system emulator."""
    return _SCHEMA.fullmatch(path) is not None
