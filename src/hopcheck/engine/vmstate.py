"""Checking the sections of the migration stream on facts: search, row by row agreement, findings, and the baseline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from hopcheck.engine.baseline import Baseline
from hopcheck.engine.check import AS_USUAL, run_explorer, seen, verdict_of
from hopcheck.engine.device_config import hop
from hopcheck.engine.results import Began, Checked, Done, Listener, ModelFinding, ModelResult, PropertyResult
from hopcheck.engine.row_agreement import agree_row_by_row
from hopcheck.engine.searching import Searching
from hopcheck.explorer.exploration import Exploration
from hopcheck.model.domain.device_config.system import DeviceConfig
from hopcheck.model.domain.vmstate.findings import SectionFinding, open_questions, section_findings
from hopcheck.model.domain.vmstate.judgement import Outcome as Loaded
from hopcheck.model.domain.vmstate.sections import MODEL, SectionStudy
from hopcheck.properties import Outcome, Property, vacuities
from hopcheck.properties.catalog.vmstate import ALL_LOAD, MIGRATES, properties
from hopcheck.properties.errors import DisagreementError

RULE = "model/domain/vmstate/load.py"
"""The file of the model with the rules by which a section is refused."""


def is_section_finding(name: str) -> bool:
    """Whether a finding's id is one of a section."""
    return name.startswith(f"{MODEL}.")


def check_vmstate(
    made: SectionStudy,
    baseline: Baseline,
    *,
    listener: Listener,
    prove_seconds: float = 60.0,
    searching: Searching = AS_USUAL,
    workers: int | None = None,
) -> ModelResult:
    """Check the sections of these facts; ``prove_seconds`` 0 leaves the second engine out."""
    if not made.explored:  # facts without a single section
        nothing = ModelResult(MODEL, ())
        listener(Done(nothing))
        return nothing
    model = made.model()
    listener(Began(f"exploring {MODEL}: {len(made.explored)} rows"))
    found = section_findings(made)
    asked = properties(model) if found else properties(model, expected=ALL_LOAD)
    explored = run_explorer(
        model.system, asked, searching=searching, listener=listener, title=MODEL, group_by=model.system["row"]
    )
    _same_rows(made, found, explored)
    second = ""
    if prove_seconds > 0 and explored.complete:
        listener(Began(f"proving {MODEL} row by row"))
        violated = {MIGRATES: tuple(explored.answers[MIGRATES].traces)}
        second = agree_row_by_row(MODEL, made.explored, violated, prove_seconds, workers, cache=searching.cache)
    results = tuple(_result(model, prop, explored, second if prop.name == MIGRATES else "") for prop in asked)
    for each in results:
        listener(Checked(each))
    result = ModelResult(
        MODEL,
        results,
        vacuities(asked, [seen(model.system, asked, explored)]),
        missing=tuple(name for name in baseline.reasons if name not in {each.id for each in found}),
        further_unknown=tuple(name for name in open_questions(made) if name not in baseline.unknown),
        violations=tuple(_told(made, model, results[0], each, baseline.reasons.get(each.id)) for each in found),
    )
    listener(Done(result))
    return result


def _same_rows(made: SectionStudy, found: tuple[SectionFinding, ...], explored: Exploration) -> None:
    """The search finds a failing chain in the rows that have a finding, and in no other."""
    expected = {made.explored.index(shape) for each in found for shape in each.shapes}
    if explored.complete and set(explored.answers[MIGRATES].traces) != expected:
        raise DisagreementError(f"the search finds other rows of {MODEL} to fail than the comparison of their sections")


def _result(model: DeviceConfig, prop: Property, explored: Exploration, second: str) -> PropertyResult:
    verdict = verdict_of(model.system, prop, explored)
    verdict = replace(verdict, reason=verdict.reason + second)
    return PropertyResult(MODEL, "", model.system, prop, verdict, prop.expected, explored, None, explored.seconds)


def _told(
    made: SectionStudy, model: DeviceConfig, migrates: PropertyResult, found: SectionFinding, known: str | None
) -> ModelFinding:
    """The finding with its chain: boot on the source of its first pair, migrate to the destination."""
    source, destination = found.pairs[0]
    trace = hop(model, made.explored.index(found.shapes[0]), source, destination)
    assert trace is not None
    verdict = replace(migrates.verdict, outcome=Outcome.UNSAFE, trace=trace)
    shown = replace(migrates, verdict=verdict)
    return ModelFinding(found.id, why(found), _releases(found), RULE, known, shown, {}, None, (MIGRATES,))


def why(found: SectionFinding) -> str:
    """The finding in a sentence, told of its first pair of builds."""
    source, destination = found.pairs[0]
    return (
        f"a guest with {' or '.join(found.types)} that was started on {source} does not get to {destination}, "
        f"which refuses its section {found.reason.place}: {found.reason.detail}"
    )


def _releases(found: SectionFinding) -> str:
    return ", ".join(f"{source} -> {destination}" for source, destination in found.pairs)


@dataclass(frozen=True, slots=True)
class PairCount:
    """How many sections, told apart by their descriptions, a build loads from another (or from itself)."""

    source: str
    destination: str
    accepted: int
    refused: int
    unknown: int


def pair_counts(made: SectionStudy) -> tuple[PairCount, ...]:
    """The counts for each ordered pair of builds, sources in their order."""
    return tuple(
        _pair_count(made, source, destination)
        for source in range(len(made.stations))
        for destination in range(len(made.stations))
    )


def _pair_count(made: SectionStudy, source: int, destination: int) -> PairCount:
    common = [row for row in made.rows if row.knows(source) and row.knows(destination)]
    outcomes = [row.judgements[source, destination].outcome for row in common if (source, destination) in row.judgements]
    return PairCount(
        made.stations[source],
        made.stations[destination],
        len(common) - len(outcomes),
        outcomes.count(Loaded.REFUSED),
        outcomes.count(Loaded.UNKNOWN),
    )


def doubts(made: SectionStudy) -> Iterator[tuple[str, Mapping[str, tuple[str, ...]]]]:
    """The sections of which the descriptions leave something open: name, and reason to the pairs for which it holds."""
    for row in made.rows:
        reasons: dict[str, list[str]] = {}
        for source, destination in row.pairs(Loaded.UNKNOWN):
            pair = f"{made.stations[source]} -> {made.stations[destination]}"
            for reason in row.judgements[source, destination].reasons:
                reasons.setdefault(str(reason), []).append(pair)
        if reasons:
            yield row.name, {reason: tuple(pairs) for reason, pairs in reasons.items()}
