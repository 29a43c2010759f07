"""What becomes of a migration whose ends differ in one device property: kinds of mismatch, directions, evidence.

The rules are declared in ``mismatch.toml``, each with its evidence; a property without a rule has the kind ``UNKNOWN``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from hopcheck.model.errors import InputError


class Kind(StrEnum):
    """How a difference shows."""

    LOAD_ERROR = "load error"
    """The destination rejects the stream, or reads it wrong and stops."""
    SILENT = "silent"
    """The load succeeds; the guest then sees another device than it booted with."""
    STREAM = "stream"
    """The two ends disagree about the stream's own protocol."""
    START_FAILURE = "start failure"
    """The destination process does not start."""
    CARRIED = "carried"
    """The stream carries the value and the load overwrites it."""
    NOT_OBSERVABLE = "not observable"
    """Neither the guest nor the stream can tell."""
    UNKNOWN = "unknown"
    """Nobody has looked: counted as unsafe."""


class Breaks(StrEnum):
    """The direction in which a difference stops a migration, by the age of the values."""

    BOTH = "both"
    NEWER_TO_OLDER = "newer to older"
    OLDER_TO_NEWER = "older to newer"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class Mismatch:
    """The kind of a mismatch, the direction in which the migration fails, and the evidence for both."""

    kind: Kind
    breaks: Breaks = Breaks.NEITHER
    evidence: str = ""

    def stops(self, source: int, destination: int) -> bool:
        """Whether a migration fails between two different values; larger numbers stand for newer values."""
        match self.breaks:
            case Breaks.BOTH:
                return source != destination
            case Breaks.NEWER_TO_OLDER:
                return source > destination
            case Breaks.OLDER_TO_NEWER:
                return source < destination
            case Breaks.NEITHER:
                return False


NOBODY_LOOKED = Mismatch(Kind.UNKNOWN)
"""The mismatch of a property that no rule names."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The declared rules: (device type, property) to mismatch; the property may be ``*``."""

    by_device: Mapping[tuple[str, str], Mismatch]

    def of(self, ancestors: Iterable[str], prop: str) -> Mismatch:
        """The rule of the nearest type among ``ancestors`` (the type itself first) that names the property."""
        for device in ancestors:
            for name in (prop, "*"):
                found = self.by_device.get((device, name))
                if found is not None:
                    return found
        return NOBODY_LOOKED


@cache
def bundled_rules() -> Rules:
    """The rules that come with hopcheck."""
    file = resources.files("hopcheck.model.domain.device_config").joinpath("mismatch.toml")
    return _rules(file.read_text(encoding="utf-8"), "mismatch.toml")


def load_rules(path: Path) -> Rules:
    """The rules of a file of the same form; ``InputError`` names the rule that is not one."""
    return _rules(path.read_text(encoding="utf-8"), str(path))


def _rules(text: str, file: str) -> Rules:
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"this is not TOML: {error}", file=file) from None
    found: dict[tuple[str, str], Mismatch] = {}
    for number, rule in enumerate(document.get("rule", []), 1):
        mismatch = _mismatch(rule, number, file)
        names = rule["property"] if isinstance(rule["property"], list) else [rule["property"]]
        for name in names:
            if (rule["device"], name) in found:
                raise InputError(
                    f"rule {number}: {rule['device']}.{name} has a rule already", hint="keep one of them", file=file
                )
            found[rule["device"], name] = mismatch
    return Rules(found)


def _mismatch(rule: dict[str, Any], number: int, file: str) -> Mismatch:
    wanted = {"device", "property", "kind", "evidence"}
    if not wanted <= rule.keys() <= wanted | {"breaks"}:
        raise InputError(
            f"rule {number} has the keys {', '.join(sorted(rule))}",
            hint=f"write {', '.join(sorted(wanted))}, and breaks where a direction fails",
            file=file,
        )
    try:
        kind, breaks = Kind(rule["kind"]), Breaks(rule.get("breaks", "neither"))
    except ValueError as error:
        raise InputError(
            f"rule {number}: {error}", hint=f"a kind is one of {', '.join(Kind)}; breaks {', '.join(Breaks)}", file=file
        ) from None
    stopping = kind in (Kind.LOAD_ERROR, Kind.STREAM, Kind.START_FAILURE)
    if stopping == (breaks is Breaks.NEITHER):
        raise InputError(
            f"rule {number}: {kind} with breaks = {breaks}",
            hint="give a direction to what fails, and to nothing else",
            file=file,
        )
    return Mismatch(kind, breaks, rule["evidence"])
