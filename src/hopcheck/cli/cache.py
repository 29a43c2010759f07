"""Where what is expensive to read is kept between runs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hopcheck.engine.cache.verdicts import VerdictCache
    from hopcheck.model.importers.source import CacheFile


def cache_folder() -> Path:
    """The folder for hopcheck's caches, by the XDG conventions; it need not exist yet."""
    home = os.environ.get("XDG_CACHE_HOME", "")
    # A relative path there is to be ignored, as the conventions say.
    return (Path(home) if os.path.isabs(home) else Path.home() / ".cache") / "hopcheck"


def source_cache() -> CacheFile:
    """The file in which the facts of source trees are kept."""
    from hopcheck.model.importers.source import CacheFile

    return CacheFile(cache_folder() / "source.sqlite3")


def verdict_folder() -> Path:
    """The folder in which the engines' answers are kept."""
    return cache_folder() / "verdicts"


def verdict_cache(wanted: bool) -> VerdictCache | None:
    """The engines' answers of earlier runs, where they are wanted."""
    from hopcheck.engine.cache.verdicts import open_verdict_cache

    return open_verdict_cache(verdict_folder()) if wanted else None
