"""Functions followed statement by statement: what a class initialiser does, in order, helpers included.

Nothing is executed. Conditions that constants decide are decided; of others both ways are taken, which is said of the
statements under them. Work is bounded: recursion ends, and a function has a limited number of steps.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from hopcheck.model.facts.schema import Unresolved
from hopcheck.model.importers.source.expansion import substitute
from hopcheck.model.importers.source.program import Place, Program
from hopcheck.model.importers.source.statements import UNDECIDED, operations_of
from hopcheck.model.importers.source.summary import Operation

SETTERS = frozenset({"device_class_set_props", "device_class_set_props_n", "compat_props_add", "qdev_property_add_static"})
"""Functions that are understood by name and not followed."""

PROPERTY_ADD = re.compile(r"object_(?:class_)?property_add(?!_child$)(?:_(\w+))?")
"""Functions that add a property whose name is their second argument."""

PROPERTY_SET = re.compile(r"object_property_set_(?:bool|u?int|str)")
"""Functions that give a property a value."""

REGISTER = re.compile(r"type_register(?:_static)?(?:_array)?")
LIBRARY = (
    "qom/",
    "hw/core/qdev",
)
"""Files that carry out what others ask for: their own statements say nothing of a type."""

_WORD = re.compile(r"[A-Za-z_]\w*")
_MEMBER = re.compile(r"\b(\w+)->(\w+)")
_DATA = frozenset({"data", "class_data"})
"""What class initialisers call the data that their type is registered with."""

_FIELD = re.compile(r"([A-Za-z_]\w*)->")
_WORTH = re.compile(r"compat_props_add|set_props|property_add|->props")
_MAX_DEPTH = 40
_MAX_STEPS = 20_000
_ALL_STEPS = 5_000_000
"""Statements that all functions of one tree may come to: releases need about 300,000."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A function being followed: where it is, and what its parameters and variables stand for."""

    path: str
    function: str
    classes: Mapping[str, str] = field(default_factory=dict)
    bound: dict[str, tuple[str, Frame]] = field(default_factory=dict)
    row: Mapping[str, str] = field(default_factory=dict)
    """The row of the table that the class data points to."""


@dataclass(frozen=True, slots=True)
class Step:
    """One statement that is reached. ``certain``: no condition that nobody can evaluate lies above it."""

    operation: Operation
    frame: Frame
    certain: bool


