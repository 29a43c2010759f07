"""What must hold of a whole migration: what its parts are asked, and what no part can say alone.

The joint properties speak of the guest together with its disk and its bitmap. The parts' own are taken from their catalogs
and said over the joint system; each has an expected verdict here, since the parts meet faults that they do not have alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from hopcheck.model.domain.bitmaps.settings import Storage
from hopcheck.model.domain.migration import Settings
from hopcheck.model.domain.migration.follow import Part
from hopcheck.model.domain.migration.joint import Joint, joint
from hopcheck.model.domain.protocol.rules import rules_of
from hopcheck.model.domain.protocol.selection import Control
from hopcheck.model.domain.protocol.settings import Count
from hopcheck.model.domain.protocol.state import RUNNING_DST
from hopcheck.model.domain.settings import Release
from hopcheck.model.domain.storage.settings import Cache, Format, Medium
from hopcheck.model.language import FALSE, TRUE, Expr, System
from hopcheck.properties.catalog import bitmaps, protocol, storage
from hopcheck.properties.catalog.migration_expectations import Expectations
from hopcheck.properties.catalog.protocol_expectations import Expectations as OfProtocol
from hopcheck.properties.catalog.storage_hazards import Name
from hopcheck.properties.kinds import Kind, Property, always, can_always_reach
from hopcheck.properties.verdict import Expectation

OF_STORAGE = (Name.NO_STALE_READ, Name.SAME_BYTES, Name.SOURCE_CLEAN, Name.LENGTH_KNOWN)
"""What storage is asked here too; where the images are active is the protocol's, and who survives."""

OF_BITMAPS = (
    "NO_SILENT_BITMAP_LOSS",
    "EXACTLY_ONE_HOLDS",
    "FOLLOWS_THE_DISK",
    "RECORDS_AGAIN",
    "COMPLETED_IMPLIES_DST_ALIVE",
)
"""What the bitmaps are asked here too; names and sizes fit, and nobody shuts the guest down."""


@dataclass(frozen=True, slots=True, eq=False)
class Goals:
    """The joint properties, as expressions over the joint system."""

    system: System
    joint: Joint

    def __getitem__(self, name: str) -> Expr:
        return self.system[name]

    @property
    def here(self) -> Expr:
        """The guest runs on the source."""
        return self["src"] == "running"

    @property
    def there(self) -> Expr:
        """The guest runs on the destination."""
        return self["dst"].one_of(*RUNNING_DST)

    def memory_is_not_older(self) -> Expr:
        """Once the guest wrote on one side, the other side's memory never goes on."""
        here = (self["ahead"] == "destination").implies(~self.here)
        return here & (self["ahead"] == "source").implies(~self.there)

    def goes_on_with_its_disk(self) -> Expr:
        """The guest runs somewhere, where its image is active and has its bytes."""
        with_image = (self.here & (self["img_src"] == "active")) | (self.there & (self["img_dst"] == "active"))
        return (self["faults"] == 0) & (self["lost"] | with_image)

    def active_images_have_a_process(self) -> Expr:
        """A QEMU that is gone has no image active."""
        gone_here = self["src"].one_of("shutoff", "crashed")
        return ~(gone_here & (self["img_src"] == "active")) & ~((self["dst"] == "none") & (self["img_dst"] == "active"))

    def running_guest_has_its_image(self) -> Expr:
        """Where the guest runs, its image is active."""
        return self.here.implies(self["img_src"] == "active") & self.there.implies(self["img_dst"] == "active")

    def success_is_whole(self) -> tuple[Expr, Expr]:
        """What the user was told, and what must be so: the guest runs there, with its disk and a persistent bitmap."""
        there = (self.joint.bitmap["dst_bitmap"] == "ready") & (
            self.joint.bitmap["recording"] == self.joint.bitmap["enabled"]
        )
        bitmap = self.joint.bitmap["persistent"].implies(there)
        read = self.joint.disk["read"].one_of("none", "fresh")
        told = (self["result"] == "ok") & ~self["lost"]
        return told, self.there & (self["img_dst"] == "active") & bitmap & read

    def bitmap_is_back(self) -> tuple[Expr, Expr]:
        """A migration that is given up, and what the source must have: its bitmap, unmarked."""
        bitmap = self.joint.bitmap
        ended = bitmap.told(bitmap.system["qsrc"].one_of("failed", "cancelled"))
        return self.here & (self["phase_src"] == "NONE") & ended, bitmap["in_memory"] & ~bitmap["busy"] & ~bitmap[
            "skip_store"
        ]

    def bitmap_is_there(self) -> tuple[Expr, Expr]:
        """A guest with a persistent bitmap that runs on the destination only, and what it must have there."""
        return self.there & ~self.here & self.joint.bitmap["persistent"], self.joint.bitmap["dst_bitmap"] == "ready"

    def bitmap_is_in_use_once(self) -> Expr:
        """Two guests that both run never both have the bitmap."""
        bitmap = self.joint.bitmap
        return (self.here & self.there).implies(~(bitmap["in_memory"] & (bitmap["dst_bitmap"] != "none")))


