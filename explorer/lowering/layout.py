"""Where each variable of a state stands in its words: the only place that knows bit positions.

A state is one or more words of 64 bits, of which the lowest 62 are used, so that a word is never negative and stays so
when one is added to it. A variable stands in one word, as its code less the least code of its type.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hopcheck.model.language import System, Type
from hopcheck.model.language.types import fail, size

WORD = 62
"""Bits used of each word."""


@dataclass(frozen=True, slots=True)
class Field:
    """The place of one variable: ``bits`` of word ``word`` from bit ``shift`` on, holding the code less ``low``.

    ``bits`` may be 0: a type with one value needs none. ``values``: how many codes the type has.
    """

    name: str
    word: int
    shift: int
    bits: int
    low: int
    values: int

    @property
    def mask(self) -> int:
        """The bits of the field before they are shifted to their place."""
        return (1 << self.bits) - 1


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of bits that several fields fill: ``mask`` (unshifted) of ``word`` from ``shift`` on.

    In a key that is gathered from several pieces it stands from bit ``place`` on.
    """

    word: int
    shift: int
    mask: int
    place: int


@dataclass(frozen=True, slots=True)
class Layout:
    """``fields``: one for each variable, in the system's order; ``width``: words a state; ``used``: bits a word."""

    fields: tuple[Field, ...]
    width: int
    used: tuple[int, ...]

    def pack(self, states: NDArray[np.int64]) -> NDArray[np.int64]:
        """States as codes, shape (n, variables), packed into a flat array of n * ``width`` words."""
        words = np.zeros((len(states), self.width), np.int64)
        for column, each in enumerate(self.fields):
            words[:, each.word] |= (states[:, column] - each.low) << each.shift
        return words.reshape(-1)

    def unpack(self, words: NDArray[np.int64]) -> NDArray[np.int64]:
        """The inverse of ``pack``: codes, shape (n, variables)."""
        states = np.empty((len(words) // self.width, len(self.fields)), np.int64)
        for column in range(len(self.fields)):
            states[:, column] = self.column(words, column)
        return states

    def column(self, words: NDArray[np.int64], position: int) -> NDArray[np.int64]:
        """The codes of one variable (by its position in the system) in each of the packed states."""
        each = self.fields[position]
        return ((words[each.word :: self.width] >> each.shift) & each.mask) + each.low

    def key(self, names: Collection[str]) -> tuple[tuple[Piece, ...], dict[str, int]]:
        """How the fields of these variables are gathered into one number, and where in it each begins.

        Fields that stand side by side in a state stand side by side in the key, and are gathered as one piece.
        """
        chosen = sorted((each for each in self.fields if each.name in names), key=lambda each: (each.word, each.shift))
        pieces: list[Piece] = []
        places: dict[str, int] = {}
        top = 0
        for each in chosen:
            places[each.name] = top
            last = pieces[-1] if pieces else None
            if each.bits == 0:
                continue
            if last is not None and last.word == each.word and last.shift + last.mask.bit_length() == each.shift:
                mask = last.mask | each.mask << last.mask.bit_length()
                pieces[-1] = Piece(last.word, last.shift, mask, last.place)
            else:
                pieces.append(Piece(each.word, each.shift, each.mask, top))
            top += each.bits
        return tuple(pieces), places


def bits_of(type_: Type) -> int:
    """The bits that a value of the type needs; a model error for a type without end, or too wide for a word."""
    values = size(type_)
    if values is None:
        raise fail(f"{type_} has no end", "give it an upper bound: only the provers can do without one")
    if values > 1 << WORD:
        raise fail(f"{type_} has more than 2**{WORD} values", "narrow the range")
    return (values - 1).bit_length()


def layout(system: System, order: Sequence[str] = (), word_bits: int = WORD) -> Layout:
    """Place the variables into words, first fit, in the given order of names (those left out come last).

    ``word_bits``: how many bits of a word to fill; a wider variable still gets a word of its own.
    """
    rank = {name: position for position, name in enumerate(order)}
    last = len(rank)
    placed: dict[str, Field] = {}
    used: list[int] = []
    for each in sorted(system.variables, key=lambda each: rank.get(each.name, last)):
        bits = bits_of(each.type)
        word = next((w for w, filled in enumerate(used) if filled + bits <= max(word_bits, bits * (filled == 0))), -1)
        if word < 0:
            word = len(used)
            used.append(0)
        placed[each.name] = Field(each.name, word, used[word], bits, each.type.lo, size(each.type) or 0)
        used[word] += bits
    return Layout(tuple(placed[each.name] for each in system.variables), len(used), tuple(used))
