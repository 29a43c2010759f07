"""The settings of a model: named parameters with a type, a default and a meaning, that a user may set by name.

A model states its settings as a frozen dataclass whose fields are made by ``setting``. A field is a ``bool``, an
``int``, a ``StrEnum`` or a ``Release``.
"""

from __future__ import annotations

import dataclasses
import difflib
import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import total_ordering
from typing import Any, TypeVar, get_type_hints

from hopcheck.model.errors import InputError

Settings = TypeVar("Settings")

_WORDS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


@total_ordering
@dataclass(frozen=True, slots=True, eq=False)
class Release:
    """A release number, compared number by number; missing parts count as 0 (11.3 is 11.3.0)."""

    text: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"\d{1,4}(\.\d{1,4}){0,3}", self.text):
            raise InputError(f"{self.text!r} is no release; write numbers with dots between, such as 11.3 or 1.2.10")

    @property
    def numbers(self) -> tuple[int, ...]:
        """Its parts without the zeros at the end."""
        parts = [int(part) for part in self.text.split(".")]
        while parts and parts[-1] == 0:
            parts.pop()
        return tuple(parts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Release) and self.numbers == other.numbers

    def __hash__(self) -> int:
        return hash(self.numbers)

    def __lt__(self, other: Release) -> bool:
        return self.numbers < other.numbers

    def __str__(self) -> str:
        return self.text


def setting(
    default: object, meaning: str, *, least: int | None = None, most: int | None = None
) -> Any:  # a dataclass field: each stands for its own type
    """A field of a settings class. ``meaning``: one sentence; ``least`` and ``most``: the range of an ``int``."""
    return dataclasses.field(default=default, metadata={"meaning": meaning, "least": least, "most": most})


@dataclass(frozen=True, slots=True)
class Described:
    """One setting, for people. ``choices``: what may be written."""

    name: str
    default: str
    choices: str
    meaning: str


def described(cls: type) -> tuple[Described, ...]:
    """Every setting of a settings class, in order."""
    types = get_type_hints(cls)
    return tuple(
        Described(each.name, written(each.default), _choices(types[each.name], each), each.metadata["meaning"])
        for each in dataclasses.fields(cls)
    )


def differing(settings: Any) -> dict[str, str]:
    """What is set otherwise than by default, as one would set it."""
    default = type(settings)()
    names = [each.name for each in dataclasses.fields(settings)]
    return {name: written(getattr(settings, name)) for name in names if getattr(settings, name) != getattr(default, name)}


def written(value: object) -> str:
    """A value as one would set it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def settings_from(cls: type[Settings], given: Mapping[str, str]) -> Settings:
    """The settings with the given ones set; an input error says which name or value is wrong, and what to write."""
    fields = {each.name: each for each in dataclasses.fields(cls)}  # type: ignore[arg-type]
    types = get_type_hints(cls)
    values = {}
    for name, text in given.items():
        if name not in fields:
            near = difflib.get_close_matches(name, fields, 1)
            guess = f"did you mean {near[0]!r}? " if near else ""
            raise InputError(f"there is no setting {name!r}; {guess}there are {', '.join(fields) or 'none'}")
        values[name] = _parsed(types[name], fields[name], text.strip())
    return cls(**values)


def _parsed(type_: type, field: dataclasses.Field[Any], text: str) -> object:
    if type_ is Release:
        return Release(text)
    if type_ is bool and text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if type_ is int and re.fullmatch(r"-?\d{1,9}", text):
        least, most = field.metadata["least"], field.metadata["most"]
        if (least is None or int(text) >= least) and (most is None or int(text) <= most):
            return int(text)
    if issubclass(type_, enum.StrEnum) and text in {each.value for each in type_}:
        return type_(text)
    raise InputError(f"{field.name} cannot be {text!r}; write {_choices(type_, field)}")


def _choices(type_: type, field: dataclasses.Field[Any]) -> str:
    if type_ is Release:
        return "a release, such as 11.3"
    if type_ is bool:
        return "true or false"
    if issubclass(type_, enum.StrEnum):
        return ", ".join(each.value for each in type_)
    least, most = field.metadata["least"], field.metadata["most"]
    if least is None and most is None:
        return "a whole number"
    return f"a whole number from {'any' if least is None else least} to {'any' if most is None else most}"
