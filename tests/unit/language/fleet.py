"""Guests that migrate between two hosts, a few at a time: a model with a known number of states.

It imports nothing from beside it, so that a fresh process can run it as a file.
"""

from __future__ import annotations

from hopcheck.model.language import Bool, Enum, Expr, If, Range, System, SystemBuilder, becomes, literal

PHASE = Enum("idle", "begin", "prepare", "perform", "finish", "confirm", "failed")
SOURCE = Enum("running", "paused", "gone")
TARGET = Enum("none", "paused", "running")
PROTOCOL = Enum("v2", "v3")


def fleet(guests: int, slots: int) -> System:
    """``guests`` on two hosts that are upgraded some day, at most ``slots`` of them on the move."""
    s = SystemBuilder(f"fleet({guests}, {slots})")
    new = [s.variable(f"new{host}", Bool, initial=False) for host in (0, 1)]
    link = s.variable("link", Bool, initial=True)
    moving = s.variable("moving", Range(0, slots), initial=0)
    components = [_guest(s, each, new, link, moving, slots) for each in range(guests)]
    if guests > 1:
        s.symmetric(components)
    for host in (0, 1):
        s.action("upgrade", guard=~new[host] & (moving == 0), updates=[becomes(new[host], True)], labels={"host": host})
    s.action("link", updates=[becomes(link, ~link)])
    return s.build()


def _guest(s: SystemBuilder, number: int, new: list[Expr], link: Expr, moving: Expr, slots: int) -> list[Expr]:
    phase = s.variable(f"phase{number}", PHASE, initial="idle")
    host = s.variable(f"host{number}", Range(0, 1), initial=0)
    source = s.variable(f"source{number}", SOURCE, initial="running")
    target = s.variable(f"target{number}", TARGET, initial="none")
    offered = s.variable(f"offered{number}", Bool, initial=False)
    accepted = s.variable(f"accepted{number}", Bool, initial=False)
    protocol = s.variable(f"protocol{number}", PROTOCOL, initial="v2")
    here, there = If(host == 0, new[0], new[1]), If(host == 0, new[1], new[0])
    v3 = protocol == "v3"
    leaves = becomes(moving, moving - 1)
    rules = {
        f"begin-{name}": (
            (phase == "idle") & (moving < slots),
            [
                becomes(phase, "begin"),
                becomes(protocol, name),
                becomes(offered, offer),
                becomes(accepted, False),
                becomes(moving, moving + 1),
            ],
        )
        for name, offer in (("v3", here), ("v2", False))
    }
    rules |= {
        "prepare": (
            (phase == "begin") & link,
            [becomes(phase, "prepare"), becomes(target, "paused"), becomes(accepted, offered & there)],
        ),
        "perform": (
            (phase == "prepare") & link,
            [becomes(phase, "perform"), becomes(source, If(v3, literal(SOURCE, "paused"), "gone"))],
        ),
        "perform-fails": ((phase == "prepare") & ~link, [becomes(phase, "confirm"), becomes(target, "none")]),
        "finish": ((phase == "perform") & link, [becomes(phase, "finish"), becomes(target, "running")]),
        "finish-lost": (
            (phase == "perform") & ~link,
            [
                becomes(target, "none"),
                becomes(phase, If(v3, literal(PHASE, "finish"), "failed")),
                becomes(moving, If(v3, moving, moving - 1)),
            ],
        ),
        "reply": ((phase == "finish") & link, [becomes(phase, "confirm")]),
        "reply-lost": ((phase == "finish") & ~link, [becomes(phase, "failed"), leaves]),
        "confirm": (
            (phase == "confirm") & (target == "running"),
            [
                becomes(phase, "idle"),
                becomes(host, 1 - host),
                becomes(source, "running"),
                becomes(target, "none"),
                leaves,
            ],
        ),
        "give-up": (
            (phase == "confirm") & (target != "running"),
            [becomes(phase, "idle"), becomes(source, "running"), becomes(target, "none"), leaves],
        ),
        "recover": (
            (phase == "failed") & link,
            [
                becomes(phase, "idle"),
                becomes(host, If(target == "running", 1 - host, host)),
                becomes(source, "running"),
                becomes(target, "none"),
            ],
        ),
    }
    for name, (guard, updates) in rules.items():
        s.action(name, guard=guard, updates=updates, labels={"guest": number})
    return [phase, host, source, target, offered, accepted, protocol]
