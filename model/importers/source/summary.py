"""What one C file says that facts are made of: read from its bytes alone, kept in a cache, linked with the others."""

from __future__ import annotations

import msgspec


class Macro(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A ``#define``. ``parameters`` None: an object-like macro; a last one of ``...`` takes the rest."""

    name: str
    parameters: tuple[str, ...] | None
    body: str
    line: int


class Enumerator(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An enumeration constant: ``after`` names the one before it, ``value`` is its expression or ""."""

    name: str
    value: str
    after: str


class Initialiser(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A variable with a braced initialiser, ``text`` without the outer braces. ``function`` "": at file level."""

    type: str
    name: str
    array: bool
    function: str
    line: int
    text: str


class Operation(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A statement: ``call`` of ``target`` with ``operands``, ``set`` of ``target`` to the one operand, or ``return``.

    ``guards`` are the conditions that it is under, outermost first; "?" is one that nobody can evaluate.
    """

    kind: str
    target: str
    operands: tuple[str, ...]
    guards: tuple[str, ...]
    line: int


class Function(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A function: its parameters, the variables that hold QOM classes with their types, and its statements in order."""

    name: str
    parameters: tuple[str, ...]
    classes: dict[str, str]
    operations: tuple[Operation, ...]
    static: bool
    line: int


class Invocation(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A macro invoked at file level."""

    name: str
    arguments: str
    line: int


class Note(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Something in the file that was not read, and why."""

    line: int
    what: str
    reason: str


class Summary(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Everything of one file that linking needs."""

    includes: tuple[str, ...] = ()
    macros: tuple[Macro, ...] = ()
    enumerators: tuple[Enumerator, ...] = ()
    initialisers: tuple[Initialiser, ...] = ()
    functions: tuple[Function, ...] = ()
    invocations: tuple[Invocation, ...] = ()
    notes: tuple[Note, ...] = ()
    members: dict[str, str] = {}
    """C constants of QAPI enumerations with the names that users write."""
