"""Versioned machine types as facts: which compat arrays they apply, in order, and which class fields they set."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from hopcheck.model.facts.schema import Machine, QomType, Unresolved
from hopcheck.model.importers.source.compat import Arrays
from hopcheck.model.importers.source.program import Program
from hopcheck.model.importers.source.running import REGISTER, Runner, class_field
from hopcheck.model.importers.source.types import Described

_SUFFIX = "-machine"
_ROOT = "machine"
_VERSION = re.compile(r".*-[a-z]*\d+(?:\.\d+)+(?:-\w+)?")
_PRESENTATION = frozenset({"desc", "family", "alias", "is_default", "deprecation_reason", "name", "init"})
"""Class fields that say how a machine type is shown or begun, and nothing about its compatibility."""
_FIRST = "hw/arm/"
"""Of machine types with the same name, that of this folder keeps it; the others are told apart by their folder."""


@dataclass(slots=True)
class Machines:
    """Reads the machine types among the described types. ``skipped`` are types that the source has but never registers."""

    program: Program
    runner: Runner
    arrays: Arrays
    unresolved: list[Unresolved]
    skipped: set[str]

    def read(self, described: list[Described], types: Mapping[str, QomType]) -> dict[str, Machine]:
        """Return the machine types that have versions, or apply an array that those apply, by name."""
        found: list[tuple[str, Described, Machine]] = []
        for each in described:
            if each.name.endswith(_SUFFIX) and _descends(each.parent, types):
                if each.said.get("abstract", "false") == "true":
                    continue
                name = each.name.removesuffix(_SUFFIX)
                if self._is_registered(each):
                    found.append((name, each, self._machine(each)))
                else:
                    self.skipped.add(each.name)
        self.skipped -= {each.name for _, each, _ in found}
        shared = {key for name, _, machine in found if _VERSION.fullmatch(name) for key in machine.arrays or ()}
        machines: dict[str, Machine] = {}
        found.sort(key=lambda item: (not item[1].path.startswith(_FIRST), item[1].path, item[1].line))
        for name, each, machine in found:
            if _VERSION.fullmatch(name) or shared.intersection(machine.arrays or ()):
                key = name if name not in machines else f"{_folder(each.path)}:{name}"
                machines.setdefault(key, machine)
        return dict(sorted(machines.items()))

    def _is_registered(self, each: Described) -> bool:
        """Return whether the function that registers a type gets there, as far as constants decide."""
        registered = seen = False
        reference = f"&{each.variable}"
        for name in self.program.users(each.path, each.variable):
            seen = True
            for step in self.runner.run(each.path, name):
                if REGISTER.fullmatch(step.operation.target) and reference in step.operation.operands:
                    registered = True
        return registered or not seen

    def _machine(self, each: Described) -> Machine:
        """Return what the class initialiser of a machine type does."""
        keys: list[str] = []
        fields: dict[str, str] = {}
        for step in self.runner.run(each.path, each.said.get("class_init", "").strip()):
            operation = step.operation
            if operation.kind == "call" and operation.target == "compat_props_add" and len(operation.operands) > 1:
                place = self.runner.array(operation.operands[1], step.frame)
                key = self.arrays.key(place) if place else ""
                what = f"{each.name.removesuffix(_SUFFIX)}: {operation.operands[1][:60]}"
                if not key:
                    self._note(step.frame.path, operation.line, what, "no such compat array is found")
                elif not step.certain:
                    self._note(step.frame.path, operation.line, what, "it is added under a condition, and taken as added")
                if key:
                    # Applied twice, an array has the effect of its last place.
                    keys = [each for each in keys if each != key] + [key]
                continue
            name = class_field(step)
            if name and not step.frame.path.startswith("hw/core/") and name.rpartition("->")[2] not in _PRESENTATION:
                fields[name] = operation.operands[0]
        return Machine(tuple(keys), dict(sorted(fields.items())), f"{each.path}:{each.line}")

    def _note(self, path: str, line: int, what: str, reason: str) -> None:
        self.unresolved.append(Unresolved(f"{path}:{line}", what, reason))


def _descends(parent: str | None, types: Mapping[str, QomType]) -> bool:
    """Return whether a parent is the root of machine types or descends from it."""
    for _ in range(len(types) + 1):
        if parent == _ROOT:
            return True
        if parent is None or parent not in types:
            return False
        parent = types[parent].parent
    return False


def _folder(path: str) -> str:
    """Return the architecture folder of a file under hw/."""
    parts = path.split("/")
    return parts[1] if len(parts) > 2 else parts[0]
