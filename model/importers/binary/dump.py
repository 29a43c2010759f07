"""Dumps of the vmstate descriptions of a binary, as ``-dump-vmstate`` writes them.

A dump is one JSON object: QOM type to its registration, and ``vmschkmachine`` for the machine type it was made with. Dumps
of several machine types may lie in one file, under the names of the machine types; one that is equal to another is then
``{"same-as": NAME}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import msgspec

from hopcheck.model.facts.check import first_duplicate
from hopcheck.model.facts.errors import FactsError
from hopcheck.model.facts.load import read_json
from hopcheck.model.facts.vmstate import VMStateDescription, VMStateField, VMStateSection
from hopcheck.model.importers.binary.answers import Name

_MACHINE = "vmschkmachine"
_REMEDY = "give a file that QEMU wrote with -dump-vmstate"

Small = Annotated[int, msgspec.Meta(ge=-(2**31), le=2**31 - 1)]
Size = Annotated[int, msgspec.Meta(ge=0, le=2**62)]


class _Field(msgspec.Struct, frozen=True):
    field: Name
    size: Size
    version_id: Small = 0
    field_exists: bool = False
    num: Size = 1
    nested: _Description | None = msgspec.field(default=None, name="Description")


class _Description(msgspec.Struct, frozen=True):
    name: Name
    version_id: Small
    minimum_version_id: Small
    fields: tuple[_Field, ...] = msgspec.field(default=(), name="Fields")
    subsections: tuple[_Description, ...] = msgspec.field(default=(), name="Subsections")


class _Section(msgspec.Struct, frozen=True):
    name: Name = msgspec.field(name="Name")
    version_id: Small
    minimum_version_id: Small
    description: _Description | None = msgspec.field(default=None, name="Description")


def read_dump(path: str | Path) -> dict[str, VMStateSection]:
    """Return the sections in a dump (gzip or plain JSON) by QOM type; one of several machine types must be one for all.

    Raises:
        FactsError: unreadable, not JSON, a key given twice, no dump, or machine types whose dumps differ.
    """
    name = str(path)
    raw = read_json(path)
    document = _decoded(raw, name)
    machines = document if _MACHINE not in document and _several(document) else {"": document}
    found: dict[str, VMStateSection] | None = None
    for machine, body in machines.items():
        if isinstance(body, dict) and "same-as" in body:
            other = machines.get(str(body["same-as"]), body)
            if isinstance(other, dict) and "same-as" in other:
                raise FactsError(name, f"$[{machine!r}]", "names no machine type whose sections are there", _REMEDY)
            continue
        sections = _sections(body, name, f"$[{machine!r}]" if machine else "$")
        if found is not None and sections != found:
            raise FactsError(name, f"$[{machine!r}]", "differs from the dump of another machine type", "give one of them")
        found = sections
    if not found:
        raise FactsError(name, "$", "holds no section", _REMEDY)
    return found


def _decoded(raw: bytes, name: str) -> dict[str, Any]:
    """Return the JSON object, in which no key is given twice: the decoder would silently keep the last one."""
    try:
        document = msgspec.json.decode(raw)
        duplicate = first_duplicate(raw)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise FactsError(name, "", f"is not JSON ({error})", _REMEDY) from None
    if duplicate is not None:
        raise FactsError(name, duplicate.where, f"{duplicate.key!r} is given twice", "keep one of the two")
    if not isinstance(document, dict):
        raise FactsError(name, "$", "is no JSON object", _REMEDY)
    return document


def _several(document: Mapping[str, Any]) -> bool:
    """Whether the top level names machine types: a registration has a version, a dump of a machine type has none."""
    return not any(isinstance(body, dict) and "version_id" in body for body in document.values())


def _sections(body: object, name: str, where: str) -> dict[str, VMStateSection]:
    if not isinstance(body, dict):
        raise FactsError(name, where, "is no JSON object", _REMEDY)
    found = {}
    for key in sorted(body.keys() - {_MACHINE}):
        try:
            section = msgspec.convert(body[key], _Section)
            found[msgspec.convert(key, Name)] = VMStateSection(
                section.name,
                section.version_id,
                section.minimum_version_id,
                _description(section.description) if section.description else None,
            )
        except (msgspec.ValidationError, RecursionError) as error:
            problem, _, place = str(error).partition(" - at `$")
            raise FactsError(name, f"{where}[{key!r}]{place.rstrip('`')}", problem, _REMEDY) from None
    return found


def _description(told: _Description) -> VMStateDescription:
    return VMStateDescription(
        told.name,
        told.version_id,
        told.minimum_version_id,
        tuple(map(_field, told.fields)),
        tuple(map(_description, told.subsections)),
    )


def _field(told: _Field) -> VMStateField:
    nested = _description(told.nested) if told.nested else None
    return VMStateField(told.field, told.size, told.version_id, told.num, told.field_exists, nested)
