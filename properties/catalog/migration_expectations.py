"""Which verdict each property of a whole migration should have under given settings, and which rule is the reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hopcheck.model.domain.bitmaps.settings import YesNo
from hopcheck.model.domain.migration.settings import Settings
from hopcheck.model.domain.storage.configuration import configurations
from hopcheck.model.domain.storage.mechanism import mechanism
from hopcheck.properties.catalog.bitmaps_foreseen import LEFT_BEHIND, Foreseen
from hopcheck.properties.catalog.protocol_expectations import Expectations as OfProtocol
from hopcheck.properties.catalog.storage_hazards import Case, Name
from hopcheck.properties.catalog.storage_hazards import expected as expected_of_disk
from hopcheck.properties.kinds import Property
from hopcheck.properties.verdict import Expectation, Outcome, fails, holds

_EARLY = (
    "abort",
    "stream_error",
    "break_connection",
    "kill_client",
    "kill_source_daemon",
    "kill_destination_daemon",
    "kill_destination_qemu",
)
"""Faults that can end a migration before the source has given its images up, and leave the source running."""

_LATE_CONT = (
    "Confirm(1) lets the source go on while the destination's daemon, which nobody reaches, still executes Finish(0)"
)
_DIES = "a destination that dies after its cont and before Finish has answered counts as never started"
_TAKEN = "the destination has loaded the bitmap, and what the image holds of it is out of date from then on"


@dataclass(frozen=True, slots=True)
class Expectations:
    """The expected verdicts, by the properties' names; ``settings``: spelled out; ``protocol``: what its model expects."""

    settings: Settings
    protocol: OfProtocol

    @property
    def apart(self) -> bool:
        """Whether both guests may come to run."""
        return self.protocol.at_most_one_running().outcome is Outcome.UNSAFE

    @property
    def late_cont(self) -> bool:
        """Whether the destination may start after the source has been told to go on: nothing fences it."""
        return not self.protocol.fenced and self.protocol.may("break_connection")

    @property
    def cont_after_death(self) -> bool:
        """Whether it may start because the source that had gone on has died, and its lock with it."""
        both = self.protocol.may("break_connection") and self.protocol.may("kill_source_qemu")
        return both and self.protocol.twice

    @property
    def persistent(self) -> bool:
        """Whether the bitmap may be a persistent one."""
        return self.settings.of_bitmaps.persistent is not YesNo.NO

    @property
    def _left_out(self) -> str:
        """Why a persistent bitmap does not come with a disk that is copied; empty where it does."""
        return Foreseen(self.settings.of_bitmaps).does_not_follow() if self.settings.copied and self.persistent else ""

    def memory_is_not_older(self) -> Expectation:
        """The conductor is wrong about the destination."""
        if self.apart:
            return self.protocol.at_most_one_running()
        if self.protocol.may("kill_destination_qemu"):
            return fails(_DIES)
        if self.cont_after_death:
            return fails(f"{_LATE_CONT}: it starts the guest when the source, and its lock, are gone")
        return holds("while one side lives, the fence keeps the other from going on")

    def running_guest_has_its_image(self) -> Expectation:
        """Always kept."""
        return holds("cont activates the image, and the source takes it back before it goes on")

    def active_images_have_a_process(self) -> Expectation:
        """Always kept."""
        return holds("an image is inactive from the moment when its process is gone")

    def success_is_whole(self) -> Expectation:
        """What Finish has said."""
        disk = expected_of_disk(self.settings.of_storage, Name.NO_STALE_READ)
        if disk.outcome is Outcome.UNSAFE:
            return disk
        if self._left_out:
            return fails(self._left_out)
        return holds("Finish answers after cont, and cont has activated the image and loaded the bitmap")

    def bitmap_is_back(self) -> Expectation:
        """The mark that setup leaves, and what a destination that ran has taken."""
        if not self.settings.copied:
            if self.persistent and (self.protocol.may("kill_destination_qemu") or self.apart):
                return fails(_TAKEN)
        elif Foreseen(self.settings.of_bitmaps).left_behind() and self.protocol.may(*_EARLY):
            return fails(LEFT_BEHIND)
        return holds("activating the image takes the bitmap back, or takes its mark away")

    def bitmap_is_there(self) -> Expectation:
        """A source that went on has taken it back."""
        if not self.settings.copied and self.persistent and self.cont_after_death:
            return fails(f"{_LATE_CONT}: the source has taken the bitmap back into its memory, and dies with it")
        if self._left_out:
            return fails(self._left_out)
        return holds("the image holds it, or it was sent")

    def bitmap_is_in_use_once(self) -> Expectation:
        """Two guests, each with its bitmap."""
        if self.settings.copied and self.apart and Foreseen(self.settings.of_bitmaps).sent:
            return fails(self.protocol.at_most_one_running().reason)
        return holds("a bitmap in a shared image is loaded by one side, and is out of date for the other")

    def goes_on_with_its_disk(self) -> Expectation:
        """As the guest itself."""
        return self.protocol.guest_goes_on()

    def lifted(self, prop: Property) -> Expectation:
        """What a part's property should be here: as alone, but for a destination that starts when the source went on."""
        if prop.name not in (Name.NO_STALE_READ, Name.SAME_BYTES, Name.SOURCE_CLEAN):
            return prop.expected
        if prop.expected.outcome is Outcome.SAFE:
            if self.late_cont and any(_written_beside(case, prop.name) for case in self._cases()):
                return fails(f"{_LATE_CONT}, and its guest writes on")
            if self.cont_after_death and any(_lost_at_death(case, prop.name) for case in self._cases()):
                return fails(f"{_LATE_CONT}, and its QEMU dies with what it had not written out")
        return prop.expected

    def _cases(self) -> Iterator[Case]:
        """The disks that libvirt lets migrate."""
        of_storage = self.settings.of_storage
        for disk, rule in configurations(of_storage):
            case = Case(of_storage, mechanism(of_storage), disk)
            if rule.accepts and not case.blocked:
                yield case


def _written_beside(case: Case, name: str) -> bool:
    """What the source writes is not on the disk of a destination that starts beside it."""
    if case.disk.copied:
        return name != Name.SOURCE_CLEAN
    return not case.through and (case.metadata or (case.buffered and (not case.coherent or name == Name.SOURCE_CLEAN)))


def _lost_at_death(case: Case, name: str) -> bool:
    """What the source wrote is not on the disk when its QEMU has died: an NFS or network client writes out at the close."""
    kept = case.buffered and not case.network and not case.nfs
    if name == Name.SOURCE_CLEAN:
        return kept and not case.through
    return not case.through and (case.metadata or (kept and not case.coherent))
