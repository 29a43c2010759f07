"""The question of wrong disks, policy by policy: the premises that suffice, proved, and an example without each of them."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hopcheck.model.domain.bitmaps.settings import Policy
from hopcheck.properties.bitmap_naming import theory as of
from hopcheck.properties.bitmap_naming.example import Example, confirm, find
from hopcheck.properties.bitmap_naming.premises import NEEDED, Premise
from hopcheck.properties.errors import DisagreementError
from hopcheck.properties.obligation import Confirmation, Obligation, confirm_all, smtlib_of


@dataclass(frozen=True, slots=True)
class PolicyNaming:
    """What is known of one policy.

    ``proof``: that under ``premises`` no bitmap reaches a wrong disk, for any number of nodes, names and disks, as two
    solvers see it; ``without``: for each premise a naming that keeps the others and leads astray, replayed (None where
    z3 finds none: then the premise is not needed).
    """

    policy: Policy
    premises: tuple[Premise, ...]
    proof: Confirmation
    without: Mapping[Premise, Example | None]

    @property
    def proved(self) -> bool:
        """Whether both solvers discharge the proof."""
        return self.proof.discharged

    @property
    def sharp(self) -> bool:
        """Whether every premise is needed."""
        return all(each is not None for each in self.without.values())


@dataclass(frozen=True, slots=True)
class NamingReport:
    """What was found of every policy that was asked for; ``seconds``: wall-clock time."""

    policies: tuple[PolicyNaming, ...]
    seconds: float


def obligation(policy: Policy, kept: Sequence[Premise]) -> Obligation:
    """That no naming with these premises leads a bitmap astray."""
    script = smtlib_of(of.claims(policy, {each: of.premise(each) for each in kept}))
    meaning = f"under the policy {policy}, and if {'; '.join(kept)}: no bitmap reaches another disk than its own"
    return Obligation(f"{policy}: no wrong disk", script, "unsat", meaning)


def check_naming(policies: Sequence[Policy] = tuple(Policy), seconds: float = 20.0) -> NamingReport:
    """Prove or break each policy: z3 and cvc5 get ``seconds`` each for a proof.

    Raises ``DisagreementError`` where the solvers contradict each other, an example cannot be replayed, or there is an
    example against what was proved.
    """
    started = time.monotonic()
    proofs = confirm_all([obligation(policy, NEEDED[policy]) for policy in policies], seconds=seconds)
    made = []
    for policy, proof in zip(policies, proofs, strict=True):
        premises = NEEDED[policy]
        if proof.discharged and find(policy, premises) is not None:
            raise DisagreementError(f"the policy {policy} is proved to reach no wrong disk, and z3 has an example")
        without = {each: _example(policy, [other for other in premises if other is not each]) for each in premises}
        made.append(PolicyNaming(policy, premises, proof, without))
    return NamingReport(tuple(made), time.monotonic() - started)


def _example(policy: Policy, kept: Sequence[Premise]) -> Example | None:
    found = find(policy, kept)
    if found is not None:
        confirm(found, kept)
    return found
