"""The cases of a repair: what the change breaks, whether it is mended, and what no entry can mend."""

from __future__ import annotations

from collections.abc import Iterator

from hopcheck.model.codes import Code
from hopcheck.report.formats.case import Case, Place, Since, Status, suite_of
from hopcheck.report.schema.repair import RepairReport
from hopcheck.report.schema.report import EntryReport
from hopcheck.report.text.notation import joined, shown


def repair_cases(report: RepairReport) -> tuple[Case, ...]:
    """A break is mended where the repair is proved: then it counts for nothing, and says which entries mend it."""
    return tuple(_cases(report))


def _cases(report: RepairReport) -> Iterator[Case]:
    suite = suite_of(report)
    entries = tuple(_entry(word, each) for word, each in _edits(report))
    open_ = Status.UNKNOWN if report.exit_code == 3 else Status.FAILED
    for each in report.breaks:
        yield Case(
            suite,
            each.id,
            Code.UNSAFE,
            Status.NOTED if report.proved else open_,
            f"{each.chain}.",
            {"machine types": each.machines, "mended by": "; ".join(entries)},
            reason="the repair mends it, and is proved" if report.proved else report.meaning,
            places=tuple(Place(entry.file, entry.line) for _, entry in _edits(report) if entry.file),
            since=Since.NEW,
        )
    for proof in report.proof:
        kept = proof.outcome in ("safe", proof.before)
        ending = (Code.SAFE, Status.PASSED) if kept else (Code.INCONCLUSIVE, Status.UNKNOWN)
        text = f"With the repair it is {proof.outcome}, without any change {proof.before}."
        yield Case(f"{suite}, repaired", proof.name, *ending, text, reason="" if kept else proof.reason)
    for torn in report.torn:
        sides = "; ".join(f"{shown(side.value)} breaks with {joined(side.breaks) or 'nothing'}" for side in torn.sides)
        text = f"Released builds differ already on {torn.machines}: {sides}."
        yield Case(suite, torn.name, Code.UNSAFE, open_, text, {"now": shown(torn.now)}, reason=text)
    for beyond in report.beyond:
        where = f" on {beyond.machines}" if beyond.machines else ""
        yield Case(suite, f"{beyond.name}{where}", Code.UNSAFE, open_, f"{beyond.why}.", reason=beyond.why)
    for island in report.islands:
        text = f"A guest on {island.machines} with {island.name} cannot be moved from {island.build} to a newer build."
        yield Case(suite, f"{island.build}: {island.name}", Code.ISLAND, Status.NOTED, text, reason="the change cannot help")
    for text in report.undecided:
        yield Case(suite, text, Code.UNKNOWN, Status.UNKNOWN, text, reason="the repair would need to know it")


def _edits(report: RepairReport) -> tuple[tuple[str, EntryReport], ...]:
    return (*(("remove", each) for each in report.remove), *(("add", each) for each in report.add))


def _entry(word: str, each: EntryReport) -> str:
    return f"{word} {each.notation} {'to' if word == 'add' else 'from'} {each.array}"
