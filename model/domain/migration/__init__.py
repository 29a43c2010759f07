"""A whole migration: libvirt's protocol drives, the disk and its dirty bitmap follow, and the faults are those of all.

The three parts are the models of their names, as they stand. ``follow`` says how a part follows; ``disk`` and ``bitmap``
say when each of the part's actions happens; ``memory`` adds what none of the parts has; ``joint`` puts them together.
"""

from __future__ import annotations

from hopcheck.model.domain.migration.joint import joint
from hopcheck.model.domain.migration.settings import Settings
from hopcheck.model.language import System

__all__ = ["Settings", "joint", "system"]


def system(settings: Settings) -> System:
    """One migration of one guest, with its disk and the disk's bitmap."""
    return joint(settings).system
