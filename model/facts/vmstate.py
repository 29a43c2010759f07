"""VMState descriptions of a build: what each device section of the migration stream holds.

Source: QEMU's ``-dump-vmstate``. A dump is the same for every machine type of a binary but for the machine's own entry. It
does not tell when an optional subsection is sent, nor under which condition a conditional field exists.
"""

from __future__ import annotations

from typing import Annotated, TypeAlias

import msgspec

Natural: TypeAlias = Annotated[int, msgspec.Meta(ge=0, lt=1 << 31)]
"""A number that QEMU holds in an int and that is never negative in a dump."""

DEEPEST = 32
"""So many descriptions may be nested in each other; in QEMU it is about 6."""


class VMStateField(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """A field of a description: ``since`` is the version of the description from which it is in the stream.

    ``size`` in bytes of one element, ``count`` the number of elements where the dump states one. ``conditional``: the
    field has a ``field_exists`` test. ``description`` is the nested description of a struct field.
    """

    name: str
    size: Natural
    since: Natural = 0
    count: Natural = 1
    conditional: bool = False
    description: VMStateDescription | None = None


class VMStateDescription(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """A ``VMStateDescription``: its name in the stream, its version, the oldest version it loads, fields in order.

    ``subsections`` are sent only when needed, which a dump does not tell.
    """

    name: str
    version: Natural
    minimum_version: Natural
    fields: tuple[VMStateField, ...] = ()
    subsections: tuple[VMStateDescription, ...] = ()


class VMStateSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """The section of a QOM type: what a dump states of its registration, and its description."""

    name: str
    version: Natural
    minimum_version: Natural
    description: VMStateDescription | None = None
