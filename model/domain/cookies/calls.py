"""The calls of protocol v3 as far as cookies go: who refuses what, and in which order.

Without v3 on both sides the calls carry no cookie; the names are kept.
"""

from __future__ import annotations

from hopcheck.model.domain.cookies.attempt import WHY, Attempt
from hopcheck.model.domain.cookies.features import Hop, nbd_answered
from hopcheck.model.domain.cookies.mixes import Host
from hopcheck.model.domain.cookies.settings import Lock, Settings
from hopcheck.model.domain.cookies.storage import choose, legacy_known
from hopcheck.model.language import FALSE, Bool, Expr, If, SystemBuilder, becomes, literal


def first(*reasons: tuple[object, str]) -> Expr:
    """The reason whose condition holds first, or ``-``."""
    found: Expr = literal(WHY, "-")
    for condition, reason in reversed(reasons):
        found = If(condition, literal(WHY, reason), found)
    return found


def _unknown_flag(attempt: Attempt, host: Host) -> Expr:
    """A flag of the migration that this libvirt does not know: it refuses it in its first call."""
    tls, offline = attempt.settings.tls, attempt.settings.offline
    return (~host.libvirt.since("3.2.0") if tls else FALSE) | (~host.libvirt.since("1.0.1") if offline else FALSE)


def begin(made: SystemBuilder, attempt: Attempt) -> None:
    """The source asks for the migration, and offers."""
    settings, src = attempt.settings, attempt.src_host
    copies = settings.non_shared
    blockdev = src.libvirt.since("6.10.0") & (src.qemu.since("4.2") | ~legacy_known(src, settings))  # commit f8867ddb05
    why = first(
        (_unknown_flag(attempt, src), "unknown flag"),
        (settings.offline and copies, "offline copies no storage"),
        (settings.offline and not settings.persistent, "offline needs PERSIST_DEST"),
        (settings.offline and settings.tunnelled, "offline is not tunnelled"),
        (blockdev if copies and settings.tunnelled else FALSE, "tunnel carries no storage"),
        (_unannounced(attempt), "no method for the proposed feature"),
    )
    changes = [*attempt.ends("Begin", why), attempt.carries(why), *attempt.writes("Begin", why == "-")]
    made.action("Begin", guard=attempt.may("none"), updates=changes)


def prepare(made: SystemBuilder, attempt: Attempt) -> None:
    """The destination reads the offer, refuses or starts its QEMU, and replies."""
    settings, dst = attempt.settings, attempt.dst_host
    nbd = attempt.fates["nbd"] == "sent" if "nbd" in attempt.fates else FALSE
    offered = nbd & dst.libvirt.since("1.0.3")
    no_tls = dst.libvirt.since("4.3.0", "4.4.0") | (FALSE if settings.nbd_tls else dst.libvirt.since("4.4.0"))
    why = first(
        (_unknown_flag(attempt, dst), "unknown flag"),
        (~attempt.v3 if settings.dst_lock is Lock.SANLOCK else FALSE, "lock state needs cookies"),
        (attempt.v3 if settings.same_host else FALSE, "same host"),
        (attempt.refused("Prepare"), "mandatory feature refused"),
        (attempt.v3 & literal(Bool, _compared_and_differ(settings)), "lock managers differ"),
        (_reads_capabilities(attempt, dst), "missing cookie read"),
        (offered & no_tls if settings.tls else FALSE, "no TLS for NBD"),
        (offered & nbd_answered(dst, settings) & ~dst.qemu.since("1.3"), "no NBD server"),
    )
    changes = [
        *attempt.ends("Prepare", why),
        attempt.carries(why),
        becomes(attempt.dst, If(why == "-", "paused", attempt.dst)),
        *attempt.reads("Prepare", ~why.one_of("unknown flag", "same host")),
        *attempt.writes("Prepare", why == "-"),
    ]
    made.action("Prepare", guard=attempt.may("Begin"), updates=changes)


def _compared_and_differ(settings: Settings) -> bool:
    return settings.compare_locks and settings.src_lock is not settings.dst_lock


def _reads_capabilities(attempt: Attempt, host: Host) -> Expr:
    """A live Prepare or Perform since 4.3.0 reads this element without asking whether there was a cookie at all."""
    return ~attempt.cookie & host.libvirt.since("4.3.0") if not attempt.settings.offline else FALSE


