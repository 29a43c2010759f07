"""A finding in QEMU as a case."""

from __future__ import annotations

from hopcheck.report.formats.case import Case, Place, Since, Status
from hopcheck.report.formats.chain_steps import chain_steps
from hopcheck.report.schema.report import FindingReport
from hopcheck.report.text.codes import finding_code
from hopcheck.report.text.findings import change, machines, mismatch, outcome


def finding_case(suite: str, found: FindingReport, status: Status, since: Since, reason: str) -> Case:
    """What it changes, what is missing, whom it reaches, which chain breaks; ``reason``: why it counts for nothing."""
    needed = found.needed
    return Case(
        suite,
        found.id,
        finding_code(found.cause),
        status,
        found.why,
        {
            "change": change(found),
            "missing": "" if needed is None else f"{needed.array}: {needed.notation}",
            "remedy": found.remedy,
            "mismatch": mismatch(found.mismatch),
            "evidence": found.mismatch.evidence,
            "machine types": machines(found),
            "device types": ", ".join(found.types),
            "also": ", ".join(found.also),
            "violates": ", ".join(found.violates),
            "state": "open" if found.open else f"over from {found.fixed} on" if found.fixed else "over",
            "ends": f"on {found.machine} {outcome(found)}",
        },
        chain_steps(found),
        reason,
        _places(found),
        since,
    )


def _places(found: FindingReport) -> tuple[Place, ...]:
    """The entry that went wrong, the array that lacks one, the default that changed: in this order."""
    entries = [each for each in (found.entry, found.needed) if each is not None and each.file]
    made = [Place(each.file, each.line) for each in entries]
    if found.file and all(each.file != found.file for each in made):
        made.append(Place(found.file))
    return tuple(dict.fromkeys(made))
