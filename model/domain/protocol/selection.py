"""Which migration protocol a pair of libvirts speaks, or which call refuses the migration, and why.

The rule (libvirt 7.0 to 11.3, ``src/libvirt-domain.c``): with extensible parameters if both ends have them, else
version 3, else 2, else 1, each only if both ends have its driver feature bit. The client decides when it manages the
migration itself; in a peer-to-peer migration the source daemon decides, by what the destination offers.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from hopcheck.model.domain.settings import Release


class Feature(enum.StrEnum):
    """A driver feature bit: what a connection says it can do."""

    V1 = "V1"
    V2 = "V2"
    P2P = "P2P"
    DIRECT = "DIRECT"
    V3 = "V3"
    CHANGE_PROTECTION = "CHANGE_PROTECTION"
    KEEPALIVE = "KEEPALIVE"
    XML_MIGRATABLE = "XML_MIGRATABLE"
    OFFLINE = "OFFLINE"
    PARAMS = "PARAMS"


BITS: Mapping[Feature, int] = {
    Feature.V1: 1,
    Feature.V2: 3,
    Feature.P2P: 4,
    Feature.DIRECT: 5,
    Feature.V3: 6,
    Feature.CHANGE_PROTECTION: 7,
    Feature.KEEPALIVE: 10,
    Feature.XML_MIGRATABLE: 11,
    Feature.OFFLINE: 12,
    Feature.PARAMS: 13,
}
"""The number of each bit on the wire."""

QEMU_DRIVER: Mapping[Feature, Release] = {
    Feature.V2: Release("0.5.0"),
    Feature.P2P: Release("0.7.2"),
    Feature.V3: Release("0.9.2"),
    Feature.CHANGE_PROTECTION: Release("0.9.4"),
    Feature.KEEPALIVE: Release("0.9.8"),
    Feature.XML_MIGRATABLE: Release("1.0.0"),
    Feature.OFFLINE: Release("1.0.1"),
    Feature.PARAMS: Release("1.1.0"),
}
"""Since when libvirt's QEMU driver offers each; V1 and DIRECT, which are for other hypervisors, it never did."""


class Flag(enum.StrEnum):
    """A flag of the migration APIs (``VIR_MIGRATE_...``)."""

    LIVE = "LIVE"
    PEER2PEER = "PEER2PEER"
    TUNNELLED = "TUNNELLED"
    PERSIST_DEST = "PERSIST_DEST"
    UNDEFINE_SOURCE = "UNDEFINE_SOURCE"
    PAUSED = "PAUSED"
    NON_SHARED_DISK = "NON_SHARED_DISK"
    CHANGE_PROTECTION = "CHANGE_PROTECTION"
    UNSAFE = "UNSAFE"
    OFFLINE = "OFFLINE"
    COMPRESSED = "COMPRESSED"
    ABORT_ON_ERROR = "ABORT_ON_ERROR"
    AUTO_CONVERGE = "AUTO_CONVERGE"
    RDMA_PIN_ALL = "RDMA_PIN_ALL"
    POSTCOPY = "POSTCOPY"
    TLS = "TLS"
    PARALLEL = "PARALLEL"
    NON_SHARED_SYNCHRONOUS_WRITES = "NON_SHARED_SYNCHRONOUS_WRITES"
    ZEROCOPY = "ZEROCOPY"


SINCE: Mapping[Flag, Release] = {
    Flag.LIVE: Release("0.7.2"),
    Flag.PEER2PEER: Release("0.7.2"),
    Flag.TUNNELLED: Release("0.7.2"),
    Flag.PERSIST_DEST: Release("0.7.3"),
    Flag.UNDEFINE_SOURCE: Release("0.7.3"),
    Flag.PAUSED: Release("0.7.5"),
    Flag.NON_SHARED_DISK: Release("0.8.2"),
    Flag.CHANGE_PROTECTION: Release("0.9.4"),
    Flag.UNSAFE: Release("0.9.11"),
    Flag.OFFLINE: Release("1.0.1"),
    Flag.COMPRESSED: Release("1.0.3"),
    Flag.ABORT_ON_ERROR: Release("1.1.0"),
    Flag.AUTO_CONVERGE: Release("1.2.3"),
    Flag.RDMA_PIN_ALL: Release("1.2.9"),
    Flag.POSTCOPY: Release("1.3.3"),
    Flag.TLS: Release("3.2.0"),
    Flag.PARALLEL: Release("5.2.0"),
    Flag.NON_SHARED_SYNCHRONOUS_WRITES: Release("8.0.0"),
    Flag.ZEROCOPY: Release("8.5.0"),
}
"""The release that knows each flag first."""

