"""How single things are written: values, machine types, numbers, names of files."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hopcheck.model.domain.device_config.families import machine_type
from hopcheck.model.facts.versions import version_key


def shown(value: str) -> str:
    """A value as it reads in a sentence; the empty text would not be seen."""
    return value if value else '""'


def slug(text: str) -> str:
    """A file name for an id: stable, lower-case where that loses nothing, only letters, digits, dots and dashes."""
    cleaned = re.sub(r"[^A-Za-z0-9._]+", "-", text.replace("@", "since"))
    return cleaned.strip("-.") or "unnamed"


def slugs(ids: Sequence[str]) -> tuple[str, ...]:
    """A slug for each id, no two alike whatever a file system makes of upper case."""
    taken: dict[str, int] = {}
    made = []
    for each in ids:
        name = slug(each)
        count = taken[name.lower()] = taken.get(name.lower(), 0) + 1
        made.append(name if count == 1 else f"{name}-{count}")
    return tuple(made)


def count(number: int, singular: str, plural: str = "") -> str:
    """``1 state``, ``12,345 states``."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def seconds(number: float) -> str:
    """A duration: two digits are enough to compare it with another one."""
    return f"{number:.0f} s" if number >= 10 else f"{number:.1f} s"


def families(machines: Sequence[str]) -> str:
    """Machine types in short: each family with its oldest and newest version."""
    spans: dict[str, list[str]] = {}
    for name in machines:
        each = machine_type(name)
        spans.setdefault(each.family if each.version else name, []).append(each.version)
    return ", ".join(_span(family, sorted(versions, key=version_key)) for family, versions in spans.items())


def _span(family: str, versions: Sequence[str]) -> str:
    if versions == [""]:
        return family
    if len(versions) == 1:
        return f"{family}-{versions[0]}"
    return f"{family} {versions[0]} to {versions[-1]}"


def joined(parts: Sequence[str], word: str = "and") -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {word} {parts[-1]}"
