"""Properties as conditions on single states, lowered for the kernel that judges states.

A property of a state is one already. A property of a step is one for each transition: where the transition is enabled,
the property must hold of the state and of what the transition makes of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hopcheck.explorer.kernels import data
from hopcheck.explorer.lowering.axes import axes, gathering
from hopcheck.explorer.lowering.footprint import groups
from hopcheck.explorer.lowering.layout import Layout
from hopcheck.explorer.lowering.program import conditions_program
from hopcheck.explorer.lowering.vector import Vector
from hopcheck.explorer.questions import STATE_KINDS, Kind, Question, Questions
from hopcheck.model.language import FALSE, TRUE, Expr, Op, Transition
from hopcheck.model.language.define import definedness
from hopcheck.model.language.expr import negate, variable
from hopcheck.model.language.walk import free, substitute

UNDEFINED = 0
"""The bit of a state in which some property has no value."""

AT_ONCE = 60
"""Questions that one judge answers, each with a bit of its own above ``UNDEFINED``."""


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """Sets ``bit`` in states where all ``parts`` hold. ``then``: the next values of the variables that change."""

    bit: int
    parts: tuple[Expr, ...]
    then: Mapping[str, Expr]

    @property
    def variables(self) -> frozenset[str]:
        """The variables of the state before the step on which the term depends."""
        after_ = free(*self.parts, op=Op.NEXT)
        values = [self.then[name] for name in after_ if name in self.then]
        return free(*self.parts, *values) | (after_ - self.then.keys())


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """What a kernel judges by. Bit i + 1 of a state is set where it is a finding for question i."""

    data: data.Judge
    questions: tuple[Question, ...]


def state_judges(layout: Layout, questions: Questions, table_bits: int) -> tuple[Rule, ...]:
    """Judges of what is asked of single states, but for where it is fine to be stuck."""
    asked = questions.of(*STATE_KINDS)
    grouped = () if questions.group_by is None else (questions.group_by,)
    made = []
    for begin in range(0, max(len(asked), len(grouped)), AT_ONCE):
        some = asked[begin : begin + AT_ONCE]
        terms = [_undefined(each) for each in (*(question.expr for question in some), *grouped)]
        flip = 0
        for number, question in enumerate(some, 1):
            if question.kind is Kind.CAN_ALWAYS_REACH:
                continue  # where its goal holds is asked once the whole graph is known
            bad = negate(question.expr) if question.kind is Kind.ALWAYS else question.expr
            found, flipped = _split(bad, number, layout, table_bits)
            terms += found
            flip |= flipped << number
        made.append(Rule(_lower(layout, terms, flip, table_bits), some))
    return tuple(made)


def step_judges(
    layout: Layout, questions: Questions, transitions: Sequence[Transition], table_bits: int
) -> tuple[Rule, ...]:
    """Judges of what is asked of steps."""
    asked = questions.of(Kind.STEP)
    made = []
    for begin in range(0, len(asked), AT_ONCE):
        some = asked[begin : begin + AT_ONCE]
        terms = [
            term
            for number, question in enumerate(some, 1)
            for transition in transitions
            for term in _steps(question.expr, number, transition)
        ]
        made.append(Rule(_lower(layout, terms, 0, table_bits), some))
    return tuple(made)


def _undefined(expr: Expr) -> Term:
    return Term(UNDEFINED, (negate(definedness(expr)),), {})


def _steps(expr: Expr, bit: int, transition: Transition) -> Iterator[Term]:
    """The terms for one property of steps and one transition."""
    then = dict(transition.updates)
    if not free(expr, op=Op.NEXT) & then.keys():
        # The transition leaves alone what the property compares: often that settles it.
        expr = substitute(expr, lambda leaf: _before(leaf) if leaf.op is Op.NEXT else None)
    happens = (transition.guard_sound, transition.guard, transition.sound)
    yield Term(bit, (*happens, negate(expr)), then)
    yield Term(UNDEFINED, (*happens, negate(definedness(expr))), then)


def _before(leaf: Expr) -> Expr:
    return variable(str(leaf.payload), leaf.type)


def _split(bad: Expr, bit: int, layout: Layout, table_bits: int) -> tuple[list[Term], int]:
    """Terms whose disjunction, negated where the second result is 1, is ``bad``: small ones where it is a junction."""
    whole = Term(bit, (bad,), {})
    if _bits(whole, layout) <= table_bits:
        return [whole], 0
    inner = bad.args[0] if bad.op is Op.NOT else bad
    if inner.op is Op.OR or inner.op is Op.AND:
        # bad = a | b, or ~(a & b): the parts that make it so; bad = a & b, or ~(a | b): the parts that prevent it.
        turned = bad.op is Op.NOT
        any_of = (inner.op is Op.OR) is not turned
        parts = [negate(part) if turned is any_of else part for part in inner.args]
        return [Term(bit, (part,), {}) for part in parts], int(not any_of)
    return [whole], 0


def _bits(term: Term, layout: Layout) -> int:
    return sum(layout.slots[slot].bits for slot in layout.slots_of(term.variables))


def _lower(layout: Layout, terms: Sequence[Term], flip: int, table_bits: int) -> data.Judge:
    """Tables for the terms with a small footprint, a program for the others."""
    live = [term for term in terms if not any(part is FALSE for part in term.parts)]
    small = [
        (number, layout.slots_of(term.variables)) for number, term in enumerate(live) if _bits(term, layout) <= table_bits
    ]
    bits = {number: float(each.bits) for number, each in enumerate(layout.slots)}
    over, cells = [], []
    for group in groups(small, bits, table_bits):
        axes_ = axes(layout, group.touched)
        made = np.zeros(1 << axes_.bits, np.int64)
        shared = Vector(axes_.codes)
        for member in group.members:
            term = live[member]
            value = shared if not term.then else _stepped(axes_.codes, shared, term)
            held = np.array(True)
            for part in term.parts:
                if part is not TRUE:
                    held = held & value.holds(part)
            made[axes_.keys[axes_.flat(held).astype(np.bool_)]] |= 1 << term.bit
        if made.any():
            over.append(axes_)
            cells.append(made)
    tabulated = {number for number, _ in small}
    wide = [term for number, term in enumerate(live) if number not in tabulated]
    return data.Judge(
        layout.width,
        gathering(over, np.cumsum([0, *map(len, cells)], dtype=np.int64)[: len(cells)].copy()),
        np.concatenate(cells) if cells else np.zeros(0, np.int64),
        conditions_program(layout, [(term.parts, term.then) for term in wide]),
        np.array([term.bit for term in wide], np.int64),
        flip,
    )


def _stepped(now: Mapping[str, data.Words], shared: Vector, term: Term) -> Vector:
    """An evaluator that also knows the next values (where they leave their domain, the step does not count)."""
    needed = free(*term.parts, op=Op.NEXT)
    then = dict(now)
    for name in needed & term.then.keys():
        then[name] = shared(term.then[name])
    return Vector(now, then)
