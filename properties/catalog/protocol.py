"""What must hold of libvirt's migration protocol, with the verdict that each release and setting should have.

The names are those of the published cases. Progress means: from every reachable state, and with no further fault, a
good end can be reached. A fault is not a way to a good end, and faults that may come are no excuse.
"""

from __future__ import annotations

from dataclasses import replace

from hopcheck.model.domain.protocol.rules import rules_of
from hopcheck.model.domain.protocol.selection import Control, Refused
from hopcheck.model.domain.protocol.settings import Count, Fence, Guest, Newest, Settings
from hopcheck.model.domain.settings import Release
from hopcheck.model.language import System
from hopcheck.properties.catalog.protocol_expectations import Expectations
from hopcheck.properties.catalog.protocol_goals import Goals
from hopcheck.properties.kinds import Property, always, can_always_reach, reachable, sound, step
from hopcheck.properties.verdict import holds

_ANY = Settings(faults=Count.UNBOUNDED)


def variants() -> tuple[tuple[str, Settings], ...]:
    """The settings that the main job checks, by name; all but the last allow any number of faults."""
    everything = replace(_ANY, persist_dest=True, undefine_source=True)
    return (
        ("11.3 managed", replace(everything, non_shared_disk=True, abort_on_error=True)),
        ("11.3 managed, no fence", replace(_ANY, fence=Fence.NONE)),
        ("11.3 managed, lock manager", replace(_ANY, fence=Fence.LOCK_MANAGER, return_path=False)),
        ("11.3 p2p, no fence", replace(_ANY, control=Control.P2P, fence=Fence.NONE)),
        ("11.3 p2p, tunnelled", replace(everything, control=Control.P2P, tunnelled=True)),
        ("11.3 p2p, post-copy", replace(_ANY, control=Control.P2P, postcopy=True)),
        ("11.3 managed, post-copy", replace(_ANY, postcopy=True, faults=Count.TWO)),
        ("11.3 managed, paused guest", replace(_ANY, guest=Guest.PAUSED)),
        ("11.3 offline", replace(everything, offline=True)),
        ("11.3 direct", replace(_ANY, control=Control.DIRECT)),
        ("9.0 p2p", replace(everything, libvirt=Release("9.0"), qemu=Release("7.2"), control=Control.P2P)),
        (
            "7.0 p2p, post-copy",
            replace(_ANY, libvirt=Release("7.0"), qemu=Release("5.2"), control=Control.P2P, postcopy=True),
        ),
        ("1.3.2 p2p", replace(everything, libvirt=Release("1.3.2"), qemu=Release("2.5"), control=Control.P2P)),
        (
            "v2 to 1.2.19",
            replace(everything, libvirt=Release("0.9.1"), destination_libvirt=Release("1.2.19"), qemu=Release("2.4")),
        ),
        ("v2 to 11.3", replace(_ANY, protocol=Newest.V2)),
    )


def properties(settings: Settings, system: System) -> tuple[Property, ...]:
    """The properties of the protocol under these settings; of a migration that is refused there is one."""
    rules = rules_of(settings)
    if rules is None:
        return (_refused(settings, system), sound())
    goals, expected = Goals(system, settings, rules), Expectations(settings, rules)
    guest = () if rules.offline else (*_safety(goals, expected), *_guest_progress(goals, expected))
    return (*guest, *_always(goals, expected), _migrates(goals), sound())


