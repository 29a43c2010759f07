"""What a QMP peer may answer: the shape, the size and the letters of each answer, checked before anything is made of it.

Keys that are not listed are ignored: newer binaries add some.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

import msgspec

Name = Annotated[str, msgspec.Meta(pattern=r"\A[!-~][ -~]{0,199}\Z")]
"""The name of a type, a property or a machine type."""

Kind = Annotated[str, msgspec.Meta(pattern=r"\A[ -~]{0,200}\Z")]
"""The QMP type of a property, "" where a binary tells none."""

Text = Annotated[str, msgspec.Meta(pattern=r"\A[^\x00-\x1f\x7f-\x9f\ud800-\udfff]{0,4096}\Z")]
"""A value as text, without control characters."""

Number = Annotated[int, msgspec.Meta(ge=0, le=99_999)]


class Release(msgspec.Struct, frozen=True):
    """The three numbers of a release."""

    major: Number
    minor: Number
    micro: Number


class Version(msgspec.Struct, frozen=True):
    """The answer to ``query-version``."""

    qemu: Release
    package: Text = ""


class Target(msgspec.Struct, frozen=True):
    """The answer to ``query-target``."""

    arch: Name


class CompatProperty(msgspec.Struct, frozen=True, rename="kebab"):
    """An element of ``compat-props`` of a machine type."""

    qom_type: Name
    property: Name
    value: Text


class MachineInfo(msgspec.Struct, frozen=True, rename="kebab"):
    """An element of the answer to ``query-machines``; what is UNSET was not told."""

    name: Name
    alias: Name | msgspec.UnsetType = msgspec.UNSET
    acpi: bool | msgspec.UnsetType = msgspec.UNSET
    cpu_max: int | msgspec.UnsetType = msgspec.UNSET
    default_cpu_type: Name | msgspec.UnsetType = msgspec.UNSET
    default_ram_id: Name | msgspec.UnsetType = msgspec.UNSET
    deprecated: bool | msgspec.UnsetType = msgspec.UNSET
    hotpluggable_cpus: bool | msgspec.UnsetType = msgspec.UNSET
    is_default: bool | msgspec.UnsetType = msgspec.UNSET
    numa_mem_supported: bool | msgspec.UnsetType = msgspec.UNSET
    compat_props: tuple[CompatProperty, ...] | msgspec.UnsetType = msgspec.UNSET


class TypeInfo(msgspec.Struct, frozen=True):
    """An element of the answer to ``qom-list-types``."""

    name: Name
    abstract: bool = False
    parent: Name | None = None


class PropertyInfo(msgspec.Struct, frozen=True, rename="kebab"):
    """An element of the answer to ``device-list-properties``; ``default_value`` is any JSON value."""

    name: Name
    type: Kind
    default_value: Any = None


class NonsenseError(Exception):
    """An answer that is not what the command answers; the text says how."""


T = TypeVar("T")


def checked(answer: object, shape: type[T], most: int = 1) -> T:
    """Return an answer as its type; ``most``: how many elements a list may have.

    Raises:
        NonsenseError: the answer has another shape, or is too long.
    """
    if isinstance(answer, list) and len(answer) > most:
        raise NonsenseError(f"a list of {len(answer)} elements, where {most} are the most that is read")
    try:
        return msgspec.convert(answer, shape)
    except (msgspec.ValidationError, UnicodeError, RecursionError) as error:
        raise NonsenseError(str(error)) from None
