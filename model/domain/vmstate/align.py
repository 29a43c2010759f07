"""Which fields of a sender are which of a receiver: stretches in common, and the gaps between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from hopcheck.model.domain.vmstate.stream import Item

MOST_PAIRS = 40_000
"""So many pairs of fields are compared; what differs in longer lists is taken for one gap."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """``pairs``: fields at the same place of the stream; ``gaps``: what is sent and what is read between them."""

    pairs: tuple[tuple[Item, Item], ...]
    gaps: tuple[tuple[tuple[Item, ...], tuple[Item, ...]], ...]


def align(sent: Sequence[Item], read: Sequence[Item]) -> Alignment:
    """Lay the fields side by side; where the ends agree, they are paired first."""
    start = 0
    while start < min(len(sent), len(read)) and _same(sent[start], read[start]):
        start += 1
    end = 0
    while end < min(len(sent), len(read)) - start and _same(sent[-1 - end], read[-1 - end]):
        end += 1
    inner = _inner(sent[start : len(sent) - end], read[start : len(read) - end])
    pairs = (
        *zip(sent[:start], read[:start], strict=True),
        *inner.pairs,
        *zip(sent[len(sent) - end :], read[len(read) - end :], strict=True),
    )
    return Alignment(pairs, inner.gaps)


def _inner(sent: Sequence[Item], read: Sequence[Item]) -> Alignment:
    if not sent and not read:
        return Alignment((), ())
    if len(sent) * len(read) > MOST_PAIRS:
        return Alignment((), ((tuple(sent), tuple(read)),))
    pairs: list[tuple[Item, Item]] = []
    gaps: list[tuple[tuple[Item, ...], tuple[Item, ...]]] = []
    matcher = SequenceMatcher(None, [each.key for each in sent], [each.key for each in read], autojunk=False)
    for _, first, last, other, end in matcher.get_opcodes():
        ours, theirs = tuple(sent[first:last]), tuple(read[other:end])
        if len(ours) == len(theirs):  # equal, or replaced one by one
            for one, two in zip(ours, theirs, strict=True):
                if _same(one, two) or _both_nested(one, two):
                    pairs.append((one, two))
                else:
                    gaps.append(((one,), (two,)))
        else:
            gaps.append((ours, theirs))
    return Alignment(tuple(pairs), tuple(gaps))


def _same(one: Item, two: Item) -> bool:
    """Whether both take the same bytes, as far as told; numbers of elements count where both builds state them."""
    return one.key == two.key and _same_count(one, two)


def _both_nested(one: Item, two: Item) -> bool:
    """Whether both are nested descriptions, whatever they are called, on the same condition."""
    nested = one.field.description is not None and two.field.description is not None
    named = not one.condition or one.field.name == two.field.name
    return nested and named and one.condition == two.condition and _same_count(one, two)


def _same_count(one: Item, two: Item) -> bool:
    return one.field.count == two.field.count or not (one.counted and two.counted)
