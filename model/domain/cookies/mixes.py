"""The mixes of releases: every release falls into a class within which all rules of the model agree.

A class is named after its first release. Only those boundaries count that make a difference under the settings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from hopcheck.model.domain.cookies.settings import ANY, MIRROR, OLDEST_LIBVIRT, OLDEST_QEMU, Settings, runs
from hopcheck.model.domain.settings import Release
from hopcheck.model.errors import InputError
from hopcheck.model.language import FALSE, TRUE, Bool, Enum, Expr, Lookup, Type, table

LIBVIRT_BOUNDARIES: tuple[tuple[str, Callable[[Settings], bool]], ...] = (
    ("0.9.2", lambda _: True),  # protocol v3, and with it the cookies
    ("0.9.7", lambda _: True),  # persistent
    ("1.0.0", lambda s: s.network),
    ("1.0.1", lambda s: s.offline),
    ("1.0.3", lambda _: True),  # mandatory features are read; nbd
    ("1.0.6", lambda s: not s.persistent),  # persistent is sent with PERSIST_DEST only
    ("1.1.2", lambda s: s.non_shared and s.tunnelled),
    ("1.2.0", lambda s: s.non_shared),  # drive-mirror is tested for
    ("1.2.9", lambda s: s.statistics),
    ("1.2.18", lambda s: s.memory_hotplug),
    ("2.1.0", lambda s: not s.persistent),  # persistent is accepted whatever the flag
    ("2.2.0", lambda s: s.cpu_hotplug),
    ("3.2.0", lambda s: s.tls),
    ("3.5.0", lambda s: s.cpu),
    ("3.9.0", lambda s: s.allow_reboot),
    ("4.3.0", lambda _: True),  # capabilities
    ("4.4.0", lambda s: s.non_shared and s.tls),
    ("5.3.0", lambda s: s.non_shared),  # drive-mirror is no longer tested for
    ("6.10.0", lambda s: s.non_shared and s.tunnelled),
    ("7.1.0", lambda s: s.bitmaps),
    ("7.3.0", lambda s: s.non_shared and not s.disks_left),
    ("7.7.0", lambda s: s.allow_reboot),
    ("9.0.0", lambda s: s.non_shared),  # the legacy copy is gone
)
"""Where a rule of libvirt changes, and the settings under which that can be seen."""

QEMU_BOUNDARIES: tuple[tuple[str, Callable[[Settings], bool]], ...] = (
    ("1.3", lambda s: s.non_shared),  # drive-mirror and nbd-server-start
    ("4.2", lambda s: s.non_shared and s.tunnelled),  # libvirt uses -blockdev
    ("5.2", lambda s: s.bitmaps),  # block-bitmap-mapping
    ("9.1", lambda s: s.non_shared),  # the legacy copy of storage is gone
)
"""The same for QEMU."""


@dataclass(frozen=True, slots=True)
class Releases:
    """The releases that each of the four components may have, oldest first."""

    src_libvirt: tuple[Release, ...]
    src_qemu: tuple[Release, ...]
    dst_libvirt: tuple[Release, ...]
    dst_qemu: tuple[Release, ...]


@dataclass(frozen=True, slots=True)
class Mix:
    """One release for each of the four components."""

    src_libvirt: Release
    src_qemu: Release
    dst_libvirt: Release
    dst_qemu: Release


def releases(settings: Settings, more_libvirt: Iterable[Release] = (), more_qemu: Iterable[Release] = ()) -> Releases:
    """The classes of each component under the settings; ``more_...``: boundaries of a feature that is only proposed."""
    libvirts = _classes(OLDEST_LIBVIRT, LIBVIRT_BOUNDARIES, settings, more_libvirt)
    qemus = _classes(OLDEST_QEMU, QEMU_BOUNDARIES, settings, more_qemu)
    return Releases(
        libvirts if settings.source_libvirt == ANY else (settings.source_libvirt,),
        qemus if settings.source_qemu == ANY else (settings.source_qemu,),
        libvirts if settings.destination_libvirt == ANY else (settings.destination_libvirt,),
        qemus if settings.destination_qemu == ANY else (settings.destination_qemu,),
    )


def _classes(
    oldest: Release,
    boundaries: tuple[tuple[str, Callable[[Settings], bool]], ...],
    settings: Settings,
    more: Iterable[Release],
) -> tuple[Release, ...]:
    found = {oldest, *more} | {Release(text) for text, matters in boundaries if matters(settings)}
    return tuple(sorted(each for each in found if each >= oldest))


def feasible(settings: Settings, libvirt: Release, qemu: Release) -> bool:
    """Whether a host may have this libvirt and this QEMU."""
    told_apart = settings.non_shared or ANY not in (settings.source_qemu, settings.destination_qemu)
    return not (settings.minimum_qemu and told_apart) or runs(libvirt, qemu)


def mixes(settings: Settings) -> Iterator[Mix]:
    """Every mix of classes that the settings allow. Raises ``InputError`` where there is none."""
    at = releases(settings)
    none = True
    for src_libvirt in at.src_libvirt:
        for src_qemu in (each for each in at.src_qemu if feasible(settings, src_libvirt, each)):
            for dst_libvirt in at.dst_libvirt:
                for dst_qemu in (each for each in at.dst_qemu if feasible(settings, dst_libvirt, each)):
                    none = False
                    yield Mix(src_libvirt, src_qemu, dst_libvirt, dst_qemu)
    if none:
        raise InputError(f"no mix is left; write a QEMU from {MIRROR} on, or set minimum_qemu=false")


@dataclass(frozen=True, slots=True, eq=False)
class Component:
    """One of the four components: its releases, and the variable of the state that says which one it is."""

    name: str
    releases: tuple[Release, ...]
    value: Expr

    @staticmethod
    def type_of(releases: tuple[Release, ...]) -> Type:
        """The type of such a variable: the names of the releases, oldest first."""
        return Enum(*(str(each) for each in releases))

    def where(self, rule: Callable[[Release], bool]) -> Expr:
        """Whether the rule holds of the component's release."""
        cells = [rule(each) for each in self.releases]
        if len(set(cells)) == 1:
            return TRUE if cells[0] else FALSE
        return Lookup(table(f"rule of {self.name}", [self.value.type], Bool, cells), self.value)

    def since(self, first: str, before: str | None = None) -> Expr:
        """Whether it is ``first`` or later, and, if given, older than ``before``."""
        return self.where(lambda each: each >= Release(first) and (before is None or each < Release(before)))


@dataclass(frozen=True, slots=True, eq=False)
class Host:
    """The two components of one side."""

    libvirt: Component
    qemu: Component
