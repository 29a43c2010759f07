"""Small systems whose answers can be told by looking at them."""

from __future__ import annotations

from hopcheck.model.language import Bool, Enum, Range, System, SystemBuilder, becomes


def counter(last: int, *, wrap: bool = False) -> System:
    """Counts from 0 to ``last``; then it is stuck, or starts again."""
    system = SystemBuilder("counter")
    n = system.variable("n", Range(0, last), initial=0)
    system.action("up", guard=n < last, updates=[becomes(n, n + 1)])
    if wrap:
        system.action("again", guard=n == last, updates=[becomes(n, 0)])
    return system.build()


def grid(width: int, height: int) -> System:
    """Walks right and up from the corner (0, 0)."""
    system = SystemBuilder("grid")
    x = system.variable("x", Range(0, width - 1), initial=0)
    y = system.variable("y", Range(0, height - 1), initial=0)
    system.action("right", guard=x < width - 1, updates=[becomes(x, x + 1)])
    system.action("up", guard=y < height - 1, updates=[becomes(y, y + 1)])
    return system.build()


def traps(rows: int) -> System:
    """In row r, r steps lead to a trap in which only ``wait`` can happen; ``row`` never changes."""
    system = SystemBuilder("traps")
    row = system.variable("row", Range(0, rows - 1))
    at = system.variable("at", Range(0, rows), initial=0)
    where = system.variable("where", Enum("free", "trapped"), initial="free")
    system.action("walk", guard=(where == "free") & (at < row), updates=[becomes(at, at + 1)])
    system.action("fall", guard=(where == "free") & (at == row) & (row != 2), updates=[becomes(where, "trapped")])
    system.action("wait", guard=where == "trapped")
    return system.build()


def bits(count: int) -> System:
    """Any of ``count`` bits flips: 2**count states, and no two bits stand in one guard."""
    system = SystemBuilder("bits")
    for number in range(count):
        bit = system.variable(f"bit{number}", Bool, initial=False)
        system.action("flip", updates=[becomes(bit, ~bit)], labels={"bit": number})
    return system.build()
