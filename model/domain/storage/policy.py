"""The policies: who lets which disk migrate, rule by rule, the first rule that matches decides.

Rules of libvirt carry the number of the table of today's check (the facts gathered from libvirt 7.0 to 11.3) and the
release that introduced them; rules of the 2011 thread carry a T.
"""

from __future__ import annotations

from dataclasses import dataclass

from hopcheck.model.domain.settings import Release
from hopcheck.model.domain.storage.disk import Disk
from hopcheck.model.domain.storage.settings import Policy, Settings
from hopcheck.model.language import TRUE, Expr


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """``match``: the disks it speaks of, where no rule before it does; ``accepts``: what it says of them."""

    number: str
    text: str
    match: Expr
    accepts: bool


def rules(settings: Settings, disk: Disk) -> tuple[Rule, ...]:
    """The rules of the policy in order; the last one matches every disk."""
    match settings.policy:
        case Policy.LIBVIRT:
            return _libvirt(settings, disk)
        case Policy.THREAD:
            return _thread(settings, disk)
        case Policy.TAINTING:
            return tuple(
                each if each.accepts else Rule(f"{each.number} tainted", each.text, each.match, True)
                for each in _thread(settings, disk)
            )
        case Policy.POOL:
            return (
                Rule("pool permitted", "a pool that the administrator permits", disk.reachable, True),
                Rule("pool not permitted", "a pool of one host", TRUE, False),
            )
        case Policy.REQUIRE_NONE:
            return (
                Rule("cache none", "cache=none", disk.cache == "none", True),
                Rule("other cache", "any other cache mode", TRUE, False),
            )
        case Policy.NONE:
            return (Rule("0", "no check", TRUE, True),)


def first_matches(listed: tuple[Rule, ...]) -> tuple[Expr, ...]:
    """For each rule, the disks that it decides on."""
    decided, before = [], ~TRUE
    for rule in listed:
        decided.append(rule.match & ~before)
        before = before | rule.match
    return tuple(decided)


def accepted(settings: Settings, disk: Disk) -> Expr:
    """The disks that the policy lets migrate."""
    listed = rules(settings, disk)
    allowed = ~TRUE
    for rule, decides in zip(listed, first_matches(listed), strict=True):
        allowed = allowed | (decides if rule.accepts else ~TRUE)
    return allowed


def _libvirt(settings: Settings, disk: Disk) -> tuple[Rule, ...]:
    """The check of a libvirt release: the rules that it has, in the order of today's."""
    release = settings.libvirt
    if release < Release("0.9.11"):
        return (Rule("0", "no check before 0.9.11", TRUE, True),)
    listed = [Rule("1", "empty or read-only", disk.readonly, True)]  # 0.9.11
    if release >= Release("1.0.5"):
        listed.append(Rule("2", "copied by this migration", disk.copied, True))
    if release >= Release("5.1"):
        listed.append(Rule("3", "network disk, any cache", disk.medium == "network", True))
    if release >= Release("6.0"):
        listed.append(Rule("4", "NVMe disk", disk.medium == "nvme", False))
    listed.append(Rule("5", "file on a cluster file system, any cache", disk.medium == "cluster", True))  # 0.9.11
    if release >= Release("4.1") and not settings.shared_filesystems:
        listed.append(Rule("6", "file on no known shared file system", disk.medium == "local", False))
    listed.append(Rule("7", "shareable, or cache none", disk.shareable | (disk.cache == "none"), True))  # 0.9.11
    if release >= Release("3.6"):
        listed[-1] = Rule("7", "shareable, or cache none or directsync", disk.shareable | disk.direct, True)
    # The option is looked for on the source, whose QEMU is running; the destination's is not asked.
    if release >= Release("5.7") and settings.qemu_src >= Release("4.0") and settings.linux_src:
        listed.append(Rule("8", "the source's QEMU has drop-cache", TRUE, True))
    else:
        listed.append(Rule("9", "the rest", TRUE, False))
    return tuple(listed)


def _thread(settings: Settings, disk: Disk) -> tuple[Rule, ...]:
    """The table of the 2011 thread. It counts GPFS as a cluster file system, and names directsync with none."""
    resize = [Rule("T7", "online resize", TRUE, False)] if settings.online_resize else []
    return (
        Rule("T6", "any storage, a format with metadata", disk.has_metadata, False),
        *resize,
        Rule("T1", "cluster file system, raw, any cache", disk.medium.one_of("cluster", "gpfs"), True),
        Rule("T2", "NFS of Linux, raw, no cache", (disk.medium == "nfs_linux") & disk.direct, True),
        Rule("T3", "NFS, raw, other", disk.nfs, False),
        Rule("T4", "iSCSI, FC, DAS, raw, no cache", (disk.medium == "block") & disk.direct, True),
        Rule("T5", "iSCSI, FC, DAS, raw, other", disk.medium == "block", False),
        Rule("T-", "not weighed in the thread", TRUE, False),
    )
