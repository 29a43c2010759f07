"""Whether components that are declared interchangeable really are: the model must not change when two of them swap names.

Looked at is the text of the model, up to the order of what may be reordered: a system that treats its components alike
only in effect, but says so differently for each of them, is refused.
"""

from __future__ import annotations

import hashlib
import itertools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hopcheck.model.language.expr import Expr, Op
from hopcheck.model.language.ground import Transition
from hopcheck.model.language.system import System
from hopcheck.model.language.table import Table
from hopcheck.model.language.types import canonical, fail
from hopcheck.model.language.walk import walk

_REGROUPED = (Op.AND, Op.OR, Op.ADD, Op.MUL)
"""Operations whose arguments may be regrouped and reordered."""


@dataclass(frozen=True, slots=True)
class _Print:
    """The fingerprint of an expression, and of the arguments that may be regrouped with those around it."""

    op: Op
    digest: bytes
    parts: tuple[bytes, ...]


def check_symmetry(system: System, transitions: Sequence[Transition], asked: Mapping[str, Expr]) -> None:
    """Raise a model error unless the system, and each expression ``asked`` about it, is the same for all components.

    ``asked``: by what they are called in an error.
    """
    plain = _Printer({})
    before = Counter(plain.transition(each) for each in transitions)
    for one, two in _swaps(system):
        swapped = _Printer({**dict(zip(one, two, strict=True)), **dict(zip(two, one, strict=True))})
        pair = f"{one[0]} and {two[0]} (and what belongs to them) swap names"
        if plain(system.initially) != swapped(system.initially):
            raise fail(f"the initial condition changes when {pair}", "declare no symmetry, or treat them alike")
        for each in transitions:
            if swapped.transition(each) not in before:
                what = f"{each.label} has no counterpart when {pair}"
                raise fail(what, "declare no symmetry, or treat them alike", each.location)
        for name, expr in asked.items():
            if plain(expr) != swapped(expr):
                what = f"{name} changes when {pair}"
                raise fail(what, "ask the same of every component, or search without symmetry", expr.location)


def _swaps(system: System) -> Iterable[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Pairs of neighbours: swapping those, one after the other, gives every order."""
    for group in system.symmetries:
        yield from itertools.pairwise(group)


class _Printer:
    """Fingerprints of expressions in which some variables have swapped names."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names
        self._memo: dict[Expr, _Print] = {}

    def __call__(self, expr: Expr) -> bytes:
        return walk(expr, self._visit, self._memo).digest

    def transition(self, each: Transition) -> tuple[object, ...]:
        """What a transition does, whatever it is called."""
        updates = frozenset((self._names.get(name, name), self(value)) for name, value in each.updates)
        return self(each.guard), updates

    def _visit(self, each: Expr, args: tuple[_Print, ...]) -> _Print:
        if each.op in _REGROUPED:
            parts = sorted(part for arg in args for part in (arg.parts if arg.op is each.op else (arg.digest,)))
            return _Print(each.op, _digest(each.op.value, parts), tuple(parts))
        digests = [arg.digest for arg in args]
        if each.op is Op.EQ:
            digests.sort()
        return _Print(each.op, _digest([each.op.value, *self._payload(each)], digests), ())

    def _payload(self, each: Expr) -> list[object]:
        if each.op in (Op.VAR, Op.NEXT):
            return [self._names.get(str(each.payload), str(each.payload))]
        if isinstance(each.payload, Table):
            return [each.payload.fingerprint]
        return [each.payload, canonical(each.type)]


def _digest(head: object, parts: Iterable[bytes]) -> bytes:
    made = hashlib.blake2b(repr(head).encode(), digest_size=16)
    for part in parts:
        made.update(part)
    return made.digest()
