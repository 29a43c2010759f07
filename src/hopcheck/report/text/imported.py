"""What an import found, in a few lines a build, with the first things that it could not resolve."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hopcheck.model.facts.schema import Build
from hopcheck.report.text.notation import count, seconds

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Timed:
    """A build, and how many seconds it took to import."""

    build: Build
    seconds: float


def summary(builds: Sequence[Timed], file: Path) -> str:
    """Return what is in the file that was written."""
    lines = [line for each in builds for line in _lines(each)]
    return "\n".join([*lines, f"written to {file}", ""])


def _lines(timed: Timed) -> Iterator[str]:
    build = timed.build
    yield f"{build.name}  {build.origin}  ({seconds(timed.seconds)})"
    properties = sum(len(fact.props) + len(fact.code_props) for fact in build.types.values())
    entries = sum(len(array.entries) for array in build.compat_arrays.values())
    known = sum(machine.arrays is not None for machine in build.machines.values())
    lists = f", {known} with their compat entries" if known else ", whose compat entries a binary before 9.1 does not tell"
    yield f"  {count(len(build.machines), 'machine type')}{lists}"
    if known:
        yield f"  {count(len(build.compat_arrays), 'compat array')} with {count(entries, 'entry', 'entries')}"
    yield f"  {count(len(build.types), 'type')}, {count(properties, 'property', 'properties')} stated"
    if build.vmstate is not None:
        yield f"  {count(len(build.vmstate), 'section')} of vmstate"
    for fact in build.unresolved[:_SHOWN]:
        yield f"  unresolved: {fact.place}: {fact.what} {fact.reason}"
    if len(build.unresolved) > _SHOWN:
        yield f"  and {len(build.unresolved) - _SHOWN} more unresolved, in the file"