def perform(made: SystemBuilder, attempt: Attempt) -> None:
    """The source reads the reply and chooses how to copy the storage."""
    settings, src = attempt.settings, attempt.src_host
    nbd = attempt.fates["nbd"] == "replied" if "nbd" in attempt.fates else FALSE
    choice = choose(src, settings, nbd & attempt.cookie)
    stateful = settings.src_lock is Lock.SANLOCK
    checked = first(
        (attempt.refused("Perform"), "mandatory feature refused"),
        (~attempt.v3 if stateful else FALSE, "lock state needs cookies"),
        (_reads_capabilities(attempt, src), "missing cookie read"),
    )
    why = If(
        checked == "-",
        first(
            (choice.over_tunnel, "NBD over a tunnel"),
            (choice.without_tls, "no TLS for NBD"),
            (choice.not_set_up, "NBD is not set up"),
            (_unanswered(attempt), "no method for the proposed feature"),
        ),
        checked,
    )
    changes = [
        *attempt.ends("Perform", why),
        becomes(attempt.method, If(checked == "-", choice.method, attempt.method)),
        becomes(attempt.cookie, False),
        becomes(attempt.dst, If(why == "-", attempt.dst, "none")),
        *attempt.reads("Perform"),
    ]
    made.action("Perform", guard=attempt.may("Prepare"), updates=changes)


def _unanswered(attempt: Attempt) -> Expr:
    """The source waits for a reply to the proposed element, has none, and nothing to fall back on."""
    element = attempt.proposed
    if element is None or element.hop is not Hop.BEGIN_PREPARE_PERFORM:
        return FALSE
    return element.capable & element.needed & ((attempt.fates[element.name] != "replied") | ~attempt.cookie)


def _unannounced(attempt: Attempt) -> Expr:
    """The source sees no driver bit for the proposed element, and has nothing to fall back on."""
    element = attempt.proposed
    if element is None or element.hop.sender == "Prepare":
        return FALSE
    return element.capable & element.needed & ~element.sent


def migrate(made: SystemBuilder, attempt: Attempt) -> None:
    """The transfer, up to the stop of the source (the switch-over) and the cookie that Perform returns."""
    src, dst, tls = attempt.src_host, attempt.dst_host, attempt.settings.tls
    nbd, legacy = attempt.method == "nbd", attempt.method == "legacy"
    one_secured = src.libvirt.since("4.4.0") != dst.libvirt.since("4.4.0")
    why = first(
        (nbd & ~src.qemu.since("1.3"), "no drive-mirror"),
        (nbd & one_secured if tls else FALSE, "no TLS for NBD"),
        (legacy & (src.qemu.since("9.1") | dst.qemu.since("9.1")), "legacy stream not accepted"),
    )
    ok = why == "-"
    changes = [
        *attempt.ends("migrate", why),
        attempt.carries(why),
        becomes(attempt.src, If(ok, "paused", attempt.src)),
        becomes(attempt.dst, If(ok, attempt.dst, "none")),
        *attempt.writes("Perform", ok),
    ]
    made.action("migrate", guard=attempt.may("Perform"), updates=changes)


def finish(made: SystemBuilder, attempt: Attempt) -> None:
    """The destination reads what came with the guest, and starts it or kills its process."""
    why = first((attempt.refused("Finish"), "mandatory feature refused"))
    changes = [
        *attempt.ends("Finish", why),
        attempt.carries(why),
        becomes(attempt.dst, If(why == "-", "running", literal(attempt.dst.type, "none"))),
        *attempt.reads("Finish"),
    ]
    made.action("Finish", guard=attempt.may("Prepare" if attempt.settings.offline else "migrate"), updates=changes)


def confirm(made: SystemBuilder, attempt: Attempt) -> None:
    """With the verdict of Finish: the source ends, or rolls back."""
    ok = attempt.outcome == "none"
    changes = [
        becomes(attempt.call, "Confirm"),
        becomes(attempt.outcome, If(ok, "ok", attempt.outcome)),
        becomes(attempt.cookie, False),
        becomes(attempt.src, If(ok, "shutoff", literal(attempt.src.type, "running"))),
        *attempt.reads("Confirm"),
    ]
    made.action("Confirm", guard=attempt.call == "Finish", updates=changes)
