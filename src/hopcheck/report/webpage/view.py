"""What the page shows that the report does not say in so many words: tallies, filters, values that hold for a while."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hopcheck.model.domain.device_config.families import machine_type
from hopcheck.report.schema.report import BuildValue, FindingReport, PropertyReport, Report

MOST = 40
"""The style knows spans of so many builds; longer ones look no longer."""


@dataclass(frozen=True, slots=True)
class Tally:
    """A number at the top of the page: ``tone`` is good, bad or plain."""

    number: int
    what: str
    tone: str


@dataclass(frozen=True, slots=True)
class Facet:
    """A filter: its name, its title, and the values there are, each with how many findings have it."""

    name: str
    title: str
    values: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Span:
    """A value that holds from one build to another; ``order``: which value it is, 0 for the first, -1 where untold."""

    first: str
    last: str
    value: str
    known: bool
    order: int
    width: int


def verdict_word(report: Report) -> str:
    """The verdict of the whole in a word."""
    if report.change is not None:
        return {0: "safe", 1: "unsafe", 3: "unknown"}.get(report.exit_code, "error")
    if report.diff is not None:
        return {0: "no worse", 1: "worse", 3: "unknown"}.get(report.exit_code, "error")
    if report.comparison is not None:
        return "compared"
    return {0: "as expected", 1: "against expectation", 3: "inconclusive", 4: "vacuous"}.get(report.exit_code, "error")


def subject(report: Report) -> str:
    """What the run was about."""
    if report.change is not None:
        return report.change.file
    if report.diff is not None:
        return f"{report.diff.old} and {report.diff.new}"
    if report.comparison is not None:
        return f"{report.comparison.old} and {report.comparison.new}"
    return ", ".join(model.model for model in report.models) if len(report.models) < 4 else f"{len(report.models)} models"


def groups(report: Report) -> tuple[tuple[str, str, tuple[FindingReport, ...]], ...]:
    """The findings in QEMU under their titles, each group with the beginning of its anchors; empty ones are left out."""
    made: list[tuple[str, str, tuple[FindingReport, ...]]] = [("Device properties", "finding", report.findings)]
    if (told := report.diff) is not None:
        made += [
            (f"What a guest meets that is moved between {told.old} and {told.new}", "between", told.between),
            (f"Chains through the other builds that break with {told.new} only", "appear", told.appear),
            (f"Chains through the other builds that break with {told.old} only", "disappear", told.disappear),
        ]
    return tuple(group for group in made if group[2])


def newest(report: Report) -> str:
    """The newest build that was looked at."""
    builds = [model.coverage.builds[-1] for model in report.models if model.coverage is not None and model.coverage.builds]
    return builds[-1] if builds else "the newest build"


def tallies(report: Report) -> tuple[Tally, ...]:
    """The numbers at the top."""
    judged = Counter(prop.judgement for prop in report.properties)
    found = [each for _, _, group in groups(report) for each in group]
    new = sum(each.known is None for each in found) + sum(each.known is None for each in report.violations)
    against, open_ = judged["against expectation"], judged["inconclusive"]
    rows = [
        Tally(judged["as expected"], "properties as expected", "good"),
        Tally(against, "against expectation", "bad" if against else "plain"),
        Tally(open_, "inconclusive", "warn" if open_ else "plain"),
    ]
    if not report.properties:
        rows = []
    if found or report.violations:
        rows += [
            Tally(len(found) + len(report.violations), "findings", "plain"),
            Tally(new, "of them new", "bad" if new else "plain"),
            Tally(sum(each.open for each in found) + len(report.violations), "still open", "plain"),
        ]
    return tuple(rows)


def facets(report: Report) -> tuple[Facet, ...]:
    """The filters of the findings; one with a single value would filter nothing and is left out."""
    found = [each for _, _, group in groups(report) for each in group]
    words = [word for each in found for word in states(each.open, each.known is not None)]
    words += [word for each in report.violations for word in states(True, each.known is not None)]
    made = (
        _facet("state", "State", words),
        _facet("cause", "Cause", (each.cause for each in found)),
        _facet("kind", "Mismatch", (each.mismatch.kind for each in found)),
        _facet("since", "Since", (each.since for each in found)),
        _facet("family", "Machine", (name for each in found for name in families_of(each.machines))),
    )
    return tuple(each for each in made if len(each.values) > 1)


def states(is_open: bool, known: bool) -> tuple[str, str]:
    """The words for a finding's state that one may filter by."""
    return ("open" if is_open else "over"), ("known" if known else "new")


def variants(properties: Sequence[PropertyReport]) -> tuple[tuple[str, tuple[PropertyReport, ...]], ...]:
    """The properties of a model by variant, in their order."""
    return tuple((name, tuple(group)) for name, group in itertools.groupby(properties, key=lambda each: each.variant))


def families_of(machines: Sequence[str]) -> tuple[str, ...]:
    """The families of machine types, each once."""
    return tuple(dict.fromkeys(machine_type(name).family for name in machines))


def spans(values: Sequence[BuildValue]) -> tuple[Span, ...]:
    """The builds' values, those that follow each other and are alike as one."""
    made: list[Span] = []
    orders: dict[str, int] = {}
    for each in values:
        order = orders.setdefault(each.value, len(orders)) if each.known else -1
        if made and (made[-1].known, made[-1].value) == (each.known, each.value):
            made[-1] = Span(made[-1].first, each.build, each.value, each.known, order, min(made[-1].width + 1, MOST))
        else:
            made.append(Span(each.build, each.build, each.value, each.known, order, 1))
    return tuple(made)


def _facet(name: str, title: str, values: Iterable[str]) -> Facet:
    return Facet(name, title, tuple(sorted(Counter(values).items(), key=lambda pair: (-pair[1], pair[0]))))
