"""Where each variable of a state stands in its words: the only place that knows bit positions.

A state is one or more words of 64 bits, of which the lowest 62 are used, so that a word is never negative and stays so
when one is added to it. Each word is cut into *slots*; a slot holds the number of a *record*: the values of one variable,
or of several that always change together, numbered without gaps. Besides, states are numbered: a state's *index* is the
sum of its slots' numbers, each times the slot's radix. Where the index has few bits the visited set can be small.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hopcheck.explorer.lowering.vector import Codes
from hopcheck.model.language import System, Type
from hopcheck.model.language.types import fail, size

WORD = 62
"""Bits used of each word."""


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """What a slot can hold: the values of the variables ``names``.

    ``codes``: for each of them the code in record n, shape (records, names); None for a single variable that takes
    every code from ``low`` on, of which there are ``count``.
    """

    names: tuple[str, ...]
    codes: Codes | None
    low: int
    count: int

    @classmethod
    def of_range(cls, name: str, low: int, count: int) -> Record:
        """One variable with all codes from ``low`` on."""
        return cls((name,), None, low, count)

    @classmethod
    def of_codes(cls, names: tuple[str, ...], codes: Codes) -> Record:
        """The rows of ``codes``, which are different and sorted."""
        first = int(codes[0, 0])
        if len(names) == 1 and int(codes[-1, 0]) - first + 1 == len(codes):
            return cls.of_range(names[0], first, len(codes))
        return cls(names, np.ascontiguousarray(codes), 0, len(codes))

    @property
    def bits(self) -> int:
        """The bits that its number needs."""
        return (self.count - 1).bit_length()

    def column(self, name: str) -> Codes:
        """The codes of one of its variables, record by record."""
        if self.codes is None:
            return np.arange(self.low, self.low + self.count, dtype=np.int64)
        return self.codes[:, self.names.index(name)]

    def number(self, code: int) -> int:
        """The record of a single variable's code; -1 where there is none."""
        if self.codes is None:
            return code - self.low if 0 <= code - self.low < self.count else -1
        found = np.flatnonzero(self.codes[:, 0] == code)
        return int(found[0]) if len(found) else -1

    def inverse(self) -> Codes:
        """The record of each code of a single variable, from its least code to its greatest; 0 for those in between."""
        column = self.column(self.names[0])
        made = np.zeros(int(column[-1] - column[0]) + 1, np.int64)
        made[column - column[0]] = np.arange(self.count)
        return made

    def numbers(self, states: Codes) -> Codes:
        """The records with these codes, shape (n, names); all of them must be there."""
        if self.codes is None:
            return states[:, 0] - self.low
        rows, wanted = _as_rows(self.codes), _as_rows(states)
        order = np.argsort(rows, kind="stable")
        found: Codes = order[np.searchsorted(rows, wanted, sorter=order).clip(max=len(rows) - 1)]
        assert (rows[found] == wanted).all(), "a state outside what the variables' values were found to be"
        return found


def _as_rows(codes: Codes) -> NDArray[np.void]:
    rows = np.ascontiguousarray(codes)
    return rows.view([("", np.int64)] * rows.shape[1]).reshape(-1)


