"""Where what is expensive to read is kept between runs."""

from __future__ import annotations

import os
from pathlib import Path


def cache_folder() -> Path:
    """The folder for hopcheck's caches, by the XDG conventions; it need not exist yet."""
    home = os.environ.get("XDG_CACHE_HOME", "")
    # A relative path there is to be ignored, as the conventions say.
    return (Path(home) if os.path.isabs(home) else Path.home() / ".cache") / "hopcheck"


def source_cache() -> Path:
    """The file in which the facts of source trees are kept."""
    return cache_folder() / "source.sqlite3"