MASKED = frozenset({Flag.ABORT_ON_ERROR, Flag.AUTO_CONVERGE, Flag.CHANGE_PROTECTION})
"""Flags that are taken out before they reach the destination; every other one it must know, used or not."""

BLOCKDEV = Release("6.10.0")
"""Since then a tunnel cannot carry a storage copy: there is no method left, and Begin refuses."""


class Control(enum.StrEnum):
    """Who conducts the migration."""

    MANAGED = "managed"
    """The client calls both daemons (``virDomainMigrate3``, what ``virsh migrate`` calls)."""
    P2P = "p2p"
    """The source daemon does, inside one call (``virDomainMigrateToURI3``, ``virsh migrate --p2p``)."""
    DIRECT = "direct"
    """The source hypervisor does (``virDomainMigrateToURI3`` without PEER2PEER, ``virsh migrate --direct``)."""


class Protocol(enum.StrEnum):
    """A version of the protocol."""

    V1 = "v1"
    """Prepare, Perform, Finish."""
    V2 = "v2"
    """The domain's XML, Prepare2, Perform, Finish2."""
    V3 = "v3"
    """Begin3, Prepare3, Perform3, Finish3, Confirm3."""
    PARAMS = "params"
    """Version 3 with extensible (typed) parameters."""

    @property
    def confirms(self) -> bool:
        """Whether the source keeps the guest until it is told the outcome (Confirm3)."""
        return self in (Protocol.V3, Protocol.PARAMS)


_NEEDS = {Protocol.V1: Feature.V1, Protocol.V2: Feature.V2, Protocol.V3: Feature.V3, Protocol.PARAMS: Feature.PARAMS}


