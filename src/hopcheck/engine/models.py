"""The bundled models: what each is about, its variants, and how to build them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hopcheck.model.language import System
from hopcheck.properties.kinds import Property


@dataclass(frozen=True, slots=True)
class Variant:
    """One variant of a model: its name, its system, and what must hold of it."""

    name: str
    system: System
    properties: tuple[Property, ...]


@dataclass(frozen=True, slots=True)
class BundledModel:
    """A model that comes with hopcheck.

    ``summary``: one line; ``how``: how it is established; ``source``: the file that holds it; ``variants`` builds them,
    None for what has a way of its own (the facts, the theorem).
    """

    name: str
    summary: str
    how: str
    source: str
    variants: Callable[[], tuple[Variant, ...]] | None


def bundled() -> tuple[BundledModel, ...]:
    """Every bundled model, in the order in which the main job checks them."""
    return (
        BundledModel(
            "num_queues",
            "virtio-blk num-queues as in QEMU's compatibility document: with its entry, without, and read wrongly",
            "exhausted for up to 4 vCPUs, proved for any number of vCPUs and queues",
            "model/domain/num_queues.py",
            num_queues_variants,
        ),
        BundledModel(
            "compatibility theorem",
            "entries made by the rules preserve the configuration over every chain; no rule can be spared",
            "proved by z3 and cvc5 for any number of releases, machine types, changes and hops",
            "properties/theorem/",
            None,
        ),
        BundledModel(
            "fleet",
            "virtual machines that hop between two hosts while hosts are upgraded and the link fails",
            "exhausted for 2 machines; the benchmark explores 4",
            "model/domain/fleet.py",
            fleet_variants,
        ),
        BundledModel(
            "device_config",
            "every device property of every machine type over all chains of QEMU builds, on the facts",
            "exhausted over all rows, every row decided by z3 and cvc5 as well",
            "model/domain/device_config/",
            None,
        ),
    )


def num_queues_variants() -> tuple[Variant, ...]:
    """Each policy with each kind of hops: for up to 4 vCPUs, and the invariants for any number of them."""
    from hopcheck.model.domain.num_queues import HOPS, Policy, num_queues, variant
    from hopcheck.properties.catalog.compatibility_document import properties
    from hopcheck.properties.kinds import Kind

    made = []
    for policy in Policy:
        for hops in HOPS:
            for vcpus in (4, None):
                system = num_queues(policy, vcpus, ("5.1", "5.2", "6.0"), hops)
                asked = [each for each in properties(system) if vcpus is not None or each.kind is Kind.ALWAYS]
                made.append(Variant(variant(policy, hops), system, tuple(asked)))
    return tuple(made)


def fleet_variants() -> tuple[Variant, ...]:
    """Two machines, both of which may migrate at once."""
    from hopcheck.model.domain.fleet import fleet, invariants
    from hopcheck.properties.kinds import always, can_always_reach, never_stuck, sound
    from hopcheck.properties.verdict import holds

    system = fleet(2, 2)
    reason = holds("the protocol keeps it; SPIN, rumur and TLC find the same 16,336 states")
    properties = [
        always(name, expr, f"In every state: {name}.", expected=reason) for name, expr in invariants(system).items()
    ]
    idle = system["phase0"] == "idle"
    properties += [
        never_stuck("never stuck", "Something can always happen.", expected=holds("the link can always change")),
        can_always_reach("settles", idle, "The first machine can always get back to rest.", expected=reason),
        sound(),
    ]
    return (Variant("2 machines", system, tuple(properties)),)
