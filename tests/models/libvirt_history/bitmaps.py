"""The published cases about dirty bitmaps, as settings and runs: with the bug the invariant fails, with the fix it holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hopcheck.explorer.search import explore
from hopcheck.model.domain.bitmaps import Settings, system
from hopcheck.model.domain.bitmaps.settings import Device, Layout, NodeName, Where
from hopcheck.model.domain.settings import Release
from hopcheck.properties.catalog.bitmaps import properties
from hopcheck.properties.kinds import Kind


def shortest(settings: Settings, name: str) -> list[str] | None:
    """The labels of the shortest run that violates an invariant; None where it holds."""
    built = system(settings)
    prop = next(each for each in properties(settings, built) if each.name == name)
    asked = {name: prop.expr}
    found = explore(
        built,
        always=asked if prop.kind is Kind.ALWAYS else {},
        step=asked if prop.kind is Kind.STEP else {},
        can_always_reach=asked if prop.kind is Kind.CAN_ALWAYS_REACH else {},
    ).answers[name]
    return None if found.trace is None else [step.label for step in found.trace.steps]


def generated_name() -> None:
    """B1: the device lookup fails because of a filter (or there is no device), the node's generated name goes on the wire.

    The case's trace is: the name is chosen, it is on the wire, the destination looks it up. The first two are one step
    here, since setup writes the start record.
    """
    taken = Settings(
        where=Where.BELOW_FILTER,
        node=NodeName.GENERATED,
        device=Device.NAMED,
        layout=Layout.NUMBER_TAKEN,
        faults=0,
    )
    below = {release: replace(taken, qemu_src=Release(release), qemu_dst=Release(release)) for release in AFFECTED + FIXED}
    non_root = {release: replace(each, where=Where.NON_ROOT, device=Device.NONE) for release, each in below.items()}
    for release in AFFECTED:
        for place in (below, non_root):
            sent = ["migrate(dirty_bitmaps=True)"]
            assert shortest(place[release], "GENERATED_NAMES_NEVER_SENT") == sent
            assert shortest(place[release], "NO_WRONG_NODE") == [*sent, "load_start"]
    for release in FIXED:
        for place in (below, non_root):
            assert shortest(place[release], "GENERATED_NAMES_NEVER_SENT") is None
            assert shortest(place[release], "NO_WRONG_NODE") is None


AFFECTED = ("2.12", "4.2", "5.0")
FIXED = ("5.1", "5.2", "10.0", "11.1")

CASES: dict[str, Callable[[], None]] = {"B1-generated-name": generated_name}
"""By the case's id: a function that fails unless the model has the bug in the affected releases and not in the fixed."""
