"""The fleet: virtual machines that hop between two hosts while the hosts are upgraded and the link fails.

A small migration protocol with the cookie negotiation of a storage copy, and with an older protocol (v2) in which the
source lets go of the guest before the destination is known to run it. It is the benchmark of the explorer: states and
transitions were counted by other model checkers too (SPIN, rumur and TLC agree on the instances they can do).
"""

from __future__ import annotations

from dataclasses import dataclass

from hopcheck.model.domain.settings import setting
from hopcheck.model.language import (
    Bool,
    Enum,
    Expr,
    If,
    Range,
    System,
    SystemBuilder,
    all_of,
    becomes,
    literal,
)

PHASE = Enum("idle", "begin", "prepare", "perform", "finish", "confirm", "failed")
SOURCE = Enum("running", "paused", "gone")
DESTINATION = Enum("none", "paused", "running")
PROTOCOL = Enum("v2", "v3")


@dataclass(frozen=True, slots=True)
class Settings:
    """What may be set of the fleet."""

    vms: int = setting(2, "Virtual machines in the fleet.", least=1, most=10)
    in_flight: int = setting(2, "Machines that may migrate at once.", least=1, most=10)


@dataclass(frozen=True, slots=True, eq=False)
class Guest:
    """The variables of one virtual machine.

    ``host``: where it runs; ``src`` and ``dst``: its process there and the one on the other host; ``off`` and ``acc``:
    whether the cookie that copies its storage was offered and accepted; ``proto``: the protocol of its last migration.
    """

    phase: Expr
    host: Expr
    src: Expr
    dst: Expr
    off: Expr
    acc: Expr
    proto: Expr

    @property
    def variables(self) -> tuple[Expr, ...]:
        """All of them, in order of declaration."""
        return (self.phase, self.host, self.src, self.dst, self.off, self.acc, self.proto)


@dataclass(frozen=True, slots=True, eq=False)
class Surroundings:
    """What all machines share: which hosts are upgraded, whether the link is up, how many migrations are under way."""

    new: tuple[Expr, Expr]
    link: Expr
    cnt: Expr


def fleet(vms: int, in_flight: int = 2) -> System:
    """The fleet of ``vms`` machines, of which ``in_flight`` may migrate at once."""
    system = SystemBuilder(f"fleet({vms},{in_flight})")
    guests = [_guest(system, number) for number in range(vms)]
    shared = Surroundings(
        new=(system.variable("new0", Bool, initial=False), system.variable("new1", Bool, initial=False)),
        link=system.variable("link", Bool, initial=True),
        cnt=system.variable("cnt", Range(0, in_flight), initial=0),
    )
    for number, guest in enumerate(guests):
        _begin(system, number, guest, shared, in_flight)
        _hand_over(system, number, guest, shared)
        _settle(system, number, guest, shared)
    for host, new in enumerate(shared.new):
        system.action("upgrade", guard=~new & (shared.cnt == 0), updates=[becomes(new, True)], labels={"host": host})
    system.action("link", updates=[becomes(shared.link, ~shared.link)])
    if vms > 1:
        system.symmetric(guest.variables for guest in guests)
    return system.build()


def invariants(system: System) -> dict[str, Expr]:
    """What must hold of every state of a fleet, by name."""
    guests = [_guest_of(system, name.removeprefix("phase")) for name in system.index if name.startswith("phase")]
    return {
        "never active on both hosts": all_of(~((g.src == "running") & (g.dst == "running")) for g in guests),
        "accepted only when offered": all_of(g.acc.implies(g.off) for g in guests),
        "v3 never loses the guest": all_of(~((g.src == "gone") & (g.dst == "none") & (g.proto == "v3")) for g in guests),
    }


def _guest(system: SystemBuilder, number: int) -> Guest:
    return Guest(
        phase=system.variable(f"phase{number}", PHASE, initial="idle"),
        host=system.variable(f"host{number}", Range(0, 1), initial=0),
        src=system.variable(f"src{number}", SOURCE, initial="running"),
        dst=system.variable(f"dst{number}", DESTINATION, initial="none"),
        off=system.variable(f"off{number}", Bool, initial=False),
        acc=system.variable(f"acc{number}", Bool, initial=False),
        proto=system.variable(f"proto{number}", PROTOCOL, initial="v2"),
    )


