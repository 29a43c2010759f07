"""What a disk is: its medium, format, cache mode and flags, chosen once, and what follows from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from hopcheck.model.domain.settings import Release
from hopcheck.model.domain.storage.mechanism import Mechanism
from hopcheck.model.domain.storage.settings import Cache, Format, Medium, NetworkClient, Policy, Settings, Yes
from hopcheck.model.language import (
    FALSE,
    Bool,
    Enum,
    EnumType,
    Expr,
    Lookup,
    Range,
    System,
    SystemBuilder,
    Type,
    Value,
    coded_table,
    literal,
)
from hopcheck.model.language.expr import variable
from hopcheck.model.language.types import codes

MEDIUM = Enum(*(each.value for each in Medium if each is not Medium.ANY))
FORMAT = Enum(*(each.value for each in Format if each is not Format.ANY))
CACHE = Enum(*(each.value for each in Cache if each is not Cache.ANY))

NAMES = ("medium", "format", "cache", "copied", "readonly", "shareable")
"""The variables that never change: together they are the disk."""


@dataclass(frozen=True, slots=True, eq=False)
class Disk:
    """The disk's variables, and conditions on them under the settings."""

    settings: Settings
    medium: Expr
    format: Expr
    cache: Expr
    copied: Expr
    readonly: Expr
    shareable: Expr

    @property
    def direct(self) -> Expr:
        """QEMU opens it with O_DIRECT."""
        return self.cache.one_of("none", "directsync")

    @property
    def through(self) -> Expr:
        """QEMU flushes after every write."""
        return self.cache.one_of("directsync", "writethrough")

    @property
    def has_metadata(self) -> Expr:
        """The format keeps tables of its own, which QEMU caches."""
        return self.format != "raw"

    @property
    def client_cache(self) -> Expr:
        """A network client caches in QEMU's process."""
        stateless = self.settings.network_client is NetworkClient.STATELESS
        return FALSE if stateless else (self.medium == "network") & ~self.direct

    @property
    def page_cache(self) -> Expr:
        """The medium lies below the host's page cache, for whoever opens it without O_DIRECT."""
        return ~self.medium.one_of("network", "nvme")

    @property
    def buffered(self) -> Expr:
        """QEMU reads and writes through a cache, of the host or of the client."""
        return (self.page_cache & ~self.direct) | self.client_cache

    @property
    def coherent(self) -> Expr:
        """The hosts' page caches act as one."""
        return self.medium.one_of("cluster", "gpfs") if self.settings.coherent_cluster else FALSE

    @property
    def nfs(self) -> Expr:
        """An NFS client promises close-to-open."""
        return self.medium.one_of("nfs_protocol", "nfs_linux")

    @property
    def reachable(self) -> Expr:
        """The destination can open the very bytes that the source writes."""
        return ~self.medium.one_of("nvme", "local")

    @property
    def same_bytes(self) -> Expr:
        """The destination opens the very bytes that the source writes."""
        return self.reachable & ~self.copied

    @property
    def copied_onto_itself(self) -> Expr:
        """The copy goes to the path it comes from, and that is one file or device for both hosts."""
        return FALSE if self.settings.copy_elsewhere else self.copied & self.reachable

    def blocked(self, mechanism: Mechanism) -> Expr:
        """QEMU has a migration blocker for the format."""
        return ((self.format == "blocked") if mechanism.blocker else FALSE) | (
            (self.format == "qed") if mechanism.blocker_qed else FALSE
        )

    def reloads(self, mechanism: Mechanism) -> Expr:
        """Activation reads the format's metadata again."""
        qcow2 = (self.format == "qcow2") if mechanism.reloads_qcow2 else FALSE
        return qcow2 | ((self.format == "qed") if mechanism.reloads_qed else FALSE)

    def fenced(self, mechanism: Mechanism) -> Expr:
        """A lock keeps two hosts from having the image active: on a device of the host, QEMU's lock ends at the host."""
        one_image = self.same_bytes | self.copied_onto_itself
        if self.settings.lock_manager:
            return one_image
        spans_hosts = self.medium.one_of("cluster", "gpfs", "nfs_protocol", "nfs_linux")
        return one_image & spans_hosts if mechanism.image_lock else FALSE


def declare_disk(system: SystemBuilder, settings: Settings) -> Disk:
    """Declare the disk's variables: every disk that the settings leave and that can be defined."""
    types: list[Type] = [MEDIUM, FORMAT, CACHE, Bool, Bool, Bool]
    for name, type_ in zip(NAMES, types, strict=True):
        system.variable(name, type_, initial=_allowed(type_, settings, name))
    disk = _disk(settings, types)
    # Neither by default nor by name does libvirt copy what is read-only; a shareable disk only by name: left out.
    system.initially(disk.copied.implies(~disk.readonly & ~disk.shareable))
    # libvirt refuses other formats for it. A client's cache in each process would show two guests on one host
    # different bytes already: no migration is needed for that.
    system.initially(disk.shareable.implies(~disk.readonly & (disk.format == "raw") & ~disk.client_cache))
    if settings.policy is Policy.LIBVIRT and settings.libvirt < Release("6.0"):
        system.initially(disk.medium != "nvme")  # by memory: libvirt has NVMe disks since 6.0
    return disk


def disk_of(system: System, settings: Settings) -> Disk:
    """The disk of a system that was built with these settings."""
    return _disk(settings, [system[name].type for name in NAMES])


def _disk(settings: Settings, types: Sequence[Type]) -> Disk:
    """What the settings fix stands in the expressions as a value, and folds much of them away; the rest as variables."""
    known = []
    for name, type_ in zip(NAMES, types, strict=True):
        allowed = _allowed(type_, settings, name)
        known.append(literal(type_, allowed[0]) if len(allowed) == 1 else variable(name, type_))
    return Disk(settings, *known)


def configuration(system: System) -> Expr:
    """The disk as one number, for ``group_by``: the position of its values in the product of their types."""
    variables = [system[name] for name in NAMES]
    types = [each.type for each in variables]
    count = prod(len(codes(each)) for each in types)
    return Lookup(coded_table("disk", types, Range(0, count - 1), range(count)), *variables)


def _allowed(type_: Type, settings: Settings, name: str) -> list[Value]:
    """The values that the settings leave to a variable of the disk."""
    choice = getattr(settings, name)
    if isinstance(type_, EnumType):
        return [each for each in type_.members if choice.value in ("any", each)]
    return [value for value in (False, True) if choice is Yes.ANY or value == (choice is Yes.YES)]
