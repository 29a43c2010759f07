"""The compat entries of all builds that bear on a finding: which build has which, in which array."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hopcheck.model.facts.schema import Build, Facts
from hopcheck.report.schema.report import FindingReport


@dataclass(frozen=True, slots=True)
class EntrySpan:
    """An entry, the builds that have it, oldest first, and those among them whose machine type applies its array."""

    array: str
    notation: str
    builds: tuple[str, ...]
    applied: tuple[str, ...]


def entry_spans(facts: Facts, found: FindingReport, drivers: Iterable[str]) -> tuple[EntrySpan, ...]:
    """The entries for the finding's property on one of these drivers, or on the driver of the misdirected entry.

    A binary lists what each machine type applies, and not by array: of it only the finding's machine type is looked at.
    """
    named = {*drivers, *(each.driver for each in (found.entry, found.needed) if each is not None)}
    builds: dict[tuple[str, str], list[str]] = {}
    applied: dict[tuple[str, str], list[str]] = {}
    for build in facts.stations():
        own = _applied(build, found.machine)
        for key, array in build.compat_arrays.items():
            by_machine = ":" in key and key.partition(":")[0] in build.machines
            if by_machine and key not in own:
                continue
            for entry in array.entries:
                if entry.property != found.prop or entry.driver not in named:
                    continue
                which = ("(as the binary lists it)" if by_machine else key, _notation(entry.driver, found.prop, entry.value))
                builds.setdefault(which, []).append(build.name)
                if key in own:
                    applied.setdefault(which, []).append(build.name)
    return tuple(
        EntrySpan(array, notation, tuple(names), tuple(applied.get((array, notation), ())))
        for (array, notation), names in builds.items()
    )


def _applied(build: Build, machine: str) -> Sequence[str]:
    known = build.machines.get(machine)
    return () if known is None or known.arrays is None else known.arrays


def _notation(driver: str, prop: str, value: str) -> str:
    return f'{{ "{driver}", "{prop}", "{value}" }}'
