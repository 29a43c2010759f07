"""Machine types from what a binary answers, with the compat list of each where it tells one (from 9.1 on)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from hopcheck.model.facts.schema import CompatArray, Entry, Machine
from hopcheck.model.importers.binary.answers import MachineInfo, NonsenseError

_NOT_FIELDS = frozenset({"name", "compat-props"})


def machines_of(infos: Iterable[MachineInfo]) -> tuple[dict[str, Machine], dict[str, CompatArray]]:
    """Return the machine types and their compat lists: one list a machine type, in the order of application.

    Raises:
        NonsenseError: a machine type is listed twice.
    """
    machines: dict[str, Machine] = {}
    lists: dict[str, CompatArray] = {}
    for info in infos:
        if info.name in machines:
            raise NonsenseError(f"the machine type {info.name!r} twice")
        keys: tuple[str, ...] | None = None
        if info.compat_props is not msgspec.UNSET:
            keys = (f"{info.name}:compat-props",)
            lists[keys[0]] = CompatArray(tuple(Entry(e.qom_type, e.property, e.value) for e in info.compat_props))
        machines[info.name] = Machine(keys, dict(_fields(info)))
    return machines, lists


def _fields(info: MachineInfo) -> Iterator[tuple[str, str]]:
    """Yield what the binary says of a machine type, as text."""
    for key, value in msgspec.to_builtins(info).items():
        if key not in _NOT_FIELDS:
            yield key, str(value).lower() if isinstance(value, bool) else str(value)
