"""How the storage is copied: which methods a mix could use, which one Perform chooses, and where that goes wrong.

Two methods: *nbd*, ``drive-mirror`` on the source into the NBD server of the destination's QEMU (libvirt 1.0.3, QEMU
1.3), and *legacy*, blocks inside the migration stream (until libvirt 9.0 and QEMU 9.1).
"""

from __future__ import annotations

from dataclasses import dataclass

from hopcheck.model.domain.cookies.mixes import Host
from hopcheck.model.domain.cookies.settings import Negotiation, Settings
from hopcheck.model.language import FALSE, TRUE, Bool, Enum, Expr, If, literal

METHOD = Enum("none", "nbd", "legacy")
NONE, NBD, LEGACY = (literal(METHOD, each) for each in METHOD.members)


def nbd_supported(src: Host, dst: Host, settings: Settings) -> Expr:
    """Whether all four components can copy by NBD; a tunnel cannot carry it."""
    libvirts = src.libvirt.since("1.0.3") & dst.libvirt.since("1.0.3")
    return libvirts & src.qemu.since("1.3") & dst.qemu.since("1.3") & literal(Bool, not settings.tunnelled)


def legacy_known(src: Host, settings: Settings) -> Expr:
    """Whether the source's libvirt can ask for the legacy copy: gone in 9.0.0 (it was still there in 7.9)."""
    return TRUE if settings.negotiation is Negotiation.REVIEWED else ~src.libvirt.since("9.0.0")


def legacy_supported(src: Host, dst: Host, settings: Settings) -> Expr:
    """Whether all four can copy the legacy way; the destination's libvirt need not know of it."""
    return legacy_known(src, settings) & ~src.qemu.since("9.1") & ~dst.qemu.since("9.1")


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """What Perform chooses, given whether a reply of the element *nbd* has arrived.

    ``method``: of type ``METHOD``; the other three: why Perform fails with it.
    """

    method: Expr
    over_tunnel: Expr
    without_tls: Expr
    not_set_up: Expr


def choose(src: Host, settings: Settings, replied: Expr) -> Choice:
    """The choice of ``qemuMigrationSrcRun``: NBD if the destination replied, whatever the source's QEMU can do."""
    if not settings.non_shared or settings.offline:
        return Choice(NONE, FALSE, FALSE, FALSE)
    falls_back = legacy_known(src, settings)
    if not settings.disks_left:
        falls_back &= ~src.libvirt.since("7.3.0")
    return Choice(
        If(replied, NBD, If(falls_back, LEGACY, NONE)),
        replied & literal(Bool, settings.tunnelled),  # 1.0.6 to 1.1.1 say so; before, there is no host to connect to
        replied & literal(Bool, settings.tls) & src.libvirt.since("4.3.0", "4.4.0"),
        ~replied & literal(Bool, settings.disks_left) & ~legacy_known(src, settings),
    )
