"""Property-directed reachability: z3's Spacer looks for an inductive invariant that no bad state satisfies.

A. Komuravelli, A. Gurfinkel, S. Chaki: SMT-Based Model Checking for Recursive Programs, CAV 2014. The model is stated
as constrained Horn clauses over one unknown, the invariant; a solution is the invariant. It counts once its three
plain obligations hold in both solvers.
"""

from __future__ import annotations

from hopcheck.properties.bounded import bounded, proved
from hopcheck.properties.certificate import INVARIANT, certificate, trivial_invariant
from hopcheck.properties.checking import recertify
from hopcheck.properties.engine import Engine, Query
from hopcheck.properties.errors import DisagreementError
from hopcheck.properties.obligation import Obligation
from hopcheck.properties.smt.encoding import DOMAIN, INITIAL, Encoding
from hopcheck.properties.smt.term import apply
from hopcheck.properties.verdict import Method, unknown


def guided_spacer(encoding: Encoding) -> Engine:
    """Spacer with global guidance: it generalizes over its own lemmas, which counters without end often need.

    H. G. Vediramana Krishnan, Y. Chen, S. Shoham, A. Gurfinkel: Global Guidance for Local Generalization in Model
    Checking, CAV 2020.
    """
    return (yield from spacer(encoding, guided=True))


def spacer(encoding: Encoding, *, guided: bool = False) -> Engine:
    """Safe with a certified invariant; unsafe with a shortest counterexample, which bounded search finds; else unknown.

    The encoding's numbers must be integers.
    """
    goal = encoding.goal
    engine = "guided Spacer" if guided else "Spacer"
    clauses = Obligation(
        "Horn clauses",
        horn_clauses(encoding, guided=guided),
        "sat",
        "an inductive invariant exists that no bad state satisfies",
    )
    (result,) = yield [Query(clauses)]
    if result.answer == "unknown":
        return unknown(goal.system.name, goal.asked.name, result.reason, engine=engine)
    where = f"the property {goal.asked.name} of the model {goal.system.name}"
    if result.model is None:
        verdict = yield from bounded(encoding)
        if verdict.trace is None and verdict.known:
            raise DisagreementError(f"Spacer finds a violation of {where}, {verdict.engine} shows that there is none")
        return verdict
    invariant = str(result.model.get(INVARIANT.strip("|"), trivial_invariant(encoding)))
    proof = certificate(encoding, invariant)
    complaint = yield from recertify(proof, where)
    if complaint is not None:
        return unknown(goal.system.name, goal.asked.name, complaint, engine=engine)
    return proved(goal, Method.SPACER, "proved by an inductive invariant", engine, proof, invariant=invariant)


def horn_clauses(encoding: Encoding, *, guided: bool = False) -> str:
    """The script: initial states satisfy the invariant, each action keeps it, and it is false of bad states."""
    sorts = " ".join(sort for _, sort in encoding.now)
    here = apply(INVARIANT, [symbol for symbol, _ in encoding.now])
    there = apply(INVARIANT, [symbol for symbol, _ in encoding.then])
    inside = encoding.applied(DOMAIN, encoding.now)
    clauses = [_clause(encoding.now, [encoding.applied(INITIAL, encoding.now)], here)]
    for number in range(len(encoding.transitions)):
        arguments = encoding.step_arguments(number)
        clauses.append(_clause(arguments, [here, inside, encoding.applied(encoding.step(number), arguments)], there))
    for number, bad in enumerate(encoding.goal.bads):
        arguments = encoding.bad_arguments(bad)
        clauses.append(_clause(arguments, [here, inside, encoding.applied(encoding.bad(number), arguments)], "false"))
    # Inlining of clauses has made z3 return invariants that are none: certificates caught them, and nothing was proved.
    options = [f"(set-option :fp.xform.inline_{kind} false)" for kind in ("eager", "linear")]
    options += ["(set-option :fp.spacer.global true)"] if guided else []
    lines = [*options, "(set-logic HORN)", *encoding.functions, f"(declare-fun {INVARIANT} ({sorts}) Bool)", *clauses]
    return "\n".join([*lines, "(check-sat)"]) + "\n"


def _clause(bound: tuple[tuple[str, str], ...], body: list[str], head: str) -> str:
    variables = " ".join(f"({symbol} {sort})" for symbol, sort in bound)
    return f"(assert (forall ({variables}) (=> (and {' '.join(body)}) {head})))"
