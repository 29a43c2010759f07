"""The fact schema, ``hopcheck-facts/1``: what the project knows of QEMU builds, and nothing else.

A `Facts` document is an ordered list of builds, oldest first. A `Build` states compat arrays, machine types, QOM
types with their device properties, and, where somebody looked, values read from running processes.

Three readings must not be confused:

* *absent*: the build has no such type or property,
* *no default*: the property exists and the source states no static default (``default`` is null),
* *unknown*: the build does not tell (``Machine.arrays`` is null for binaries older than 9.1).

Facts never refer to themselves, so the garbage collector need not walk them (``gc=False``): loading takes half the time.

Every fact tells its origin (the build's, or its own where an entry or a property carries one), its confidence
(`Confidence`, found by the rules in `hopcheck.model.facts.effective`) and its applicability (the build, and the
defining file of the type, which `hopcheck.model.facts.applicability` turns into architectures).
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Any

import msgspec

from hopcheck.model.facts.vmstate import VMStateSection

SCHEMA = "hopcheck-facts/1"


class BuildKind(StrEnum):
    """What the facts of a build were taken from."""

    TREE = "tree"
    """A source tree: everything that the text states, for all architectures."""
    BINARY = "binary"
    """A QEMU binary asked over QMP: exact, for one architecture."""
    HAND = "hand"
    """Written by hand: a tree's facts with a change applied, or a model of a build."""


class Confidence(StrEnum):
    """How a value came to be known."""

    STATED = "stated"
    """The source says it, literally or after expanding its macros, or the binary answered it."""
    SYMBOLIC = "symbolic"
    """The source says it as an expression that nobody evaluated; equal text is all that can be compared."""
    DERIVED = "derived"
    """It follows by a rule: a proxy's alias of its backend, or a type taken from the nearest binary."""
    OBSERVED = "observed"
    """It was read from a running process, with the devices and options of that run."""
    ASSUMED = "assumed"
    """Somebody wrote it by hand."""
    NONE = "none"
    """Nothing is known."""


class Symbol(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A default that is an expression of the source, kept as its text."""

    sym: str


Scalar = bool | int | str
Default = bool | int | str | tuple[Scalar, ...] | Symbol | None


class Property(msgspec.Struct, frozen=True, forbid_unknown_fields=True, array_like=True, gc=False):
    """A device property: C kind (``UINT32``, ``BIT64``) or QMP type name (``uint32``), and its static default.

    ``default`` None: the source or the binary states none. ``origin`` "": the build's.
    """

    kind: str
    default: Default = None
    origin: str = ""


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, array_like=True, gc=False):
    """One compat entry: for every object whose type is ``driver`` or a subtype, ``property`` is set to ``value``.

    ``optional``: a subtype without the property is left alone (otherwise QEMU aborts). ``origin`` "": the build's.
    """

    driver: str
    property: str
    value: str
    optional: bool = False
    origin: str = ""

    def meaning(self) -> tuple[str, str, str, bool]:
        """Return what the entry says, wherever it stands: entries of two builds are compared by it."""
        return self.driver, self.property, self.value, self.optional


class CompatArray(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A compat array in its order, and the file it is in ("" for the list that a binary gave for one machine).

    ``line``: where its initialiser begins in that file, counted from 1; 0 where nobody recorded it.
    """

    entries: tuple[Entry, ...]
    file: str = ""
    line: int = 0


class Machine(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A machine type: keys of its compat arrays in the order of application, newest first.

    A later entry wins, so the oldest array overrides. None: the build does not tell. ``class_fields`` are the
    fields of the machine class that versioned functions set, or what a binary says of the machine, as text. ``origin``:
    the place of its definition, ``file:line``; "" where nobody recorded it.
    """

    arrays: tuple[str, ...] | None
    class_fields: dict[str, str] = {}
    origin: str = ""


class QomType(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A QOM type: parent (None for a root), defining file, the properties it declares itself.

    ``code_props`` are properties made by code: they exist, without a static default. ``concrete``: whether
    objects of exactly this type can exist; None where the source does not tell.
    """

    parent: str | None
    file: str = ""
    props: dict[str, Property] = {}
    code_props: tuple[str, ...] = ()
    concrete: bool | None = None


class Unresolved(msgspec.Struct, frozen=True, forbid_unknown_fields=True, array_like=True, gc=False):
    """Something that an importer met and could not make sense of: ``place`` is ``file:line``."""

    place: str
    what: str
    reason: str


class Reading(msgspec.Struct, frozen=True, forbid_unknown_fields=True, array_like=True):
    """Values of one property of one object over the machine types of a run.

    ``index[i]`` is the position in ``values`` of what machine ``i`` had, -1 where it had no such object or
    property; an empty ``index`` means one value for all machines. Values are JSON values.
    """

    values: tuple[Any, ...]
    index: tuple[int, ...] = ()


class Observed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An object that was seen: its QOM path in the run, its type, and the readings by property.

    ``path`` starts with ``id:`` where the object was made with ``-device`` under that id.
    """

    path: str
    type: str
    readings: dict[str, Reading]


class Run(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One device set started once per machine type of a family, and what was read from the processes.

    ``refused``: machine type -> device or group -> QEMU's message, where the process did not start with it.
    """

    family: str
    origin: str
    machines: tuple[str, ...]
    objects: tuple[Observed, ...]
    refused: dict[str, dict[str, str]] = {}


class Build(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is known of one QEMU build.

    ``version`` orders builds ("7.2.22"; "11.0pre" lies before 11.0). ``counterpart`` is the build that is the
    other source of the same or the nearest release: trees and binaries are compared along it. ``station``: the
    build is a place where a guest can be, that is, part of migration chains; others are evidence only.
    ``arch``: the one architecture that the facts speak of, "" for all. ``unresolved``: what an importer could not
    resolve. ``vmstate``: QOM type to its section of the migration stream; None where nobody dumped them.
    """

    name: str
    version: str
    kind: BuildKind
    origin: str
    compat_arrays: dict[str, CompatArray]
    machines: dict[str, Machine]
    types: dict[str, QomType]
    counterpart: str = ""
    station: bool = True
    arch: str = ""
    runs: tuple[Run, ...] = ()
    unresolved: tuple[Unresolved, ...] = ()
    vmstate: dict[str, VMStateSection] | None = None


class Facts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A document: its schema version and its builds, oldest first."""

    schema: str
    builds: tuple[Build, ...]

    def build(self, name: str) -> Build:
        """Return the build with that name.

        Raises:
            KeyError: no such build; the message lists the names.
        """
        for build in self.builds:
            if build.name == name:
                return build
        raise KeyError(f"no build {name!r}; there are {', '.join(b.name for b in self.builds)}")

    def stations(self) -> tuple[Build, ...]:
        """Return the builds that migration chains go through, oldest first."""
        return tuple(build for build in self.builds if build.station)

    def counterpart(self, build: Build) -> Build | None:
        """Return the other source of (nearly) the same release, if the document has it."""
        return next((other for other in self.builds if other.name == build.counterpart), None)


_PLACE = re.compile(r"[^\s:]+:[0-9]{1,9}")


def is_place(origin: str) -> bool:
    """Return whether an origin is a place in a source, ``file:line``: any other was written by hand."""
    return _PLACE.fullmatch(origin) is not None


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a `Facts` document (the order of machine arrays and builds is meaningful)."""
    schema = msgspec.json.schema(Facts)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = SCHEMA
    return schema
