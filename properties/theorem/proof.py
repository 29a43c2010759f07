"""Facts and how they may be won: from solvers, and from two schemas of induction. Nothing else makes a fact.

An SMT solver decides each step of an argument; it does not do induction over the integers. So a proof here is a list of
obligations, each a closed formula refuted by itself, and the two schemas below are the only rule that is not one:

- *upward*: from Q(0) and from Q(n) -> Q(n+1) for every n >= 0 follows Q(n) for every n >= 0;
- *downward*: from Q(b, b) and from Q(b, m+1) -> Q(b, m) for every m < b follows Q(b, m) for every m <= b, for every b
  (upward induction on b - m).

Both are used pointwise: Q may speak of a type t and a property p, which stay the same through the induction. Base, step
and conclusion are built from one predicate by one function, so that they cannot drift apart.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import z3

from hopcheck.properties.obligation import Obligation, smtlib_of
from hopcheck.properties.theorem.premises import Premise
from hopcheck.properties.theorem.theory import b, m, n, p, t


@dataclass(frozen=True, slots=True, eq=False)
class Fact:
    """A closed formula that is assumed, defined, or proved.

    ``rests_on``: the premises without which it is not established; ``open``: the obligations behind it that a solver
    must discharge before it may be believed (a fact shares those of the facts it uses).
    """

    name: str
    formula: z3.BoolRef
    rests_on: frozenset[Premise]
    obligations: tuple[Obligation, ...] = field(repr=False)


def assume(premise: Premise, formula: z3.BoolRef) -> Fact:
    """A premise of the theorem."""
    return Fact(premise.value, formula, frozenset({premise}), ())


def define(name: str, formula: z3.BoolRef) -> Fact:
    """A definition, or what is fixed about the things the theorem speaks of."""
    return Fact(name, formula, frozenset(), ())


def lemma(name: str, meaning: str, formula: z3.BoolRef, *given: Fact) -> Fact:
    """A formula that follows from the given facts: one obligation."""
    return _fact(name, formula, given, [_obligation(name, meaning, formula, given)])


def downward(name: str, meaning: str, holds: Callable[[z3.ArithRef, z3.ArithRef], z3.BoolRef], *given: Fact) -> Fact:
    """``holds(b, m)`` for every m <= b, type t and property p, by induction from m = b downward: two obligations."""
    base = z3.ForAll([b, t, p], holds(b, b))
    step = z3.ForAll([b, m, t, p], z3.Implies(z3.And(m < b, holds(b, m + 1)), holds(b, m)))
    conclusion = z3.ForAll([b, m, t, p], z3.Implies(m <= b, holds(b, m)))
    return _induction(name, meaning, base, step, conclusion, given)


def upward(name: str, meaning: str, holds: Callable[[z3.ArithRef], z3.BoolRef], *given: Fact) -> Fact:
    """``holds(n)`` for every n >= 0, type t and property p, by induction from 0 upward: two obligations."""
    base = z3.ForAll([t, p], holds(z3.IntVal(0)))
    step = z3.ForAll([n, t, p], z3.Implies(z3.And(n >= 0, holds(n)), holds(n + 1)))
    conclusion = z3.ForAll([n, t, p], z3.Implies(n >= 0, holds(n)))
    return _induction(name, meaning, base, step, conclusion, given)


def _induction(
    name: str, meaning: str, base: z3.BoolRef, step: z3.BoolRef, conclusion: z3.BoolRef, given: tuple[Fact, ...]
) -> Fact:
    made = [
        _obligation(f"{name}.base", f"{meaning} (base of the induction)", base, given),
        _obligation(f"{name}.step", f"{meaning} (step of the induction)", step, given),
    ]
    return _fact(name, conclusion, given, made)


def _obligation(name: str, meaning: str, formula: z3.BoolRef, given: tuple[Fact, ...]) -> Obligation:
    assertions = [*(fact.formula for fact in given), z3.Not(formula)]
    return Obligation(name, _renumber(smtlib_of(assertions)), "unsat", meaning)


def _renumber(script: str) -> str:
    """The script with z3's names for shared terms, which depend on what was built before, counted from 1."""
    numbers: dict[str, str] = {}
    return re.sub(r"(?<=[$?]x)\d+", lambda found: numbers.setdefault(found[0], str(len(numbers) + 1)), script)


def _fact(name: str, formula: z3.BoolRef, given: tuple[Fact, ...], made: list[Obligation]) -> Fact:
    rests_on = frozenset(premise for fact in given for premise in fact.rests_on)
    return Fact(name, formula, rests_on, tuple(_once(given, made)))


def _once(given: tuple[Fact, ...], made: list[Obligation]) -> Iterator[Obligation]:
    """The obligations behind the given facts and the new ones, each once, in the order of the argument."""
    seen: dict[str, Obligation] = {}
    for each in (*(each for fact in given for each in fact.obligations), *made):
        if seen.setdefault(each.name, each) is not each:
            raise ValueError(f"two different obligations are called {each.name}")
    return iter(seen.values())
