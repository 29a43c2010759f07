"""Model files as they lie in a suite: text under gzip, from somebody else."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

from hopcheck.model.errors import InputError

MOST_BYTES = 1 << 26
"""A file that unpacks to more than this is refused: a small archive can hold any amount of nothing."""


def unpack(path: Path) -> bytes:
    """What the gzip file holds; ``InputError`` where it is none, ends early, or unpacks to more than ``MOST_BYTES``."""
    try:
        with gzip.open(path) as packed:
            content = packed.read(MOST_BYTES + 1)
    except EOFError as short:
        raise InputError("the gzip file ends early", hint="copy the file again", file=str(path)) from short
    except (gzip.BadGzipFile, zlib.error) as broken:
        raise InputError(f"this is no sound gzip file ({broken})", hint="copy the file again", file=str(path)) from broken
    except OSError as missing:
        raise InputError(f"it cannot be read ({missing.strerror})", hint="name a file", file=str(path)) from missing
    if len(content) > MOST_BYTES:
        raise InputError(f"it unpacks to more than {MOST_BYTES} bytes", hint="use a smaller model", file=str(path))
    return content
