"""The migration cookie of libvirt between hosts of different releases, and the storage copy that it negotiates.

Facts gathered from libvirt up to 11.3 and QEMU up to 11.1; the table that this encodes is in docs/models/cookies.md.
"""

from hopcheck.model.domain.cookies.settings import Settings
from hopcheck.model.domain.cookies.system import system

__all__ = ["Settings", "system"]
