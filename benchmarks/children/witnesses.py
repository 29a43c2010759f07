"""One of the deepest states of some instances of the fleet, to which a shortest trace is asked for.

They were read off the last level of a search; that no shorter way leads there is seen by the length of the trace.
"""

from __future__ import annotations

from instances import Instance

from hopcheck.model.language import Expr, System, Value, all_of, literal

CONFIRMING: tuple[Value, ...] = ("confirm", 1, "paused", "none", True, True, "v3")
FAILED: tuple[Value, ...] = ("failed", 1, "paused", "none", False, False, "v3")
FAILED_AFTER_OFFER: tuple[Value, ...] = ("failed", 1, "paused", "none", True, False, "v3")
IDLE: tuple[Value, ...] = ("idle", 0, "running", "none", True, False, "v3")
SHARED: tuple[Value, ...] = (True, True, False, 1)

DEEPEST = {
    Instance(2, 2): (*CONFIRMING, *FAILED, *SHARED),
    Instance(3, 2): (*CONFIRMING, *FAILED, *FAILED_AFTER_OFFER, *SHARED),
    Instance(4, 2): (*IDLE, *CONFIRMING, *FAILED, *FAILED_AFTER_OFFER, *SHARED),
}
"""By instance, the values of a state in the order in which the fleet declares its variables."""


def witness(system: System, instance: Instance) -> Expr | None:
    """That the state is the deepest one; None where none is known."""
    values = DEEPEST.get(instance)
    if values is None:
        return None
    pairs = zip(system.variables, values, strict=True)
    return all_of(each.expr == literal(each.type, value) for each, value in pairs)
