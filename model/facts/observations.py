"""What was read from running processes, by (type, property), with what such readings cannot tell.

A reading is taken after realize, in a process with its own command line. Properties that the command line of the
run sets, and properties that realize code replaces, are declared with their reason in ``data/observations.toml``;
their readings say nothing of the layers below and are *unknown*.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from hopcheck.model.facts.errors import FactsError
from hopcheck.model.facts.hierarchy import Hierarchy
from hopcheck.model.facts.notation import canonical
from hopcheck.model.facts.schema import Observed, Run
from hopcheck.model.facts.values import Known, Unknown, UnknownReason

_REASONS = {"option": UnknownReason.RUN_OPTION, "resolved": UnknownReason.RESOLVED, "board": UnknownReason.BOARD}


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Why readings of a property of a type and its subtypes tell nothing of the layers below realize.

    ``depends``: the other properties that the reading is made from; "machine" stands for the machine type.
    """

    reason: UnknownReason
    why: str
    depends: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Exclusions:
    """Exclusions by (type, property); property ``*`` stands for all."""

    rules: dict[tuple[str, str], Exclusion]

    def find(self, hierarchy: Hierarchy, name: str, prop: str) -> Exclusion | None:
        """Return the exclusion of a property of a type, given for it, an ancestor, or the aliased back end."""
        backend = hierarchy.backend(name)
        for ancestor in (*hierarchy.ancestors(name), *(hierarchy.ancestors(backend) if backend else ())):
            for wanted in (prop, "*"):
                found = self.rules.get((ancestor, wanted))
                if found is not None:
                    return found
        return None


@lru_cache(maxsize=1)
def declared_exclusions() -> Exclusions:
    """Return the bundled exclusions."""
    text = (resources.files(__package__) / "data" / "observations.toml").read_text(encoding="utf-8")
    return parse_exclusions(text, "observations.toml")


def parse_exclusions(text: str, name: str) -> Exclusions:
    """Return the exclusions in a TOML text: tables of ``types``, ``properties`` and ``why``, per reason.

    Raises:
        FactsError: not TOML, an unknown reason, or a table with other keys.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise FactsError(name, "", f"is not TOML ({error})", "correct the syntax") from None
    rules: dict[tuple[str, str], Exclusion] = {}
    for reason, tables in document.items():
        if reason not in _REASONS or not isinstance(tables, list):
            raise FactsError(name, reason, "is no reason", f"write one of [[{']], [['.join(_REASONS)}]]")
        for i, table in enumerate(tables):
            if set(table) - {"depends"} != {"types", "properties", "why"} or not table["why"]:
                raise FactsError(name, f"{reason}[{i}]", "has other keys", "give types, properties and why")
            exclusion = Exclusion(_REASONS[reason], table["why"], tuple(table.get("depends", ())))
            rules.update({(t, p): exclusion for t in table["types"] for p in table["properties"]})
    return Exclusions(rules)


class Observations:
    """The readings of a build's runs, by type and property."""

    def __init__(self, runs: tuple[Run, ...], hierarchy: Hierarchy, exclusions: Exclusions) -> None:
        """Index the objects by their type; nothing is decoded before it is asked for."""
        self._hierarchy = hierarchy
        self._exclusions = exclusions
        self._objects: dict[str, list[tuple[Run, Observed]]] = {}
        for run in runs:
            for seen in run.objects:
                self._objects.setdefault(seen.type, []).append((run, seen))

    def types(self) -> tuple[str, ...]:
        """Return the types of which objects were seen."""
        return tuple(sorted(self._objects))

    def properties(self, name: str) -> tuple[str, ...]:
        """Return the properties that were read on some object of exactly the type."""
        return tuple(sorted({prop for _, seen in self._objects.get(name, ()) for prop in seen.readings}))

    def values(self, name: str, prop: str) -> dict[str, Known | Unknown]:
        """Return the reading per machine type; objects that differ, and excluded properties, are unknown."""
        raw = self.raw(name, prop)
        excluded = self._exclusions.find(self._hierarchy, name, prop) if raw else None
        if excluded is not None:
            return dict.fromkeys(raw, Unknown(excluded.reason, excluded.why))
        differ = Unknown(UnknownReason.OBJECTS_DIFFER)
        return {machine: next(iter(v)) if len(v) == 1 else differ for machine, v in raw.items()}

    def raw(self, name: str, prop: str) -> dict[str, set[Known]]:
        """Return all values read per machine type, exclusions not applied."""
        declaration = self._hierarchy.declaration(name, prop)
        kind = declaration.fact.kind if declaration and declaration.fact else ""
        found: dict[str, set[Known]] = {}
        for run, seen in self._objects.get(name, ()):
            reading = seen.readings.get(prop)
            if reading is None:
                continue
            values = [canonical(kind, value) for value in reading.values]
            for i, machine in enumerate(run.machines):
                which = reading.index[i] if reading.index else 0
                if which >= 0:
                    found.setdefault(machine, set()).add(values[which])
        return found
