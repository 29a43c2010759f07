"""The disks one by one: every combination that can be defined, and the rule that decides on it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from hopcheck.model.domain.storage.disk import NAMES, declare_disk
from hopcheck.model.domain.storage.policy import Rule, rules
from hopcheck.model.domain.storage.settings import Settings
from hopcheck.model.language import System, SystemBuilder, evaluate, initial_states
from hopcheck.model.language.types import Value, codes


@dataclass(frozen=True, slots=True)
class Configuration:
    """A disk by its values; ``code``: what ``disk.configuration`` is of it."""

    medium: str
    format: str
    cache: str
    copied: bool
    readonly: bool
    shareable: bool
    code: int

    def __str__(self) -> str:
        flags = [name for name in ("copied", "readonly", "shareable") if getattr(self, name)]
        return ", ".join([self.medium, self.format, f"cache={self.cache}", *flags])


@lru_cache(maxsize=8)  # whoever asks, asks for each property of a model, and for each disk
def configurations(settings: Settings) -> tuple[tuple[Configuration, Rule], ...]:
    """Every disk that the settings leave, with the rule of the policy that decides on it."""
    alone, listed = _disk_alone(settings)
    positions = {state: code for code, state in enumerate(product(*(codes(each.type) for each in alone.variables)))}
    found = []
    for state in initial_states(alone):
        now = dict(zip(NAMES, state, strict=True))
        rule = next(each for each in listed if evaluate(each.match, now))
        found.append((_configuration(alone.decode(state), positions[state]), rule))
    return tuple(found)


def rule_numbers(settings: Settings) -> tuple[str, ...]:
    """The numbers of the policy's rules, in order."""
    return tuple(rule.number for rule in _disk_alone(settings)[1])


def _disk_alone(settings: Settings) -> tuple[System, tuple[Rule, ...]]:
    """A system of the disk's variables and nothing else, and the rules over them."""
    builder = SystemBuilder("disk")
    disk = declare_disk(builder, settings)
    return builder.build(), rules(settings, disk)


def _configuration(values: dict[str, Value], code: int) -> Configuration:
    return Configuration(
        str(values["medium"]),
        str(values["format"]),
        str(values["cache"]),
        bool(values["copied"]),
        bool(values["readonly"]),
        bool(values["shareable"]),
        code,
    )
