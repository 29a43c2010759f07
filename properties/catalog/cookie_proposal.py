"""What must hold of a proposed cookie element between any two hosts."""

from __future__ import annotations

from hopcheck.model.domain.cookies.proposal import Mandatory, Proposal
from hopcheck.model.domain.cookies.settings import Faults, Settings
from hopcheck.model.language import System
from hopcheck.properties.kinds import Property, always, reachable, sound
from hopcheck.properties.verdict import holds

SETTINGS = Settings(non_shared=False, persistent=True, upgrades=True, faults=Faults.NONE)
"""A migration in which releases that know each other's cookies have no defect of their own."""


EXPECTED = holds("a proposal that keeps this is safe")


def properties(proposal: Proposal, system: System) -> tuple[Property, ...]:
    """All that a proposal has to keep; expected to hold, so that a violation is a finding about it."""
    found = [_no_mix_without_a_method(proposal, system), *_of_the_element(proposal, system)]
    if proposal.mandatory is not Mandatory.NO:
        found.append(
            always(
                "MANDATORY_ONLY_IF_NEEDED",
                (system[proposal.name] != "unsent").implies(system["used"]),
                "The feature is mandatory only in a migration that uses it.",
                expected=EXPECTED,
            )
        )
    if not proposal.falls_back:
        found.append(_nothing_lost_silently(proposal, system))
    return (*found, sound())


def _no_mix_without_a_method(proposal: Proposal, system: System) -> Property:
    stranded = system["worked"] & system["outcome"].one_of("failed", "crashed")
    kept = "Where a pair could migrate, it can once the feature is adopted, and after an upgrade of one component"
    return always(
        "NO_MIX_WITHOUT_A_METHOD",
        ~stranded if proposal.falls_back else stranded.implies(system["used"]),
        f"{kept}." if proposal.falls_back else f"{kept}, unless the migration uses the feature.",
        expected=EXPECTED,
    )


def _of_the_element(proposal: Proposal, system: System) -> tuple[Property, ...]:
    """What is asked of every element."""
    fate = system[proposal.name]
    return (
        always(
            "UNKNOWN_MANDATORY_REJECTED",
            fate != "dropped",
            "No receiver goes on with the mandatory feature without knowing it.",
            expected=EXPECTED,
        ),
        always(
            "MANDATORY_CHECKED_BEFORE_SWITCHOVER",
            (fate == "refused").implies(system["src"] == "running"),
            "The feature is not refused once the source has stopped.",
            expected=EXPECTED,
        ),
        reachable(
            "the feature is used",
            (system["outcome"] == "ok") & fate.one_of("read", "replied", "answered") & system["used"],
            "Between some hosts the feature takes effect.",
            expected=EXPECTED,
        ),
    )


def _nothing_lost_silently(proposal: Proposal, system: System) -> Property:
    fate = system[proposal.name]
    sent = (system["outcome"] == "ok") & (fate != "unsent") & system["used"]
    return always(
        "NOTHING_LOST_SILENTLY",
        sent.implies(fate.one_of("read", "answered")),
        "A migration that uses the feature and cannot do without it does not end well without it.",
        expected=EXPECTED,
    )
