"""The elements of the migration cookie: since when, on which hop, whether mandatory, what the receiver asks for.

Facts gathered from libvirt 0.9.2 to 11.3 (release numbers from its history, rules from 7.0.0, 9.0.0 and 11.3.0).
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from hopcheck.model.domain.cookies.mixes import Host
from hopcheck.model.domain.cookies.settings import Lock, Negotiation, Settings
from hopcheck.model.language import FALSE, TRUE, Bool, Expr, literal


class Hop(enum.StrEnum):
    """Which way an element goes: the call that writes it, the one that reads it, and the one that reads a reply."""

    BEGIN_PREPARE = "Begin->Prepare"
    BEGIN_PREPARE_PERFORM = "Begin->Prepare->Perform"
    PREPARE_PERFORM = "Prepare->Perform"
    PERFORM_FINISH = "Perform->Finish"
    PERFORM_FINISH_CONFIRM = "Perform->Finish->Confirm"

    @property
    def sender(self) -> str:
        """The call that writes the element."""
        return self.split("->")[0]

    @property
    def receiver(self) -> str:
        """The call that reads it."""
        return self.split("->")[1]

    @property
    def replies(self) -> bool:
        """Whether the receiver answers with an element of the same name."""
        return self.count("->") == 2


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: ``since`` and ``until`` (None: still there) are releases of libvirt.

    ``absent``: what happens where the peer lacks it.
    """

    name: str
    since: str
    until: str | None
    hop: Hop
    mandatory: bool
    absent: str


ROWS = (
    Row("graphics", "0.9.2", None, Hop.PREPARE_PERFORM, False, "no SPICE hand-over"),
    Row("lockstate", "0.9.2", None, Hop.BEGIN_PREPARE, True, "Prepare refuses; no peer of protocol v3 lacks it"),
    Row("persistent", "0.9.7", None, Hop.PERFORM_FINISH, True, "refused in Finish: the full transfer is lost"),
    Row("network", "1.0.0", None, Hop.PERFORM_FINISH, False, "Open vSwitch port data are lost"),
    Row("nbd", "1.0.3", None, Hop.BEGIN_PREPARE_PERFORM, False, "the legacy copy until 9.0; an error since"),
    Row("statistics", "1.2.9", None, Hop.PERFORM_FINISH_CONFIRM, False, "downtime figures are lost"),
    Row("memory-hotplug", "1.2.18", None, Hop.BEGIN_PREPARE, True, "Prepare refuses"),
    Row("cpu-hotplug", "2.2.0", None, Hop.BEGIN_PREPARE, True, "Prepare refuses"),
    Row("cpu", "3.5.0", None, Hop.BEGIN_PREPARE, False, "the destination enforces the configured CPU, not the live one"),
    Row("allowReboot", "3.9.0", "7.7.0", Hop.BEGIN_PREPARE, False, "the destination uses its default"),
    Row("capabilities", "4.3.0", None, Hop.BEGIN_PREPARE_PERFORM, False, "two-sided optional capabilities stay off"),
    Row("block-dirty-bitmaps", "7.1.0", None, Hop.BEGIN_PREPARE_PERFORM, False, "bitmaps are silently not migrated"),
)
"""Every element there has been, by its first release."""


@dataclass(frozen=True, slots=True, eq=False)
class Feature:
    """An element in one system: conditions over the mix.

    ``capable``: the sender knows it; ``sent``: it writes it; ``mandatory``: its name stands in the list of mandatory
    features; ``asked``: the receiving call asks for it; ``refused``: the receiver cannot do it although it asks;
    ``answered``: it replies; ``needed``: this migration cannot do without it.
    """

    name: str
    hop: Hop
    capable: Expr
    sent: Expr
    mandatory: Expr
    asked: Expr
    answered: Expr
    needed: Expr
    absent: str
    refused: Expr = FALSE


@dataclass(frozen=True, slots=True, eq=False)
class _Rule:
    """What a row does not say. ``followed``: this migration has the element; then what the sender requires beside its
    release, and the receiver; whether the receiver replies; whether the migration cannot do without the element.
    """

    followed: bool
    sends: Expr = TRUE
    asks: Expr = TRUE
    replies: Expr = FALSE
    needed: bool = False


def features(src: Host, dst: Host, settings: Settings) -> tuple[Feature, ...]:
    """The elements that this migration has, in the table's order."""
    made, rules = [], _rules(src, dst, settings)
    for row in ROWS:
        rule = rules[row.name]
        if rule.followed:
            sender, receiver = (dst, src) if row.hop.sender == "Prepare" else (src, dst)
            capable = sender.libvirt.since(row.since, row.until)
            made.append(
                Feature(
                    row.name,
                    row.hop,
                    capable,
                    capable & rule.sends,
                    literal(Bool, row.mandatory),
                    receiver.libvirt.since(row.since, row.until) & rule.asks,
                    rule.replies,
                    literal(Bool, rule.needed),
                    row.absent,
                )
            )
    return tuple(made)


def _rules(src: Host, dst: Host, settings: Settings) -> dict[str, _Rule]:
    live = not settings.offline
    storage, offered, answered = settings.non_shared and live, nbd_offered(src, dst, settings), nbd_answered(dst, settings)
    return {
        "graphics": _Rule(settings.graphics and live),
        "lockstate": _Rule(True, needed=settings.src_lock is Lock.SANLOCK),
        "persistent": _Rule(
            live,  # an offline migration skips the call that would send it
            sends=src.libvirt.since("0.9.7", "1.0.6") | settings.persistent,  # commit 338f772e92
            asks=dst.libvirt.since("2.1.0") | settings.persistent,  # commit c42e1c3947
            needed=settings.persistent,
        ),
        "network": _Rule(settings.network and live),
        "nbd": _Rule(storage, sends=offered, replies=answered),
        "statistics": _Rule(settings.statistics and live, replies=TRUE),
        "memory-hotplug": _Rule(settings.memory_hotplug, needed=True),
        "cpu-hotplug": _Rule(settings.cpu_hotplug, needed=True),
        "cpu": _Rule(settings.cpu),
        "allowReboot": _Rule(settings.allow_reboot),
        "capabilities": _Rule(live, replies=TRUE),
        "block-dirty-bitmaps": _Rule(
            settings.bitmaps and storage,
            sends=offered & src.qemu.since("5.2"),
            replies=answered & dst.qemu.since("5.2"),  # accepted together with the storage's NBD server only
        ),
    }


def nbd_offered(src: Host, dst: Host, settings: Settings) -> Expr:
    """When a source that knows NBD offers it in Begin.

    Up to 1.1.1 it did so over a tunnel too (commit 98bbda00cf ended that); from 1.2.0 to 5.2 it tested its QEMU for
    ``drive-mirror``; since 7.3 it wants a disk that is left to copy.
    """
    reviewed = settings.negotiation is Negotiation.REVIEWED
    tested = TRUE if reviewed else src.libvirt.since("1.2.0", "5.3.0")
    offered = ~tested | src.qemu.since("1.3")
    if settings.tunnelled:
        offered &= FALSE if reviewed else ~src.libvirt.since("1.1.2")
    if not settings.disks_left:
        offered &= ~src.libvirt.since("7.3.0")
    if settings.driver_bit:
        offered &= dst.libvirt.since("1.0.3")
    return offered


def nbd_answered(dst: Host, settings: Settings) -> Expr:
    """When a destination that reads the offer replies: its QEMU has an NBD server (9.0.0 and later do not test)."""
    untested = settings.negotiation is Negotiation.RELEASED
    return dst.qemu.since("1.3") | (dst.libvirt.since("9.0.0") if untested else FALSE)
