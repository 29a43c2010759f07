"""The storage requirements of a migration: policies over a model of who has which bytes in which cache.

Facts: the storage section of what was gathered from the 2011 thread, from libvirt 0.9.11 to 11.3 and from QEMU's
history; ``docs/models/storage.md`` says where each row stands.
"""

from hopcheck.model.domain.storage.settings import Settings
from hopcheck.model.domain.storage.system import system

__all__ = ["Settings", "system"]
