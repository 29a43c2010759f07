"""An inductive invariant as a certificate: three plain obligations that any solver can check.

The invariant holds initially (initiation), every step keeps it (consecution), and no bad state satisfies it (safety).
"""

from __future__ import annotations

from hopcheck.properties.obligation import Obligation, script
from hopcheck.properties.smt import names
from hopcheck.properties.smt.encoding import BAD, DOMAIN, INITIAL, STEP, Encoding
from hopcheck.properties.smt.term import apply, defined

INVARIANT = names.own("invariant")


def certificate(encoding: Encoding, invariant: str) -> tuple[Obligation, ...]:
    """The obligations of an invariant, given as the definition of the function ``INVARIANT`` of one state.

    Values inside their variables' types are part of it, and need no mention in the definition.
    """
    declared = [*encoding.functions, invariant]
    now, then = ([symbol for symbol, _ in state] for state in (encoding.now, encoding.then))
    choice = [symbol for symbol, _ in encoding.choice]
    for symbol, sort in (*encoding.now, *encoding.then, *encoding.choice):
        declared.append(f"(declare-const {symbol} {sort})")
    here = f"(and {apply(DOMAIN, now)} {apply(INVARIANT, now)})"
    there = f"(and {apply(DOMAIN, then)} {apply(INVARIANT, then)})"
    return (
        Obligation(
            "initiation",
            script(declared, [apply(INITIAL, now), f"(not {here})"]),
            "unsat",
            "the invariant holds in every initial state",
        ),
        Obligation(
            "consecution",
            script(declared, [here, apply(STEP, [*now, *then, *choice]), f"(not {there})"]),
            "unsat",
            "every step from a state with the invariant leads to one with it",
        ),
        Obligation(
            "safety",
            script(declared, [here, apply(BAD, [*now, *choice])]),
            "unsat",
            "no state with the invariant is bad",
        ),
    )


def trivial_invariant(encoding: Encoding) -> str:
    """The invariant that holds everywhere."""
    return defined(INVARIANT, encoding.now, "Bool", "true")
