"""What a manager can promise about the names of the two sides, and which promises each policy needs."""

from __future__ import annotations

import enum
from collections.abc import Mapping

from hopcheck.model.domain.bitmaps.settings import Policy


class Premise(enum.StrEnum):
    """A promise about names and disks; without it nothing is known of them."""

    DEVICES = "a device name that both sides have is the name of one disk"
    NODES = "a node name that somebody chose, and that both sides have, is the name of one disk"
    ONE_SPACE = "a device name of one side is no chosen node name of the other, unless both are of one disk"
    GENERATED = "a generated node name that both sides have is the name of one disk"
    """Nobody can promise this: each QEMU numbers its own nodes."""
    ALIASES = "an alias in both sides' mappings is the alias of one disk"
    TARGETS = "the target of an entry is, as a name of the destination, the name of the entry's disk"


NAMES = (Premise.DEVICES, Premise.NODES, Premise.ONE_SPACE)
"""What it takes for names to mean the same on both sides."""

NEEDED: Mapping[Policy, tuple[Premise, ...]] = {
    Policy.OLD: (*NAMES, Premise.GENERATED),
    Policy.DEFAULT: NAMES,
    Policy.SNOW: NAMES,
    Policy.SEMENTSOV: (Premise.DEVICES, Premise.ONE_SPACE),
    Policy.MAPPING: (Premise.ALIASES,),
    Policy.SNOW_LISTS: (*NAMES, Premise.TARGETS),
    Policy.NODEFAULTS: (Premise.TARGETS,),
    Policy.FULL_MAP: (Premise.TARGETS,),
}
"""For each policy the premises under which no bitmap reaches a wrong disk; each of them is needed."""