@dataclass(frozen=True, slots=True)
class Side:
    """One daemon: its release (which flags it knows) and the bits that it offers."""

    release: Release
    features: frozenset[Feature]


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asks for.

    ``extended``: parameters beyond URI, name, XML and bandwidth are used; ``new_xml``: other XML for the destination;
    ``lock_state``: a lock manager keeps state that must travel.
    """

    control: Control
    flags: frozenset[Flag]
    source: Side
    destination: Side
    extended: bool = False
    new_xml: bool = False
    lock_state: bool = False


@dataclass(frozen=True, slots=True)
class Selected:
    """The protocol that is spoken, and the flags that the destination is sent."""

    protocol: Protocol
    destination_flags: frozenset[Flag]


@dataclass(frozen=True, slots=True)
class Refused:
    """The call that refuses, and what it says, in our words."""

    call: str
    why: str


Selection: TypeAlias = Selected | Refused
_Rule: TypeAlias = tuple[bool, str, str]


def qemu_driver(release: Release, newest: Protocol | None = None) -> Side:
    """The QEMU driver of a libvirt release; ``newest``: as if it did not offer any later protocol than that."""
    offered = {each for each, since in QEMU_DRIVER.items() if release >= since}
    if newest is not None:
        order = list(Protocol)
        offered -= {_NEEDS[each] for each in order[order.index(newest) + 1 :]}
    return Side(release, frozenset(offered))


def entry_point(control: Control) -> str:
    """The API that ``virsh migrate`` calls: without, or with ``--p2p`` or ``--direct``."""
    return "virDomainMigrate3" if control is Control.MANAGED else "virDomainMigrateToURI3"


def select(request: Request) -> Selection:
    """The protocol, or the first call that refuses."""
    for rules in (_entry, _driver):
        for refuses, call, why in rules(request):
            if refuses:
                return Refused(call, why)
    spoken = _spoken(request)
    if isinstance(spoken, Refused):
        return spoken
    return _late(request, spoken)


def _entry(request: Request) -> Iterable[_Rule]:
    """What the public API checks before it calls a daemon."""
    api, flags = entry_point(request.control), request.flags
    both = [request.source] if request.control is not Control.MANAGED else [request.source, request.destination]
    managed = request.control is Control.MANAGED
    yield managed and Flag.PEER2PEER in flags, api, "peer-to-peer migration needs virDomainMigrateToURI3"
    tunnelled = Flag.TUNNELLED in flags
    yield tunnelled and request.control is not Control.P2P, api, "tunnelled migration is peer-to-peer only"
    yield tunnelled and Flag.PARALLEL in flags, api, "a tunnel carries no parallel streams"
    synchronous = Flag.NON_SHARED_SYNCHRONOUS_WRITES in flags
    yield synchronous and Flag.NON_SHARED_DISK not in flags, api, "synchronous writes without a storage copy"
    offline = all(Feature.OFFLINE in side.features for side in both)
    yield Flag.OFFLINE in flags and not offline, api, "offline migration is not supported by both hosts"
    protected = Feature.CHANGE_PROTECTION in request.source.features
    yield Flag.CHANGE_PROTECTION in flags and not protected, api, "the source cannot enforce change protection"
    if request.control is Control.P2P:
        yield Feature.P2P not in request.source.features, api, "the source has no peer-to-peer migration"
    if request.control is Control.DIRECT:
        yield Feature.DIRECT not in request.source.features, api, "the QEMU driver has no direct migration"


def _driver(request: Request) -> Iterable[_Rule]:
    """What the source's QEMU driver checks when it is called first."""
    flags, release = request.flags, request.source.release
    call = "Begin" if request.control is Control.MANAGED else "Perform"
    for flag in sorted(flags):
        yield SINCE[flag] > release, call, f"the source does not know the flag {flag}"
    tunnelled, copy = Flag.TUNNELLED in flags, Flag.NON_SHARED_DISK in flags
    yield tunnelled and Flag.POSTCOPY in flags, call, "a tunnel has no way back, which post-copy needs"
    yield tunnelled and Flag.OFFLINE in flags, call, "an offline migration has nothing to tunnel"
    yield tunnelled and copy and release >= BLOCKDEV, call, "no method can copy storage through a tunnel"
    if Flag.OFFLINE in flags:
        yield Flag.PERSIST_DEST not in flags, call, "an offline migration needs PERSIST_DEST"
        yield copy, call, "an offline migration copies no storage"


def _spoken(request: Request) -> Protocol | Refused:
    """Params > v3 > v2 > v1, by the bits of both sides."""
    both = request.source.features & request.destination.features
    if Feature.PARAMS in both:
        return Protocol.PARAMS
    if request.extended:
        return Refused(entry_point(request.control), "extended parameters, and not both sides have Params")
    for protocol in (Protocol.V3, Protocol.V2, Protocol.V1):
        if _NEEDS[protocol] in both:
            return protocol
    return Refused(entry_point(request.control), "the two sides have no migration protocol in common")


def _late(request: Request, protocol: Protocol) -> Selection:
    """What depends on the protocol, and what the destination refuses in Prepare."""
    first = "Perform" if request.control is Control.P2P else "the domain's XML"
    if not protocol.confirms and request.lock_state:
        return Refused(first, f"{protocol} cannot carry the state of a lock manager")
    if not protocol.confirms and request.new_xml:
        return Refused(entry_point(request.control), f"{protocol} cannot change the XML")
    if not protocol.confirms and Flag.POSTCOPY in request.flags:
        return Refused(first, f"{protocol} gives the source up before the destination runs: no post-copy")
    if not protocol.confirms and Flag.OFFLINE in request.flags:
        return Refused(entry_point(request.control), f"{protocol} has no offline migration")
    sent = request.flags - MASKED
    for flag in sorted(sent):
        if SINCE[flag] > request.destination.release:
            return Refused("Prepare", f"the destination does not know the flag {flag}")
    return Selected(protocol, sent)
