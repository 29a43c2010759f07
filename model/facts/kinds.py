"""The kinds of device properties: how values of a C kind or a QMP type are written and compared.

C kinds are what follows ``DEFINE_PROP_`` in a source tree (``UINT32``, ``BIT64``); QMP types are what a binary
answers (``uint32``, ``OnOffAuto``, ``link<irq>``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType


class Family(StrEnum):
    """What the values of a kind are."""

    BOOL = "bool"
    """On or off."""
    INTEGER = "integer"
    """A number of a known or unknown width."""
    SIZE = "size"
    """A number of bytes, which may be written with a suffix."""
    ENUM = "enum"
    """One of a fixed set of QAPI names."""
    POINTER = "pointer"
    """A string or a reference that is unset unless the user gives one."""
    OPAQUE = "opaque"
    """Anything else: compared as text, no default unless stated."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind: its family, the width of its numbers in bits (0: unknown), whether they are signed.

    ``implied`` is the static default that the kind's macro gives where the declaration states none. ``empty_is_unset``:
    the empty string is no value of its own.
    """

    family: Family
    bits: int = 0
    signed: bool = False
    implied: str | None = None
    empty_is_unset: bool = False


def _integers() -> dict[str, Kind]:
    """Return the integer kinds of C and of QMP, which are named alike."""
    kinds: dict[str, Kind] = {}
    for bits in (4, 8, 16, 32, 64):
        for name, signed in ((f"UINT{bits}", False), (f"INT{bits}", True)):
            kinds[name] = kinds[name.lower()] = Kind(Family.INTEGER, bits, signed)
    return kinds


_POINTERS = (
    *("STRING", "LINK", "DRIVE", "DRIVE_IOTHREAD", "CHR", "NETDEV", "MACADDR", "ARRAY", "AUDIODEV", "TPMBE", "PTR"),
    # hw/core: unlike UUID, no value unless the user gives one.
    "UUID_NODEFAULT",
    *("PCI_HOST_DEVADDR", "CSS_DEV_ID", "CSS_DEV_ID_RO", "S390_PCI_FID", "CCW_LOADPARM"),
    *("IOTHREAD_VQ_MAPPING_LIST", "VIRTIO_GPU_OUTPUT_LIST"),
    *("str", "list", "IOThreadVirtQueueMappingList", "VirtIOGPUOutputList"),
)

_OPAQUE = ["RAW", "NGUID_NODEFAULT", "string"]

_KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        **_integers(),
        **{name: Kind(Family.BOOL) for name in ("BOOL", "BIT", "BIT64", "bool")},
        **{name: Kind(Family.POINTER) for name in _POINTERS},
        **{name: Kind(Family.OPAQUE) for name in _OPAQUE},
        "int": Kind(Family.INTEGER, 64, True),
        "UNSIGNED": Kind(Family.INTEGER, 32),
        "UNSIGNED_NODEFAULT": Kind(Family.INTEGER, 32),
        "SIGNED": Kind(Family.INTEGER),
        # -1 is "any free slot"; binaries answer it as int32 or str.
        "PCI_DEVFN": Kind(Family.INTEGER, 0, True),
        "UINT64_CHECKMASK": Kind(Family.INTEGER, 64),
        "SIZE": Kind(Family.SIZE, 64),
        "SIZE32": Kind(Family.SIZE, 32),
        "size": Kind(Family.SIZE, 64),
        # hw/block: the macro takes no default and gives 0; every binary answers 0.
        "BLOCKSIZE": Kind(Family.SIZE, 32, implied="0"),
        # hw/core: the macro's default is a generated UUID, written "auto"; every binary answers "auto".
        "UUID": Kind(Family.ENUM, implied="auto"),
        # hw/usb (sysbus-ohci, its only user): a 64-bit number; the 5.2 binary answers 0.
        "DMAADDR": Kind(Family.INTEGER, 64, implied="0"),
        # migration/options.c: a string or null; the 11.1.3 binary answers "" where nothing is given.
        **dict.fromkeys(("STR_OR_NULL", "StrOrNull"), Kind(Family.POINTER, empty_is_unset=True)),
        "": Kind(Family.OPAQUE),
    }
)

_ENUM = Kind(Family.ENUM)
_POINTER = Kind(Family.POINTER)
_OBJECT = Kind(Family.OPAQUE)


@lru_cache(maxsize=4096)
def kind_of(name: str) -> Kind:
    """Return the kind with that name; a name that is not in the table is an enum's or, in QMP, an object's."""
    found = _KINDS.get(name)
    if found is not None:
        return found
    if name.startswith("link<"):
        return _POINTER
    if name.startswith("child<") or name[:1].islower() or " " in name:
        return _OBJECT
    return _ENUM
