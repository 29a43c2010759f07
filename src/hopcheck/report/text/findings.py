"""Findings as text: what changes, where it shows, why, and which entry is missing."""

from __future__ import annotations

from collections.abc import Sequence

from hopcheck.report.schema.report import ChainStepReport, FindingReport, MismatchReport
from hopcheck.report.text.causes import DIRECTIONS, kind_meaning
from hopcheck.report.text.notation import count, families, shown
from hopcheck.report.text.page import Page

_ARROW = "->"


def write_findings(page: Page, findings: Sequence[FindingReport], newest: str, *, everything: bool) -> None:
    """All findings: open and new ones in full, those that are over and known in a line each, unless all are asked for."""
    if not findings:
        return
    still = [found for found in findings if found.open]
    new = [found for found in findings if found.known is None]
    page.heading("Findings in QEMU")
    page.paragraph(
        f"{count(len(findings), 'device property', 'device properties')} whose value some chain of migrations does not "
        f"preserve: {len(still)} still open in {newest}, {len(findings) - len(still)} in released builds only; "
        f"{len(new)} new, {len(findings) - len(new)} known."
    )
    brief = [] if everything else [found for found in findings if not found.open and found.known is not None]
    for found in findings:
        if found not in brief:
            page.blank()
            write_finding(page, found, newest)
    if brief:
        page.blank()
        page.line("Known, and over in the newest build (in full with --all):", "dim")
        for found in brief:
            page.paragraph(f"{found.number:>3}  {found.name}  {change(found)}: {found.cause}", hang=5)


def write_finding(page: Page, found: FindingReport, newest: str) -> None:
    """One finding in full."""
    state = "OPEN" if found.open else "over"
    mark = "NEW" if found.known is None else "known"
    styles = ("bold", "red") if found.known is None else ("bold",)
    page.ends(f"{found.number:>3}  {found.name}", f"{state}, {mark}", *styles)
    label = {"indent": 5, "margin": 10}
    page.labelled("value", f"{change(found)}; {lasting(found, newest)}", **label)
    page.labelled("machines", machines(found), **label)
    page.labelled("chain", chain(found), **label)
    page.labelled("mismatch", mismatch(found.mismatch), **label)
    page.labelled("why", found.why, **label)
    if found.needed is not None:
        page.labelled("missing", f"{found.needed.array}: {found.needed.notation}", "bold", **label)
    page.labelled("known", found.known or "no", **label)


def change(found: FindingReport) -> str:
    """``3 -> 7 in 9.1``."""
    return f"{shown(found.old)} {_ARROW} {shown(found.new)} in {found.since}"


def lasting(found: FindingReport, newest: str) -> str:
    """Until when it lasts."""
    if found.open:
        return f"still so in {newest}"
    if found.fixed is not None:
        return f"{shown(found.old)} again from {found.fixed} on"
    return "no build since knows these machine types with another value"


def machines(found: FindingReport) -> str:
    """The machine types that it reaches, by family."""
    if len(found.machines) == 1:
        return found.machines[0]
    return f"{len(found.machines)}: {families(found.machines)}"


def mismatch(what: MismatchReport) -> str:
    """The kind of the mismatch, the direction that fails, and what that means."""
    where = DIRECTIONS[what.breaks]
    return f"{what.kind}{f' {where}' if where else ''}: {kind_meaning(what.kind)}"


def chain(found: FindingReport) -> str:
    """The chain on its machine type, in one sentence."""
    steps = ", ".join(_step(step) for step in found.chain)
    return f"{found.machine}: {steps}; {outcome(found)}"


def _step(step: ChainStepReport) -> str:
    value = shown(step.value)
    match step.action:
        case "boot":
            return f"boot on {step.build} ({value})"
        case "migrate":
            return f"migrate to {step.build} ({value})"
        case "migrate_fails":
            return f"migrate to {step.build} ({value})"
        case "migrate_refused":
            return f"migrate to {step.build}, which refuses"
        case "guest_reset":
            return f"guest reset ({value})"
        case "continue_source":
            return "continue the source"
        case "power_off":
            return "power off"
        case _:
            return step.action.replace("_", " ")


def outcome(found: FindingReport) -> str:
    """How the chain ends."""
    last = found.chain[-1]
    if last.status == "stranded":
        return "the migration fails, and the guest runs nowhere until somebody continues the source"
    if last.status == "failed":
        return "the migration fails, and the source runs on"
    if last.action == "guest_reset":
        first = shown(found.chain[0].guest)
        return f"the guest was powered on with {first} and has {shown(last.guest)} after its reset"
    return f"the guest has seen {shown(last.guest)}, its process now has {shown(last.value)}"
