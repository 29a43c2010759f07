"""Rows: transitions with a conjunctive guard and constant updates, as bit masks over whole words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hopcheck.explorer.kernels import data
from hopcheck.explorer.lowering.layout import Layout
from hopcheck.model.language import TRUE, Expr, Op, Transition


def literals(guard: Expr) -> dict[str, int] | None:
    """The guard as "each of these variables has this code"; None where it is of another form.

    A guard that asks two codes of one variable is not of this form either.
    """
    parts = guard.args if guard.op is Op.AND else () if guard is TRUE else (guard,)
    found: dict[str, int] = {}
    for part in parts:
        literal = _literal(part)
        if literal is None or found.setdefault(*literal) != literal[1]:
            return None
    return found


def _literal(part: Expr) -> tuple[str, int] | None:
    if part.op is Op.VAR:
        return str(part.payload), 1
    if part.op is Op.NOT and part.args[0].op is Op.VAR:
        return str(part.args[0].payload), 0
    if part.op is Op.EQ:
        for left, right in (part.args, part.args[::-1]):
            if left.op is Op.VAR and right.op is Op.CONST and isinstance(right.payload, int):
                return str(left.payload), right.payload
    return None


def is_row(transition: Transition) -> bool:
    """Whether the transition can be a row."""
    return (
        transition.guard_sound is TRUE
        and transition.sound is TRUE
        and literals(transition.guard) is not None
        and all(value.op is Op.CONST for _, value in transition.updates)
    )


def rows(layout: Layout, transitions: Sequence[Transition]) -> data.Rows:
    """The rows of transitions for which ``is_row`` holds; each of their variables has a slot of its own."""
    slots = {each.name: layout.slots[each.slot] for each in layout.fields}
    shape = (len(transitions), layout.width)
    mask, value, clear, put = (np.zeros(shape, np.int64) for _ in range(4))
    for number, transition in enumerate(transitions):
        for name, code in (literals(transition.guard) or {}).items():
            at = slots[name]
            if at.record.number(code) < 0:
                value[number, at.word] |= 1 << 62  # a code that the variable never has: never enabled
                continue
            mask[number, at.word] |= at.mask << at.shift
            value[number, at.word] |= at.record.number(code) << at.shift
        for name, update in transition.updates:
            at = slots[name]
            assert isinstance(update.payload, int)
            clear[number, at.word] |= at.mask << at.shift
            put[number, at.word] |= at.record.number(update.payload) << at.shift
    return data.Rows(mask.reshape(-1), value.reshape(-1), clear.reshape(-1), put.reshape(-1))