class Runner:
    """Follows functions of one program."""

    def __init__(self, program: Program) -> None:
        """Begin without knowing which functions matter; answers are remembered."""
        self._program = program
        self._matter: dict[tuple[str, str], bool] = {}
        self._left = _ALL_STEPS
        self.unresolved: dict[Unresolved, None] = {}

    def run(self, path: str, name: str, row: Mapping[str, str] = MappingProxyType({})) -> Iterator[Step]:
        """Yield what a function does, helpers included; nothing for an unknown function.

        ``row``: members of the structure that the function is given as its data, for conditions on them.
        """
        found = self._program.function(name, path)
        if found is not None:
            home, function = found
            budget = [min(_MAX_STEPS, self._left)]
            frame = Frame(home, name, function.classes, row=row)
            yield from self._body(frame, function.operations, True, {(home, name)}, budget)

    def _body(
        self,
        frame: Frame,
        operations: tuple[Operation, ...],
        certain: bool,
        active: set[tuple[str, str]],
        budget: list[int],
    ) -> Iterator[Step]:
        decided: dict[tuple[str, ...], bool | None] = {(): True}
        for operation in operations:
            budget[0] -= 1
            self._left -= 1
            if budget[0] < 0:
                self._give_up(frame, operation)
                return
            if operation.guards not in decided:
                decided[operation.guards] = self._holds(operation.guards, frame)
            holds = decided[operation.guards]
            if holds is False:
                continue
            sure = certain and holds is True
            if operation.kind == "return":
                if holds:
                    return
                continue
            if operation.kind == "set" and operation.target.isidentifier():
                frame.bound[operation.target] = (operation.operands[0], frame)
                continue
            if operation.kind == "local":
                frame.bound[operation.target] = (operation.operands[0], frame)
                continue
            yield Step(operation, frame, sure)
            if operation.kind == "call" and operation.target not in SETTERS:
                yield from self._call(operation, frame, sure, active, budget)

    def _give_up(self, frame: Frame, operation: Operation) -> None:
        """Say that what follows in a function is not known."""
        place = f"{frame.path}:{operation.line}"
        self.unresolved[Unresolved(place, f"the rest of {frame.function}", "following it takes too many steps")] = None

    def _holds(self, guards: tuple[str, ...], frame: Frame) -> bool | None:
        """Return whether all guards hold: False as soon as one does not, None where one is not known."""
        known = True
        for guard in guards:
            found = None if guard == UNDECIDED else self._program.names.holds(self._bound(guard, frame), frame.path)
            if found is False:
                return False
            known = known and found is True
        return True if known else None

    def _bound(self, text: str, frame: Frame) -> str:
        """Return a text with names that stand for constants replaced."""

        def replacement(match: re.Match[str]) -> str:
            found = frame.bound.get(match.group())
            if found is None or len(found[0]) > 200:
                return match.group()
            return f"({self.resolved(match.group(), frame)[0]})"

        if frame.row:
            text = _MEMBER.sub(lambda match: self._member(match, frame), text)
        return _WORD.sub(replacement, text) if frame.bound else text

    def _member(self, match: re.Match[str], frame: Frame) -> str:
        """Return a member of the row of class data; one that the row does not set is zero."""
        given = self.resolved(match.group(1), frame)[0]
        return f"({frame.row.get(match.group(2), '0')})" if given in _DATA else match.group()

    def _call(
        self, operation: Operation, frame: Frame, certain: bool, active: set[tuple[str, str]], budget: list[int]
    ) -> Iterator[Step]:
        """Yield what a called function or macro does, if it can matter."""
        found = self._program.function(operation.target, frame.path)
        if found is None:
            yield from self._macro(operation, frame, certain, active, budget)
            return
        home, function = found
        key = (home, function.name)
        if key in active or not self._matters(key):
            return
        if len(active) > _MAX_DEPTH:
            self._give_up(frame, operation)
            return
        inner = Frame(home, function.name, function.classes)
        for parameter, given in zip(function.parameters, operation.operands, strict=False):
            inner.bound[parameter] = (given, frame)
        active.add(key)
        yield from self._body(inner, function.operations, certain, active, budget)
        active.discard(key)

    def _macro(
        self, operation: Operation, frame: Frame, certain: bool, active: set[tuple[str, str]], budget: list[int]
    ) -> Iterator[Step]:
        """Yield what a macro that is used like a function does: one step of expansion, then its statements."""
        macro = self._program.names.macro(operation.target, frame.path)
        key = ("", operation.target)
        if macro is None or macro.parameters is None or key in active or len(active) > _MAX_DEPTH:
            return
        text = substitute(macro, list(operation.operands))
        if not _WORTH.search(text):
            return
        active.add(key)
        inside = tuple(operations_of(f"{text};", operation.line))
        at = tuple(Operation(o.kind, o.target, o.operands, o.guards, operation.line) for o in inside)
        yield from self._body(frame, at, certain, active, budget)
        active.discard(key)

    def _matters(self, key: tuple[str, str]) -> bool:
        """Return whether a function, or one that it calls, does something that facts are made of."""
        known = self._matter.get(key)
        if known is not None:
            return known
        self._matter[key] = False
        trail = [key]
        reached: dict[tuple[str, str], list[tuple[str, str]]] = {}
        while trail:
            here = trail.pop()
            if here in reached:
                continue
            reached[here] = self._callees(here)
            trail += reached[here]
        # What calls something that matters does too: until nothing is added.
        matter = {each for each in reached if self._does(each)}
        grown = True
        while grown:
            more = {each for each, called in reached.items() if each not in matter and matter.intersection(called)}
            matter |= more
            grown = bool(more)
        self._matter.update({each: each in matter for each in reached})
        return self._matter[key]

    def _callees(self, key: tuple[str, str]) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        if key[0].startswith(LIBRARY):
            return found
        for operation in self._program.functions[key].operations:
            called = self._program.function(operation.target, key[0]) if operation.kind == "call" else None
            if called is not None:
                found.append((called[0], called[1].name))
        return found

    def _does(self, key: tuple[str, str]) -> bool:
        if key[0].startswith(LIBRARY):
            return False
        function = self._program.functions[key]
        return any(self._is_worth(operation, function.classes, key[0]) for operation in function.operations)

    def _is_worth(self, operation: Operation, classes: Mapping[str, str], path: str) -> bool:
        """Return whether one statement does something that facts are made of."""
        if operation.kind == "set":
            return _sets(operation, classes)
        if operation.kind != "call":
            return False
        if operation.target in SETTERS or PROPERTY_ADD.fullmatch(operation.target):
            return True
        macro = self._program.names.macro(operation.target, path)
        return macro is not None and _WORTH.search(macro.body) is not None

    def resolved(self, text: str, frame: Frame) -> tuple[str, Frame]:
        """Return what a name stands for where its value was given, and the frame that this is meant in."""
        for _ in range(_MAX_DEPTH):
            found = frame.bound.get(text.strip())
            if found is None or found == (text, frame):
                break
            text, frame = found
        return text, frame

    def array(self, text: str, frame: Frame) -> Place | None:
        """Return the array that an argument names."""
        bare = text.strip().lstrip("&").strip()
        bare = bare.removesuffix("[0]")
        found = self._program.array(bare, frame.path, frame.function)
        if found is None and bare in frame.bound:
            given, outer = self.resolved(bare, frame)
            if (given, outer) != (bare, frame):
                return self._program.array(given.lstrip("&").strip(), outer.path, outer.function)
        return found

    def string(self, text: str, frame: Frame) -> str | None:
        """Return the string that an argument is, through the parameters it is given by."""
        given, outer = self.resolved(text, frame)
        return self._program.names.string(given, outer.path)


def set_properties(step: Step) -> str:
    """Return the array that a statement gives a device class as its properties, "" for another statement."""
    operation = step.operation
    if operation.kind == "call" and operation.target in SETTERS - {"compat_props_add"} and len(operation.operands) > 1:
        return operation.operands[1]
    variable, _, name = operation.target.partition("->")
    if operation.kind == "set" and name == "props" and step.frame.classes.get(variable) == "DeviceClass":
        return operation.operands[0]
    return ""


def class_field(step: Step) -> str:
    """Return the field of a class that a statement sets, as written, "" where it sets none."""
    return step.operation.target if _sets(step.operation, step.frame.classes) else ""


def _sets(operation: Operation, classes: Mapping[str, str]) -> bool:
    root = _FIELD.match(operation.target) if operation.kind == "set" else None
    return root is not None and root.group(1) in classes
