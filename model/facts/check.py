"""What a facts document must satisfy beyond its types, and where exactly it fails to.

`check` covers contradictions between facts; `locate` and `first_duplicate` find the place of an error that the
typed decoder reports without keys, or not at all.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, NoReturn

import msgspec

from hopcheck.model.facts.errors import FactsError
from hopcheck.model.facts.schema import Build, CompatArray, Facts, Machine, QomType
from hopcheck.model.facts.vmstate import DEEPEST, VMStateDescription, VMStateSection

_TABLES: Mapping[str, Any] = MappingProxyType(
    {"compat_arrays": CompatArray, "machines": Machine, "types": QomType, "vmstate": VMStateSection}
)


def nearest(name: str, known: Iterable[str]) -> str:
    """Return "write 'x'" for the most similar known name, or "" where nothing is similar."""
    found = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"did you mean {found[0]!r}?" if found else ""


def check(facts: Facts, name: str) -> None:
    """Raise on the first contradiction in a document.

    Raises:
        FactsError: no or twice-named builds, an array key that no table holds, a parent that does not end at a
            root, a counterpart that is missing, or readings that do not fit their run.
    """
    if not facts.builds:
        raise FactsError(name, "$.builds", "lists no build", "give at least one build")
    seen: set[str] = set()
    for position, build in enumerate(facts.builds):
        where = f"$.builds[{position}]"
        if not build.name or build.name in seen:
            problem = f"the build name {build.name!r} is {'given twice' if build.name else 'empty'}"
            raise FactsError(name, f"{where}.name", problem, "name every build once")
        seen.add(build.name)
        _Checker(name, where, build).run()
    for position, build in enumerate(facts.builds):
        if build.counterpart and build.counterpart not in seen:
            problem = f"the counterpart {build.counterpart!r} is no build of this document"
            remedy = nearest(build.counterpart, seen) or "name a build, or leave it out"
            raise FactsError(name, f"$.builds[{position}].counterpart", problem, remedy)


@dataclass(frozen=True, slots=True)
class _Checker:
    """The checks of one build; ``where`` is its JSON path."""

    name: str
    where: str
    build: Build

    def run(self) -> None:
        """Check machines, types, runs and sections."""
        self._machines()
        self._types()
        self._runs()
        self._sections()

    def _fail(self, path: str, problem: str, remedy: str) -> NoReturn:
        raise FactsError(self.name, f"{self.where}.{path}", problem, remedy)

    def _machines(self) -> None:
        arrays = self.build.compat_arrays
        for machine, facts in self.build.machines.items():
            keys = facts.arrays or ()
            for i, key in enumerate(keys):
                if key not in arrays:
                    remedy = nearest(key, arrays) or "add it to compat_arrays"
                    self._fail(f"machines[{machine!r}].arrays[{i}]", f"there is no compat array {key!r}", remedy)
                if key in keys[:i]:
                    self._fail(f"machines[{machine!r}].arrays[{i}]", f"{key!r} is listed twice", "list it once")

    def _types(self) -> None:
        """Parents must lead to a root; one that the document does not hold counts as a root."""
        types = self.build.types
        good: set[str] = set()
        for name in types:
            trail: dict[str, None] = {}
            here: str | None = name
            while here is not None and here in types and here not in good:
                if here in trail:
                    cycle = " -> ".join([*trail, here])
                    self._fail(f"types[{name!r}].parent", f"parents form a cycle: {cycle}", "correct a parent")
                trail[here] = None
                here = types[here].parent
            good.update(trail)

    def _runs(self) -> None:
        for i, run in enumerate(self.build.runs):
            for j, seen in enumerate(run.objects):
                for name, reading in seen.readings.items():
                    path = f"runs[{i}].objects[{j}].readings[{name!r}]"
                    if not reading.index and len(reading.values) != 1:
                        self._fail(path, "has several values and no index", "give one index per machine")
                    if reading.index and len(reading.index) != len(run.machines):
                        problem = f"has {len(reading.index)} indices for {len(run.machines)} machines"
                        self._fail(path, problem, "give one index per machine")
                    if any(not -1 <= k < len(reading.values) for k in reading.index):
                        self._fail(path, "has an index outside its values", "use -1 for absent")

    def _sections(self) -> None:
        """Descriptions are nested so deeply only."""
        for type_, section in (self.build.vmstate or {}).items():
            level: list[VMStateDescription] = [] if section.description is None else [section.description]
            for _ in range(DEEPEST):
                level = [
                    inner
                    for each in level
                    for inner in (*each.subsections, *(one.description for one in each.fields))
                    if inner is not None
                ]
            if level:
                self._fail(f"vmstate[{type_!r}]", f"descriptions are nested more than {DEEPEST} deep", "flatten them")


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A key that an object of the JSON text holds twice; ``where`` names its line where it can be found."""

    key: str
    where: str


class _FoundError(Exception):
    """Carries the first duplicate key out of the standard decoder's hook."""


def first_duplicate(raw: bytes) -> Duplicate | None:
    """Return the first object key that is given twice: the typed decoder silently keeps the last one.

    The text has already been decoded once, so it is known to be JSON of a bounded depth.
    """

    def pairs(items: list[tuple[str, Any]]) -> None:
        seen: set[str] = set()
        for key, _ in items:
            if key in seen:
                raise _FoundError(key)
            seen.add(key)

    try:
        json.loads(raw, object_pairs_hook=pairs, parse_int=str, parse_float=str)
    except _FoundError as found:
        key = str(found)
        quoted = json.dumps(key, ensure_ascii=False).encode()
        second = raw.find(quoted, raw.find(quoted) + 1)
        return Duplicate(key, f"line {line_at(raw, max(second, 0))}")
    return None


def line_at(raw: bytes, position: int) -> int:
    """Return the number, from 1, of the line that holds a byte."""
    return raw.count(b"\n", 0, position) + 1


def locate(document: object, error: msgspec.ValidationError) -> tuple[str, str]:
    """Return (JSON path with its keys, problem) of a typed decoding error in an untyped document.

    The decoder writes ``[...]`` for the key of a mapping, and no path at all for some errors. The tables of a build
    are decoded again entry by entry until the failing one is found.
    """
    problem, _, where = str(error).partition(" - at `")
    where = where.rstrip("`") or "$"
    builds = document.get("builds") if isinstance(document, dict) else None
    if not (where == "$" or "[...]" in where) or not isinstance(builds, list):
        return where, problem
    for i, build in enumerate(builds):
        for table, kind in _TABLES.items():
            rows = build.get(table) if isinstance(build, dict) else None
            for key, value in rows.items() if isinstance(rows, dict) else ():
                try:
                    msgspec.convert(value, kind)
                except msgspec.ValidationError as inner:
                    problem, _, rest = str(inner).partition(" - at `$")
                    return f"$.builds[{i}].{table}[{key!r}]{rest.rstrip('`')}", problem
    return where, problem
