"""What every compat entry of a build is good for, as data: what ``hopcheck explain entries --format json`` writes."""

from __future__ import annotations

from dataclasses import dataclass

import hopcheck
from hopcheck.engine.repairing.necessity import Necessity
from hopcheck.model.domain.device_config.need import Need, Needed, Witness
from hopcheck.report.gathering.report import place_of
from hopcheck.report.schema.report import EntryReport

SCHEMA = "hopcheck-entries/1"


@dataclass(frozen=True, slots=True)
class WitnessReport:
    """A hop that breaks without the entry: a guest on ``machine`` with a device of ``type`` goes from ``source`` to
    ``destination``. ``kept``: the value with the entry, and on the other build; ``lost``: without it; ``kind``: what the
    difference does.
    """

    machine: str
    type: str
    source: str
    destination: str
    kept: str
    lost: str
    kind: str


@dataclass(frozen=True, slots=True)
class NeedReport:
    """An entry at its place.

    ``need``: in a word what it is good for, ``needed`` where a chain breaks without it; ``witness``: the shortest one.
    """

    entry: EntryReport
    need: str
    witness: WitnessReport | None


@dataclass(frozen=True, slots=True)
class EntriesReport:
    """All entries of ``build``, in the order of its arrays; ``builds``: those that chains were looked for through."""

    schema: str
    hopcheck: str
    build: str
    builds: tuple[str, ...]
    needed: int
    entries: tuple[NeedReport, ...]


def entries_report(made: Necessity) -> EntriesReport:
    """What was found, as data."""
    entries = tuple(_entry(each, made.build) for each in made.entries)
    needed = sum(each.need is Need.NEEDED for each in made.entries)
    return EntriesReport(SCHEMA, hopcheck.__version__, made.build, made.builds, needed, entries)


def _entry(each: Needed, build: str) -> NeedReport:
    placed, entry = each.placed, each.placed.entry
    file, line = place_of(entry.origin)
    told = EntryReport(placed.array, entry.driver, entry.property, entry.value, file or placed.file, line)
    word = each.need.name.lower().replace("_", " ")
    return NeedReport(told, word, None if each.witness is None else _witness(each.witness, build))


def _witness(each: Witness, build: str) -> WitnessReport:
    ends = (each.other, build) if each.upwards else (build, each.other)
    return WitnessReport(each.duty.machine, each.duty.type, *ends, each.kept, each.lost, str(each.duty.mismatch.kind))
