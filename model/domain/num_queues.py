"""virtio-blk ``num-queues`` over a life of migrations: the running example of QEMU's compatibility document.

Up to QEMU 5.1 a virtio-blk device has one queue unless the user asks for more; since 5.2 it has one per vCPU (commit
9445e1e15e, "virtio-blk-pci: default num_queues to -smp N"). The entry that came with the change,
``hw_compat_5_1 { "virtio-blk-device", "num-queues", "1" }``, keeps one queue for machine types up to 5.1.

Source: ``docs/devel/migration/compatibility.rst`` of QEMU, section "How backwards compatibility works".
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from hopcheck.model.domain.settings import setting
from hopcheck.model.errors import ModelError
from hopcheck.model.language import (
    Bool,
    Enum,
    EnumType,
    Expr,
    If,
    Lookup,
    Parameter,
    Range,
    System,
    SystemBuilder,
    Table,
    becomes,
    table,
)

CHANGED_IN = "5.2"
"""The release whose static default is one queue per vCPU."""

Hops: TypeAlias = Literal["any", "same or newer"]
HOPS: tuple[Hops, ...] = ("any", "same or newer")


class Policy(enum.StrEnum):
    """What QEMU 5.2 and later do about the changed default when the machine type is older than 5.2."""

    NO_ENTRY = "no entry"
    """Nothing: every machine type gets the new default."""
    ENTRY = "entry"
    """The entry stands in hw_compat_5_1 and holds whenever such a machine type starts: what QEMU did."""
    ENTRY_ONLY_WHEN_RECEIVING_FROM_OLDER = "entry only when receiving from older"
    """The reading the document calls wrong: one queue only where the stream comes from a QEMU before the change."""


@dataclass(frozen=True, slots=True)
class Names:
    """The builds and machine types of one model, and what is fixed about them.

    ``knows[build, machine]``: the build has that machine type; ``auto[build]``: its static default is one queue per
    vCPU; ``before[machine]``: the machine type is older than the change, so it applies hw_compat_5_1;
    ``forward[build, destination]``: the destination is the same or a newer release.
    """

    builds: EnumType
    machines: EnumType
    knows: Table
    auto: Table
    before: Table
    forward: Table


class AllowedHops(enum.StrEnum):
    """Which migrations may happen."""

    ANY = "any"
    """Between any two builds that know the machine type."""
    SAME_OR_NEWER = "same or newer"
    """To the same build, or a newer one."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What may be set of the model."""

    policy: Policy = setting(Policy.ENTRY, "What QEMU 5.2 and later do for machine types before 5.2.")
    hops: AllowedHops = setting(AllowedHops.ANY, "Which migrations may happen.")
    vcpus: int = setting(4, "The guest has any number of vCPUs up to this.", least=1, most=16)


