"""From a report to its cases: every property, finding, violation, gap, warning and change of a verdict is one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hopcheck.model.codes import Code
from hopcheck.report.formats.case import Case, Place, Since, Status, suite_of
from hopcheck.report.formats.cases_diff import comparison_cases, diff_cases
from hopcheck.report.formats.chain_steps import trace_steps
from hopcheck.report.formats.finding_case import finding_case
from hopcheck.report.schema.report import ChangeReport, FindingReport, ModelReport, PropertyReport, Report, ViolationReport
from hopcheck.report.text.codes import VACUITY_CODES, judgement_code, violation_code
from hopcheck.report.text.notation import families
from hopcheck.report.text.verdicts import established, title

VACUOUS = 4
"""The exit code of a run in which what never happens counts as an error."""

_SUSPICIONS = {each.value: code for each, code in VACUITY_CODES.items()}


def cases(report: Report) -> tuple[Case, ...]:
    """Everything that a report says, model by model, then what concerns the whole."""
    return tuple(_cases(report))


def _cases(report: Report) -> Iterator[Case]:
    for model in report.models:
        yield from _model(model, report)
    if report.change is not None:
        yield from _change(report.change)
    if report.diff is not None:
        yield from diff_cases(report.diff)
    if report.comparison is not None:
        yield from comparison_cases(report.comparison)
        status = Status.FAILED if report.exit_code else Status.PASSED
        yield Case("facts", "every difference has a stated reason", Code.LOOK_AT_THIS, status, report.meaning)
    for line in report.agreement:
        name, _, text = line.rpartition(": ")
        yield Case("facts", name or line, Code.LOOK_AT_THIS, Status.NOTED, text, reason="a comparison, and no verdict")


def _model(model: ModelReport, report: Report) -> Iterator[Case]:
    for prop in model.properties:
        yield _property(prop)
    for found in model.findings:
        yield _finding(model.model, found, report.change)
    for each in model.violations:
        yield _violation(each)
    yield from _gaps(model)
    vacuous = Status.FAILED if report.exit_code == VACUOUS else Status.NOTED
    for text in model.vacuity:
        name, _, why = text.rpartition(": ")
        reason = "a warning: --vacuity error makes it count" if vacuous is Status.NOTED else ""
        code = _SUSPICIONS.get(why, Code.DEAD_ACTION)
        yield Case(f"{model.model}, vacuity", name, code, vacuous, f"{name}: {why}.", reason=reason)
    yield from _theorem(model)


def _gaps(model: ModelReport) -> Iterator[Case]:
    """What was known and is gone, what is unknown and was not, and builds that guests cannot leave."""
    for name in model.missing:
        text = "It is recorded as known, and was not found again."
        yield Case(model.model, name, Code.KNOWN_FINDING_GONE, Status.FAILED, text, since=Since.ABSENT)
    for name in model.further_unknown:
        text = "It was told when the baseline was recorded, and is not told now."
        yield Case(model.model, name, Code.FURTHER_UNKNOWN, Status.UNKNOWN, text, reason=text)
    for island in model.islands:
        text = f"Guests on {families(island.machines)} with the device cannot be moved from {island.build} to a newer build."
        name = f"{island.build}: {island.name}"
        yield Case(f"{model.model}, islands", name, Code.ISLAND, Status.NOTED, text, reason="it follows from the findings")


def _property(prop: PropertyReport) -> Case:
    status = {"as expected": Status.PASSED, "inconclusive": Status.UNKNOWN}.get(prop.judgement, Status.FAILED)
    told = f"{prop.outcome}, expected {prop.expected}" if status is not Status.PASSED else prop.outcome
    shows = prop.trace is not None and status is not Status.PASSED
    return Case(
        title(prop),
        prop.name,
        judgement_code(prop.outcome, prop.judgement),
        status,
        f"{prop.meaning} It is {told}.",
        {"expected because": prop.expected_because, "established by": established(prop), "kind": prop.kind},
        trace_steps(prop.trace, violated=prop.outcome == "unsafe") if shows and prop.trace is not None else (),
        prop.reason if status is Status.UNKNOWN else "",
        seconds=prop.seconds,
    )


def _finding(model: str, found: FindingReport, change: ChangeReport | None) -> Case:
    suite = f"{model}, findings"
    if change is None:
        new = found.known is None
        status, since = (Status.FAILED, Since.NEW) if new else (Status.NOTED, Since.UNCHANGED)
        return finding_case(suite, found, status, since, found.known or "")
    if found.id in change.brings:
        return finding_case(suite, found, Status.FAILED, Since.NEW, "")
    return finding_case(suite, found, Status.NOTED, Since.UNCHANGED, found.known or "it is so without the change")


def _violation(found: ViolationReport) -> Case:
    new = found.known is None
    return Case(
        f"{found.model}, findings",
        found.id,
        violation_code(found.model, found.id),
        Status.FAILED if new else Status.NOTED,
        f"{found.why[:1].upper()}{found.why[1:].rstrip('.')}.",
        {
            "violates": ", ".join(found.violates),
            "releases": found.releases,
            "shown by": f"{found.shown.name}: {found.shown.meaning}",
            "settings": ", ".join(f"{name}={value}" for name, value in found.settings.items()),
        },
        trace_steps(found.trace, violated=True),
        found.known or "",
        (Place(found.rule, own=True),) if found.rule else (),
        Since.NEW if new else Since.UNCHANGED,
        found.shown.seconds,
    )


def _theorem(model: ModelReport) -> Iterator[Case]:
    if model.theorem is None:
        return
    share = model.theorem.seconds / max(1, len(model.theorem.lemmas))
    for lemma in model.theorem.lemmas:
        status = Status.PASSED if lemma.discharged else Status.UNKNOWN
        answers = f"z3 says {lemma.z3}, cvc5 says {lemma.cvc5}"
        yield Case(
            model.model,
            lemma.name,
            Code.SAFE if lemma.discharged else Code.INCONCLUSIVE,
            status,
            f"{lemma.meaning}: {answers}.",
            reason="" if lemma.discharged else answers,
            seconds=share,
        )
    for premise in model.theorem.premises:
        text = "; ".join(premise.without) or "no chain is known to break without it"
        yield Case(model.model, f"premise: {premise.premise}", Code.SAFE, Status.PASSED, text)


def _change(change: ChangeReport) -> Iterator[Case]:
    """What a change says of itself, mends, and leaves open; what it brings is among the findings."""
    suite = suite_of(change)
    for name in change.repairs:
        yield Case(suite, name, Code.SAFE, Status.PASSED, "The change mends it.", since=Since.ABSENT)
    for text in change.undecided:
        yield Case(suite, text, Code.UNKNOWN, Status.UNKNOWN, text, reason="the verdict would need to know it")
    for each in change.warnings:
        places = _advised(each.place)
        yield Case(suite, each.what, Code(each.code), Status.NOTED, each.what, reason="no verdict", places=places)


def _advised(place: str) -> tuple[Place, ...]:
    file, _, line = place.rpartition(":")
    if file and line.isascii() and line.isdigit():
        return (Place(file, int(line)),)
    return (Place(place),) if place else ()


def suites(made: Sequence[Case]) -> dict[str, list[Case]]:
    """The cases by suite, suites in the order of their first case."""
    grouped: dict[str, list[Case]] = {}
    for each in made:
        grouped.setdefault(each.suite, []).append(each)
    return grouped
