"""What must hold of a model, the provers that show it, and the verdicts they return.

Importing this imports no solver: each obligation is solved in a process of its own.
"""

from hopcheck.properties.agree import Exhausted, agree
from hopcheck.properties.errors import CertificateError, DisagreementError, EngineError
from hopcheck.properties.kinds import Kind, Property, always, can_always_reach, never_stuck, reachable, sound, step
from hopcheck.properties.obligation import (
    Confirmation,
    Obligation,
    Result,
    confirm,
    confirm_all,
    discharge,
    discharge_all,
)
from hopcheck.properties.prove import PROVERS, prove
from hopcheck.properties.vacuity import Facts, Finding, Vacuity, antecedent_witness, tautology, vacuities
from hopcheck.properties.verdict import (
    Expectation,
    Judgement,
    Method,
    Outcome,
    Verdict,
    as_expected,
    fails,
    holds,
    judge,
    merge,
    undecided,
    unknown,
)

__all__ = [
    "PROVERS",
    "CertificateError",
    "Confirmation",
    "DisagreementError",
    "EngineError",
    "Exhausted",
    "Expectation",
    "Facts",
    "Finding",
    "Judgement",
    "Kind",
    "Method",
    "Obligation",
    "Outcome",
    "Property",
    "Result",
    "Vacuity",
    "Verdict",
    "agree",
    "always",
    "antecedent_witness",
    "as_expected",
    "can_always_reach",
    "confirm",
    "confirm_all",
    "discharge",
    "discharge_all",
    "fails",
    "holds",
    "judge",
    "merge",
    "never_stuck",
    "prove",
    "reachable",
    "sound",
    "step",
    "tautology",
    "undecided",
    "unknown",
    "vacuities",
]
