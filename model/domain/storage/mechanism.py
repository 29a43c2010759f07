"""What the two QEMUs do with an image around the hand-over, each mechanism with the release that brought it.

Releases are those of the facts gathered from QEMU's history; where a comment names a commit or says "by memory", the
facts give no number.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from hopcheck.model.domain.settings import Release
from hopcheck.model.domain.storage.settings import Handover, Settings


@dataclass(frozen=True, slots=True)
class Mechanism:
    """The mechanisms in force. ``flushes``, ``inactivates``, ``closes``, ``reactivates``: on the source; the rest on the
    destination, but for ``blocker``, ``blocker_qed`` and ``late``, which both sides decide."""

    flushes: bool
    inactivates: bool
    closes: bool
    reactivates: bool
    reloads_qcow2: bool
    reloads_qed: bool
    refreshes_length: bool
    drops_cache: bool
    invalidates_rbd: bool
    late: bool
    blocker: bool
    blocker_qed: bool
    image_lock: bool

    @property
    def hands_over(self) -> bool:
        """Whether the source gives up the image before the stream ends."""
        return self.inactivates or self.closes


@lru_cache(maxsize=8)  # asked for each disk
def mechanism(settings: Settings) -> Mechanism:
    """The mechanisms of these releases, or of the hand-over that the settings put in their place."""
    src, dst = settings.qemu_src, settings.qemu_dst
    released = settings.handover is Handover.RELEASED
    closes = settings.handover is Handover.CLOSE
    # A proposal of 2011 is looked at by itself: nothing that came later helps it.
    return Mechanism(
        flushes=settings.handover is not Handover.NOTHING,
        inactivates=released and src >= Release("2.6"),
        closes=closes,
        reactivates=src >= Release("2.9"),
        reloads_qcow2=closes or (released and dst >= Release("1.0")),  # commit 0f15423c32 of November 2011
        reloads_qed=closes or (released and dst >= Release("1.1")),  # by memory
        refreshes_length=closes or (released and dst >= Release("2.0")),  # by memory
        drops_cache=released and dst >= Release("3.0") and settings.linux_dst and settings.drop_cache,
        invalidates_rbd=released and dst >= Release("2.2"),  # by memory
        late=closes
        or dst >= Release("10.0")
        or (dst >= Release("3.0") and settings.libvirt >= Release("4.5")),  # late-block-activate
        blocker=src >= Release("1.0"),  # the series of commit 0f15423c32
        blocker_qed=Release("1.0") <= src < Release("1.1"),  # until its metadata were reloaded, by memory
        image_lock=settings.image_lock and src >= Release("2.10") and dst >= Release("2.10"),
    )
