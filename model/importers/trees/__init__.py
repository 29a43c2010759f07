"""Source trees to read facts from: directories, git revisions, and either with a patch applied in memory."""

from __future__ import annotations

from hopcheck.model.importers.trees.directory import Directory
from hopcheck.model.importers.trees.open import is_range, open_range, open_tree
from hopcheck.model.importers.trees.patched import Patched, changed_paths
from hopcheck.model.importers.trees.revision import Revision

__all__ = ["Directory", "Patched", "Revision", "changed_paths", "is_range", "open_range", "open_tree"]
