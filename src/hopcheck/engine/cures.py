"""Which single setting of a model would make a violated property hold: each is tried, one after another, for a while."""

from __future__ import annotations

import dataclasses
import enum
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_type_hints

from hopcheck.engine.check import run_explorer, verdict_of
from hopcheck.engine.models import BundledModel
from hopcheck.engine.results import Began, Listener
from hopcheck.engine.searching import Searching
from hopcheck.explorer.exploration import Limits
from hopcheck.model.domain.settings import settings_from, written
from hopcheck.model.errors import InputError
from hopcheck.properties import Outcome


@dataclass(frozen=True, slots=True)
class Cures:
    """``found``: settings, each with a value with which the property holds; ``tried`` of ``among`` were looked at."""

    found: tuple[tuple[str, str], ...]
    tried: int
    among: int


def cures(model: BundledModel, given: Mapping[str, str], prop: str, *, seconds: float, listener: Listener) -> Cures:
    """Change one setting at a time and search again, for so many seconds; settings that are given come first."""
    until = time.monotonic() + seconds
    changes = tuple(alternatives(model, given))
    found: list[tuple[str, str]] = []
    tried = 0
    for name, value in changes:
        left = until - time.monotonic()
        if left <= 0:
            break
        listener(Began(f"trying {name}={value}"))
        outcome = _outcome(model, {**given, name: value}, prop, left, listener)
        if outcome is Outcome.UNKNOWN:
            break
        tried += 1
        if outcome is Outcome.SAFE:
            found.append((name, value))
    return Cures(tuple(found), tried, len(changes))


def alternatives(model: BundledModel, given: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Every other value of each setting that has a few, those of the given settings first."""
    assert model.settings is not None
    types: Mapping[str, type] = get_type_hints(model.settings)
    now: Any = settings_from(model.settings, given)
    names = [each.name for each in dataclasses.fields(now)]
    for name in sorted(names, key=lambda each: each not in given):
        current = written(getattr(now, name))
        yield from ((name, value) for value in _values(types[name]) if value != current)


def _values(type_: type) -> tuple[str, ...]:
    if type_ is bool:
        return ("true", "false")
    return tuple(each.value for each in type_) if issubclass(type_, enum.StrEnum) else ()


def _outcome(model: BundledModel, given: Mapping[str, str], prop: str, seconds: float, listener: Listener) -> Outcome | None:
    """The property's verdict under these settings; None where they do not go together, or leave it out."""
    try:
        variant = model.as_set(given)
    except InputError:
        return None
    asked = next((each for each in variant.properties if each.name == prop), None)
    if asked is None:
        return None
    searching = Searching(Limits(seconds=seconds))
    explored = run_explorer(variant.system, [asked], searching=searching, listener=listener, title=model.name)
    return verdict_of(variant.system, asked, explored).outcome
