"""QOM types as facts: names, parents, and what their initialisers declare."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from hopcheck.model.facts.schema import Property, QomType, Symbol, Unresolved
from hopcheck.model.importers.source.cpu_models import FEATURES, MODELS, ROOT, features_of, models_of
from hopcheck.model.importers.source.elements import elements_of, fields_of
from hopcheck.model.importers.source.names import Symbolic
from hopcheck.model.importers.source.program import Place, Program
from hopcheck.model.importers.source.properties import Declared, Unread, read_properties
from hopcheck.model.importers.source.running import LIBRARY, PROPERTY_ADD, PROPERTY_SET, Runner, Step, set_properties
from hopcheck.model.importers.source.summary import Function

_TYPE = re.compile(r"\w*TypeInfo")
_GLUED = "VirtioPCIDeviceTypeInfo"
_MEMBER = re.compile(r"(?:\w+(?:\[\w+\])?)(?:->|\.)(\w+)")
_ROW_OF = re.compile(r"(\w+)")
_FORMAT = re.compile(r"g_strdup_printf\s*\(\s*((?:[^\0])*)\)")
_POSITIONS = ("name", "parent")
_INSTANCES = ("instance_init", "instance_post_init")
_GENERIC = "virtio_pci_generic_class_init"
_DEVICE_TYPES = "virtio_pci_types_register"


@dataclass(frozen=True, slots=True)
class Described:
    """A type as the source describes it: its name, and the fields of its description as text."""

    name: str
    parent: str | None
    path: str
    line: int
    said: Mapping[str, str]
    variable: str = ""
    starts: tuple[tuple[str, str], ...] = ()
    """Files and names of its initialisers, where these are not those that ``said`` names."""
    row: Mapping[str, str] = field(default_factory=dict)
    """The row of the table that the type is made from at run time."""


@dataclass(slots=True)
class _Gathered:
    """Properties of one type while its initialisers are followed."""

    props: dict[str, Property] = field(default_factory=dict)
    code: dict[str, None] = field(default_factory=dict)
    added: tuple[str, Step] | None = None
    """The property that code has added last, and where."""


class Types:
    """The types of a program: ``described`` in the order of files, ``facts`` by name."""

    def __init__(self, program: Program, runner: Runner) -> None:
        """Find all descriptions of types; `read` then follows their initialisers."""
        self._program = program
        self._runner = runner
        self._arrays: dict[tuple[str, str, str], list[Declared | Unread]] = {}
        self.unresolved: dict[Unresolved, None] = {}
        self.described: list[Described] = []
        self._generic = program.only(_GENERIC)
        for (path, function, _), initialiser in sorted(program.initialisers.items()):
            if _TYPE.fullmatch(initialiser.type):
                self.described += self._describe(Place(path, initialiser), function)
            elif initialiser.type == MODELS and initialiser.array:
                self.described += self._models(Place(path, initialiser))

    def _describe(self, place: Place, function: str) -> Iterator[Described]:
        """Yield the types that one initialiser describes."""
        start = place.initialiser
        if start.array:
            for element in elements_of(place, self._program.names):
                if element.is_braced and element.text[1:-1].strip():
                    said = fields_of(element.text[1:-1], _POSITIONS)
                    yield from self._one(place.path, element.line, said, start.name, function, start.type)
        else:
            said = fields_of(start.text, _POSITIONS)
            yield from self._one(place.path, start.line, said, start.name, function, start.type)

    def _models(self, place: Place) -> Iterator[Described]:
        """Yield the types of x86 CPU models."""
        root = self._program.names.string(ROOT, place.path)
        for model in models_of(place, self._program):
            yield Described(model.type, root, model.path, model.line, {})

    def _one(
        self, path: str, line: int, said: dict[str, str], variable: str, function: str, kind: str
    ) -> Iterator[Described]:
        if kind == _GLUED:
            yield from self._glued(path, line, said)
            return
        known = self._program.functions.get((path, function))
        for operation in known.operations if known else ():
            target, _, name = operation.target.partition(".")
            if operation.kind == "set" and target == variable and name:
                said.setdefault(name, operation.operands[0])
        if "name" not in said:
            return
        called = self._program.names.string(said["name"], path)
        if called is not None:
            yield Described(called, self._parent(called, said, path, line), path, line, said, variable)
            return
        rows = list(self._rows(said["name"], path, function))
        for row in rows:
            merged = {key: _from_row(text, row) for key, text in said.items()}
            called = self._program.names.string(row[""], path)
            if called is not None:
                yield Described(called, self._parent(called, merged, path, line), path, line, merged, variable, row=row)
        if not rows and function != _DEVICE_TYPES:
            value = self._program.names.value(said["name"], path)
            reason = "its name is made at run time"
            if isinstance(value, Symbolic) and said["name"].isupper():
                reason = value.reason
            self._note(path, line, f"type {said['name'][:60]}", reason)

    def _rows(self, text: str, path: str, function: str) -> Iterator[dict[str, str]]:
        """Yield the rows of the tables of a file that a name at run time is taken from; "" is the name's expression."""
        known = self._program.functions.get((path, function))
        for operation in known.operations if known else ():
            if operation.kind == "local" and operation.target == text.strip():
                text = operation.operands[0]
        pattern = None
        formatted = _FORMAT.fullmatch(text.strip())
        if formatted:
            pattern, _, text = formatted.group(1).partition(",")
        member = _member(text)
        if member is None or (pattern is not None and pattern.count("%s") != 1):
            return
        table = self._table(text.strip(), known, path)
        for element in elements_of(table, self._program.names) if table else ():
            row = fields_of(element.text[1:-1]) if element.is_braced else {}
            if member.group(1) in row:
                row[""] = row[member.group(1)] if pattern is None else _filled(pattern, row[member.group(1)])
                yield row

    def _table(self, text: str, function: Function | None, path: str) -> Place | None:
        """Return the table that ``row->member`` or ``table[i].member`` is taken from."""
        name = _ROW_OF.match(text)
        for operation in function.operations if function and name else ():
            if operation.kind in {"local", "set"} and name and operation.target == name.group(1):
                name = _ROW_OF.match(operation.operands[0].lstrip("&"))
        found = self._program.array(name.group(1), path, "") if name else None
        return found if found and found.initialiser.array else None

    def _glued(self, path: str, line: int, said: dict[str, str]) -> Iterator[Described]:
        """Yield the types that virtio registers for one description of a PCI device: a base and its variants.

        hw/virtio/virtio-pci.c makes them at run time. Without a base name there is an intermediate type with the
        properties of generic types, and the device initialises the class of the generic type itself.
        """
        string = self._program.names.string
        base, generic = string(said.get("base_name", ""), path), string(said.get("generic_name", ""), path)
        parent = string(said.get("parent", "TYPE_VIRTIO_PCI"), path) or "virtio-pci"
        own = {**said, "abstract": "true"}
        starts = ((self._generic, _GENERIC),)
        if base is None and generic is None:
            self._note(path, line, f"virtio PCI device {said.get('generic_name', '')}", "it has no constant name")
        elif base is None:
            middle = f"{generic}-base-type"
            inits = tuple((path, _called(said[key])) for key in _INSTANCES if key in said)
            yield Described(middle, parent, path, line, own, "", (*starts, *inits))
            yield Described(str(generic), middle, path, line, said, "", ((path, _called(said.get("class_init", ""))),))
        else:
            yield Described(base, parent, path, line, own)
            if generic is not None:
                yield Described(generic, base, path, line, {}, "", starts)
            for key in ("transitional_name", "non_transitional_name"):
                name = string(said.get(key, ""), path)
                if name is not None:
                    yield Described(name, base, path, line, {})

    def _parent(self, name: str, said: Mapping[str, str], path: str, line: int) -> str | None:
        text = said.get("parent", "NULL")
        found = self._program.names.value(text, path)
        if isinstance(found, str) or found is None:
            return found
        reason = found.reason if isinstance(found, Symbolic) else "it is no string"
        self._note(path, line, f"parent of {name}: {text[:60]}", reason)
        return None

    def _note(self, path: str, line: int, what: str, reason: str) -> None:
        self.unresolved[Unresolved(f"{path}:{line}", what, reason)] = None

    def read(self) -> dict[str, QomType]:
        """Return the facts of all types; of two that share a name the first counts, with the properties of both."""
        features = self._features()
        gathered: dict[str, _Gathered] = {}
        facts: dict[str, QomType] = {}
        for each in self.described:
            known = gathered.setdefault(each.name, _Gathered())
            self._gather(each, known)
            first = facts.get(each.name)
            parent = first.parent if first else self._acyclic(each, facts)
            if each.name == features[0]:
                known.code.update(dict.fromkeys(features[1]))
            facts[each.name] = QomType(
                parent,
                first.file if first else each.path,
                dict(sorted(known.props.items())),
                tuple(sorted(known.code.keys() - known.props.keys())),
                first.concrete if first else each.said.get("abstract", "false") != "true",
            )
        return facts

    def _features(self) -> tuple[str, list[str]]:
        """Return the type that has the features of x86 CPUs, and their names."""
        names: list[str] = []
        root = ""
        for (path, _, _), initialiser in sorted(self._program.initialisers.items()):
            if initialiser.type == FEATURES and initialiser.array:
                names += features_of(Place(path, initialiser), self._program)
                root = self._program.names.string(ROOT, path) or ""
        return root, names

    def _acyclic(self, each: Described, facts: Mapping[str, QomType]) -> str | None:
        """Return the parent of a type unless that would close a circle."""
        here = each.parent
        for _ in range(len(facts) + 1):
            if here == each.name:
                self._note(each.path, each.line, f"parent of {each.name}", "the parents form a cycle")
                return None
            if here is None or here not in facts:
                return each.parent
            here = facts[here].parent
        return each.parent

    def _gather(self, each: Described, known: _Gathered) -> None:
        named = tuple((each.path, _called(each.said[key])) for key in ("class_init", *_INSTANCES) if key in each.said)
        for path, function in each.starts or named:
            for step in self._runner.run(path, function, each.row):
                self._take(step, each, known)

    def _take(self, step: Step, each: Described, known: _Gathered) -> None:
        """Take up the properties that one statement declares or adds."""
        operation = step.operation
        text = set_properties(step)
        if text:
            self._declare(text, step, each, known)
        elif operation.kind == "call" and len(operation.operands) > 1 and PROPERTY_ADD.fullmatch(operation.target):
            name = self._runner.string(operation.operands[1], step.frame)
            if name is not None:
                known.code[name] = None
                known.added = (name, step)
        elif operation.kind == "call" and PROPERTY_SET.fullmatch(operation.target) and known.added is not None:
            self._start(step, *known.added, known)

    def _start(self, step: Step, name: str, adding: Step, known: _Gathered) -> None:
        """Take up the value that a function gives a property that it has just added to the same object."""
        operands = step.operation.operands
        same = step.frame is adding.frame and operands[:1] == adding.operation.operands[:1]
        if not (step.certain and adding.certain and same) or name in known.props:
            return
        # Up to 5.0 the value stands before the name.
        for called, text in (operands[1:3], operands[2:0:-1]) if len(operands) > 2 else ():
            if self._runner.string(called, step.frame) == name:
                given, frame = self._runner.resolved(text, step.frame)
                value = self._program.names.value(given, frame.path)
                if not isinstance(value, Symbolic):
                    place = f"{adding.frame.path}:{adding.operation.line}"
                    known.props[name] = Property(self._added_kind(adding), value, place)

    def _added_kind(self, adding: Step) -> str:
        """Return the QMP type of a property that code adds: an argument, or part of the function's name."""
        operands = adding.operation.operands
        named = PROPERTY_ADD.fullmatch(adding.operation.target)
        kind = (named.group(1) or "") if named else ""
        if kind in {"", "enum"} and len(operands) > 2:
            return self._runner.string(operands[2], adding.frame) or ""
        return kind.removesuffix("_ptr")

    def _declare(self, text: str, step: Step, each: Described, known: _Gathered) -> None:
        text = _from_row(text, each.row)
        place = self._runner.array(text, step.frame)
        if place is None or place.initialiser.type != "Property":
            if text != "NULL" and not step.frame.path.startswith(LIBRARY):
                what = f"properties {text[:60]} of {step.frame.function}"
                self._note(step.frame.path, step.operation.line, what, "no such array is found")
            return
        for declared in self._properties(place):
            if isinstance(declared, Declared):
                known.props.setdefault(declared.name, declared.fact)

    def _properties(self, place: Place) -> list[Declared | Unread]:
        """Return the properties of an array; what could not be read is noted once."""
        key = (place.path, place.initialiser.function, place.initialiser.name)
        found = self._arrays.get(key)
        if found is None:
            found = self._arrays[key] = list(read_properties(place, self._program.names))
            for each in found:
                if isinstance(each, Unread):
                    self._note(place.path, each.line, f"{place.initialiser.name}: {each.text}", each.reason)
                elif isinstance(each.fact.default, Symbol):
                    what = f"default of {each.name}: {each.fact.default.sym[:60]}"
                    self._note(place.path, each.line, what, each.why)
        return found


def _called(text: str) -> str:
    return text.strip().lstrip("&").strip()


def _member(text: str) -> re.Match[str] | None:
    """Return the match of an expression that is a member of a row of a table."""
    return _MEMBER.fullmatch(text.strip())


def _from_row(text: str, row: Mapping[str, str]) -> str:
    """Return what a row says where an expression is one of its members, else the expression."""
    member = _member(text)
    return row.get(member.group(1), text) if member else text


def _filled(pattern: str, text: str) -> str:
    """Return the pieces of a format with one ``%s``, as adjacent literals around a text."""
    before, _, after = pattern.partition("%s")
    return f'{before}" {text} "{after}'
