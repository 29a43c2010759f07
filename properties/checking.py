"""What every proof goes through before it is a verdict: each obligation again, in the other solver."""

from __future__ import annotations

from collections.abc import Sequence

from hopcheck.properties.engine import Conversation, Query
from hopcheck.properties.errors import CertificateError
from hopcheck.properties.obligation import Confirmation, Obligation, Result, agreed


def recheck(proof: Sequence[Obligation], results: Sequence[Result]) -> Conversation[str | None]:
    """Ask cvc5 what z3 has answered; None when it agrees everywhere, else why it does not confirm the proof.

    Raises ``DisagreementError`` where it says the opposite.
    """
    queries = [Query(each, "cvc5") for each in proof]
    second = yield queries
    for each, one, other in zip(proof, results, second, strict=True):
        agreed(Confirmation(each, one, other))
    return _complaint(queries, second)


def recertify(proof: Sequence[Obligation], where: str) -> Conversation[str | None]:
    """Ask both solvers whether a certificate stands; None when it does, else why neither could say.

    Raises ``CertificateError`` where either refutes an obligation.
    """
    queries = [Query(each, solver) for each in proof for solver in ("z3", "cvc5")]
    results = yield queries
    for query, result in zip(queries, results, strict=True):
        if result.answer not in (query.obligation.expect, "unknown"):
            raise CertificateError(
                f"the certificate of {where} fails: {query.solver} answers {result.answer} to {query.obligation.name} "
                f"({query.obligation.meaning})"
            )
    return _complaint(queries, results)


def _complaint(queries: Sequence[Query], results: Sequence[Result]) -> str | None:
    for query, result in zip(queries, results, strict=True):
        if result.answer == "unknown":
            return f"{query.solver} did not confirm {query.obligation.name}: {result.reason}"
    return None
