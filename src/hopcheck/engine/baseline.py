"""The baseline: findings that are known, each with its reason. A run on the same facts finds these and no others."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from hopcheck.model.domain.device_config.finding import Finding
from hopcheck.model.errors import InputError


@dataclass(frozen=True, slots=True)
class Baseline:
    """``reasons``: finding id to the reason for which it is known; ``unknown``: what is known to be unknown."""

    reasons: Mapping[str, str]
    unknown: frozenset[str] = frozenset()

    def of(self, found: Iterable[Finding]) -> dict[str, str]:
        """The findings that are known, with their reasons."""
        return {each.id: self.reasons[each.id] for each in found if each.id in self.reasons}

    def only(self, belongs: Callable[[str], bool]) -> Baseline:
        """The findings whose ids belong; what is unknown is kept."""
        return Baseline({name: reason for name, reason in self.reasons.items() if belongs(name)}, self.unknown)


NOTHING_KNOWN = Baseline({})
"""Every finding is new, and every unknown value a further one."""


def bundled_baseline(model: str = "device_config") -> Baseline:
    """The baseline of the bundled facts, for one of the models that are checked on facts."""
    catalog = resources.files("hopcheck.properties.catalog")
    known = _read(catalog.joinpath(f"{model}_baseline.toml").read_text(encoding="utf-8"), "the bundled baseline")
    recorded = catalog.joinpath(f"{model}_unknown.txt").read_text(encoding="utf-8")
    return Baseline(known.reasons, frozenset(recorded.splitlines()))


def load_baseline(path: Path) -> Baseline:
    """The baseline in a file of the same form."""
    try:
        return _read(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read the baseline: {error}", file=str(path)) from None


def _read(text: str, file: str) -> Baseline:
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"this is not TOML: {error}", file=file) from None
    reasons: dict[str, str] = {}
    for number, each in enumerate(document.get("finding", []), 1):
        if set(each) != {"id", "reason"} or not all(isinstance(part, str) and part for part in each.values()):
            raise InputError(f"finding {number} is not an id with a reason", hint="write id = and reason =", file=file)
        if each["id"] in reasons:
            raise InputError(f"finding {number}: {each['id']} is known already", hint="keep one of them", file=file)
        reasons[each["id"]] = each["reason"]
    unknown = document.get("unknown", [])
    if not isinstance(unknown, list) or not all(isinstance(each, str) for each in unknown):
        raise InputError("unknown is not a list of names", hint='write unknown = ["unknown: type.property"]', file=file)
    return Baseline(reasons, frozenset(unknown))
