"""Where changes come from: a TOML file, a patch on a source tree, or the commits of a repository."""

from __future__ import annotations

from hopcheck.engine.changes.of_tree import of_commits, of_patch
from hopcheck.engine.changes.written import written

__all__ = ["of_commits", "of_patch", "written"]
