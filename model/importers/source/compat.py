"""Compat arrays as facts: their entries in order, and the keys that they are known by."""

from __future__ import annotations

from hopcheck.model.facts.schema import CompatArray, Entry, Unresolved
from hopcheck.model.importers.source.elements import Element, elements_of, fields_of
from hopcheck.model.importers.source.names import Names
from hopcheck.model.importers.source.program import Place, Program

ARRAY_TYPE = "GlobalProperty"
_POSITIONS = ("driver", "property", "value", "used", "optional")


class Arrays:
    """The compat arrays of a program, by key: the array's name, or ``function:name`` for one inside a function."""

    def __init__(self, program: Program) -> None:
        """Read all of them; a name that several files use is told apart by its file."""
        self.facts: dict[str, CompatArray] = {}
        self.unresolved: list[Unresolved] = []
        self._keys: dict[tuple[str, str, str], str] = {}
        for (path, function, name), initialiser in sorted(program.initialisers.items()):
            if initialiser.type == ARRAY_TYPE and initialiser.array:
                key = f"{function}:{name}" if function else name
                if key in self.facts:
                    key = f"{path}:{key}"
                self._keys[path, function, name] = key
                self.facts[key] = self._read(Place(path, initialiser), program.names)

    def key(self, place: Place) -> str:
        """Return the key of an array, "" for what is no compat array."""
        return self._keys.get((place.path, place.initialiser.function, place.initialiser.name), "")

    def _read(self, place: Place, names: Names) -> CompatArray:
        """Return an array with the entries that can be read; others are unresolved."""
        start = place.initialiser
        entries: list[Entry] = []
        for element in elements_of(place, names):
            found = _entry(element, place.path, names) if element.is_braced else "no macro of the tree explains it"
            if isinstance(found, Entry):
                entries.append(found)
            elif found:
                at = f"{place.path}:{element.line}"
                self.unresolved.append(Unresolved(at, f"{start.name}: {' '.join(element.text.split())[:80]}", found))
        return CompatArray(tuple(entries), place.path, start.line)


def _entry(element: Element, path: str, names: Names) -> Entry | str:
    """Return the entry that a braced element is, or the reason why it is none ("" for an end marker)."""
    said = fields_of(element.text[1:-1], _POSITIONS)
    if not said or said.get("driver") in {"NULL", "0"}:
        return ""
    driver, name, value = (names.string(said.get(part, ""), path) for part in ("driver", "property", "value"))
    if driver is None or name is None or value is None:
        missing = "driver" if driver is None else "property" if name is None else "value"
        return f"its {missing} is no constant string"
    optional = names.holds(said.get("optional", "false"), path) is True
    return Entry(driver, name, value, optional, f"{path}:{element.line}")
