"""A second account of the stream, in bytes: a section is written as its description says and read as another one says.

Written from the rules of the stream alone and sharing no code with the comparison. What descriptions do not tell is asked
of a `World`: what tests answer, which subsections are needed, in which version a container holds its elements.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

from hopcheck.model.facts.vmstate import VMStateDescription, VMStateField

DATA = b"\xaa"
"""A byte of a field: never one that the reader looks for."""
SUBSECTION = 0x05
FOOTER = b"\x7e\xee\xee\xee\xee"
AFTER = b"\xbb" * 4096
"""What follows the section."""


class LoadError(Exception):
    """The receiver refuses the stream."""


@dataclass
class World:
    """``tests``: by field name and size; ``needed``: by subsection name; ``containers``: by field name, 0 for none."""

    tests: dict[tuple[str, int], bool] = field(default_factory=dict)
    needed: dict[str, bool] = field(default_factory=dict)
    containers: dict[str, int] = field(default_factory=dict)

    def version(self, name: str, description: VMStateDescription) -> int:
        """The version in which a nested description is written and read."""
        asked = self.containers.get(name, 0)
        return asked if description.minimum_version <= asked <= description.version else description.version


def worlds(*descriptions: VMStateDescription) -> Iterator[World]:
    """Every world that differs for these descriptions."""
    tests: dict[tuple[str, int], None] = {}
    needed: dict[str, None] = {}
    containers: dict[str, set[int]] = {}
    for each in descriptions:
        _questions(each, tests, needed, containers)
    for answers in itertools.product([False, True], repeat=len(tests) + len(needed)):
        for versions in itertools.product(*(sorted(found) for found in containers.values())):
            yield World(
                dict(zip(tests, answers[: len(tests)], strict=True)),
                dict(zip(needed, answers[len(tests) :], strict=True)),
                dict(zip(containers, versions, strict=True)),
            )


def _questions(
    description: VMStateDescription,
    tests: dict[tuple[str, int], None],
    needed: dict[str, None],
    containers: dict[str, set[int]],
) -> None:
    for each in description.fields:
        if each.conditional:
            tests[each.name, each.size] = None
        if each.description is not None:
            inner = each.description
            if any(inner.minimum_version < one.since <= inner.version for one in inner.fields):
                containers.setdefault(each.name, {0}).update(range(inner.minimum_version, inner.version + 1))
            _questions(inner, tests, needed, containers)
    for sub in description.subsections:
        needed[sub.name] = None
        _questions(sub, tests, needed, containers)


def save(description: VMStateDescription, world: World) -> bytes:
    """The bytes of a section, its footer, and what follows it."""
    return _save(description, description.version, world) + FOOTER + AFTER


def _save(description: VMStateDescription, version: int, world: World) -> bytes:
    out = b""
    for each in description.fields:
        if _there(each, version, world):
            for _ in range(each.count):
                if each.description is None:
                    out += DATA * _size(each)
                else:
                    out += _save(each.description, world.version(each.name, each.description), world)
    for sub in description.subsections:
        if world.needed[sub.name]:
            name = sub.name.encode()
            out += bytes([SUBSECTION, len(name)]) + name + sub.version.to_bytes(4, "big")
            out += _save(sub, sub.version, world)
    return out


def _there(each: VMStateField, version: int, world: World) -> bool:
    return world.tests[each.name, each.size] if each.conditional else each.since <= version


def _size(each: VMStateField) -> int:
    """A field that code writes takes a length of its own, the same on both sides."""
    return each.size or 1 + sum(each.name.encode()) % 5


def loads(stream: bytes, description: VMStateDescription, version: int, world: World) -> bool:
    """Whether the receiver reads the section to its footer."""
    reader = _Reader(stream, world)
    try:
        reader.load(description, version)
    except LoadError:
        return False
    return reader.peek(len(FOOTER)) == FOOTER


@dataclass
class _Reader:
    stream: bytes
    world: World
    at: int = 0

    def peek(self, count: int, offset: int = 0) -> bytes:
        return self.stream[self.at + offset : self.at + offset + count]

    def load(self, description: VMStateDescription, version: int) -> None:
        if not description.minimum_version <= version <= description.version:
            raise LoadError
        for each in description.fields:
            if not _there(each, version, self.world):
                continue
            for _ in range(each.count):
                if each.description is None:
                    self.at += _size(each)
                else:
                    self.load(each.description, self.world.version(each.name, each.description))
        while self.peek(1) == bytes([SUBSECTION]):
            length = self.peek(1, 1)[0]
            if length < len(description.name) + 1:
                return
            name = self.peek(length, 2).decode(errors="replace")
            if not name.startswith(description.name):
                return
            sub = next((known for known in description.subsections if known.name == name), None)
            if sub is None:
                raise LoadError
            self.at += 2 + length
            sent = int.from_bytes(self.peek(4), "big")
            self.at += 4
            self.load(sub, sent)
