"""What happens between a mix of releases, the fallback table, and the verdict on a proposed element, as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hopcheck.engine.libvirt.cookies import Element, Explanation, FallbackRow
from hopcheck.engine.libvirt.prove_cookie import CookieResult
from hopcheck.engine.results import PropertyResult
from hopcheck.model.domain.cookies.settings import MIRROR
from hopcheck.report.text.page import Look, Page

WHY = {
    "unknown flag": "a flag of this migration is newer than the daemon that reads it",
    "offline copies no storage": "an offline migration copies no storage",
    "offline needs PERSIST_DEST": "an offline migration is possible with VIR_MIGRATE_PERSIST_DEST only",
    "offline is not tunnelled": "an offline migration has nothing to tunnel",
    "tunnel carries no storage": "libvirt 6.10 and later with -blockdev copy no storage through a tunnel",
    "lock state needs cookies": "sanlock's state travels in the cookie, and protocol v2 has none",
    "same host": "the cookie names the destination's own host",
    "mandatory feature refused": "the receiver does not know a mandatory feature, or did not ask for it",
    "lock managers differ": "source and destination have different lock managers",
    "missing cookie read": "libvirt 4.3.0 and later read the element capabilities of a cookie that is not there",
    "no TLS for NBD": "the copy of storage cannot be encrypted on both sides",
    "no NBD server": "the destination's QEMU has no NBD server",
    "NBD over a tunnel": "NBD was chosen, and a tunnel cannot carry it",
    "NBD is not set up": "the destination did not reply to nbd, and libvirt 9.0 and later have no other method",
    "no drive-mirror": "NBD was chosen, and the source's QEMU has no drive-mirror",
    "legacy stream not accepted": "the legacy copy was chosen, and QEMU 9.1 and later do not have it",
    "no method for the proposed feature": "the proposed feature was not answered, and it has no fallback",
}
"""The model's reasons in full."""

FATES = {
    "unsent": "not sent",
    "sent": "sent, not read any more",
    "read": "understood",
    "ignored": "not understood: ignored",
    "dropped": "mandatory, and the receiver goes on without it",
    "refused": "refused",
    "replied": "understood, and the reply not read any more",
    "answered": "understood and answered",
    "lost": "lost with its cookie",
}
"""What became of an element."""

METHODS = {
    "nbd": "NBD (drive-mirror into the destination's NBD server)",
    "legacy": "legacy (inside the stream)",
    "none": "none",
}


def text(told: Explanation, look: Look | None = None) -> str:
    """One mix: the elements, each call's refusal, and the storage copy that results."""
    page = Page(look or Look())
    mix = told.mix
    page.heading(f"libvirt {mix.src_libvirt}, QEMU {mix.src_qemu} -> libvirt {mix.dst_libvirt}, QEMU {mix.dst_qemu}")
    if told.flags:
        page.line("  with " + ", ".join(f"{name}={value}" for name, value in told.flags.items()), "dim")
    page.blank()
    page.labelled("protocol", told.protocol + ("" if told.protocol == "v3" else ": no call carries a cookie"))
    page.labelled("result", _result(told), *(() if told.outcome == "ok" else ("red", "bold")))
    if told.asked_storage:
        page.labelled("storage", METHODS[told.method])
    page.blank()
    page.line(f"  {'element':<20} {'since':<8} {'hop':<26} what becomes of it", "dim")
    for each in told.elements:
        _element(page, each)
    return page.text


def _result(told: Explanation) -> str:
    if told.outcome == "ok":
        return "the guest arrives"
    end = "the daemon crashes" if told.outcome == "crashed" else "error"
    late = ", after the whole transfer" if told.call == "Finish" else ""
    return f"{end} in {told.call}{late}: {WHY[told.why]}; the guest goes on at the source"


def _element(page: Page, element: Element) -> None:
    mandatory = " (mandatory)" if element.mandatory and element.fate != "unsent" else ""
    fate = FATES[element.fate] + mandatory
    if element.fate in ("ignored", "lost", "unsent"):
        fate += f": {element.absent}" if element.fate != "unsent" else ""
    page.line(f"  {element.name:<20} {element.since:<8} {element.hop:<26} {fate}")