def _guest_of(system: System, number: str) -> Guest:
    return Guest(*(system[f"{name}{number}"] for name in ("phase", "host", "src", "dst", "off", "acc", "proto")))


def _begin(system: SystemBuilder, number: int, guest: Guest, shared: Surroundings, in_flight: int) -> None:
    """Begin and Prepare: a new source offers the cookie, a new destination accepts it."""
    new_here = If(guest.host == 0, shared.new[0], shared.new[1])
    new_there = If(guest.host == 0, shared.new[1], shared.new[0])
    for name, protocol, offered in (("beginV3", "v3", new_here), ("beginV2", "v2", False)):
        system.action(
            name,
            guard=(guest.phase == "idle") & (shared.cnt < in_flight),
            updates=[
                becomes(guest.phase, "begin"),
                becomes(guest.proto, protocol),
                becomes(guest.off, offered),
                becomes(guest.acc, False),
                becomes(shared.cnt, shared.cnt + 1),
            ],
            labels={"vm": number},
        )
    system.action(
        "prepare",
        guard=(guest.phase == "begin") & shared.link,
        updates=[
            becomes(guest.phase, "prepare"),
            becomes(guest.dst, "paused"),
            becomes(guest.acc, guest.off & new_there),
        ],
        labels={"vm": number},
    )


def _hand_over(system: SystemBuilder, number: int, guest: Guest, shared: Surroundings) -> None:
    """Perform and Finish: the source stops (v3) or lets go (v2), the destination starts, unless the link fails."""
    named = {"vm": number}
    v3 = guest.proto == "v3"
    system.action(
        "performOk",
        guard=(guest.phase == "prepare") & shared.link,
        updates=[becomes(guest.phase, "perform"), becomes(guest.src, If(v3, literal(SOURCE, "paused"), "gone"))],
        labels=named,
    )
    system.action(
        "performFail",
        guard=(guest.phase == "prepare") & ~shared.link,
        updates=[becomes(guest.phase, "confirm"), becomes(guest.dst, "none")],
        labels=named,
    )
    system.action(
        "finishOk",
        guard=(guest.phase == "perform") & shared.link,
        updates=[becomes(guest.phase, "finish"), becomes(guest.dst, "running")],
        labels=named,
    )
    system.action(
        "finishLost",
        guard=(guest.phase == "perform") & ~shared.link,
        updates=[
            becomes(guest.phase, If(v3, literal(PHASE, "finish"), "failed")),
            becomes(guest.dst, "none"),
            becomes(shared.cnt, If(v3, shared.cnt, shared.cnt - 1)),
        ],
        labels=named,
    )
    system.action(
        "reply",
        guard=(guest.phase == "finish") & shared.link,
        updates=[becomes(guest.phase, "confirm")],
        labels=named,
    )
    system.action(
        "replyLost",
        guard=(guest.phase == "finish") & ~shared.link,
        updates=[becomes(guest.phase, "failed"), becomes(shared.cnt, shared.cnt - 1)],
        labels=named,
    )


def _settle(system: SystemBuilder, number: int, guest: Guest, shared: Surroundings) -> None:
    """Confirm and recovery: the guest ends up on one host, and is idle again."""
    named = {"vm": number}
    arrived = guest.dst == "running"
    home = [becomes(guest.phase, "idle"), becomes(guest.src, "running"), becomes(guest.dst, "none")]
    system.action(
        "confirmOk",
        guard=(guest.phase == "confirm") & arrived,
        updates=[*home, becomes(guest.host, 1 - guest.host), becomes(shared.cnt, shared.cnt - 1)],
        labels=named,
    )
    system.action(
        "confirmFail",
        guard=(guest.phase == "confirm") & ~arrived,
        updates=[*home, becomes(shared.cnt, shared.cnt - 1)],
        labels=named,
    )
    system.action(
        "recover",
        guard=(guest.phase == "failed") & shared.link,
        updates=[*home, becomes(guest.host, If(arrived, 1 - guest.host, guest.host))],
        labels=named,
    )
