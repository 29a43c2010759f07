"""A description as a stretch of the stream: which fields are in it, and how many bytes they may take.

Rules: ``vmstate_save_state`` and ``vmstate_load_state`` of QEMU's ``migration/vmstate.c``. A field with a test is there
when its test says so; any other is there from its version on. The version is the sender's for a section and a subsection,
since the stream tells it; of a nested description each side uses its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hopcheck.model.facts.vmstate import VMStateDescription, VMStateField

MOST_LENGTHS = 1 << 10
"""So many different lengths are told apart; where there may be more, a length counts as unknown."""

MOST_ELEMENTS = 64
"""So many elements of different lengths are told apart."""

SUBSECTION_HEADER = 1 + 1 + 4
"""Bytes before a subsection's fields, beside its name: the marker, the length of the name, the version."""

Lengths = frozenset[int]
"""The numbers of bytes that something may take."""


@dataclass(frozen=True, slots=True)
class Item:
    """A field that is in the stream, always or on a condition.

    ``condition``: "" for always; else what decides: its test, or the version that somebody else sets.
    ``counted``: whether the facts of its build state numbers of elements at all.
    """

    field: VMStateField
    condition: str
    counted: bool

    @property
    def key(self) -> tuple[object, ...]:
        """What a field has to have in common with another to be taken for the same stretch of the stream.

        A name is not in the stream; it is looked at only where nothing else tells the stretch: where a test decides
        about the field, or code about its length.
        """
        if self.field.description is not None:
            return ("nested", self.field.description.name, self.condition, self.field.name if self.condition else "")
        named = self.condition or not self.field.size
        return ("bytes", self.field.size, self.condition, self.field.name if named else "")

    @property
    def said(self) -> str:
        """The field as reasons tell it."""
        lengths = self.lengths()
        bytes_ = "?" if lengths is None else str(max(lengths))
        return f"{self.field.name} ({bytes_} bytes{f', {self.condition}' if self.condition else ''})"

    def lengths(self) -> Lengths | None:
        """The numbers of bytes that it may take; None where the facts do not tell."""
        one = self._one()
        whole = None if one is None or not self.counted else times(one, self.field.count)
        if whole is None or not self.condition:
            return whole
        return whole | {0}

    def _one(self) -> Lengths | None:
        """The numbers of bytes of one element; a size of 0 stands for what code of its own writes."""
        if self.field.description is not None:
            return body_lengths(self.field.description, self.counted)
        return frozenset({self.field.size}) if self.field.size else None


def items(description: VMStateDescription, version: int | None, counted: bool) -> tuple[Item, ...]:
    """The fields in the stream, in order. ``version`` None: the description is nested in another.

    A nested description is saved and loaded in its own version, except in some containers, which set another one: a field
    above the oldest version may then be missing, on both sides alike.
    """
    found = []
    for field in description.fields:
        if field.conditional:
            found.append(Item(field, "test", counted))
        elif version is not None:
            if field.since <= version:
                found.append(Item(field, "", counted))
        elif field.since <= description.minimum_version:
            found.append(Item(field, "", counted))
        elif field.since <= description.version:
            found.append(Item(field, f"from version {field.since}", counted))
    return tuple(found)


def body_lengths(description: VMStateDescription, counted: bool) -> Lengths | None:
    """The numbers of bytes that a nested description may take, with its subsections."""
    parts = [item.lengths() for item in items(description, None, counted)]
    return total((*parts, *(optional(subsection_lengths(each, counted)) for each in description.subsections)))


def subsection_lengths(subsection: VMStateDescription, counted: bool) -> Lengths | None:
    """The numbers of bytes that a subsection may take when it is sent."""
    header = SUBSECTION_HEADER + len(subsection.name.encode())
    parts = [item.lengths() for item in items(subsection, subsection.version, counted)]
    return total(
        (frozenset({header}), *parts, *(optional(subsection_lengths(each, counted)) for each in subsection.subsections))
    )


def optional(lengths: Lengths | None) -> Lengths | None:
    """The numbers of bytes of something that may be missing."""
    return None if lengths is None else lengths | {0}


def total(parts: Iterable[Lengths | None]) -> Lengths | None:
    """The numbers of bytes of several things one after another; None where one is unknown, or too many are possible."""
    whole: Lengths = frozenset({0})
    for part in parts:
        if part is None or len(whole) > MOST_LENGTHS or len(part) > MOST_LENGTHS:
            return None
        whole = frozenset(a + b for a in whole for b in part)
    return whole if len(whole) <= MOST_LENGTHS else None


def times(lengths: Lengths, count: int) -> Lengths | None:
    """The numbers of bytes of so many elements, each of which takes any of ``lengths``."""
    if len(lengths) == 1:
        return frozenset(length * count for length in lengths)
    return total(lengths for _ in range(count)) if count <= MOST_ELEMENTS else None


def tail(description: VMStateDescription, version: int | None) -> Iterator[VMStateDescription]:
    """The nested descriptions with which the fields may end: they see the parent's subsections first."""
    for item in reversed(items(description, version, counted=True)):
        if item.field.description is not None:
            yield item.field.description
            yield from tail(item.field.description, None)
        if not item.condition:
            return
