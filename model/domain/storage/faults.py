"""What goes wrong, each fault by its name, and how the source comes back."""

from __future__ import annotations

from hopcheck.model.domain.storage.copies import crashed, forgotten, killed, updates
from hopcheck.model.domain.storage.run import Run
from hopcheck.model.domain.storage.settings import Faults
from hopcheck.model.language import TRUE, Expr, If, Update, becomes, literal


def fault_actions(run: Run) -> None:
    """Declare the faults that the settings allow."""
    settings, system, copies = run.settings, run.system, run.copies
    if settings.faults is Faults.ZERO:
        return
    if settings.stream_breaks:
        system.action(
            "stream_breaks",
            guard=run.may_fail & run.src.one_of("running", "paused") & run.dst.one_of("inmigrate", "paused"),
            updates=[*run.one_fault_less(), *_destination_gone(run)],
        )
    if settings.destination_unreachable:
        # Nobody can kill the destination: it sits there paused while the source goes on.
        system.action(
            "destination_unreachable",
            guard=run.may_fail & (run.src == "paused") & (run.dst == "paused") & _may_take_back(run),
            updates=[*run.one_fault_less(), *_resume(run)],
        )
        system.action(
            "autodestroy",
            guard=run.src.one_of("running", "lost") & (run.dst == "paused"),
            updates=_destination_gone(run),
        )
    if settings.finish_reply_lost:
        system.action(
            "finish_reply_lost",
            guard=run.may_fail & (run.src == "paused") & (run.dst == "running") & _may_take_back(run),
            updates=[*run.one_fault_less(), *_resume(run)],
        )
        system.action(
            "third_party_kills_source",
            guard=(run.src == "running") & (run.dst == "running"),
            updates=[becomes(run.src, "off"), becomes(run.img_src, "inactive")],
        )
    if settings.source_qemu_dies:
        system.action(
            "source_qemu_dies",
            guard=run.may_fail & run.src.one_of("running", "paused") & (run.dst != "none"),
            updates=[
                *run.one_fault_less(),
                becomes(run.src, "off"),
                becomes(run.img_src, "inactive"),
                *updates(copies, killed(run.disk, copies)),
            ],
        )
    if settings.source_host_crashes:
        # Another guest on that host dies with it, and may lose what it has not flushed: no loss of this guest's.
        alone = ~run.disk.shareable if settings.second_writer else TRUE
        system.action(
            "source_host_crashes",
            guard=run.may_fail & run.src.one_of("paused", "off") & (run.dst == "running") & run.disk.same_bytes & alone,
            updates=[
                *run.one_fault_less(),
                becomes(run.src, "off"),
                becomes(run.img_src, "inactive"),
                *updates(copies, crashed(copies)),
            ],
        )


def roll_back_action(run: Run) -> None:
    """Declare the roll-back after the destination is gone: no fault, but what follows one."""
    run.system.action("source_cont", guard=(run.src == "paused") & (run.dst == "none"), updates=_resume(run))


def _resume(run: Run) -> list[Update]:
    """The source's cont. What it gave up it can take back since QEMU 2.9; in 2.6 to 2.8 its first write aborts QEMU, and
    files that it closed are not its own any more: it cannot know whether the destination has opened them."""
    mechanism = run.mechanism
    stays_away = mechanism.hands_over and (mechanism.closes or not mechanism.reactivates)
    back = run.img_src == "active" if stays_away else TRUE
    return [
        becomes(run.src, If(back, literal(run.src.type, "running"), "lost")),
        becomes(run.img_src, If(back, literal(run.img_src.type, "active"), "inactive")),
    ]


def _may_take_back(run: Run) -> Expr:
    """No lock stands against the source's cont while the destination is there."""
    return ~((run.img_dst == "active") & run.disk.fenced(run.mechanism))


def _destination_gone(run: Run) -> list[Update]:
    copied = If(run.disk.copied & (run.copies.disk == "fresh"), literal(run.copies.disk.type, "stale"), run.copies.disk)
    changes = {**forgotten(run.disk, run.copies), "disk": copied}
    return [*run.migration_ends(), *updates(run.copies, changes)]