@dataclass(frozen=True, slots=True, eq=False)
class Slot:
    """The place of a record's number: ``bits`` of word ``word`` from bit ``shift`` on.

    ``bits`` may be 0: what never changes needs none. ``radix``: what the number counts in the index; 0 where the number
    follows from those of other slots.
    """

    record: Record
    word: int
    shift: int
    bits: int
    radix: int

    @property
    def mask(self) -> int:
        """The bits of the slot before they are shifted to their place."""
        return (1 << self.bits) - 1

    def numbers(self, words: NDArray[np.int64], width: int) -> NDArray[np.int64]:
        """The slot's number in each of some packed states."""
        found: NDArray[np.int64] = (words[self.word :: width] >> self.shift) & self.mask
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """One variable: the slot (by number) it stands in, and its code in each of the slot's records.

    ``codes`` None: the code is the slot's number plus ``low``.
    """

    name: str
    slot: int
    codes: Codes | None
    low: int

    def decode(self, numbers: NDArray[np.int64]) -> Codes:
        """The codes in the records with these numbers."""
        return numbers + self.low if self.codes is None else self.codes[numbers]


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of bits that several slots fill: ``mask`` (unshifted) of ``word`` from ``shift`` on.

    In a key that is gathered from several pieces it stands from bit ``place`` on.
    """

    word: int
    shift: int
    mask: int
    place: int


@dataclass(frozen=True, eq=False)
class Layout:
    """``fields``: one for each variable, in the system's order; ``width``: words a state; ``domain``: how many indices
    there are, or None where they do not fit into 62 bits.
    """

    slots: tuple[Slot, ...]
    fields: tuple[Field, ...]
    width: int
    domain: int | None

    @cached_property
    def position(self) -> Mapping[str, int]:
        """The number of each variable."""
        return {each.name: number for number, each in enumerate(self.fields)}

    @property
    def indexed(self) -> bool:
        """Whether states have an index."""
        return self.domain is not None

    @property
    def stride(self) -> int:
        """Numbers that describe a successor: its words, and its index where it has one."""
        return self.width + self.indexed

    def pack(self, states: NDArray[np.int64]) -> NDArray[np.int64]:
        """States as codes, shape (n, variables), packed into a flat array of n * ``width`` words."""
        words = np.zeros((len(states), self.width), np.int64)
        for each in self.slots:
            columns = [self.position[name] for name in each.record.names]
            words[:, each.word] |= each.record.numbers(states[:, columns]) << each.shift
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
        return each.decode(self.slots[each.slot].numbers(words, self.width))

    def indices(self, words: NDArray[np.int64]) -> NDArray[np.int64]:
        """The index of each of the packed states."""
        total = np.zeros(len(words) // self.width, np.int64)
        for each in self.slots:
            if each.radix:
                total += each.numbers(words, self.width) * each.radix
        return total

    def admits(self, words: NDArray[np.int64]) -> bool:
        """Whether every one of these is a packed state."""
        if len(words) % self.width or (words < 0).any():
            return False
        used = [0] * self.width
        for each in self.slots:
            used[each.word] |= each.mask << each.shift
            if (each.numbers(words, self.width) >= each.record.count).any():
                return False
        return not any((words[word :: self.width] & ~mask).any() for word, mask in enumerate(used))

    def slots_of(self, names: Collection[str]) -> frozenset[int]:
        """The slots (by number) in which these variables stand."""
        return frozenset(self.fields[self.position[name]].slot for name in names)

    def key(self, slots: Collection[int]) -> tuple[tuple[Piece, ...], dict[int, int]]:
        """How the numbers of these slots are gathered into one, and where in it each begins.

        Slots that stand side by side in a state stand side by side in the key, and are gathered as one piece.
        """
        chosen = sorted(slots, key=lambda slot: (self.slots[slot].word, self.slots[slot].shift))
        pieces: list[Piece] = []
        places: dict[int, int] = {}
        top = 0
        for slot in chosen:
            each = self.slots[slot]
            places[slot] = top
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


def layout(
    system: System,
    records: Sequence[Record],
    dependent: Collection[int] = (),
    word_bits: int = WORD,
    *,
    indexed: bool = True,
) -> Layout:
    """Place the records into words, first fit, in their order.

    ``dependent``: the records (by number) whose number follows from the others'. ``word_bits``: how many bits of a word
    to fill; a wider record still gets a word of its own. ``indexed``: whether states are numbered, where that is possible.
    """
    slots: list[Slot] = []
    used: list[int] = []
    radix = 1
    for number, each in enumerate(records):
        room = (w for w, filled in enumerate(used) if filled + each.bits <= max(word_bits, each.bits * (filled == 0)))
        word = next(room, -1)
        if word < 0:
            word = len(used)
            used.append(0)
        counts = number not in dependent and each.count > 1
        slots.append(Slot(each, word, used[word], each.bits, radix if counts else 0))
        radix *= each.count if counts else 1
        used[word] += each.bits
    indexed = indexed and radix <= 1 << WORD
    if not indexed:
        slots = [Slot(each.record, each.word, each.shift, each.bits, 0) for each in slots]
    of = {
        name: Field(name, number, None if each.record.codes is None else each.record.column(name), each.record.low)
        for number, each in enumerate(slots)
        for name in each.record.names
    }
    fields = tuple(of[each.name] for each in system.variables)
    return Layout(tuple(slots), fields, len(used), radix if indexed else None)
