"""Two builds compared, as text: between the two, with every other build, over chains; and their facts side by side."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from hopcheck.model.domain.device_config.pair import Move
from hopcheck.report.schema.diff import ComparisonReport, DifferenceReport, PairReport
from hopcheck.report.schema.report import DiffReport, FindingReport
from hopcheck.report.text.findings import change, write_finding
from hopcheck.report.text.notation import count, families
from hopcheck.report.text.page import Page, write_list

_FEW, _MANY = 3, 12
"""So many differences of a cause, and device properties of a kind, are shown unless all are asked for."""


def write_diff(page: Page, told: DiffReport, *, everything: bool) -> None:
    """The whole report of two builds, but for its last lines."""
    newest = told.new
    page.heading(f"{told.new} in the place of {told.old}, among {count(len(told.others), 'other build')}")
    _write_summary(page, told)
    if told.between:
        page.heading(f"What a guest meets that is moved between {told.old} and {told.new}")
        _write_findings(page, told.between, newest)
    if told.pairs:
        page.heading("Pairs whose verdict changes")
        _write_pairs(page, told, everything)
    if told.appear:
        page.heading(f"Chains through the other builds that break with {told.new} only")
        _write_findings(page, told.appear, newest)
    if told.disappear:
        page.heading(f"Chains through the other builds that break with {told.old} only")
        for found in told.disappear:
            page.paragraph(f"{found.number:>3}  {found.name}  {change(found)}: {found.cause}", hang=5)
    if told.changed:
        page.heading("Chains that break with either, on other machine types")
        for each in told.changed:
            gained = f"; now also {families(each.gained)}" if each.gained else ""
            lost = f"; no longer {families(each.lost)}" if each.lost else ""
            page.paragraph(f"{each.id}{gained}{lost}", indent=2, hang=2)
    sections = [
        f"{each.outcome}: {each.section}, {each.source} -> {each.destination}: {each.reasons[0]}" for each in told.sections
    ]
    write_list(page, "Sections of the migration stream", sections, len(sections) if everything else 20)
    write_list(
        page, f"Unknown in {told.new}, and not in {told.old}", told.undecided, len(told.undecided) if everything else 20
    )


def _write_findings(page: Page, findings: Sequence[FindingReport], newest: str) -> None:
    for found in findings:
        page.blank()
        write_finding(page, found, newest)


def _write_summary(page: Page, told: DiffReport) -> None:
    """Machine types that one of the two has, and how many facts differ."""
    label = {"indent": 2, "margin": 12}
    if told.machines_new:
        page.labelled("new", f"{count(len(told.machines_new), 'machine type')}: {families(told.machines_new)}", **label)
    if told.machines_gone:
        gone = f"{count(len(told.machines_gone), 'machine type')}: {families(told.machines_gone)}"
        page.labelled("gone", f"{gone}; guests on them are refused", "red", **label)
    differing = [f"{each.cause} {each.count:,}" for each in told.facts.differences]
    command = f"hopcheck diff facts {told.facts.old} {told.facts.new} lists them"
    page.labelled("facts", f"{', '.join(differing)} ({command})" if differing else "the same", **label)


def _write_pairs(page: Page, told: DiffReport, everything: bool) -> None:
    """By move and device property, the pairs: neighbouring builds with the same verdicts in one line."""
    for move, of_move in itertools.groupby(told.pairs, key=lambda pair: pair.move):
        by_name: dict[str, list[PairReport]] = {}
        for pair in of_move:
            by_name.setdefault(pair.name, []).append(pair)
        styles = ("bold", "red") if move == Move.WORSE else ("bold",)
        page.line(f"{_TITLES[move]}: {count(len(by_name), 'device property', 'device properties')}", *styles)
        shown_names = list(by_name) if everything else list(by_name)[:_MANY]
        for name in shown_names:
            page.line(f"  {name}")
            for ends, verdict, machines in _lines(by_name[name], told):
                page.ends(f"    {ends:<30} {verdict}", machines)
        if len(by_name) > len(shown_names):
            page.line(f"  and {len(by_name) - len(shown_names)} more (--all)")


_TITLES = {
    Move.WORSE: "worse",
    Move.BETTER: "better",
    Move.UNDECIDED: "undecided, that is unknown now",
    Move.DECIDED: "decided, that is unknown before and harmless",
}


def _lines(pairs: Sequence[PairReport], told: DiffReport) -> Iterator[tuple[str, str, str]]:
    """Which builds, which verdicts, how many machine types; first the guests that come to the build, then those that go."""
    order = {name: place for place, name in enumerate(told.partners)}
    found: dict[tuple[bool, str, str], dict[int, set[str]]] = {}
    for pair in pairs:
        towards = pair.was[0] == pair.source
        place = order[pair.source if towards else pair.destination]
        machines = found.setdefault((not towards, pair.before, pair.after), {}).setdefault(place, set())
        machines.update(pair.machines)
    for (away, before, after), by_place in sorted(found.items()):
        for run in _runs(sorted(by_place)):
            names = told.partners[run[0]] if len(run) == 1 else f"{told.partners[run[0]]} to {told.partners[run[-1]]}"
            ends = f"{told.new} -> {names}" if away else f"{names} -> {told.new}"
            yield ends, f"{before} -> {after}", _span([len(by_place[place]) for place in run])


def _runs(places: Sequence[int]) -> Iterator[list[int]]:
    """Places that follow each other, together."""
    for _, run in itertools.groupby(enumerate(places), key=lambda each: each[1] - each[0]):
        yield [place for _, place in run]


def _span(counts: Sequence[int]) -> str:
    least, most = min(counts), max(counts)
    return count(most, "machine type") if least == most else f"{least} to {most} machine types"


def write_comparison(page: Page, told: ComparisonReport, *, everything: bool) -> None:
    """Two sources of facts: what both state, and the differences by cause."""
    page.heading(f"{told.old} and {told.new}: what both state")
    for each in told.shared:
        # Rounded down: what is not all is not 100 %.
        share = "" if not each.both else f" ({1000 * each.equal // each.both / 10} %)"
        page.ends(f"  {each.what}", f"equal: {each.equal:,} of {each.both:,}{share}")
    for left in told.left_out:
        page.paragraph(f"not compared: {left.name}: {left.note}", "dim", indent=2, hang=2)
    for group in told.differences:
        page.heading(f"{group.cause}: {group.count:,}")
        page.paragraph(group.meaning, "dim", indent=2, hang=2)
        most = len(group.items) if everything else _FEW
        for item in group.items[:most]:
            page.paragraph(_told(item), indent=2, hang=4)
        if len(group.items) > most:
            page.line(f"  and {len(group.items) - most:,} more (--all)")


def _told(item: DifferenceReport) -> str:
    times = f" ({item.count:,} times)" if item.count > 1 else ""
    note = f"; {item.note}" if item.note else ""
    sides = (side or "(nothing)" for side in (item.old, item.new))
    return f"{item.name}: {' -> '.join(sides)}{times}{note}"
