"""What a device property can be found to be: a known value, unknown for a reason, or absent."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Form(StrEnum):
    """How a known value is written."""

    LITERAL = "literal"
    """A value in canonical notation; equal text means equal value."""
    SYMBOL = "symbol"
    """An expression that nobody evaluated; different text is a difference to report."""
    UNSET = "unset"
    """Nothing unless the user gives something (a string, a link, a back end)."""


class UnknownReason(StrEnum):
    """Why a value is not known."""

    CODE = "set by code"
    """The property is made or set by code, or its kind has no static default."""
    NOT_STATED = "not stated"
    """The build does not tell (a binary that has no compat lists, and nobody looked)."""
    OBJECTS_DIFFER = "objects differ"
    """Several objects of the type were seen with different values."""
    RUN_OPTION = "set by the run"
    """Values were read, but the command line of that run sets the property."""
    RESOLVED = "resolved at realize"
    """Values were read, but realize code replaces what the layers below it give."""
    BOARD = "set by the board"
    """Users cannot create objects of the type: the board's code decides."""


class AbsentReason(StrEnum):
    """Why there is nothing to know."""

    NO_TYPE = "no such type"
    """The build has no such QOM type."""
    NO_PROPERTY = "no such property"
    """The type has no such property in this build."""
    NO_MACHINE = "no such machine type"
    """The build does not know the machine type."""


@dataclass(frozen=True, slots=True)
class Known:
    """A value in canonical notation (see `hopcheck.model.facts.notation`)."""

    text: str
    form: Form = Form.LITERAL

    def __str__(self) -> str:
        """Return what a person would write; unset has no notation of its own."""
        return "(unset)" if self.form is Form.UNSET else self.text


@dataclass(frozen=True, slots=True)
class Unknown:
    """No value is known; never to be read as "unchanged"."""

    reason: UnknownReason
    detail: str = ""

    def __str__(self) -> str:
        """Return the reason in brackets, so that it cannot pass for a value."""
        return f"(unknown: {self.reason}{f', {self.detail}' if self.detail else ''})"


@dataclass(frozen=True, slots=True)
class Absent:
    """There is no such property, type or machine type in the build."""

    reason: AbsentReason

    def __str__(self) -> str:
        """Return the reason in brackets, so that it cannot pass for a value."""
        return f"(absent: {self.reason})"


Value = Known | Unknown | Absent

UNSET = Known("", Form.UNSET)
