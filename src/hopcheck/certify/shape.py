"""Reading what a certificate says: every part has the kind that it must have, or the certificate is refuted.

Certificates come from anywhere: nothing in them is believed before it was looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class RefutedError(Exception):
    """What the certificate says is not so: the text says what."""


def table(value: Any, what: str) -> Mapping[str, Any]:
    """A table with names as keys."""
    if not isinstance(value, dict):
        raise RefutedError(f"{what} is no table")
    return value


def items(value: Any, what: str) -> list[Any]:
    """A list."""
    if not isinstance(value, list):
        raise RefutedError(f"{what} is no list")
    return value


def text(value: Any, what: str) -> str:
    """A text."""
    if not isinstance(value, str):
        raise RefutedError(f"{what} is no text")
    return value


def number(value: Any, what: str) -> int:
    """A whole number."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise RefutedError(f"{what} is no whole number")
    return value


def numbers(value: Any, what: str) -> tuple[int, ...]:
    """A list of whole numbers."""
    return tuple(number(each, what) for each in items(value, what))


def below(value: Any, end: int, what: str) -> int:
    """A position in a list of ``end`` items."""
    position = number(value, what)
    if not 0 <= position < end:
        raise RefutedError(f"{what} points nowhere: {position}")
    return position


def part(document: Mapping[str, Any], key: str, what: str) -> Any:
    """What stands under that key."""
    if key not in document:
        raise RefutedError(f"{what} has no {key}")
    return document[key]