def num_queues(
    policy: Policy,
    vcpus: int | None,
    releases: Sequence[str] = ("5.1", "5.2"),
    hops: Hops = "any",
) -> System:
    """The life of one guest with a virtio-blk disk.

    ``vcpus``: the guest has any number of vCPUs from 1 to this, and the user may ask for as many queues; None for no
    upper bound (for the provers only). QEMU caps both at what the transport can carry; the model need not.
    ``releases``: the builds there are, oldest first, each with a machine type of its own; ``hops``: where a migration
    may lead. Raises ``ModelError`` for releases that are not versions in ascending order.

    Variables: ``status``; ``build`` and ``machine``, what runs (while off: what ran last); ``queues``, the num-queues
    that the process fixed when it started; ``seen``, what the guest's driver was told at boot or at its last reset
    (both 0 while off); ``vcpus`` and ``option``, the user's ``-smp`` and ``num-queues=``, chosen once and given to
    every process alike. ``option`` 0 means not given: QEMU refuses 0 as a number of queues.

    Where the destination has fewer queues than the stream, loading fails; where it has more, nothing fails, and the
    guest runs with queues that nobody initialised. The document tells these two apart, and so does the model.
    """
    names = _names(releases)
    system = SystemBuilder(f"num_queues: {variant(policy, hops)}")
    status = system.variable("status", Enum("off", "running", "failed"), initial="off")
    build = system.variable("build", names.builds, initial=names.builds.members[0])
    machine = system.variable("machine", names.machines, initial=names.machines.members[0])
    queues = system.variable("queues", Range(0, vcpus), initial=0)
    seen = system.variable("seen", Range(0, vcpus), initial=0)
    smp = system.variable("vcpus", Range(1, vcpus))
    option = system.variable("option", Range(0, vcpus))
    value = _configuration(policy, names, smp, option)

    where, what = Parameter("build", names.builds), Parameter("machine", names.machines)
    booted = value(where, what, None)
    system.action(
        "boot",
        where,
        what,
        guard=(status == "off") & Lookup(names.knows, where, what),
        updates=[
            becomes(status, "running"),
            becomes(build, where),
            becomes(machine, what),
            becomes(queues, booted),
            becomes(seen, booted),
        ],
    )
    destination = Parameter("destination", names.builds)
    reached = Lookup(names.forward, build, destination) if hops == "same or newer" else True
    received = value(destination, machine, build)
    refused = received < queues
    system.action(
        "migrate",
        destination,
        guard=(status == "running") & Lookup(names.knows, destination, machine) & reached,
        updates=[
            becomes(status, If(refused, "failed", status)),
            becomes(build, If(refused, build, destination)),
            becomes(queues, If(refused, queues, received)),
        ],
    )
    system.action("guest_reset", guard=status == "running", updates=[becomes(seen, queues)])
    # A power cycle is this and the next boot: only here does the guest meet another configuration lawfully.
    off = [becomes(status, "off"), becomes(queues, 0), becomes(seen, 0)]
    system.action("power_off", guard=status != "off", updates=off)
    return system.build()


def variant(policy: Policy, hops: Hops) -> str:
    """How a model is told from its siblings, in its name and where verdicts are expected of it."""
    return f"{policy.value}, {hops} hops" if hops == "any" else f"{policy.value}, hops to the {hops}"


def fixed_queues(system: System) -> Expr:
    """How many queues the guest must have, whatever came before: the user's number, else what its machine type says.

    Reads neither the build nor the chain that led there: this is what a machine type is for.
    """
    option, machine, vcpus = system["option"], system["machine"], system["vcpus"]
    assert isinstance(machine.type, EnumType)
    old = [each for each in machine.type.members if _version(each.removeprefix("pc-")) < _version(CHANGED_IN)]
    return If(option > 0, option, If(machine.one_of(*old), 1, vcpus))


def _configuration(policy: Policy, names: Names, vcpus: Expr, option: Expr) -> Callable[[Expr, Expr, Expr | None], Expr]:
    """The queues of a process by its build, its machine type and, for one that receives, its source's build."""

    def value(build: Expr, machine: Expr, source: Expr | None) -> Expr:
        applies: Expr | bool = Lookup(names.before, machine)
        if policy is Policy.NO_ENTRY:
            applies = False
        if policy is Policy.ENTRY_ONLY_WHEN_RECEIVING_FROM_OLDER:
            applies = False if source is None else applies & ~Lookup(names.auto, source)
        layered = If(Lookup(names.auto, build), If(applies, 1, vcpus), 1)
        return If(option > 0, option, layered)

    return value


def _names(releases: Sequence[str]) -> Names:
    versions = [_version(release) for release in releases]
    if not versions or versions != sorted(set(versions)):
        raise ModelError(f"{list(releases)} are not releases in ascending order", hint='write ("5.1", "5.2", ...)')
    builds = Enum(*releases)
    machines = Enum(*(f"pc-{release}" for release in releases))
    count = range(len(releases))
    changed = _version(CHANGED_IN)
    return Names(
        builds,
        machines,
        knows=table("knows", [builds, machines], Bool, [each <= b for b in count for each in count]),
        auto=table("auto", [builds], Bool, [version >= changed for version in versions]),
        before=table("before", [machines], Bool, [version < changed for version in versions]),
        forward=table("forward", [builds, builds], Bool, [to >= b for b in count for to in count]),
    )


def _version(release: str) -> tuple[int, ...]:
    """``5.2`` as a pair that compares."""
    parts = release.split(".")
    if not all(part.isdecimal() for part in parts):
        raise ModelError(f"{release!r} is not a release", hint='write versions such as "5.2"')
    return tuple(int(part) for part in parts)
