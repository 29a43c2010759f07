"""What everybody in a run of the storage model shares: the two processes, the two images, the mirror, the verdict."""

from __future__ import annotations

from dataclasses import dataclass

from hopcheck.model.domain.storage.copies import Copies
from hopcheck.model.domain.storage.disk import Disk
from hopcheck.model.domain.storage.mechanism import Mechanism
from hopcheck.model.domain.storage.settings import Faults, Settings
from hopcheck.model.language import TRUE, Enum, Expr, Range, SystemBuilder, Update, becomes

VERDICT = Enum("none", "accepted", "refused", "forced")
SRC = Enum("running", "paused", "off", "lost")
DST = Enum("none", "inmigrate", "paused", "running")
IMAGE = Enum("active", "inactive")
MIRROR = Enum("none", "running", "ended")


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """The model under construction.

    ``verdict``: what the policy said of the migration under way; ``src``, ``dst``: the guest's process on either side,
    ``lost``: it can never run again; ``img_src``, ``img_dst``: whether it may write to the image; ``mirror``: the copying
    of a copied disk; ``faults``: how many may still happen (None: they are not counted).
    """

    system: SystemBuilder
    settings: Settings
    mechanism: Mechanism
    disk: Disk
    copies: Copies
    verdict: Expr
    src: Expr
    dst: Expr
    img_src: Expr
    img_dst: Expr
    mirror: Expr
    faults: Expr | None

    @property
    def may_fail(self) -> Expr:
        """Another fault may happen."""
        return TRUE if self.faults is None else self.faults > 0

    def one_fault_less(self) -> list[Update]:
        """The update of a fault."""
        return [] if self.faults is None else [becomes(self.faults, self.faults - 1)]

    def migration_ends(self) -> list[Update]:
        """The updates where the destination is gone: a new migration may begin, once the source runs."""
        return [
            becomes(self.dst, "none"),
            becomes(self.img_dst, "inactive"),
            becomes(self.mirror, "none"),
            becomes(self.verdict, "none"),
        ]


def declare_run(system: SystemBuilder, settings: Settings, mechanism: Mechanism, disk: Disk, copies: Copies) -> Run:
    """Declare the rest of the variables: the guest runs on the source, and no migration was begun."""
    return Run(
        system,
        settings,
        mechanism,
        disk,
        copies,
        verdict=system.variable("verdict", VERDICT, initial="none"),
        src=system.variable("src", SRC, initial="running"),
        dst=system.variable("dst", DST, initial="none"),
        img_src=system.variable("img_src", IMAGE, initial="active"),
        img_dst=system.variable("img_dst", IMAGE, initial="inactive"),
        mirror=system.variable("mirror", MIRROR, initial="none"),
        faults=_budget(system, settings.faults),
    )


def _budget(system: SystemBuilder, faults: Faults) -> Expr | None:
    if faults is Faults.UNBOUNDED:
        return None
    return system.variable("faults", Range(0, int(faults.value)), initial=int(faults.value))
