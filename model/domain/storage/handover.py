"""The migration of one disk: the check, the early open, the hand-over, and the guest's reads on the destination."""

from __future__ import annotations

from hopcheck.model.domain.settings import Release
from hopcheck.model.domain.storage.copies import (
    COPY,
    activated,
    at_rest,
    cached,
    closed,
    flushed,
    forgotten,
    guest_sees,
    opened,
    updates,
)
from hopcheck.model.domain.storage.policy import first_matches, rules
from hopcheck.model.domain.storage.run import Run
from hopcheck.model.domain.storage.settings import Policy
from hopcheck.model.language import If, Update, becomes, literal


def check_actions(run: Run) -> None:
    """Declare Begin: the rule of the policy that decides, and the user who overrides a refusal."""
    at_rest_here = (run.src == "running") & (run.dst == "none")
    listed = rules(run.settings, run.disk)
    for rule, decides in zip(listed, first_matches(listed), strict=True):
        run.system.action(
            "begin_accepts" if rule.accepts else "begin_refuses",
            guard=at_rest_here & (run.verdict == "none") & decides,
            updates=[becomes(run.verdict, "accepted" if rule.accepts else "refused")],
            labels={"rule": rule.number},
        )
    has_flag = run.settings.policy is not Policy.LIBVIRT or run.settings.libvirt >= Release("0.9.11")
    if run.settings.force and has_flag and not all(rule.accepts for rule in listed):
        run.system.action("user_forces", guard=run.verdict == "refused", updates=[becomes(run.verdict, "forced")])


def early_actions(run: Run) -> None:
    """Declare Prepare: the destination opens the image early; what may refuse it there; the copying."""
    disk, copies, system = run.disk, run.copies, run.system
    begun = run.verdict.one_of("accepted", "forced") & (run.src == "running") & (run.dst == "none")
    # The NBD server on the destination needs the write lock of an image that the source has locked.
    locked = disk.copied_onto_itself & disk.fenced(run.mechanism)
    system.action(
        "prepare",
        guard=begun & ~locked,
        updates=[
            becomes(run.dst, "inmigrate"),
            # The NBD server writes to the copy: it is active from the start.
            becomes(run.img_dst, If(disk.copied, literal(run.img_dst.type, "active"), "inactive")),
            becomes(run.mirror, If(disk.copied, literal(run.mirror.type, "running"), "none")),
            *updates(copies, opened(disk, copies)),
        ],
    )
    system.action("nbd_server_refused", guard=begun & locked, updates=[becomes(run.verdict, "none")])
    if run.settings.early_open:
        system.action(
            "destination_reads_early",
            guard=(run.dst == "inmigrate") & disk.buffered & disk.same_bytes & ~disk.coherent & (copies.dst_host == "none"),
            updates=updates(copies, cached(disk, copies)),
        )
    system.action(
        "migration_blocked",
        guard=(run.dst == "inmigrate") & (run.src == "running") & disk.blocked(run.mechanism),
        updates=[*run.migration_ends(), *updates(copies, forgotten(disk, copies))],
    )
    system.action(
        # The mirror has read a block, the guest writes it, the mirror writes the old one over it, in the same place; the
        # bitmap has the block copied once more, and it is the old one that is read.
        "mirror_overwrites_guest_write",
        guard=(run.mirror == "running") & (run.src == "running") & disk.copied_onto_itself & (copies.disk != "lost"),
        updates=[becomes(copies.disk, "lost")],
    )


def hand_over_actions(run: Run) -> None:
    """Declare Perform's end: the source stops, flushes, and gives up the image; the destination has it all."""
    disk, copies, system, mechanism = run.disk, run.copies, run.system, run.mechanism
    stopped = (run.src == "paused") & (run.dst == "inmigrate")
    system.action(
        "source_stops",
        guard=(run.src == "running") & (run.dst == "inmigrate") & ~disk.blocked(mechanism),
        updates=[becomes(run.src, "paused"), *(updates(copies, flushed(disk, copies)) if mechanism.flushes else [])],
    )
    system.action(
        "mirror_ends",
        guard=stopped & (run.mirror == "running"),
        updates=[
            becomes(run.mirror, "ended"),
            becomes(copies.disk, If(copies.disk == "lost", copies.disk, "fresh")),
        ],
    )
    gives_up = stopped & (run.img_src == "active") & (run.mirror != "running")
    if mechanism.inactivates:
        system.action(
            "source_inactivates",
            guard=gives_up,
            updates=[becomes(run.img_src, "inactive"), *updates(copies, flushed(disk, copies))],
        )
    if mechanism.closes:
        system.action(
            "source_closes",
            guard=gives_up,
            updates=[becomes(run.img_src, "inactive"), *updates(copies, closed(disk, copies))],
        )
    given_up = run.img_src == "inactive" if mechanism.hands_over else run.mirror != "running"
    system.action(
        "stream_ends",
        guard=stopped & given_up,
        updates=[becomes(run.dst, "paused"), *([] if mechanism.late else _activate(run))],
    )


def destination_actions(run: Run) -> None:
    """Declare Finish, the guest on the destination, Confirm, and the next migration."""
    disk, copies, system, mechanism = run.disk, run.copies, run.system, run.mechanism
    system.action(
        "destination_cont",
        guard=(run.dst == "paused") & (run.src == "paused"),
        updates=[becomes(run.dst, "running"), *(_activate(run) if mechanism.late else [])],
    )
    system.action(
        "destination_reads",
        guard=run.dst == "running",
        updates=[becomes(copies.read, guest_sees(disk, copies)), *updates(copies, cached(disk, copies))],
    )
    system.action(
        "source_quits",
        guard=(run.dst == "running") & run.src.one_of("paused", "lost"),
        updates=[becomes(run.src, "off"), becomes(run.img_src, "inactive"), *updates(copies, closed(disk, copies))],
    )
    settled = (run.src == "off") & ~copies.src_dirty & copies.read.one_of("none", "fresh") & (copies.disk == "fresh")
    left = disk.page_cache & ~disk.direct & ~disk.coherent & ~disk.copied
    system.action(
        # To another host, or back: pages that the source had are what a destination may have.
        "next_migration",
        guard=(run.dst == "running") & settled,
        updates=[
            *run.migration_ends(),
            becomes(run.src, "running"),
            becomes(run.img_src, "active"),
            *updates(
                copies,
                {
                    **forgotten(disk, copies),
                    "dst_host": If(left, literal(COPY, "fresh"), "none"),
                    "disk": at_rest(disk),
                    "read": "none",
                    "pinned": False,
                },
            ),
        ],
    )


def _activate(run: Run) -> list[Update]:
    return [becomes(run.img_dst, "active"), *updates(run.copies, activated(run.disk, run.copies, run.mechanism))]
