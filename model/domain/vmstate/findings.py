"""Findings: sections that one build does not load from another, each change said once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from hopcheck.model.domain.device_config.shape import Shape
from hopcheck.model.domain.vmstate.judgement import Outcome, Reason
from hopcheck.model.domain.vmstate.sections import MODEL, Pair, SectionRow, SectionStudy


@dataclass(frozen=True, slots=True)
class SectionFinding:
    """A change of a section for which builds refuse it from each other.

    ``id``: ``vmstate.SECTION: rule @ BUILD``, stable as long as the finding is the same, where the build is the first
    with the change. ``pairs``: the builds, source and destination; ``reason``: of the first pair; ``shapes``: the rows
    that show it.
    """

    id: str
    section: str
    types: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    reason: Reason
    shapes: tuple[Shape, ...]


def section_findings(study: SectionStudy) -> tuple[SectionFinding, ...]:
    """What is refused for certain, newest change first."""
    found: dict[str, SectionFinding] = {}
    made = [each for row in study.rows for each in _of_row(study, row)]
    for _, each in sorted(made, key=lambda item: (-item[0], item[1].id)):
        known = found.get(each.id)
        found[each.id] = each if known is None else _joined(known, each)
    return tuple(found.values())


def _of_row(study: SectionStudy, row: SectionRow) -> Iterator[tuple[int, SectionFinding]]:
    """The changes of one row, each with the position of the build that has it first."""
    refused = row.pairs(Outcome.REFUSED)
    changes: dict[int, list[Pair]] = {}
    for pair in refused:
        changes.setdefault(_since(pair, refused), []).append(pair)
    for since, pairs in changes.items():
        first = min(pairs, key=lambda pair: (pair[0] > pair[1], pair))
        reason = row.judgements[first].reasons[0]
        name = f"{MODEL}.{row.name}: {reason.why} @ {study.stations[since]}"
        ends = tuple((study.stations[source], study.stations[destination]) for source, destination in pairs)
        yield since, SectionFinding(name, row.name, row.types, ends, reason, (row.shape,))


def _since(pair: Pair, refused: tuple[Pair, ...]) -> int:
    """The first build after the older of the two that stands to it as the newer one does."""
    older, newer = min(pair), max(pair)
    upwards = pair[0] <= pair[1]
    return next(
        station for station in range(older, newer + 1) if ((older, station) if upwards else (station, older)) in refused
    )


def _joined(one: SectionFinding, two: SectionFinding) -> SectionFinding:
    """Two histories of sections with one name, and one change in common."""
    return replace(
        one,
        types=tuple(dict.fromkeys((*one.types, *two.types))),
        pairs=tuple(dict.fromkeys((*one.pairs, *two.pairs))),
        shapes=tuple(dict.fromkeys((*one.shapes, *two.shapes))),
    )


def open_questions(study: SectionStudy) -> tuple[str, ...]:
    """What the descriptions leave open: ``unknown: SECTION: SOURCE -> DESTINATION``."""
    names = study.stations
    return tuple(
        sorted(
            {
                f"unknown: {row.name}: {names[source]} -> {names[destination]}"
                for row in study.rows
                for source, destination in row.pairs(Outcome.UNKNOWN)
            }
        )
    )
