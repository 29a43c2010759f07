"""The system: an attempt to migrate between two hosts, for every mix of releases, and attempts after it.

What happens follows from the mix of releases, but for cookies that cannot be formatted, which a daemon only warns of.
"""

from __future__ import annotations

from collections.abc import Sequence

from hopcheck.model.domain.cookies import calls
from hopcheck.model.domain.cookies.attempt import CALL, FATE, OUTCOME, WHY, Attempt
from hopcheck.model.domain.cookies.features import features
from hopcheck.model.domain.cookies.mixes import Component, Host, feasible, mixes, releases
from hopcheck.model.domain.cookies.proposal import Proposal, proposed
from hopcheck.model.domain.cookies.settings import Faults, Settings
from hopcheck.model.domain.cookies.storage import METHOD
from hopcheck.model.language import (
    FALSE,
    TRUE,
    Bool,
    Enum,
    Expr,
    Lookup,
    Range,
    System,
    SystemBuilder,
    Update,
    all_of,
    becomes,
    table,
)


def system(settings: Settings, proposal: Proposal | None = None) -> System:
    """One migration after another between two hosts whose releases are chosen at the start.

    ``proposal``: a feature that no release has, added to those that there are (see ``proposal``). Raises ``InputError``
    where no mix is left.
    """
    next(mixes(settings))
    made = SystemBuilder("cookies" if proposal is None else f"cookies with {proposal.name}")
    attempt, adopted = _declare(made, settings, proposal)
    calls.begin(made, attempt)
    calls.prepare(made, attempt)
    if not settings.offline:
        calls.perform(made, attempt)
        calls.migrate(made, attempt)
    calls.finish(made, attempt)
    calls.confirm(made, attempt)
    if settings.faults is not Faults.NONE:
        _format_fails(made, attempt)
    if settings.upgrades or proposal is not None:
        _next_attempt(made, attempt, adopted)
    return made.build()


def _declare(made: SystemBuilder, settings: Settings, proposal: Proposal | None) -> tuple[Attempt, Expr]:
    more_libvirt, more_qemu = proposal.boundaries if proposal is not None else ((), ())
    at = releases(settings, more_libvirt, more_qemu)
    parts = [
        Component(name, found, made.variable(name, Component.type_of(found)))
        for name, found in (
            ("src_libvirt", at.src_libvirt),
            ("src_qemu", at.src_qemu),
            ("dst_libvirt", at.dst_libvirt),
            ("dst_qemu", at.dst_qemu),
        )
    ]
    src, dst = Host(parts[0], parts[1]), Host(parts[2], parts[3])
    for host in (src, dst):
        made.initially(_feasible(settings, host, host.libvirt.value, host.qemu.value))
    adopted: Expr = FALSE
    found = features(src, dst, settings)
    if proposal is not None:
        made.initially(src.libvirt.where(lambda each: each >= proposal.oldest_peer))
        made.initially(dst.libvirt.where(lambda each: each >= proposal.oldest_peer))
        adopted = made.variable("adopted", Bool, initial=False)
        found += (proposed(proposal, src, dst, adopted, made.variable("used", Bool)),)
    attempt = Attempt(
        settings,
        src,
        dst,
        found,
        made.variable("call", CALL, initial="none"),
        made.variable("outcome", OUTCOME, initial="none"),
        made.variable("why", WHY, initial="-"),
        made.variable("method", METHOD, initial="none"),
        made.variable("src", Enum("running", "paused", "shutoff"), initial="running"),
        made.variable("dst", Enum("none", "paused", "running"), initial="none"),
        made.variable("cookie", Bool, initial=False),
        {each.name: made.variable(each.name, FATE, initial="unsent") for each in found},
        src.libvirt.since("0.9.2") & dst.libvirt.since("0.9.2"),
        found[-1] if proposal is not None and not proposal.falls_back else None,
    )
    return attempt, adopted


def _feasible(settings: Settings, host: Host, libvirt: Expr, qemu: Expr) -> Expr:
    pairs = [feasible(settings, one, other) for one in host.libvirt.releases for other in host.qemu.releases]
    return TRUE if all(pairs) else Lookup(table("feasible", [libvirt.type, qemu.type], Bool, pairs), libvirt, qemu)


def _format_fails(made: SystemBuilder, attempt: Attempt) -> None:
    """The fault: Prepare, Perform or Finish cannot format its cookie, warns, and returns none. (Begin would fail.)"""
    may, changes = attempt.may("Prepare", "migrate", "Finish") & attempt.cookie, [becomes(attempt.cookie, False)]
    if attempt.settings.faults is not Faults.UNBOUNDED:
        most = int(attempt.settings.faults)
        left = made.variable("faults_left", Range(0, most), initial=most)
        may &= left > 0
        changes.append(becomes(left, left - 1))
    made.action("format_fails", guard=may, updates=changes)


def _next_attempt(made: SystemBuilder, attempt: Attempt, adopted: Expr) -> None:
    """After an attempt that worked: one component is upgraded, or the proposed feature is adopted, and another one."""
    worked = made.variable("worked", Bool, initial=False)
    again = [
        becomes(worked, True),
        becomes(attempt.call, "none"),
        becomes(attempt.outcome, "none"),
        becomes(attempt.method, "none"),
        becomes(attempt.src, "running"),
        becomes(attempt.dst, "none"),
        *(becomes(fate, "unsent") for fate in attempt.fates.values()),
    ]
    ok = attempt.outcome == "ok"
    if attempt.settings.upgrades:
        for host in (attempt.src_host, attempt.dst_host):
            for component in (host.libvirt, host.qemu):
                _upgrade(made, attempt.settings, host, component, ok, again)
    if adopted is not FALSE:
        made.action("adopt", guard=ok & ~adopted, updates=[*again, becomes(adopted, True)])


def _upgrade(
    made: SystemBuilder, settings: Settings, host: Host, component: Component, ok: Expr, again: Sequence[Update]
) -> None:
    """To the next class of releases: whatever an upgrade by several breaks, one of these steps breaks."""
    names = [str(each) for each in component.releases]
    if len(names) == 1:
        return
    following = Lookup(
        table(f"next {component.name}", [component.value.type], component.value.type, [*names[1:], names[-1]]),
        component.value,
    )
    libvirt, qemu = (following if part is component else part.value for part in (host.libvirt, host.qemu))
    may = all_of((ok, component.value != names[-1], _feasible(settings, host, libvirt, qemu)))
    made.action(
        "upgrade", guard=may, updates=[*again, becomes(component.value, following)], labels={"component": component.name}
    )
