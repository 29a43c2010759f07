"""Where changes come from: a TOML file, a patch on a source tree, the commits of a repository, or a work tree."""

from __future__ import annotations

from hopcheck.engine.changes.of_tree import of_commits, of_patch, of_work_tree
from hopcheck.engine.changes.written import written

__all__ = ["of_commits", "of_patch", "of_work_tree", "written"]
