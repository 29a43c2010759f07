"""What QEMU's compatibility document asks of ``num-queues``, with the verdict each policy should have.

The models are those of ``hopcheck.model.domain.num_queues``, with two vCPUs or more: with one, "one per vCPU" is one,
and nothing has changed.
"""

from __future__ import annotations

from collections.abc import Mapping

from hopcheck.model.domain.num_queues import HOPS, Hops, Policy, fixed_queues, variant
from hopcheck.model.language import EnumType, System
from hopcheck.properties.kinds import Property, always, never_stuck, reachable, sound
from hopcheck.properties.verdict import Expectation, fails, holds

_WRONG = Policy.ENTRY_ONLY_WHEN_RECEIVING_FROM_OLDER


def properties(system: System) -> tuple[Property, ...]:
    """The properties of one ``num_queues`` system; its ``variant(policy, hops)`` selects the expected verdicts."""
    build, machine = system["build"], system["machine"]
    assert isinstance(build.type, EnumType)
    assert isinstance(machine.type, EnumType)
    return (
        _every_migration_loads(system),
        _configuration_preserved(system),
        _machine_type_fixes_the_queues(system),
        reachable(
            "old machine on the newest build",
            (system["status"] == "running") & (machine == machine.type.members[0]) & (build == build.type.members[-1]),
            "A guest of the oldest machine type runs on the newest build.",
            expected=holds("a newer build knows every older machine type"),
        ),
        never_stuck(
            "never stuck",
            "Something can happen in every state.",
            expected=holds("a guest that runs, or failed, can be powered off, and booted again"),
        ),
        sound(),
    )


def _every_migration_loads(system: System) -> Property:
    silent = holds("a newer build never has fewer queues than the guest: it fails silently")
    return always(
        "every migration loads",
        system["status"] != "failed",
        "A migration to a build that knows the machine type is never refused by the device.",
        expected=holds("the entry gives old machine types one queue in every build"),
        variants=_variants(
            {
                (Policy.NO_ENTRY, "any"): fails("5.2 -M pc-5.1 sends the state of more queues than 5.1 has"),
                (Policy.NO_ENTRY, "same or newer"): silent,
                (_WRONG, "any"): fails("booted on 5.2, pc-5.1 has more queues than 5.1"),
                (_WRONG, "same or newer"): silent,
            }
        ),
    )


def _configuration_preserved(system: System) -> Property:
    one_hop = fails("5.1 -> 5.2 with pc-5.1 adds queues that nobody initialised")
    double = fails("A (5.1) -> B (5.2) -> C (5.2): C receives from 5.2 and takes the new default")
    return always(
        "configuration preserved",
        (system["status"] == "running").implies(system["queues"] == system["seen"]),
        "The process has the number of queues that the guest was told at boot or at its last reset.",
        expected=holds("the entry gives old machine types one queue in every build"),
        variants=_variants(
            {(policy, hops): verdict for policy, verdict in ((Policy.NO_ENTRY, one_hop), (_WRONG, double)) for hops in HOPS}
        ),
    )


def _machine_type_fixes_the_queues(system: System) -> Property:
    """The inductive form of the two before: it holds of a process by itself, so every step keeps it."""
    queues, seen = system["queues"], system["seen"]
    at_boot = fails("booted on 5.2, pc-5.1 has one queue per vCPU")
    return always(
        "machine type fixes the queues",
        (system["status"] == "running").implies((queues == fixed_queues(system)) & (seen == queues)),
        "The number of queues follows from the machine type and the user's options, whatever happened before.",
        expected=holds("the entry applies whenever a machine type before 5.2 starts"),
        variants=_variants({(policy, hops): at_boot for policy in (Policy.NO_ENTRY, _WRONG) for hops in HOPS}),
    )


def _variants(verdicts: Mapping[tuple[Policy, Hops], Expectation]) -> dict[str, Expectation]:
    return {variant(policy, hops): verdict for (policy, hops), verdict in verdicts.items()}
