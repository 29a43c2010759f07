"""The paths that a patch names: as git quotes them, with or without ``a/`` and ``b/``, and never outside the tree."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

_ESCAPE = re.compile(rb'\\(?:([0-7]{3})|([abtnvfr"\\]))')
_LETTERS = dict(zip(b'abtnvfr"\\', b'\a\b\t\n\v\f\r"\\', strict=True))
NOWHERE = "/dev/null"


class PathError(ValueError):
    """A path that no patch of a source tree has; the text says what is wrong with it."""


def unquote(raw: bytes) -> str:
    """Return a path as written, or in git's notation with quotes and escapes; what follows a tab is no part of it.

    Raises:
        PathError: it is not UTF-8.
    """
    if raw.startswith(b'"') and (end := raw.rfind(b'"')) > 0:
        raw = _ESCAPE.sub(lambda found: bytes([int(found[1], 8) & 255 if found[1] else _LETTERS[found[2][0]]]), raw[1:end])
    else:
        raw = raw.partition(b"\t")[0].rstrip()
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise PathError(f"{raw!r} is not UTF-8") from None


def quote(path: str) -> str:
    """Return a path as git writes it in a patch."""
    if re.fullmatch(r'[^\x00-\x1f"\\\x7f-\uffff]*', path):
        return path
    escaped = {code: f"\\{letter}" for letter, code in zip('abtnvfr"\\', b'\a\b\t\n\v\f\r"\\', strict=True)}
    return '"' + "".join(escaped.get(b, chr(b) if 32 <= b < 127 else f"\\{b:03o}") for b in path.encode()) + '"'


def stripped(source: str, target: str) -> tuple[str, str]:
    """Return the two paths of a file without their prefixes, "" for ``/dev/null``.

    A prefix is one letter (``a/``, ``b/``, git's others), or a first folder in which the two paths differ and nothing else.
    """
    pair = [path for path in (source, target) if path != NOWHERE]
    firsts = [path.partition("/") for path in pair]
    letters = all(len(first) == 1 and rest for first, _, rest in firsts)
    folders = len(pair) == 2 and firsts[0][0] != firsts[1][0] and firsts[0][2] == firsts[1][2] != ""
    if letters or folders:
        source, target = (path if path == NOWHERE else path.partition("/")[2] for path in (source, target))
    return tuple("" if path == NOWHERE else checked(path) for path in (source, target))  # type: ignore[return-value]


def checked(path: str) -> str:
    """Return the path.

    Raises:
        PathError: it is empty, absolute, leads out of the tree or into git's own files, or is not written plainly.
    """
    parts = path.split("/")
    if not path or path.startswith("/") or PurePosixPath(path).is_absolute():
        raise PathError(f"{path!r} is no path inside the tree")
    if any(part in ("", ".", "..") for part in parts) or any(part.lower() == ".git" for part in parts):
        raise PathError(f"{path!r} leads out of the tree")
    if not path.isprintable() or "\\" in path:
        raise PathError(f"{path!r} is no path of a source file")
    return path