def properties(settings: Settings, system: System) -> tuple[Property, ...]:
    """The properties of the system built with these settings."""
    made = joint(settings)
    of_protocol = made.settings.of_protocol
    rules = rules_of(of_protocol)
    assert rules is not None
    expected = Expectations(made.settings, OfProtocol(of_protocol, rules))
    asked = (
        *_joint(Goals(system, made), expected),
        *_lifted(made.disk, storage.properties(made.settings.of_storage, made.disk.system), OF_STORAGE, expected),
        *_lifted(
            made.bitmap,
            bitmaps.properties(made.settings.of_bitmaps, made.bitmap.system, provable=False),
            OF_BITMAPS,
            expected,
        ),
        *protocol.properties(of_protocol, system),
    )
    # Of a disk that stores no bitmap, what is asked of bitmaps says nothing.
    return tuple(
        each for each in asked if each.kind is Kind.SOUND or (each.expr is not TRUE and each.condition is not FALSE)
    )


def _joint(goals: Goals, expected: Expectations) -> tuple[Property, ...]:
    told, whole = goals.success_is_whole()
    given_up, back = goals.bitmap_is_back()
    moved, taken = goals.bitmap_is_there()
    shared = not goals.joint.settings.copied
    ahead = always(
        "MEMORY_IS_NEVER_OLDER_THAN_DISK",
        goals.memory_is_not_older() if shared else FALSE,
        "Once the guest has written to its disk on one host, it never goes on with the older memory of the other.",
        expected=expected.memory_is_not_older(),
    )
    return (
        *((ahead,) if shared else ()),
        always(
            "RUNNING_GUEST_HAS_ITS_IMAGE",
            goals.running_guest_has_its_image(),
            "Where the guest runs, its image is active.",
            expected=expected.running_guest_has_its_image(),
        ),
        always(
            "ACTIVE_IMAGES_HAVE_A_PROCESS",
            goals.active_images_have_a_process(),
            "A QEMU that is gone has no image active.",
            expected=expected.active_images_have_a_process(),
        ),
        always(
            "SUCCESS_IS_WHOLE",
            told.implies(whole),
            "A guest that moved, as its user was told, runs with its disk and its bitmap, and has read nothing stale.",
            expected=expected.success_is_whole(),
        ),
        always(
            "BITMAP_IS_BACK",
            given_up.implies(back),
            "A guest that goes on where it was has its bitmap as before, to be stored included.",
            expected=expected.bitmap_is_back(),
        ),
        always(
            "BITMAP_IS_THERE",
            moved.implies(taken),
            "A guest that runs on the destination, and not on the source, has its persistent bitmap there.",
            expected=expected.bitmap_is_there(),
        ),
        always(
            "BITMAP_IS_IN_USE_ONCE",
            goals.bitmap_is_in_use_once(),
            "Never do two guests record in what was one bitmap.",
            expected=expected.bitmap_is_in_use_once(),
            antecedent=goals.there & goals.joint.bitmap["recording"],
        ),
        can_always_reach(
            "GOES_ON_WITH_ITS_DISK",
            goals.goes_on_with_its_disk(),
            "Without further faults the guest can run again on one of the hosts, with its image active.",
            expected=expected.goes_on_with_its_disk(),
        ),
    )


def _lifted(part: Part, asked: Iterable[Property], names: Iterable[str], expected: Expectations) -> tuple[Property, ...]:
    """The part's properties of these names over the joint system, each with what is expected of it here."""
    wanted = frozenset(str(name) for name in names)
    return tuple(_told(part, each, expected.lifted(each)) for each in asked if each.name in wanted)


def _told(part: Part, prop: Property, expected: Expectation) -> Property:
    condition = None if prop.antecedent is None or prop.kind is Kind.STEP else part.told(prop.antecedent)
    return replace(prop, expr=part.told(prop.expr), condition=condition, expected=expected)


def variants() -> tuple[tuple[str, Settings], ...]:
    """The settings that the main job checks, by name: the present releases over each kind of storage."""
    copied = Settings(medium=Medium.LOCAL, storage=Storage.NON_SHARED_INC, persist_dest=True, undefine_source=True)
    return (
        ("11.3 NFS", Settings(qemu_dst=Release("11.1"), format=Format.ANY, cache=Cache.WRITEBACK)),
        ("11.3 iSCSI, p2p", Settings(medium=Medium.BLOCK, control=Control.P2P, faults=Count.TWO)),
        ("11.3 incremental copy", copied),
    )
