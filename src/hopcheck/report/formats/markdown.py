"""A report as Markdown, for a merge request: the verdict first, what breaks, the entry that is missing, the rest folded.

It is bounded: what a merge request takes is less than what a report may hold. Parts that do not fit are left out whole, and
it says how many.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hopcheck.model.codes import Code
from hopcheck.report.formats.case import Case, CaseStep, Change, Status
from hopcheck.report.formats.markdown_text import block, code, details, plain, table
from hopcheck.report.gathering.told import Told
from hopcheck.report.schema.repair import RepairReport
from hopcheck.report.schema.report import CoverageReport, ModelReport, Report
from hopcheck.report.text.chain import text as written
from hopcheck.report.text.change import NOTHING_SAID
from hopcheck.report.text.notation import count, seconds

MOST = 60_000
"""Characters: GitHub takes 65,536 in a comment, GitLab a million."""

_FEW = 200
"""So many steps of a run, and rows of a table, are shown."""

_MARKS = {0: "\N{WHITE HEAVY CHECK MARK}", 1: "\N{CROSS MARK}"}
_QUESTION = "\N{BLACK QUESTION MARK ORNAMENT}"
_NOTHING = "Nothing is concluded."
_CAVEAT = "A verdict speaks of the stated facts and models. It is no proof about QEMU's C code."


def markdown(report: Report | RepairReport, told: Told, most: int = MOST) -> str:
    """The summary, of at most ``most`` characters."""
    mark, meaning = _MARKS.get(told.exit_code, _QUESTION), plain(told.meaning) or _NOTHING
    head = f"## {mark} hopcheck {plain(told.job)}\n\n**{meaning}**\n"
    tail = f"\n<sub>hopcheck {plain(told.hopcheck)}, {seconds(told.seconds)}. {plain(_CAVEAT)}</sub>\n"
    parts: list[str] = []
    left_out = 0
    room = most - len(head) - len(tail) - len(_left_out(10**9))
    for part in _parts(report, told):
        if len(part) + 2 <= room:
            parts.append(part)
            room -= len(part) + 2
        else:
            left_out += 1
    if left_out:
        parts.append(_left_out(left_out))
    return f"{head[:most]}\n{''.join(f'{part}{chr(10)}{chr(10)}' for part in parts)}{tail}"


def _left_out(number: int) -> str:
    return f"*{count(number, 'part')} left out, to stay within what a comment takes: the other reports have all.*"


def _parts(report: Report | RepairReport, told: Told) -> Iterator[str]:
    """The parts, what matters most first."""
    if isinstance(report, RepairReport):
        yield from _repair(report)
    elif report.change is not None:
        yield _subject(report.change, report.change.says or (NOTHING_SAID,))
    yield _tally(told)
    for status, title in ((Status.FAILED, "Against expectation"), (Status.UNKNOWN, "Nobody can tell")):
        found = sorted((case for case in told.cases if case.status is status), key=_is_verdict)
        if found:
            yield f"### {title}"
        for number, case in enumerate(found):
            yield _case(case, opened=number == 0 and status is Status.FAILED)
    noted = [case for case in told.cases if case.status is Status.NOTED]
    if noted:
        yield _noted(noted)
    if isinstance(report, Report):
        yield from _coverage(report)


def _subject(change: Change, says: Sequence[str]) -> str:
    """What the run was about: a change, and what it says."""
    head = f"{code(change.file)}: {plain(change.build)}, from {plain(change.base)}"
    return "\n".join((head, "", *(f"- {plain(each)}" for each in says)))


def _is_verdict(case: Case) -> bool:
    """Whether it is the verdict of a property: findings say more, and come first."""
    return case.code in (Code.UNEXPECTED_VIOLATION, Code.UNEXPECTED_PASS, Code.INCONCLUSIVE)


def _tally(told: Told) -> str:
    names = {
        Status.PASSED: "as expected",
        Status.FAILED: "against expectation",
        Status.UNKNOWN: "nobody can tell",
        Status.NOTED: "known or to be looked at",
    }
    return table([names[status] for status in Status], [[f"{told.tally[status]:,}" for status in Status]])


def _case(case: Case, *, opened: bool) -> str:
    """One case with its chain; the first one that failed is open."""
    said = [plain(case.summary)]
    if missing := case.details.get("missing"):
        said.append(f"Missing: {code(missing)}")
    if case.steps:
        said.append(_steps(case.steps))
    rest = [f"- {plain(label)}: {plain(value)}" for label, value in case.details.items() if value and label != "missing"]
    rest += [f"- in {code(f'{place.file}:{place.line}' if place.line else place.file)}" for place in case.places]
    if case.reason:
        rest.append(f"- {plain(case.status.value)}: {plain(case.reason)}")
    if rest:
        said.append("\n".join(rest))
    body = "\n\n".join(said)
    if opened:
        return f"#### {code(case.name)} ({case.code.value}, {plain(case.suite)})\n\n{body}"
    return details(f"{case.name} ({case.code.value}, {case.suite})", body)


def _steps(steps: Sequence[CaseStep]) -> str:
    rows = [
        [str(number), plain(step.text), _state(step), "**here**" if step.bad else ""]
        for number, step in enumerate(steps[:_FEW], 1)
    ]
    if len(steps) > _FEW:
        rows.append(["", f"and {count(len(steps) - _FEW, 'more step')}", "", ""])
    return table(["", "step", "what is then", ""], rows)


def _state(step: CaseStep) -> str:
    told = [f"{name}={written(value)}" for name, value in step.state.items()]
    return code(", ".join(told)) if told else "nothing changes"


def _noted(noted: Sequence[Case]) -> str:
    rows = [[plain(each.suite), code(each.name), plain(each.reason or each.summary)] for each in noted[:_FEW]]
    if len(noted) > _FEW:
        rows.append(["", f"and {len(noted) - _FEW:,} more", ""])
    return details(f"Known, or to be looked at: {len(noted):,}", table(["where", "what", "why it does not count"], rows))


def _coverage(report: Report) -> Iterator[str]:
    """What was looked at: the counts of the facts, and what each search met and never met."""
    for model in report.models:
        if model.coverage is not None:
            yield details(f"Coverage of {model.model}", _counts(model.coverage))
    rows = [row for model in report.models for row in _activity(model)]
    if rows:
        shown = rows[:_FEW]
        head = ["model", "actions taken", "never fired", "never changed", "condition never true"]
        yield details("What the searches met", table(head, shown))


def _counts(found: CoverageReport) -> str:
    rows = [
        ["builds", plain(", ".join(found.builds))],
        ["triples of machine type, device type and property", f"{found.triples:,}"],
        ["of them with one value", f"{found.constant:,}"],
        ["different rows, explored", f"{found.rows:,}, {found.explored:,}"],
        ["device properties unknown, to be reviewed, doubtful", _lengths(found)],
    ]
    return table(["what", "how much"], rows)


def _lengths(found: CoverageReport) -> str:
    return ", ".join(f"{len(each):,}" for each in (found.unknown, found.review, found.doubtful))


def _activity(model: ModelReport) -> Iterator[Sequence[str]]:
    for each in model.searches:
        name = ", ".join(filter(None, (model.model, each.variant, "" if each.complete else "not complete")))
        never = (each.never_fired, each.never_changed, each.never_true)
        taken = f"{sum(each.actions.values()):,} times, {count(len(each.actions), 'action')}"
        yield [plain(name), taken, *(", ".join(map(code, names)) for names in never)]


def _repair(report: RepairReport) -> Iterator[str]:
    yield _subject(report, report.says)
    edits = [("remove", each) for each in report.remove] + [("add", each) for each in report.add]
    if edits:
        rows = [[word, code(each.array), code(each.notation)] for word, each in edits]
        yield "### The repair\n\n" + table(["", "array", "entry"], rows)
    if report.diff:
        yield details("As a patch on the tree with the change", block(report.diff, "diff"))
    elif report.toml:
        yield details("As a change written by hand", block(report.toml, "toml"))
