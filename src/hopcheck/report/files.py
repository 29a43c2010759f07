"""What a run writes: the report, the full lists, and for each finding and each violated property its counterexample."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hopcheck import __version__
from hopcheck.model.domain.protocol.selection import Control
from hopcheck.model.language import System, Trace
from hopcheck.properties import Judgement
from hopcheck.report.folder import File
from hopcheck.report.formats.encode import to_json
from hopcheck.report.formats.itf import FACTS_MODEL, NamedTrace, itf
from hopcheck.report.pictures.chain import chain_dot
from hopcheck.report.pictures.neighbourhood import graphml
from hopcheck.report.pictures.render import Form, render
from hopcheck.report.pictures.sequence import sequence_svg
from hopcheck.report.pictures.trace import trace_dot
from hopcheck.report.schema.report import (
    CoverageReport,
    FindingReport,
    Gap,
    ModelReport,
    PropertyReport,
    Report,
    ViolationReport,
)
from hopcheck.report.text.chain import chain_text, trace_text
from hopcheck.report.text.notation import slugs
from hopcheck.report.text.page import Look
from hopcheck.report.text.report import report_text
from hopcheck.report.text.verdicts import title
from hopcheck.report.text.violations import violation_text
from hopcheck.report.webpage import Pictures, webpage

_LOOK = Look(100)
"""Files are read in an editor: a little wider than a terminal, without colour."""


@dataclass(frozen=True, slots=True)
class Run:
    """A counterexample that can be stepped through: the report does not hold the model, a neighbourhood needs it.

    ``control``: who conducted the migration, where it is a run of the protocol.
    """

    system: System
    trace: Trace
    control: Control | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A counterexample with all that is written of it; ``place``: its folder.

    ``run``: what its surroundings are drawn from, None where nobody needs them; ``sequence``: who called whom (an SVG), for
    a run of the protocol, and ``of`` then the model, variant and name of the property.
    """

    place: str
    json: bytes
    text: str
    dot: str
    itf: bytes
    run: Run | None
    sequence: str | None = None
    of: tuple[str, str, str] = ("", "", "")


def files(report: Report, shown: Sequence[Shown], *, pictures: bool = True) -> Iterator[File]:
    """Every file of a run. Raises ``NoPicturesError`` at once where ``pictures`` are wanted and cannot be drawn."""
    form: Form = "svg"
    drawn = render([(each.dot, form) for each in shown]) if pictures else ()
    return _files(report, shown, drawn)


def sequences(shown: Sequence[Shown]) -> Pictures:
    """Who called whom, for each run of the protocol."""
    return {each.of: each.sequence for each in shown if each.sequence is not None}


def _files(report: Report, shown: Sequence[Shown], drawn: Sequence[bytes]) -> Iterator[File]:
    yield File("report.json", to_json(report))
    yield File("report.txt", report_text(report, _LOOK, everything=True).encode())
    yield File("report.html", webpage(report, sequences(shown)).encode())
    for model in report.models:
        if model.coverage is not None:
            yield from _lists(model, model.coverage)
    for each in shown:
        yield File(f"{each.place}/counterexample.json", each.json)
        yield File(f"{each.place}/counterexample.txt", each.text.encode())
        yield File(f"{each.place}/counterexample.dot", each.dot.encode())
        yield File(f"{each.place}/counterexample.itf.json", each.itf)
        if each.run is not None:
            yield File(f"{each.place}/neighbourhood.graphml", graphml(each.run.system, each.run.trace))
        if each.sequence is not None:
            yield File(f"{each.place}/sequence.svg", each.sequence.encode())
    for each, picture in zip(shown, drawn, strict=False):
        yield File(f"{each.place}/counterexample.svg", picture)


def _lists(model: ModelReport, coverage: CoverageReport) -> Iterator[File]:
    """The full lists behind the counts, as tab-separated values with a header."""
    yield File("unknown.tsv", _gaps(coverage.unknown))
    yield File("review.tsv", _gaps(coverage.review))
    doubtful = [f"{each.name}\t{each.reason}" for each in coverage.doubtful]
    yield File("doubtful.tsv", _lines(["property\treason", *doubtful]))
    if model.further_unknown:
        yield File("further-unknown.txt", _lines(model.further_unknown))


def _gaps(gaps: Sequence[Gap]) -> bytes:
    rows = [f"{gap.name}\t{gap.build}\t{gap.triples}\t{gap.reason}" for gap in gaps]
    return _lines(["property\tfirst build\ttriples\treason", *rows])


def _lines(lines: Sequence[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def shown_findings(findings: Sequence[FindingReport], runs: Sequence[Run], newest: str) -> tuple[Shown, ...]:
    """The findings' chains; ``runs`` in the same order."""
    return tuple(
        Shown(
            f"findings/{found.slug}",
            to_json(found),
            chain_text(found, newest, _LOOK),
            chain_dot(found),
            _itf(NamedTrace(found.id, FACTS_MODEL, found.trace, True)),
            run,
        )
        for found, run in zip(findings, runs, strict=True)
    )


def shown_violations(properties: Sequence[PropertyReport], runs: Sequence[Run | None]) -> tuple[Shown, ...]:
    """The counterexamples of violated properties; ``runs`` in the same order, None where there is no trace."""
    violated = [(prop, run) for prop, run in zip(properties, runs, strict=True) if prop.violated and run is not None]
    names = slugs([f"{title(prop)} {prop.name}" for prop, _ in violated])
    return tuple(_violation(prop, run, name) for (prop, run), name in zip(violated, names, strict=True))


def shown_model_findings(found: Sequence[ViolationReport], runs: Sequence[Run]) -> tuple[Shown, ...]:
    """What present releases violate; ``runs`` in the same order."""
    return tuple(
        Shown(
            f"findings/{each.slug}",
            to_json(each),
            violation_text(each, _LOOK),
            trace_dot(each.shown, each.trace),
            _itf(NamedTrace(each.id, each.model, each.trace, True)),
            run,
            None if run.control is None else sequence_svg(each.shown, each.trace, run.control),
            _of(each.shown),
        )
        for each, run in zip(found, runs, strict=True)
    )


def _violation(prop: PropertyReport, run: Run, name: str) -> Shown:
    assert prop.trace is not None
    text = trace_text(prop, prop.trace, _LOOK)
    sequence = None if run.control is None else sequence_svg(prop, prop.trace, run.control)
    # Surroundings are for finding out what is wrong, and take longer to write than all the rest.
    around = run if prop.judgement != Judgement.EXPECTED.value else None
    itf_text = _itf(NamedTrace(f"{title(prop)}: {prop.name}", prop.model, prop.trace, True))
    dot = trace_dot(prop, prop.trace)
    return Shown(f"properties/{name}", to_json(prop), text, dot, itf_text, around, sequence, _of(prop))


def _itf(named: NamedTrace) -> bytes:
    return to_json(itf(named, __version__))


def _of(prop: PropertyReport) -> tuple[str, str, str]:
    return prop.model, prop.variant, prop.name
