"""The cases of a comparison of two builds: verdicts of pairs and chains that change, and facts that differ."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from hopcheck.model.codes import Code
from hopcheck.model.domain.device_config.pair import Move
from hopcheck.report.formats.case import Case, Since, Status
from hopcheck.report.formats.finding_case import finding_case
from hopcheck.report.schema.diff import ComparisonReport, DifferenceReport, PairReport
from hopcheck.report.schema.report import DiffReport
from hopcheck.report.text.codes import SECTION_CODES
from hopcheck.report.text.notation import count, families, shown

_MOVED = {Move.WORSE: (Code.UNSAFE, Status.FAILED), Move.UNDECIDED: (Code.UNKNOWN, Status.UNKNOWN)}

_MOST = 20
"""So many pairs, and differences with one cause, are spelled out; the report as JSON has all."""


def diff_cases(told: DiffReport) -> Iterator[Case]:
    """What gets worse, better or undecided where the new build takes the place of the old one."""
    suite = f"{told.new} in the place of {told.old}"
    for found in told.between:
        yield finding_case(f"{suite}, between the two", found, Status.FAILED, Since.UNTOLD, "")
    for found in told.appear:
        yield finding_case(f"{suite}, chains", found, Status.FAILED, Since.NEW, "")
    for found in told.disappear:
        yield finding_case(f"{suite}, chains", found, Status.PASSED, Since.ABSENT, "")
    yield from _pairs(f"{suite}, pairs", told)
    yield from _machines(f"{suite}, machine types", told)
    for section in told.sections:
        certain = section.outcome == "refused"
        text = f"{section.destination} {'refuses' if certain else 'may refuse'} it from {section.source}."
        yield Case(
            f"{suite}, sections",
            f"{section.section}: {section.source} -> {section.destination}",
            _section_code(section.reasons),
            Status.FAILED if certain else Status.UNKNOWN,
            text,
            {"because": "; ".join(section.reasons), "device types": ", ".join(section.types)},
            reason="" if certain else "; ".join(section.reasons) or text,
        )
    for text in told.undecided:
        reason = f"unknown in {told.new}, and not in {told.old}"
        yield Case(f"{suite}, chains", text, Code.UNKNOWN, Status.UNKNOWN, f"{text}: {reason}.", reason=reason)
    yield from comparison_cases(told.facts)


def _pairs(suite: str, told: DiffReport) -> Iterator[Case]:
    """One case for each device property and way in which verdicts of pairs change."""
    grouped = itertools.groupby(sorted(told.pairs, key=_key), key=_key)
    for (move, name), group in grouped:
        pairs = list(group)
        text = f"{count(len(pairs), 'pair')} {move}, on {families(_machine_types(pairs))}."
        yield Case(
            suite,
            f"{name}: {move}",
            *_MOVED.get(Move(move), (Code.SAFE, Status.PASSED)),
            f"{name}: {text}",
            {"pairs": "; ".join(map(_pair, pairs[:_MOST])) + _more(len(pairs))},
            reason="the facts do not tell its value any more" if move == Move.UNDECIDED else "",
        )


def _key(pair: PairReport) -> tuple[str, str]:
    return pair.move, pair.name


def _pair(pair: PairReport) -> str:
    values = " to ".join(map(shown, pair.values))
    return f"{pair.source} -> {pair.destination} ({values}): {pair.before}, now {pair.after}"


def _machine_types(pairs: list[PairReport]) -> tuple[str, ...]:
    return tuple(sorted({name for pair in pairs for name in pair.machines}))


def _section_code(reasons: Sequence[str]) -> Code:
    """The code of the first reason for which a section is refused."""
    first = reasons[0] if reasons else ""
    return next((code for why, code in SECTION_CODES.items() if first.startswith(why)), Code.SECTION_UNTOLD)


def _machines(suite: str, told: DiffReport) -> Iterator[Case]:
    """Machine types of one of the two builds, and findings that reach other ones."""
    for name in told.machines_gone:
        text = f"{told.new} does not know {name}: guests on it are refused."
        yield Case(suite, name, Code.MACHINES_GONE, Status.FAILED, text)
    for name in told.machines_new:
        text = f"{told.new} knows {name}, and {told.old} does not."
        yield Case(suite, name, Code.LOOK_AT_THIS, Status.NOTED, text, reason="no verdict")
    for each in told.changed:
        gained = f"now also {families(each.gained)}" if each.gained else ""
        lost = f"no longer {families(each.lost)}" if each.lost else ""
        text = "; ".join(filter(None, (gained, lost)))
        ending = (Code.UNSAFE, Status.FAILED) if each.gained else (Code.SAFE, Status.PASSED)
        yield Case(suite, each.id, *ending, f"It reaches {text}.")


def comparison_cases(told: ComparisonReport) -> Iterator[Case]:
    """How two sources of facts differ: a fact about them, and no verdict."""
    suite = f"facts of {told.old} and {told.new}"
    for each in told.shared:
        text = f"{each.equal:,} of {each.both:,} are equal."
        yield Case(suite, each.what, Code.LOOK_AT_THIS, Status.NOTED, text, reason="a comparison, and no verdict")
    for group in told.differences:
        items = "; ".join(map(_item, group.items[:_MOST])) + _more(len(group.items))
        text = f"{count(group.count, 'comparison')}: {group.meaning}"
        yield Case(suite, group.cause, Code.LOOK_AT_THIS, Status.NOTED, text, {"differences": items}, reason=group.meaning)
    for item in told.left_out:
        yield Case(suite, f"not compared: {item.name}", Code.LOOK_AT_THIS, Status.NOTED, item.note, reason=item.note)


def _item(item: DifferenceReport) -> str:
    note = f" ({item.note})" if item.note else ""
    return f"{item.name}: {item.old or '(nothing)'} -> {item.new or '(nothing)'}{note}"


def _more(number: int) -> str:
    return f"; and {number - _MOST:,} more" if number > _MOST else ""
