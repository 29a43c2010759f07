"""What builds did before a device property existed, declared in ``legacy.toml`` with its evidence.

Needed where the rule by which a later build's compat entries say it (``history``) has nothing to go by, or goes wrong.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from hopcheck.model.facts.versions import version_key


@dataclass(frozen=True, slots=True)
class LegacyValue:
    """The value that stands for what some builds did; ``before``: all builds older than this one, "" for those listed."""

    value: str
    builds: frozenset[str]
    before: str
    evidence: str

    def covers(self, build: str) -> bool:
        """Whether a build, by name, is meant."""
        return build in self.builds or (bool(self.before) and version_key(build) < version_key(self.before))


@dataclass(frozen=True, slots=True)
class Legacy:
    """The declared values: (device type, property) to what is known of builds without it."""

    by_device: Mapping[tuple[str, str], tuple[LegacyValue, ...]]

    def of(self, ancestors: Iterable[str], prop: str, build: str) -> LegacyValue | None:
        """What is declared for a build, at the nearest of the types."""
        for device in ancestors:
            for each in self.by_device.get((device, prop), ()):
                if each.covers(build):
                    return each
        return None


@cache
def bundled_legacy() -> Legacy:
    """The values that come with hopcheck."""
    file = resources.files("hopcheck.model.domain.device_config").joinpath("legacy.toml")
    found: dict[tuple[str, str], tuple[LegacyValue, ...]] = {}
    for each in tomllib.loads(file.read_text(encoding="utf-8"))["legacy"]:
        key = each["device"], each["property"]
        value = LegacyValue(each["value"], frozenset(each.get("builds", ())), each.get("before", ""), each["evidence"])
        found[key] = (*found.get(key, ()), value)
    return Legacy(found)
