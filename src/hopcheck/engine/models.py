"""The bundled models: what each is about, its variants, and how to build them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hopcheck.engine.libvirt.models import BITMAPS, COOKIES, MIGRATION, PROTOCOL, STORAGE
from hopcheck.engine.variant import Variant
from hopcheck.model.domain import fleet as fleet_model
from hopcheck.model.domain import num_queues as num_queues_model
from hopcheck.model.domain.bitmaps import settings as bitmaps_model
from hopcheck.model.domain.cookies import settings as cookies_model
from hopcheck.model.domain.migration import settings as migration_model
from hopcheck.model.domain.protocol import settings as protocol_model
from hopcheck.model.domain.settings import settings_from
from hopcheck.model.domain.storage import settings as storage_model
from hopcheck.model.errors import InputError
from hopcheck.model.language import all_of


@dataclass(frozen=True, slots=True)
class BundledModel:
    """A model that comes with hopcheck, or one of the user's own.

    ``summary``: one line; ``how``: how it is established; ``source``: the file that holds it; ``variants`` builds them,
    None for what has a way of its own (the facts, the theorem). ``settings``: the class of its settings, and ``build``
    makes of them an instance (None: there is nothing to set). ``parts``: the models that it joins, which tell by themselves
    what each of them violates.
    """

    name: str
    summary: str
    how: str
    source: str
    variants: Callable[[], tuple[Variant, ...]] | None
    settings: type | None = None
    build: Callable[[Any], Variant] | None = None
    parts: tuple[str, ...] = ()

    def instances(self, given: Mapping[str, str]) -> tuple[Variant, ...]:
        """The model as set; its variants where nothing is.

        Raises ``InputError`` for what cannot be set.
        """
        if given:
            return (self.as_set(given),)
        return () if self.variants is None else self.variants()

    def as_set(self, given: Mapping[str, str]) -> Variant:
        """The model with these settings, the others at their defaults; raises ``InputError`` for what cannot be set."""
        if self.settings is None or self.build is None:
            raise InputError(f"{self.name} has no settings", hint="leave --set out")
        return self.build(settings_from(self.settings, given))


def bundled() -> tuple[BundledModel, ...]:
    """Every bundled model, in the order in which the main job checks them."""
    return (
        BundledModel(
            "num_queues",
            "virtio-blk num-queues as in QEMU's compatibility document: with its entry, without, and read wrongly",
            "exhausted for up to 4 vCPUs, proved for any number of vCPUs and queues",
            "model/domain/num_queues.py",
            num_queues_variants,
            num_queues_model.Settings,
            num_queues_as_set,
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
            fleet_model.Settings,
            fleet_as_set,
        ),
        BundledModel(
            "protocol",
            "libvirt's migration protocol: calls, phases, faults and recovery, as the releases have them",
            "exhausted for any number of faults; some variants proved as well",
            "model/domain/protocol/",
            PROTOCOL.variants,
            protocol_model.Settings,
            PROTOCOL.as_set,
        ),
        BundledModel(
            "cookies",
            "the migration cookie between hosts of any releases, and the storage copy that it negotiates",
            "exhausted over all mixes of releases; the present releases proved as well",
            "model/domain/cookies/",
            COOKIES.variants,
            cookies_model.Settings,
            COOKIES.as_set,
        ),
        BundledModel(
            "storage",
            "who has which bytes in which cache, and which disks libvirt's check lets migrate",
            "exhausted over all kinds of disks and any number of faults; single disks proved as well",
            "model/domain/storage/",
            STORAGE.variants,
            storage_model.Settings,
            STORAGE.as_set,
        ),
        BundledModel(
            "bitmaps",
            "where a dirty bitmap goes when its disk's guest migrates, under every policy that was proposed or built",
            "exhausted over all kinds of bitmaps; the naming proved for any number of disks",
            "model/domain/bitmaps/",
            BITMAPS.variants,
            bitmaps_model.Settings,
            BITMAPS.as_set,
        ),
        BundledModel(
            "vmstate",
            "sections of the migration stream: which of them a build loads from another, on the facts",
            "exhausted over all sections of all builds that state them, every row decided by z3 and cvc5 as well",
            "model/domain/vmstate/",
            None,
        ),
        BundledModel(
            "migration",
            "protocol, storage and bitmaps as one: the guest with its disk and its bitmap, and the faults of all",
            "exhausted for one or two faults; size=full for any number, and for every disk",
            "model/domain/migration/",
            MIGRATION.variants,
            migration_model.Settings,
            MIGRATION.as_set,
            ("protocol", "storage", "bitmaps"),
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


def num_queues_as_set(settings: num_queues_model.Settings) -> Variant:
    """One policy with one kind of hops."""
    from hopcheck.properties.catalog.compatibility_document import properties

    policy = settings.policy
    hops: num_queues_model.Hops = "any" if settings.hops is num_queues_model.AllowedHops.ANY else "same or newer"
    system = num_queues_model.num_queues(policy, settings.vcpus, ("5.1", "5.2", "6.0"), hops)
    return Variant(num_queues_model.variant(policy, hops), system, properties(system), settings)


def fleet_variants() -> tuple[Variant, ...]:
    """Two machines, both of which may migrate at once."""
    return (fleet_as_set(fleet_model.Settings()),)


def fleet_as_set(settings: fleet_model.Settings) -> Variant:
    """So many machines, of which so many may migrate at once."""
    from hopcheck.properties.kinds import always, can_always_reach, never_stuck, sound
    from hopcheck.properties.verdict import holds

    system = fleet_model.fleet(settings.vms, settings.in_flight)
    reason = holds("the protocol keeps it; SPIN, rumur and TLC find the same states")
    properties = [
        always(name, expr, f"In every state: {name}.", expected=reason)
        for name, expr in fleet_model.invariants(system).items()
    ]
    rest = all_of(system[f"phase{number}"] == "idle" for number in range(settings.vms))
    properties += [
        never_stuck("never stuck", "Something can always happen.", expected=holds("the link can always change")),
        can_always_reach("settles", rest, "All machines can always get back to rest.", expected=reason),
        sound(),
    ]
    return Variant(f"{settings.vms} machines", system, tuple(properties), settings)
