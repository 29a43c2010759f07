"""libvirt's own use of ``block-bitmap-mapping``: since 7.1, only where it copies the storage.

A disk's alias is its target name, a bitmap's ``libvirt-<target>-<name>``; the names never leave libvirt, so an accepted
bitmap always finds its disk. Without storage copy nothing is sent: persistent bitmaps travel in the shared image.
"""

from __future__ import annotations

from hopcheck.model.domain.bitmaps.settings import BitmapState, Settings, Storage, Target
from hopcheck.model.domain.settings import Release

SINCE = Release("7.1")
"""The first libvirt with the block-dirty-bitmaps cookie; an older peer ignores the offer, or makes none."""

_TRANSFORM = Release("6.0")
"""libvirt asks its QEMU for the mapping together with ``transform``."""


def sends(settings: Settings, *, persistent: bool, existing: bool, state: BitmapState) -> bool:
    """Whether the source's libvirt offers the bitmap and the destination's accepts it: the reply lists what it takes.

    Offered is what is persistent and usable; skipped is a name that the destination has already, and everything where
    its image is no qcow2 v3.
    """
    offered = (
        settings.storage is not Storage.SHARED
        and settings.libvirt >= SINCE
        and settings.qemu_src >= _TRANSFORM
        and persistent
        and state is BitmapState.OK
    )
    accepted = (
        settings.libvirt_dst >= SINCE
        and settings.qemu_dst >= _TRANSFORM
        and settings.target is Target.QCOW2_V3
        and not existing
    )
    return offered and accepted


def merges(settings: Settings) -> bool:
    """Whether what is sent is a temporary bitmap, merged from those of the whole chain and made persistent by transform.

    So with ``NON_SHARED_DISK``; 7.1 to 7.5 tested a flag of another enum and always merged (libvirt commit b0220b2e27).
    """
    wrong_flag = SINCE <= settings.libvirt < Release("7.6")
    return settings.storage is Storage.NON_SHARED_DISK or (settings.storage is Storage.NON_SHARED_INC and wrong_flag)
