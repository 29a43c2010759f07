"""Dirty bitmaps in a migration: which of them travel, under which name, to which node, and what a failure leaves.

``settings`` is what a user may set; ``graph`` the two sides' names, ``policy`` the rules over them, ``libvirt`` what
libvirt makes of the rules; ``world`` joins these, ``state`` and ``system`` are the transition system.
"""

from hopcheck.model.domain.bitmaps.settings import Settings
from hopcheck.model.domain.bitmaps.system import bitmaps as system

__all__ = ["Settings", "system"]
