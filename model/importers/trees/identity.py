"""The identity of a file's content: the name that git gives it, so that directories and revisions share what is known."""

from __future__ import annotations

import hashlib

MAX_FILE = 16 << 20
"""Bytes of a file that a tree holds at most; the largest source file of QEMU has one megabyte. Larger ones are left out."""


def identity(content: bytes) -> str:
    """Return the object name of a blob, as repositories of git's usual format compute it."""
    name = hashlib.sha1(b"blob %d\0" % len(content), usedforsecurity=False)
    name.update(content)
    return name.hexdigest()
