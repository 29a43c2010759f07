"""Device properties as facts: declarations and bundles of them, expanded to what the macros of the tree make of them.

No macro is known by name. A declaration is expanded step by step until it is a braced initialiser of a property, whose
fields tell name, value type and default. The kind is the name of the first macro that names the value type itself, so
that a local wrapper around ``DEFINE_PROP_BOOL`` is a ``BOOL``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from hopcheck.model.facts.schema import Default, Property, Symbol
from hopcheck.model.importers.source.elements import Element, elements_of, fields_of
from hopcheck.model.importers.source.names import Names, Symbolic
from hopcheck.model.importers.source.program import Place

_INFO = re.compile(r"&?\s*\(?\s*(\w+)\s*\)?")
_CAST = re.compile(r"\(\s*([A-Za-z_]\w*)\s*\)\s*((?:[^\0])+)")
_PREFIX = "DEFINE_PROP_"
_BOOLEAN = frozenset({"BOOL", "BIT", "BIT64", "bool"})


@dataclass(frozen=True, slots=True)
class Declared:
    """One property of an array; ``why`` tells why its default is not a value, "" where it is."""

    name: str
    fact: Property
    line: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class Unread:
    """An element that could not be read."""

    text: str
    line: int
    reason: str


def read_properties(place: Place, names: Names) -> Iterator[Declared | Unread]:
    """Yield the properties of an array, in order, and what in it could not be read."""
    for element in elements_of(place, names):
        if element.is_braced:
            yield from _read(element, place.path, names)
        else:
            yield Unread(element.text[:80], element.line, "no macro of the tree explains it")


def _read(element: Element, path: str, names: Names) -> Iterator[Declared | Unread]:
    """Yield the property that a braced initialiser is; the end marker is none."""
    said = fields_of(element.text[1:-1])
    if "name" not in said:
        if element.text[1:-1].strip():
            yield Unread(element.text[:80], element.line, "it names no property")
        return
    name = names.string(said["name"], path)
    if said["name"].strip("() ") == "NULL":
        return
    if name is None:
        yield Unread(said["name"][:80], element.line, "the property's name is no constant string")
        return
    kind = _kind(said.get("info", ""), element)
    if "arrayinfo" in said:
        # Up to 8.1 the property of an array is its length; facts of all releases speak of the array.
        name, default, why = name.removeprefix("len-"), None, ""
    else:
        default, why = _default(said, kind, path, names)
    yield Declared(name, Property(kind, default, f"{path}:{element.line}"), element.line, why)


def _kind(info: str, element: Element) -> str:
    """Return the name of the first macro that names the value type, else of the one that was written."""
    match = _INFO.fullmatch(info)
    word = re.compile(rf"\b{match.group(1)}\b") if match else None
    macros = [macro for macro in element.via if macro.name.startswith(_PREFIX)]
    for macro in macros:
        if word is not None and word.search(macro.body):
            return macro.name.removeprefix(_PREFIX)
    return macros[0].name.removeprefix(_PREFIX) if macros else "RAW"


def _default(said: dict[str, str], kind: str, path: str, names: Names) -> tuple[Default, str]:
    """Return the default that a property states, and why it is not a value."""
    text = next((value for key, value in said.items() if key.startswith("defval")), None)
    states = said.get("set_default", "true" if text is not None else "false")
    if text is None or states == "false":
        return None, ""
    cast = _CAST.fullmatch(text)
    target, bare = (cast.group(1), cast.group(2)) if cast else ("", text)
    found = names.value(bare, path)
    if isinstance(found, Symbolic):
        return Symbol(found.text), found.reason
    if isinstance(found, int) and (kind in _BOOLEAN or target == "bool"):
        return bool(found), ""
    return found, ""
