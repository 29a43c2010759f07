"""Which verdicts the rules foresee for the bitmaps model, worked out world by world, without a search.

Each function says of some settings why a property fails, or nothing where it holds. The search and the provers must come
to the same result, for any settings: a difference is an error in the model or here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from hopcheck.model.domain.bitmaps.graph import Place
from hopcheck.model.domain.bitmaps.policy import (
    SENT,
    Address,
    inactivated_before_bits,
    mapping_accepted,
    unknown_name_is_survived,
)
from hopcheck.model.domain.bitmaps.settings import (
    BitmapState,
    Layout,
    Manager,
    Mode,
    Neighbour,
    Settings,
    Storage,
    Transform,
)
from hopcheck.model.domain.bitmaps.system import merged
from hopcheck.model.domain.bitmaps.world import World, addressed, crashes, place, setup, worlds

LEFT_BEHIND = (
    "setup marks the bitmap skip_store, and only activating an image that was given up takes the mark away: "
    "after a failure before that, the bitmap is never stored again"
)
UNKNOWN_NAME = "the receiver drops every incomplete bitmap at the first name it does not know, and the migration completes"
STRING_SPACE = "a name is looked up as a device first and as a node then, whichever it was on the source"
SWAPPED = "the two sides' names do not mean the same disks, and nothing in the stream says which disk is meant"
MISDIRECTED = "each side has a mapping of its own, and nothing compares the two"
FILTER = "the source looks through filters above the bitmap's node, the destination does not"
NOT_LISTED = "a bitmap that the policy gives no address is skipped without a word"
SIZE = "the receiver does not compare the sizes, and the bitmap's own checks are assertions"
NO_RETURN_PATH = "without the return path the source reports completed when it has written the last byte"
MERGED = "what travels is a merged copy: the source's image keeps the original"
MAPPED_NODE = "setup refuses a busy or inconsistent bitmap on every node that it sends from, one that is not sent included"
GENERATED = "a node without a direct device is addressed by its node name, generated or not"
POSTCOPY = "the destination runs before the bits arrive: an abort, or a lost link before QEMU 5.1, ends the guest"
NOT_ACCEPTED = "libvirt sends what both sides know and accept, and says nothing of the rest"


@dataclass(frozen=True)
class Foreseen:
    """What the rules imply for some settings; each property gives the reason of a failure, or an empty text."""

    settings: Settings

    @cached_property
    def migrating(self) -> tuple[World, ...]:
        """The worlds in which a migration with the capability on is tried at all."""
        by_hand = self.settings.manager is Manager.QMP
        return tuple(worlds(self.settings)) if mapping_accepted(self.settings) or not by_hand else ()

    @cached_property
    def sent(self) -> tuple[World, ...]:
        """The worlds in which the bitmap is sent."""
        return tuple(each for each in self.migrating if setup(self.settings, each) in SENT)

    @cached_property
    def loaded(self) -> tuple[World, ...]:
        """Those in which the destination makes it, and does not drop it again."""
        return tuple(
            each
            for each in self.sent
            if self._known(each) and not self._exists(each) and each.neighbour is not Neighbour.UNKNOWN
        )

    @property
    def _skipping(self) -> str:
        """Why a bitmap is not sent and nobody says so."""
        return NOT_ACCEPTED if self.settings.manager is Manager.LIBVIRT else NOT_LISTED

    @property
    def _faults(self) -> bool:
        return self.settings.unbounded or self.settings.faults > 0

    def _known(self, world: World) -> bool:
        return place(self.settings, world) is not Place.NOWHERE

    def _exists(self, world: World) -> bool:
        return world.existing and place(self.settings, world) is Place.DISK

    def _dropped(self) -> Iterator[World]:
        """The worlds in which the bitmap is sent, and lost on the way to a destination that runs."""
        if unknown_name_is_survived(self.settings):
            yield from (each for each in self.sent if not self._known(each) or each.neighbour is Neighbour.UNKNOWN)

    def _left_behind(self) -> Iterator[World]:
        """The worlds in which a failure leaves the source's bitmap marked."""
        if merged(self.settings):
            return
        survived = unknown_name_is_survived(self.settings)
        for each in self.sent:
            early = not survived and (not self._known(each) or each.neighbour is Neighbour.UNKNOWN)
            fault = self._faults and (self.settings.cancel or self.settings.stream_error or self.settings.destination_dies)
            late = not inactivated_before_bits(self.settings) and self.settings.mode is Mode.PRECOPY
            crash = late and each in self.loaded and crashes(each.size)
            if fault or early or crash or self._exists(each):
                yield each

    def _forgotten(self) -> Iterator[World]:
        """The worlds in which a later migration, with the capability off, neither sends nor stores the bitmap."""
        if self.settings.retry_without:
            yield from (each for each in self._left_behind() if each.persistent)

    def _switched(self, world: World) -> bool:
        """Whether a migration with the capability on can get as far as the switch-over."""
        said = setup(self.settings, world)
        survived = unknown_name_is_survived(self.settings)
        if said is Address.ERROR or (world.neighbour is Neighbour.UNKNOWN and not survived):
            return False
        if said not in SENT:
            return True
        dropped = survived and (not self._known(world) or world.neighbour is Neighbour.UNKNOWN)
        return dropped or (self._known(world) and not self._exists(world))

    def _any_switched(self) -> bool:
        return any(self._switched(each) or self.settings.retry_without for each in self.migrating)

    def wrong_node(self) -> str:
        """The other disk's node."""
        found = [each for each in self.sent if place(self.settings, each) is Place.OTHER_DISK]
        addresses = {addressed(self.settings, each) for each in found}
        if any(each.layout is Layout.CROSSED for each in found) and addresses != {Address.ALIAS}:
            return STRING_SPACE
        if Address.GENERATED in addresses:
            return GENERATED
        return "" if not found else MISDIRECTED if Address.ALIAS in addresses else SWAPPED

    def generated_name(self) -> str:
        """A generated name in the stream."""
        return GENERATED if any(addressed(self.settings, each) is Address.GENERATED for each in self.sent) else ""

    def silent_loss(self) -> str:
        """Nobody holds the bitmap, and nobody was told."""
        skipped = (each for each in self.migrating if setup(self.settings, each) is Address.NOT_SENT)
        if any(self._dropped()) and not merged(self.settings):
            return UNKNOWN_NAME
        if any(not each.persistent and self._switched(each) for each in skipped):
            return self._skipping
        return LEFT_BEHIND if any(self._forgotten()) else ""

    def left_behind(self) -> str:
        """A failure does not restore the bitmap."""
        return LEFT_BEHIND if any(self._left_behind()) else ""

    def not_stored_by_source(self) -> str:
        """A shutdown after a failure loses it."""
        return LEFT_BEHIND if any(each.persistent for each in self._left_behind()) else ""

    def on_a_filter(self) -> str:
        """It ends on a filter."""
        return FILTER if any(self._on_a_filter()) else ""

    def _on_a_filter(self) -> Iterator[World]:
        whole = (each for each in self.loaded if not crashes(each.size))
        return (each for each in whole if place(self.settings, each) is Place.FILTER)

    def not_stored_by_destination(self) -> str:
        """A persistent one on a filter."""
        transforms = (self.settings.transform_dst, self.settings.transform_src)
        decided = next((each for each in transforms if each is not Transform.NONE), None)
        found = (each.persistent if decided is None else decided is Transform.PERSISTENT for each in self._on_a_filter())
        return FILTER if any(found) else ""

    def crash(self) -> str:
        """The destination aborts."""
        return SIZE if any(crashes(each.size) for each in self.loaded) else ""

    def completed_too_early(self) -> str:
        """The source reports completed before the destination has loaded everything."""
        waits = self.settings.return_path or self.settings.mode is Mode.POSTCOPY
        return "" if waits or not self._any_switched() else NO_RETURN_PATH

    def not_one_holder(self) -> str:
        """Nobody or both hold a persistent bitmap."""
        if merged(self.settings):
            return MERGED if any(not crashes(each.size) for each in self.loaded) else ""
        if any(each.persistent for each in self._dropped()):
            return UNKNOWN_NAME
        return LEFT_BEHIND if any(self._forgotten()) else ""

    def not_total(self) -> str:
        """The policy says nothing of a bitmap."""
        skipped = any(setup(self.settings, each) is Address.NOT_SENT for each in self.migrating)
        return self._skipping if skipped else ""

    def blocked(self) -> str:
        """A bitmap that is not sent ends the migration."""
        for each in self.migrating:
            said = addressed(self.settings, each)
            fair = said is Address.ERROR or (said in SENT and each.state is not BitmapState.OK)
            if setup(self.settings, each) is Address.ERROR and not fair:
                return MAPPED_NODE
        return ""

    def does_not_follow(self) -> str:
        """A usable persistent bitmap does not come with its disk."""
        if any(each.persistent for each in self._dropped()):
            return UNKNOWN_NAME
        usable = [each for each in self.migrating if each.persistent and each.state is BitmapState.OK]
        skipped = any(setup(self.settings, each) is Address.NOT_SENT and self._switched(each) for each in usable)
        if self.settings.storage is not Storage.SHARED and (skipped or (usable and self.settings.retry_without)):
            return self._skipping
        return LEFT_BEHIND if any(self._forgotten()) else ""

    def guest_lost(self) -> str:
        """The guest runs nowhere and cannot be made to."""
        if self.settings.mode is Mode.PRECOPY:
            return ""
        link = self.settings.stream_error and self._faults and not unknown_name_is_survived(self.settings)
        return POSTCOPY if self.crash() or (link and self._any_switched()) else ""