def _safety(goals: Goals, expected: Expectations) -> tuple[Property, ...]:
    """What concerns the guest's processes."""
    made = [
        always(
            "AT_MOST_ONE_RUNNING",
            goals.at_most_one_running(),
            "Never do CPUs run on both hosts.",
            expected=expected.at_most_one_running(),
        ),
        always(
            "NEVER_BOTH_IMAGES_ACTIVE",
            goals.never_both_images_active(),
            "Never are the images active in two QEMUs.",
            expected=expected.never_both_images_active(),
        ),
        step(
            "NO_KILL_OF_RUNNING_DST",
            goals.no_kill_of_running_dst(),
            "No daemon kills a destination whose CPUs run.",
            expected=expected.no_kill_of_running_dst(),
        ),
        always(
            "ROLLBACK_ALWAYS_POSSIBLE_BEFORE_DST_CONT",
            goals.rollback_always_possible_before_dst_cont(),
            "Until the destination takes over, nothing keeps the source from going on.",
            expected=expected.rollback_always_possible_before_dst_cont(),
        ),
        always(
            "RUNSTATE_PRESERVED",
            goals.runstate_preserved(),
            "A guest that was paused stays paused, one that ran is not left paused by a migration that worked.",
            expected=expected.runstate_preserved(),
        ),
        always(
            "AT_LEAST_ONE_RESUMABLE",
            goals.at_least_one_resumable(),
            "Some host holds the complete guest and may run it.",
            expected=expected.at_least_one_resumable(),
        ),
    ]
    if goals.settings.postcopy and not goals.rules.stays_paused:
        made.append(
            always(
                "NO_SOURCE_RESUME_AFTER_POSTCOPY",
                goals.no_source_resume_after_postcopy(),
                "Once the destination ran in post-copy mode, the source never runs.",
                expected=expected.no_source_resume_after_postcopy(),
            )
        )
    if goals.settings.guest is Guest.PAUSED and goals.rules.v3:
        made.append(
            always(
                "PAUSED_SOURCE_KEEPS_IMAGES",
                goals.paused_source_keeps_images(),
                "A paused guest that stays on the source can use its images when all is over.",
                expected=expected.paused_source_keeps_images(),
            )
        )
    return tuple(made)


def _guest_progress(goals: Goals, expected: Expectations) -> tuple[Property, ...]:
    return (
        can_always_reach(
            "GUEST_GOES_ON",
            goals.guest_goes_on(),
            "Without further faults the guest can get to where it is as before, on one of the hosts.",
            expected=expected.guest_goes_on(),
        ),
        can_always_reach(
            "RETRY_POSSIBLE",
            goals.retry_possible(),
            "Without further faults the guest can get to where it has moved, or can be migrated again.",
            expected=expected.retry_possible(),
        ),
    )


def _always(goals: Goals, expected: Expectations) -> tuple[Property, ...]:
    """What concerns definitions and jobs, of a guest that runs or not."""
    return (
        always(
            "DEFINED_SOMEWHERE",
            goals.defined_somewhere(),
            "A persistent guest stays defined on a host.",
            expected=expected.defined_somewhere(),
        ),
        step(
            "PHASES_ARE_MONOTONE",
            goals.phases_are_monotone(),
            "The phase of a job never goes back.",
            expected=expected.phases_are_monotone(),
        ),
        can_always_reach(
            "NO_ORPHAN_JOBS",
            goals.no_orphan_jobs(),
            "Without further faults every job, and every block job, can come to an end.",
            expected=expected.no_orphan_jobs(),
        ),
        can_always_reach(
            "FAILED_DST_IS_ABSENT",
            goals.failed_dst_is_absent(),
            "Without further faults, and after an error, process and definition can vanish from the destination.",
            expected=expected.failed_dst_is_absent(),
        ),
    )


def _migrates(goals: Goals) -> Property:
    reason = holds("nothing has to go wrong")
    return reachable("MIGRATES", goals.migrates(), "The guest moves, and the user is told so.", expected=reason)


def _refused(settings: Settings, system: System) -> Property:
    selection = settings.selection
    assert isinstance(selection, Refused)
    refused = (system["result"] == "error") & (system["phase_src"] == "NONE") & (system["phase_dst"] == "NONE")
    reason = holds(f"{selection.call}: {selection.why}")
    return reachable("REFUSED", refused, "The migration is refused before anything is touched.", expected=reason)
