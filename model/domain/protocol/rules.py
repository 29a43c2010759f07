"""The rules that changed over the releases, each in one place with the release that brought it, and its source."""

from __future__ import annotations

from dataclasses import dataclass

from hopcheck.model.domain.protocol.selection import QEMU_DRIVER, Control, Feature, Protocol, Selected
from hopcheck.model.domain.protocol.settings import Fence, Guest, Settings
from hopcheck.model.domain.settings import Release


@dataclass(frozen=True, slots=True)
class Rules:
    """What the releases of one setting do; commits are libvirt's unless said otherwise."""

    settings: Settings
    protocol: Protocol

    @property
    def v3(self) -> bool:
        """The source keeps the guest until Confirm."""
        return self.protocol.confirms

    @property
    def p2p(self) -> bool:
        """The source daemon conducts the migration."""
        return self.settings.control is Control.P2P

    @property
    def offline(self) -> bool:
        """Nothing runs, only the definition moves."""
        return self.settings.offline

    @property
    def protected(self) -> bool:
        """The source keeps one job from Begin on.

        0.9.4: a client asks for it whenever the source can do it; peer-to-peer is one job anyway.
        """
        return self.v3 and (self.p2p or self.settings.libvirt >= QEMU_DRIVER[Feature.CHANGE_PROTECTION])

    @property
    def image_lock(self) -> bool:
        """Images are locked by both QEMUs. 2.10."""
        since = Release("2.10")
        return self.settings.fence is Fence.IMAGE_LOCK and min(self.settings.qemu, self.settings.qemu_there) >= since

    @property
    def lease(self) -> bool:
        """A lock manager grants one lease."""
        return self.settings.fence is Fence.LOCK_MANAGER

    @property
    def late_activation(self) -> bool:
        """The destination activates its images when it starts the CPUs, not when it has loaded the guest.

        Capability late-block-activate: QEMU 3.0 (0f073f44df), switched on by libvirt 4.5.0 (4370ac84f8);
        unconditional since QEMU 10.0 (fca9aef1c8).
        """
        asked = self.settings.destination >= Release("4.5.0") and self.settings.qemu_there >= Release("3.0")
        return asked or self.settings.qemu_there >= Release("10.0")

    @property
    def return_path(self) -> bool:
        """The source learns from the destination whether loading worked."""
        return self.settings.return_path and not self.settings.tunnelled

    @property
    def keeps_runstate_on_failure(self) -> bool:
        """A guest that was paused before is not started when the migration fails. 1.2.2 (440a1aa508)."""
        return self.settings.guest is Guest.RUNNING or self.settings.libvirt >= Release("1.2.2")

    @property
    def stays_paused(self) -> bool:
        """Finish is told to leave the guest paused: by the user's flag, or because it was paused before.

        1.1.0 lost the flag in a mask (5379bb0f33), 1.1.1 has it again (d4ce75ba76).
        """
        lost = Release("1.1.0") <= self.settings.libvirt < Release("1.1.1")
        return (self.settings.paused or self.settings.guest is Guest.PAUSED) and not lost

    @property
    def reactivates_paused(self) -> bool:
        """The images of a guest that stays paused are activated again. 11.3 with blockdev-set-active (QEMU 10.0)."""
        return self.settings.libvirt >= Release("11.3") and self.settings.qemu >= Release("10.0")

    @property
    def keeps_running_destination(self) -> bool:
        """A destination daemon that restarts in Finish keeps a guest whose CPUs run. 1.3.3 (f6ea8a9f19)."""
        return self.settings.destination >= Release("1.3.3")

    @property
    def v2_keeps_destination(self) -> bool:
        """In v2 a destination that fails in Finish is left paused, as success. 1.2.20 (5f7ad32778)."""
        return not self.v3 and self.settings.destination >= Release("1.2.20")

    @property
    def undefines_after_failure(self) -> bool:
        """UNDEFINE_SOURCE is honoured although Confirm was told of a failure. Until 4.10.0 (fd54e4fdc8)."""
        return self.settings.undefine_source and self.settings.libvirt < Release("4.10.0")

    @property
    def restart_cancels_mirrors(self) -> bool:
        """A source daemon that restarts in Perform cancels the mirrors too. 1.2.17 (e8f263e0d0)."""
        return self.settings.libvirt >= Release("1.2.17")

    @property
    def notices_lost_destination(self) -> bool:
        """A source daemon that conducts the migration notices in Perform that its peer is gone. Keep-alive, 0.9.8."""
        return self.settings.libvirt >= QEMU_DRIVER[Feature.KEEPALIVE]

    @property
    def recovers_postcopy(self) -> bool:
        """A failed post-copy migration keeps its jobs and can be resumed. 8.5.0, on both sides."""
        return min(self.settings.libvirt, self.settings.destination) >= Release("8.5.0")

    @property
    def resumes_although_confirmed(self) -> bool:
        """Peer-to-peer: where Confirm(0) fails, the end of the job restores the guest's state before: it runs again.

        Managed: it stays paused. Read in 8.5.0, whose ``qemuMigrationSrcPerformJob`` ends every v3 job in
        ``qemuMigrationSrcRestoreDomainState``; older releases were not looked at.
        """
        return self.p2p and self.settings.libvirt >= Release("8.5.0")


def rules_of(settings: Settings) -> Rules | None:
    """The rules of settings that lead to a protocol; None where a call refuses."""
    selection = settings.selection
    return Rules(settings, selection.protocol) if isinstance(selection, Selected) else None
