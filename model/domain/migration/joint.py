"""Protocol, disk, bitmap and memory as one system, and each part's view of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hopcheck.model.domain import protocol as protocol_model
from hopcheck.model.domain.migration.bitmap import bitmap
from hopcheck.model.domain.migration.disk import disk
from hopcheck.model.domain.migration.follow import Part
from hopcheck.model.domain.migration.memory import memory
from hopcheck.model.domain.migration.settings import Settings
from hopcheck.model.language import System, compose


@dataclass(frozen=True, slots=True)
class Joint:
    """The parts of a migration; ``protocol`` drives, ``disk`` and ``bitmap`` follow."""

    settings: Settings
    protocol: System
    disk: Part
    bitmap: Part

    @property
    def system(self) -> System:
        """The parts side by side: each step of the protocol with what the others do in it, and what they do between."""
        steps = list(dict.fromkeys(each.name for each in self.protocol.actions))
        parts = [self.protocol, self.disk.following, self.bitmap.following]
        if not self.settings.copied:
            parts.append(memory(self.protocol))
        whole = compose("migration", parts, shared_actions=steps)
        stored = self.bitmap["persistent"].implies(self.disk["format"] == "qcow2")
        return replace(whole, initially=whole.initially & stored)


def joint(settings: Settings) -> Joint:
    """The parts under these settings."""
    protocol = protocol_model.system(settings.of_protocol)
    return Joint(settings, protocol, disk(settings, protocol), bitmap(settings, protocol))
