"""A search on disk: its levels in a file, checkpoints that no kill can damage, and the visited set as sorted runs."""

from hopcheck.explorer.disk.checkpoint import Checkpoint, Saved
from hopcheck.explorer.disk.files import DiskFullError
from hopcheck.explorer.disk.levels import Level, LevelFile
from hopcheck.explorer.disk.manifest import Identity
from hopcheck.explorer.disk.run import Run
from hopcheck.explorer.disk.runs import RunStore

__all__ = ["Checkpoint", "DiskFullError", "Identity", "Level", "LevelFile", "Run", "RunStore", "Saved"]
