"""Patches: read as data, applied in memory, and written."""

from __future__ import annotations

from hopcheck.model.importers.patch.apply import Applied, Note, apply
from hopcheck.model.importers.patch.parse import parse
from hopcheck.model.importers.patch.syntax import FilePatch, Hunk, Patch
from hopcheck.model.importers.patch.unified import unified

__all__ = ["Applied", "FilePatch", "Hunk", "Note", "Patch", "apply", "parse", "unified"]