def fallback_text(rows: Sequence[FallbackRow], look: Look | None = None) -> str:
    """The fallback table: old and new for each of the four components, and what results."""
    page = Page(look or Look())
    new = rows[-1].mix
    page.heading(f"Old: libvirt 1.0.2, QEMU before {MIRROR}. New: libvirt {new.src_libvirt}, QEMU {new.src_qemu}.")
    page.line("  src libvirt  src QEMU  dst libvirt  dst QEMU  offer  reply  result", "dim")
    for row in rows:
        cells = ["new" if each else "old" for each in row.new]
        said = ["yes" if each else "no" for each in (row.offered, row.replied)]
        why = "" if row.outcome == "ok" else f" ({row.why})"
        never = "" if row.can_occur else " [cannot occur: minimum QEMU]"
        page.line(
            f"  {cells[0]:<12} {cells[1]:<9} {cells[2]:<12} {cells[3]:<9} {said[0]:<6} {said[1]:<6} {row.result}{why}{never}"
        )
    return page.text


def proposal_text(result: CookieResult, look: Look | None = None) -> str:
    """What the engines say of a proposed element: each property, each shortest trace, and what becomes of the mixes."""
    page, proposal = Page(look or Look()), result.proposal
    needs = ", ".join(f"{name} {release or 'never'}" for name, release in proposal.needs.items())
    page.heading(f"{result.path}: {proposal.name}, from libvirt {proposal.since}, {proposal.hop}")
    page.paragraph(
        f"mandatory: {proposal.mandatory}; where it is lacking: {proposal.fallback}; needs {needs}", indent=2, hang=2
    )
    page.heading(f"In {result.mixes} mixes of release classes")
    for each in result.results:
        how = each.verdict.method.value if each.verdict.method is not None else each.verdict.reason
        second = "" if each.second is None or each.second.method is None else f", {each.second.method.value}"
        page.ends(f"  {each.prop.name}", f"{each.verdict.outcome.value} ({how}{second})")
    for each in result.violations:
        _violation(page, each)
    page.heading("Migrations that use it")
    for end in result.outcomes:
        what = FATES[end.fate] if end.outcome == "ok" else f"{FATES[end.fate]} in {end.call}: {WHY[end.why]}"
        page.paragraph(
            f"{end.mixes:>5} {'mix' if end.mixes == 1 else 'mixes'}: {what}; for example {_hosts(end.example)}",
            indent=2,
            hang=14,
        )
    page.blank()
    page.paragraph(_verdict(result), "bold")
    return page.text


def _verdict(result: CookieResult) -> str:
    if result.violations:
        return (
            f"UNSAFE: {', '.join(each.prop.name for each in result.violations)} can be violated; the shortest run is above."
        )
    if result.exit_code:
        return "UNKNOWN: not every property could be decided."
    return "SAFE: between any two hosts, whatever their releases."


def _violation(page: Page, result: PropertyResult) -> None:
    trace = result.verdict.trace
    page.heading(f"{result.prop.name}: {result.prop.meaning}")
    if trace is None:
        page.line("  no state is like that")
        return
    start = {name: str(value) for name, value in result.system.decode(trace.initial).items()}
    page.paragraph(_hosts(start) + (", used" if start["used"] == "True" else ", not used"), indent=2, hang=2)
    page.paragraph(" -> ".join(step.label for step in trace.steps), indent=2, hang=2)
    end = result.system.decode(trace.last)
    if end["why"] != "-":
        page.paragraph(f"{end['call']}: {WHY[str(end['why'])]}", indent=2, hang=2)


def _hosts(mix: Mapping[str, str]) -> str:
    """A mix of classes: each stands for its first release and those that follow, up to the next class."""
    sides = [f"libvirt {mix[f'{side}_libvirt']}+, QEMU {mix[f'{side}_qemu']}+" for side in ("src", "dst")]
    return " -> ".join(sides)
