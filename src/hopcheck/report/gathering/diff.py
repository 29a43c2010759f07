"""From a comparison of two builds to a report: plain values, and the sentence that sums them up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hopcheck import __version__
from hopcheck.engine.comparing.comparison import Comparison, Item
from hopcheck.engine.comparing.diff import DiffResult
from hopcheck.engine.results import FindingResult
from hopcheck.model.domain.device_config.pair import Move, PairMove
from hopcheck.model.domain.vmstate import SectionMismatch
from hopcheck.report.gathering.report import finding_report, now
from hopcheck.report.schema.diff import (
    ChangedFindingReport,
    ComparisonReport,
    DifferenceReport,
    DifferencesReport,
    PairReport,
    SectionReport,
    SharedReport,
)
from hopcheck.report.schema.report import SCHEMA, DiffReport, FindingReport, Report
from hopcheck.report.text.notation import count, joined, slugs


def report_of_diff(result: DiffResult, comparison: Comparison) -> Report:
    """The report of ``hopcheck diff OLD NEW``."""
    found = (result.between.findings, result.chains.appear, result.chains.disappear)
    between, appear, disappear = _numbered(found)
    told = DiffReport(
        result.old,
        result.new,
        result.others,
        tuple(name for name in result.stations if name != result.new or name == result.old),
        between,
        _pairs(result),
        appear,
        disappear,
        tuple(ChangedFindingReport(each.after.finding.id, each.gained, each.lost) for each in result.chains.changed),
        result.machines.new,
        result.machines.gone,
        result.undecided,
        tuple(map(_section, result.sections)),
        comparison_report(comparison),
    )
    meaning = f"{_conclusion(told, result.exit_code)} Exit code {result.exit_code}: {_MEANINGS[result.exit_code]}."
    return _report(result.exit_code, meaning, result.seconds, told, None)


def report_of_comparison(comparison: Comparison, seconds: float) -> Report:
    """The report of ``hopcheck diff facts A B``."""
    told = comparison_report(comparison)
    equal = sum(each.equal for each in told.shared)
    both = sum(each.both for each in told.shared)
    differing = sum(each.count for each in told.differences)
    code = int(comparison.unexplained)
    text = f"{equal:,} of {both:,} facts that both state are equal; {count(differing, 'comparison')} differ or have one side"
    return _report(code, f"{text}. Exit code {code}: {_FACTS_MEANINGS[code]}.", seconds, None, told)


_MEANINGS = {
    0: "no verdict gets worse",
    1: "some verdict gets worse",
    3: "inconclusive: no verdict gets worse as far as the facts tell",
}

_FACTS_MEANINGS = {
    0: "every difference has a stated cause",
    1: "a tree and a binary differ, and no rule explains it",
}


def _report(code: int, meaning: str, seconds: float, diff: DiffReport | None, comparison: ComparisonReport | None) -> Report:
    return Report(SCHEMA, __version__, "diff", code, meaning, round(seconds, 3), (), (), None, diff, comparison, now())


def _numbered(groups: Sequence[Sequence[FindingResult]]) -> tuple[tuple[FindingReport, ...], ...]:
    """The findings of several lists, numbered through, with names of files that are all different."""
    names = iter(slugs([found.finding.id for group in groups for found in group]))
    numbers = iter(range(1, sum(map(len, groups)) + 1))
    return tuple(tuple(finding_report(found, next(numbers), next(names)) for found in group) for group in groups)


def _pairs(result: DiffResult) -> tuple[PairReport, ...]:
    """The moves of one device property that are alike but for the machine types, as one."""
    alike: dict[PairReport, dict[str, None]] = {}
    for each in result.moves:
        alike.setdefault(_pair(result, each), {}).update(dict.fromkeys(each.machines))
    order = {move: place for place, move in enumerate(Move)}
    made = [replace(pair, machines=tuple(machines)) for pair, machines in alike.items()]
    return tuple(sorted(made, key=lambda pair: order[Move(pair.move)]))


def _pair(result: DiffResult, each: PairMove) -> PairReport:
    partner = result.stations[each.partner]
    place = result.stations.index(result.new)
    here, there = (str(each.member.cells[end]) for end in (place, each.partner))
    name = each.member.subject.name
    verdicts = (each.before, each.after, each.move)
    if each.towards:
        return PairReport(partner, result.new, (partner, result.old), *verdicts, name, (there, here), ())
    return PairReport(result.new, partner, (result.old, partner), *verdicts, name, (here, there), ())


def _section(each: SectionMismatch) -> SectionReport:
    reasons = tuple(str(reason) for reason in each.reasons)
    return SectionReport(each.section, each.types, each.source, each.destination, each.judgement.outcome.value, reasons)


def comparison_report(made: Comparison) -> ComparisonReport:
    """The report of two sources of facts."""
    return ComparisonReport(
        made.old,
        made.new,
        tuple(SharedReport(each.what, each.equal, each.both) for each in made.shared),
        tuple(
            DifferencesReport(group.cause, group.meaning, group.count, tuple(map(_item, group.items)))
            for group in made.groups
        ),
        tuple(map(_item, made.left_out)),
    )


def _item(item: Item) -> DifferenceReport:
    return DifferenceReport(item.name, item.old, item.new, item.count, item.note)


def _conclusion(told: DiffReport, code: int) -> str:
    if code == 3:
        open_ = []
        if told.undecided:
            open_.append(
                f"of {count(len(told.undecided), 'device property', 'device properties')} {told.new} leaves it open"
            )
        if told.sections:
            open_.append(f"{count(len(told.sections), 'section')} of the stream may be refused")
        return f"UNDECIDED: nothing gets worse as far as both builds tell, but {joined(open_)}."
    if code == 0:
        better = {pair.name for pair in told.pairs if pair.move == Move.BETTER}
        gain = f", and {count(len(better), 'device property gets', 'device properties get')} better" if better else ""
        return f"NOT WORSE: with {told.new} in the place of {told.old} no verdict of a pair or a chain gets worse{gain}."
    worse = {pair.name for pair in told.pairs if pair.move == Move.WORSE}
    parts = []
    if worse:
        parts.append(f"pairs get worse by {count(len(worse), 'device property', 'device properties')}")
    if told.appear:
        parts.append(f"{count(len(told.appear), 'chain breaks', 'chains break')} that did not")
    if grown := sum(bool(each.gained) for each in told.changed):
        parts.append(f"{count(grown, 'finding reaches', 'findings reach')} more machine types")
    if told.machines_gone:
        parts.append(f"{count(len(told.machines_gone), 'machine type is', 'machine types are')} gone")
    if refused := sum(each.outcome == "refused" for each in told.sections):
        parts.append(f"{count(refused, 'section')} of the stream {'is' if refused == 1 else 'are'} refused")
    return f"WORSE with {told.new} in the place of {told.old}: {joined(parts)}."
