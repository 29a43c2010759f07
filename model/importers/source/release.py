"""The release that a tree is, or is on its way to."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hopcheck.model.errors import InputError

_VERSION = re.compile(r"\s*(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?(\S*)\s*")
_DEVELOPMENT = 50
_CANDIDATE = 90
_LAST_MINOR = 2


@dataclass(frozen=True, slots=True)
class Release:
    """``version`` as facts order it, and the three numbers that the tree's macros are given."""

    version: str
    numbers: tuple[int, int, int]


def release_of(text: str, place: str, version: str = "") -> Release:
    """Return the release that the text of a tree's ``VERSION`` file tells; ``version`` overrides how it is called.

    x.y.0 is "x.y", another patch level below 50 is kept. From 50 on, a tree is on its way to the next release: x.y.50
    and the candidates x.y.90 and later lead to x.(y+1), after x.2 to (x+1).0, and are called "11.0pre".

    Raises:
        InputError: the file does not hold a version.
    """
    match = _VERSION.fullmatch(text)
    if match is None:
        hint = "give a QEMU source tree: its VERSION reads like 10.0.2"
        raise InputError(f"is no version: {text.strip()[:40]!r}", hint=hint, file=place)
    major, minor, micro = (int(match.group(i) or 0) for i in (1, 2, 3))
    if micro >= _DEVELOPMENT:
        following = (major + 1, 0) if minor >= _LAST_MINOR else (major, minor + 1)
        called = f"{following[0]}.{following[1]}pre"
    else:
        called = f"{major}.{minor}.{micro}" if micro else f"{major}.{minor}"
    return Release(version or called, (major, minor, micro))
