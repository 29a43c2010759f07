"""Canonical notation: when two values of a device property are the same value.

Values are compared by the kind of the property (`hopcheck.model.facts.kinds`):

* bool: ``on``/``off``, whatever of on, true, yes, y, 1 (off, false, no, n, 0) was written,
* integers: decimal; all ones of a width is one value, written unsigned, so that -1 and 4294967295 agree for 32
  bits and 65535 and 4294967295 do not,
* sizes: as integers, with the suffixes B, K, M, G, T, P, E (powers of 1024),
* enums: the QAPI name, which symbolic constants are turned into by a declared table,
* constants of C: evaluated where `equalities.toml` declares all names (never with `eval`),
* anything else: its own text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType

from hopcheck.model.facts.constants import NotConstantError, evaluate, integer
from hopcheck.model.facts.equalities import Equalities, declared
from hopcheck.model.facts.kinds import Family, Kind, kind_of
from hopcheck.model.facts.schema import Default, Symbol
from hopcheck.model.facts.values import UNSET, Form, Known

_TRUE = frozenset({"on", "true", "yes", "y", "1"})
_FALSE = frozenset({"off", "false", "no", "n", "0"})
_SWITCHES: Mapping[str, str] = MappingProxyType({"true": "on", "yes": "on", "false": "off", "no": "off"})
"""The words of a switch beside on and off: an entry gives them to nothing else, whatever the property's kind is."""
_SIZE = re.compile(r"(\d{1,20}(?:\.\d{1,20})?)([bkmgtpe])?", re.IGNORECASE)
_SUFFIXES = "bkmgtpe"

_ENUM_PREFIXES: Mapping[str, str] = MappingProxyType(
    {
        "ON_OFF_AUTO_": "",
        "BLOCKDEV_ON_ERROR_": "",
        "BIOS_ATA_TRANSLATION_": "",
        "GRANULE_MODE_": "",
        "LOST_TICK_POLICY_": "",
        "MIG_MODE_": "",
        "MULTIFD_COMPRESSION_": "",
        "OFF_AUTOPCIBAR_": "",
        "OFF_AUTO_PCIBAR_": "",
        "PCIE_LINK_SPEED_": "",
        "PCIE_LINK_WIDTH_": "",
        "FLOPPY_DRIVE_TYPE_": "",
        "VM_APPLE_VIRTIO_BLK_VARIANT_": "",
        "ZERO_PAGE_DETECTION_": "",
    }
)
"""Prefixes of C enum constants; what remains, in lower case, is the QAPI name."""


def canonical(kind: str, raw: Default | list[object] | dict[str, object]) -> Known:
    """Return the canonical value of what a source, an entry or a process gives for a property of a kind.

    A value that the kind cannot have stays as its text: facts are reported, not corrected (`parse` refuses).
    """
    if isinstance(raw, Symbol):
        return _symbol(kind_of(kind), raw.sym)
    if isinstance(raw, (list, tuple, dict)):
        return UNSET if not raw else Known(json.dumps(raw, sort_keys=True, separators=(",", ":")))
    if isinstance(raw, bool):
        return _boolean(kind_of(kind), raw)
    if isinstance(raw, int):
        return _number(kind_of(kind), raw)
    if raw is None:
        return UNSET
    return _text(kind, raw)


def is_valid(kind: str, text: str) -> bool:
    """Return whether a compat entry may give this text to a property of the kind, as far as the kind tells."""
    family = kind_of(kind).family
    if family is Family.BOOL:
        return text in _TRUE | _FALSE
    if family in {Family.INTEGER, Family.SIZE} and kind != "SIGNED":
        number = _parse_number(kind_of(kind), text)
        return number is not None and _fits(kind_of(kind), number)
    return family is not Family.ENUM or bool(re.fullmatch(r"[a-z0-9_.-]+", text))


@lru_cache(maxsize=65536)
def _text(kind: str, text: str) -> Known:
    """Return the canonical value of a text such as a compat entry's."""
    found = kind_of(kind)
    if found.family is Family.BOOL:
        if text.lower() in _TRUE | _FALSE:
            return Known("on" if text.lower() in _TRUE else "off")
        return Known(text)
    if found.family in {Family.INTEGER, Family.SIZE}:
        number = _parse_number(found, text)
        return Known(text) if number is None else _number(found, number)
    if found.family is Family.ENUM:
        return Known(_SWITCHES.get(text.lower(), text.lower()))
    if not kind and text.lower() in _SWITCHES:
        return Known(_SWITCHES[text.lower()])
    # An entry that says "" is not "unset": romfile="" keeps a device from taking its class's ROM.
    return UNSET if found.empty_is_unset and not text else Known(text)


def _boolean(kind: Kind, raw: bool) -> Known:
    if kind.family in {Family.INTEGER, Family.SIZE}:
        return Known("1" if raw else "0")
    return Known("on" if raw else "off")


def _number(kind: Kind, number: int) -> Known:
    if kind.family is Family.BOOL and number in {0, 1}:
        return Known("on" if number else "off")
    if kind.bits and number == -1:
        return Known(str((1 << kind.bits) - 1))
    return Known(str(number))


def _parse_number(kind: Kind, text: str) -> int | None:
    """Return the number that a text means for a kind, None where it means none."""
    text = text.strip()
    try:
        if kind.family is not Family.SIZE or text.lower().startswith(("0x", "-", "+")):
            return integer(text)
    except NotConstantError:
        return None
    match = _SIZE.fullmatch(text)
    if match is None:
        return None
    scale = 1 << 10 * _SUFFIXES.index((match[2] or "b").lower())
    bytes_ = Decimal(match[1]) * scale
    return int(bytes_) if bytes_ == bytes_.to_integral_value() else None


def _fits(kind: Kind, number: int) -> bool:
    """Return whether a number fits the width; -1 is allowed everywhere, as QEMU's parsers do."""
    if not kind.bits or number == -1:
        return True
    if kind.signed:
        return -(1 << kind.bits - 1) <= number < 1 << kind.bits - 1
    return 0 <= number < 1 << kind.bits


def _symbol(kind: Kind, text: str) -> Known:
    """Return the value of a symbolic default: an enum's QAPI name, a constant's value, or its own text."""
    return _evaluated(kind, text, declared())


@lru_cache(maxsize=4096)
def _evaluated(kind: Kind, text: str, equalities: Equalities) -> Known:
    if kind.family is Family.BOOL and text in {"TRUE", "FALSE"}:
        return _boolean(kind, text == "TRUE")
    for prefix, replacement in _ENUM_PREFIXES.items():
        if text.startswith(prefix):
            return Known(replacement + text.removeprefix(prefix).lower())
    whole = equalities.texts.get(text)
    if whole is not None:
        return _number(kind, whole)
    try:
        return _number(kind, evaluate(text, equalities.constants))
    except NotConstantError:
        return Known(text, Form.SYMBOL)
